"""Our own engines elsewhere through one call: a question as a dict in, an answer as a dict out, over plain HTTP."""

from collections.abc import Mapping
from typing import Any, Protocol

from recto.document.errors import EngineFailed
from recto.document.job import Json
from recto.engines.wire.http import Patience, Wire


class Call(Protocol):
    """What both transports do."""

    def call(self, question: Mapping[str, Json]) -> dict[str, Any]: ...


class HttpCall:
    """POSTs the question to a URL of another Recto."""

    def __init__(self, url: str, api_key: str = "", timeout: float = 60.0, tries: int = 3) -> None:
        headers = {"X-API-Key": api_key} if api_key else {}
        self.wire = Wire(url, headers, Patience(tries=tries, timeout=timeout))

    def call(self, question: Mapping[str, Json]) -> dict[str, Any]:
        answer = self.wire.ask("", dict(question))
        if not isinstance(answer, dict):
            raise EngineFailed("The engine answered with something else than an object.")
        return answer
