"""Models behind any server that speaks OpenAI's chat completions: vLLM, LiteLLM, Ollama, RunPod's route.

Facts (OpenAI's reference of `/chat/completions`; vLLM's of its OpenAI-compatible server): pictures go as parts of the
type `image_url`, here as data URIs only, so that the server fetches nothing; `response_format` holds a JSON Schema;
`logprobs` gives the odds of each token; `finish_reason` is `stop` only for a complete answer.
"""

import base64
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from recto import __version__
from recto.document.errors import EngineFailed
from recto.document.page import Raster
from recto.document.reading import Engine
from recto.engines.vlm.answerer import VlmAnswerer
from recto.engines.vlm.calibrated import Curves
from recto.engines.vlm.extractor import Manner, VlmExtractor
from recto.engines.vlm.judge import VlmJudge
from recto.engines.vlm.prompts import prompts_version
from recto.engines.vlm.replies import circles
from recto.engines.vlm.voice import Ask, Reply
from recto.engines.wire.http import Patience, Wire
from recto.reading.raster import encoded

_REFUSED: Final = {400, 415, 422, 501}
"""Statuses by which servers refuse a part of the request that they do not know."""

_QUALITY: Final = 90


class Chat:
    """One model on one server, from as many threads as like to ask."""

    def __init__(
        self, base_url: str, model: str, api_key: str = "", timeout: float = 120.0, tries: int = 3, total: float = 300.0
    ) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.wire = Wire(base_url, headers, Patience(tries=tries, total=total, timeout=timeout))
        self.model = model
        self._lock = threading.Lock()
        self._extras: tuple[str, ...] = ("logprobs", "response_format")

    @property
    def engine(self) -> Engine:
        return Engine("chat", f"{__version__}+{prompts_version()}", self.model)

    def say(self, ask: Ask, temperature: float) -> Reply:
        """The complete answer. Raises EngineFailed for one that is cut off, empty or runs in circles."""
        body = {
            "model": self.model,
            "messages": [{"role": "user", "content": content_of(ask)}],
            "temperature": temperature,
            "max_tokens": ask.most,
        }
        return reply_of(self.asked(body, extras_of(ask)))

    def asked(self, body: Mapping[str, Any], extras: Mapping[str, Any]) -> Any:
        """The server's answer; what it does not know of the request is left away from then on."""
        while True:
            known = self._extras
            more = {key: value for name in known for key, value in extras.get(name, {}).items()}
            try:
                return self.wire.ask("/chat/completions", {**body, **more})
            except EngineFailed as error:
                if error.status not in _REFUSED or not more:
                    raise
                with self._lock:
                    if self._extras == known:
                        self._extras = known[1:]


def extras_of(ask: Ask) -> dict[str, dict[str, Any]]:
    """What not every server understands, by name."""
    found: dict[str, dict[str, Any]] = {"logprobs": {"logprobs": True}}
    if ask.schema is not None:
        form = {"name": "answer", "schema": ask.schema}
        found["response_format"] = {"response_format": {"type": "json_schema", "json_schema": form}}
    return found


def content_of(ask: Ask) -> list[dict[str, Any]]:
    """The pictures, then the words."""
    pictures = [{"type": "image_url", "image_url": {"url": data_uri(image)}} for image in ask.images]
    return [*pictures, {"type": "text", "text": ask.text}]


def data_uri(image: Raster) -> str:
    """As a JPEG."""
    data = encoded(image, "image/jpeg", _QUALITY)
    return "data:image/jpeg;base64," + base64.b64encode(data).decode()


def reply_of(answer: Any) -> Reply:
    """The first choice. Raises EngineFailed where it is not a whole answer."""
    try:
        choice = answer["choices"][0]
        text = choice["message"]["content"] or ""
    except (KeyError, IndexError, TypeError) as error:
        raise EngineFailed("The server answered without a choice.") from error
    if choice.get("finish_reason") != "stop":
        raise EngineFailed(f"The model did not come to an end: {choice.get('finish_reason')!r}.")
    if not text.strip():
        raise EngineFailed("The model said nothing.")
    if circles(text):
        raise EngineFailed("The model said the same over and over.")
    return Reply(text, pieces_of(choice.get("logprobs")))


def pieces_of(logprobs: Any) -> tuple[tuple[str, float], ...]:
    """Tokens with their log-probabilities; none where the server gives none."""
    content = logprobs.get("content") if isinstance(logprobs, Mapping) else None
    if not isinstance(content, Sequence):
        return ()
    return tuple((str(piece["token"]), float(piece["logprob"])) for piece in content)


def judge(calibration: str = "", long_side: int = 1280, **server: Any) -> VlmJudge:
    """A judge behind a server: `base_url`, `model`, `api_key`, `timeout`, `tries`, `total`."""
    return VlmJudge(Chat(**server), Curves(calibration), long_side)


def extractor(calibration: str = "", long_side: int = 1600, pages_at_once: int = 4, **server: Any) -> VlmExtractor:
    """An extractor behind a server; shows so many pages at once."""
    return VlmExtractor(Chat(**server), Curves(calibration), Manner(pages_at_once, long_side))


def answerer(long_side: int = 1600, **server: Any) -> VlmAnswerer:
    """An answerer behind a server."""
    return VlmAnswerer(Chat(**server), long_side)
