"""`/v1/classify` and `/v1/extract`: a document in, what it is or what stands on it out, while the caller waits."""

import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, NamedTuple

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from recto.document.errors import RectoError
from recto.document.reading import Engine, Reading
from recto.doors.http.asking import Ask, AskExtract
from recto.doors.http.examples import CLASSIFY, EXTRACT
from recto.doors.http.problems import documented, of_framework, of_recto, of_validation
from recto.doors.http.service import service_of
from recto.ports import Verdict
from recto.schemas.answer import values_of
from recto.schemas.json import reading_json
from recto.schemas.masking import masked
from recto.submission import Extraction

router = APIRouter(prefix="/v1", tags=["gateway"], responses=documented(415, 502))

JSON: Final = "application/json"
SHOWN: Final = ("fields", "parts", "checks", "decision", "engines")


class EngineSaid(BaseModel):
    """Which engine answered, so that the answer can be had again."""

    name: str
    version: str | None = None
    model: str | None = None
    digest: str | None = None


class Classified(BaseModel):
    """What a document is."""

    type: str = Field(description="One of the kinds.")
    confidence: float | None = Field(description="Measured, 0 to 1; null where it never was.")
    reasoning: str
    latency_ms: float
    engine: EngineSaid


class Extracted(BaseModel):
    """What stands on a document."""

    data: dict[str, Any] = Field(description="Canonical values by field name, in the form of the kind's JSON schema.")
    confidence: float | None = Field(description="That of the least sure value; null where one was never measured.")
    doc_type: str
    page_count: int
    latency_ms: float
    classified: Classified | None = Field(description="How the kind was found; null where the caller said it.")
    fields: list[dict[str, Any]] = Field(description="Each value with its place on the page, and how firm that is.")
    checks: list[dict[str, Any]]
    decision: dict[str, Any] | None
    engines: dict[str, EngineSaid]
    raw_ocr: list[dict[str, Any]] | None = Field(None, description="The text of each page, and its words, on request.")


@router.post("/classify", response_model=Classified, openapi_extra=CLASSIFY)
async def classify(request: Request) -> Response:
    """Says of which of the kinds a document is, by its first page."""
    start = time.perf_counter()
    service, caller = service_of(request)
    _, order = await service.gathered(request, Ask, caller)
    verdict = await service.thought("classify", partial(service.app.judge, order))
    await service.counted(caller, 1)
    return Response(to_json(classified_json(verdict, start)), 200, None, JSON)


@router.post("/extract", response_model=Extracted, openapi_extra=EXTRACT)
async def extract(request: Request) -> Response:
    """Reads everything that the kind's schema names off a document, and says where each value stands."""
    start = time.perf_counter()
    service, caller = service_of(request)
    ask, order = await service.gathered(request, AskExtract, caller)

    def read() -> tuple[int, bytes]:
        extraction = service.app.extract(order)
        told = extracted_json(extraction, "see-sensitive" in caller.scopes, ask.raw_ocr, start)
        return extraction.page_count, to_json(told)

    pages, body = await service.thought("extract", read)
    await service.counted(caller, pages)
    return Response(body, 200, None, JSON)


def classified_json(verdict: Verdict, start: float) -> dict[str, Any]:
    return {
        "type": verdict.guess.kind,
        "confidence": verdict.guess.confidence,
        "reasoning": verdict.reasoning,
        "latency_ms": since(start),
        "engine": engine_json(verdict.engine),
    }


def extracted_json(extraction: Extraction, reveal: bool, raw: bool, start: float) -> dict[str, Any]:
    """Numbers that identify a person are hidden unless the caller may see them."""
    shown = extraction.reading if reveal else masked(extraction.reading)
    told = reading_json(shown, words=raw, reveal=True)
    answer: dict[str, Any] = {
        "data": values_of(shown.fields),
        "confidence": extraction.confidence,
        "doc_type": extraction.kind,
        "page_count": extraction.page_count,
        "classified": classified_json(extraction.verdict, start) if extraction.verdict else None,
        **{name: told[name] for name in SHOWN if name in told},
    }
    if raw:
        answer["raw_ocr"] = raw_json(shown, told["words"])
    return {**answer, "latency_ms": since(start)}


def raw_json(reading: Reading, words: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each page's text line by line, and its words."""
    pages = []
    for page in reading.pages:
        here = [word for word in words if word["page"] == page.number]
        lines: dict[int, list[str]] = {}
        for word in here:
            lines.setdefault(word["line"], []).append(word["text"])
        size = {"width": page.width, "height": page.height, "turn": page.turn}
        text = "\n".join(map(" ".join, lines.values()))
        pages.append({"page": page.number, **size, "text": text, "words": here})
    return pages


def engine_json(engine: Engine) -> dict[str, Any]:
    pinned = {"name": engine.name, "version": engine.version, "model": engine.model, "digest": engine.digest}
    return {name: value for name, value in pinned.items() if value is not None}


def since(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 2)


class Straight(NamedTuple):
    """A route that is gone to straight."""

    path: str
    endpoint: Callable[[Request], Coroutine[Any, Any, Response]]


class Direct:
    """Innermost of what stands around the routes: goes straight to the two that are asked most often.

    They read their requests themselves. The framework's own way to them (its stacks, its search among all routes, its
    wrappers) would cost as much as everything that stands before them here. It still serves them where it is asked
    under another root, and tells of them in the OpenAPI document.
    """

    STRAIGHT: Final = {one.path: one for one in (Straight("/v1/classify", classify), Straight("/v1/extract", extract))}

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = self.STRAIGHT.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if route is None:
            return await self.app(scope, receive, send)
        scope["route"] = route
        request = Request(scope, receive)
        try:
            response = await route.endpoint(request)
        except RectoError as error:
            response = of_recto(request, error)
        except RequestValidationError as error:
            response = of_validation(request, error)
        except HTTPException as error:
            response = of_framework(request, error)
        await response(scope, receive, send)
