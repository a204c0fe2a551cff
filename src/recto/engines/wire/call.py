"""Our own engines elsewhere through one call: a question as a dict in, an answer as a dict out, over plain HTTP."""

from collections.abc import Mapping
from typing import Any, Protocol

from recto.document.errors import EngineFailed
from recto.document.job import Json
from recto.engines.wire.http import Patience, Wire
from recto.engines.wire.staff import GLANCE, Staff, counted


class Call(Protocol):
    """What both transports do."""

    def call(self, question: Mapping[str, Json]) -> dict[str, Any]: ...

    def staff(self) -> Staff: ...


class HttpCall:
    """POSTs the question to a route of another Recto, by that one's address."""

    def __init__(self, url: str, route: str, api_key: str = "", timeout: float = 60.0, tries: int = 3) -> None:
        headers = {"X-API-Key": api_key} if api_key else {}
        self.route = route
        self.wire = Wire(url, headers, Patience(tries=tries, timeout=timeout))
        self.glance = Wire(url, headers, GLANCE)

    def call(self, question: Mapping[str, Json]) -> dict[str, Any]:
        answer = self.wire.ask(self.route, dict(question))
        if not isinstance(answer, dict):
            raise EngineFailed("The engine answered with something else than an object.")
        return answer

    def staff(self) -> Staff:
        """What `/v1/capacity` says of callers who wait. Raises EngineUnavailable or EngineFailed."""
        requests = counted(self.glance.get("/v1/capacity"), "requests")
        running = requests.get("running", 0)
        return Staff(requests.get("waiting", 0), running, requests.get("at_once", 0) - running, running)
