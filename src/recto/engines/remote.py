"""Our own engines elsewhere: behind RunPod, or behind another Recto's gateway.

Both take the question of `POST /v1/classify` and `/v1/extract` (`image_urls` as data URIs, `prompt`, `doc_type`) and
give its answer. A handler of ours adds the whole reading (`doors/runpod.py`), with OCR's places; of any other handler's
answer the values are found again among words that are read here.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Protocol

from recto import __version__
from recto.document.assurance import UNMEASURED
from recto.document.errors import EngineFailed, TooLarge
from recto.document.job import Json
from recto.document.reading import Engine, Guess, Reading
from recto.engines.vlm.extractor import shaped
from recto.engines.vlm.judge import named_kind
from recto.engines.wire.call import Call, HttpCall
from recto.engines.wire.parcel import Parcels
from recto.engines.wire.runpod import RUN_BYTES, RunPod
from recto.engines.wire.staff import Staff
from recto.pipeline import concluded
from recto.ports import Exhibit, Verdict
from recto.reading.media import media_type
from recto.reading.raster import encoded
from recto.schemas.catalog import schema_of
from recto.schemas.grounding import stated
from recto.schemas.json import reading_from_json
from recto.submission import File, Sheaf, Submission

RUNPOD: Final = "https://api.runpod.ai/v2/"
LARGE: Final = RUN_BYTES - 64 * 1024
"""Letters of files from which they are laid down elsewhere."""

_QUALITY: Final = 90


class Place(Protocol):
    """Somewhere that answers, under a name of its own."""

    @property
    def engine(self) -> Engine: ...

    def call(self, question: Mapping[str, Json]) -> dict[str, Any]: ...

    def staff(self) -> Staff: ...


class Elsewhere:
    """A call with a name. What is too large for the way there is laid down on it, or left to an engine here."""

    def __init__(self, name: str, model: str, way: Call, parcels: Parcels | None = None) -> None:
        self.name = name
        self.model = model
        self.way = way
        self.parcels = parcels

    @property
    def engine(self) -> Engine:
        return Engine(self.name, __version__, self.model)

    def call(self, question: Mapping[str, Json]) -> dict[str, Any]:
        """The answer. Raises EngineFailed or EngineUnavailable."""
        uris = question["image_urls"]
        assert isinstance(uris, list)
        try:
            if self.parcels is None or sum(len(str(uri)) for uri in uris) < LARGE:
                return self.way.call(question)
            with self.parcels.laid_down([file_of(str(uri), "").data for uri in uris]) as urls:
                return self.way.call({**question, "image_urls": list(urls)})
        except TooLarge as error:
            raise EngineFailed(str(error)) from error

    def staff(self) -> Staff:
        """What is said there of jobs and workers, within a moment. Raises EngineFailed or EngineUnavailable."""
        return self.way.staff()


class RemoteJudge:
    """Sends the first page."""

    def __init__(self, place: Place, long_side: int = 1600) -> None:
        self.place = place
        self.long_side = long_side

    @property
    def engine(self) -> Engine:
        return self.place.engine

    def staff(self) -> Staff:
        return self.place.staff()

    def judge(self, exhibits: list[Exhibit]) -> list[Verdict]:
        return [self._one(exhibit) for exhibit in exhibits]

    def _one(self, exhibit: Exhibit) -> Verdict:
        page = encoded(exhibit.image(1, self.long_side), "image/jpeg", _QUALITY)
        question: dict[str, Json] = {"image_urls": [data_uri(page)]}
        answer = self.place.call(question | prompted(exhibit.prompt))
        own = pinned(answer.get("engine"))
        number = answer.get("confidence")
        score = float(number) if isinstance(number, int | float) else None
        guess = Guess(named_kind(str(answer.get("type", ""))), score if own else None)
        return Verdict(guess, str(answer.get("reasoning") or ""), own or self.place.engine, score)


class RemoteUnderstanding:
    """Sends the files; OCR and all the rest are done where they arrive."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @property
    def engine(self) -> Engine:
        return self.place.engine

    def staff(self) -> Staff:
        return self.place.staff()

    def understand(self, sheaf: Sheaf, guess: Guess) -> Reading:
        answer = self.place.call(question_of(sheaf.submission, guess.kind))
        reading = reading_in(answer)
        if reading is None:
            return self._stated(answer.get("data"), sheaf, guess)
        return self._read(reading, sheaf, guess)

    def _read(self, found: Mapping[str, Any], sheaf: Sheaf, guess: Guess) -> Reading:
        """The reading of an engine of ours, as one of this document."""
        try:
            reading = reading_from_json(found)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EngineFailed(f"{self.place.engine.name} answered with a reading of another form.") from error
        if len(reading.pages) != sheaf.count():
            raise EngineFailed(f"{self.place.engine.name} did not read every page.")
        if any(not 0 <= index < len(reading.words) for field in reading.every_field() for index in field.words):
            raise EngineFailed(f"{self.place.engine.name} points at words that there are not.")
        engines = {"extractor": self.place.engine, **reading.engines}
        return replace(reading, document=sheaf.document(), kind=guess, engines=engines)

    def _stated(self, data: Any, sheaf: Sheaf, guess: Guess) -> Reading:
        """Values that anyone else states, found again among the words that are read here."""
        if not isinstance(data, Mapping) or not (values := shaped(schema_of(guess.kind), data)):
            raise EngineFailed(f"{self.place.engine.name} answered without values.")
        reading = sheaf.reading(guess)
        fields = stated(guess.kind, values, reading.words)
        if not any(field.words for field in replace(reading, fields=fields).every_field()):
            raise EngineFailed(f"What {self.place.engine.name} stated stands nowhere on the page.")
        engines = {**reading.engines, "extractor": self.place.engine}
        return concluded(replace(reading, fields=fields, engines=engines), UNMEASURED, sheaf.attachment())


def question_of(submission: Submission, kind: str) -> dict[str, Json]:
    files: list[Json] = [data_uri(file.data) for file in submission.files]
    return {"image_urls": files, "doc_type": kind, "raw_ocr": True, **prompted(submission.prompt)}


def reading_in(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The JSON of a reading: whole from a handler of ours, put together from a gateway's answer; None from others."""
    if isinstance(answer.get("reading"), Mapping):
        whole: Mapping[str, Any] = answer["reading"]
        return whole
    pages = answer.get("raw_ocr")
    if not isinstance(pages, list) or not all(isinstance(page, Mapping) and "width" in page for page in pages):
        return None
    return {
        **{name: answer[name] for name in ("fields", "checks", "decision", "engines") if name in answer},
        "document": {"id": "", "name": "", "media_type": "", "pages": len(pages)},
        "pages": [
            {"number": page["page"], **{key: page[key] for key in ("width", "height", "turn")}} for page in pages
        ],
        "words": [word for page in pages for word in page["words"]],
    }


def prompted(prompt: str) -> dict[str, Json]:
    return {"prompt": prompt} if prompt else {}


def data_uri(data: bytes) -> str:
    return f"data:{media_type(data)};base64,{base64.b64encode(data).decode()}"


def file_of(uri: str, name: str) -> File:
    """The inverse, for those who answer. Raises EngineFailed for what is no data URI in base64."""
    head, _, body = uri.partition(",")
    if not head.startswith("data:") or not head.endswith(";base64"):
        raise EngineFailed("An image URL is no data URI in base64.")
    try:
        return File(base64.b64decode(body, validate=True), name)
    except ValueError as error:
        raise EngineFailed("A data URI is not in base64.") from error


def pinned(stated_engine: Any) -> Engine | None:
    """The engine that an answer of ours names; None for an answer of anyone else."""
    if not isinstance(stated_engine, Mapping) or not {"name", "version"} <= set(stated_engine):
        return None
    known = {key: str(stated_engine[key]) for key in ("name", "version", "model", "digest") if stated_engine.get(key)}
    return Engine(**known)


def runpod(endpoint: str, api_key: str = "", timeout: float = 300.0, tries: int = 4, uploads: str = "") -> Elsewhere:
    """An endpoint of RunPod by its id, or by the URL of a server with the same API.

    `uploads` is where files of more than 10 MB go, such as `s3://bucket/prefix`; without it, up to 20 MB are sent.
    """
    url = endpoint if "://" in endpoint else RUNPOD + endpoint
    parcels = Parcels(uploads, timeout) if uploads else None
    return Elsewhere("runpod", url.rsplit("/", 1)[-1], RunPod(url, api_key, timeout, tries=tries), parcels)


def runpod_judge(**endpoint: Any) -> RemoteJudge:
    """Arguments as of `runpod`."""
    return RemoteJudge(runpod(**endpoint))


def runpod_understanding(**endpoint: Any) -> RemoteUnderstanding:
    """Arguments as of `runpod`."""
    return RemoteUnderstanding(runpod(**endpoint))


def recto_judge(url: str, **caller: Any) -> RemoteJudge:
    """Another Recto, by its address; `api_key`, `timeout` and `tries` may follow."""
    return RemoteJudge(Elsewhere("recto", url, HttpCall(url, "/v1/classify", **caller)))


def recto_understanding(url: str, **caller: Any) -> RemoteUnderstanding:
    """Another Recto, by its address; `api_key`, `timeout` and `tries` may follow."""
    return RemoteUnderstanding(Elsewhere("recto", url, HttpCall(url, "/v1/extract", **caller)))
