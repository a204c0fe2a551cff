"""`/v1/classify` and `/v1/extract`: a document in, what it is or what stands on it out, while the caller waits."""

import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, TypeVar

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from pydantic_core import to_json
from starlette.routing import request_response
from starlette.types import Receive, Scope, Send

from recto.document.reading import Engine, Reading
from recto.doors.http.asking import LARGE, Ask, AskExtract, asked, distant, submission
from recto.doors.http.caller import app_of, caller_of
from recto.doors.http.examples import CLASSIFY, EXTRACT
from recto.doors.http.keyring import Caller
from recto.doors.http.problems import documented
from recto.doors.http.quota import Quota
from recto.doors.http.slots import Slots
from recto.ports import Verdict
from recto.schemas.answer import values_of
from recto.schemas.json import reading_json
from recto.schemas.masking import masked
from recto.submission import Extraction, Submission


class Plain(APIRoute):
    """A route that reads its request itself: the framework need not look for parameters, nor keep stacks for them."""

    def __init__(self, path: str, endpoint: Callable[[Request], Coroutine[Any, Any, Response]], **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        self.plain = request_response(endpoint)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST":
            await self.plain(scope, receive, send)
        else:
            await super().handle(scope, receive, send)


Result = TypeVar("Result")
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


async def classify(request: Request) -> Response:
    """Says of which of the kinds a document is, by its first page."""
    start = time.perf_counter()
    app, caller = app_of(request), caller_of(request)
    order = await gathered(request, Ask, caller)
    verdict = await thought(request, "classify", partial(app.judge, order))
    await counted(request, caller, 1)
    return answered(classified_json(verdict, start))


async def extract(request: Request) -> Response:
    """Reads everything that the kind's schema names off a document, and says where each value stands."""
    start = time.perf_counter()
    app, caller = app_of(request), caller_of(request)
    order = await gathered(request, AskExtract, caller)
    extraction = await thought(request, "extract", partial(app.extract, order))
    await counted(request, caller, extraction.page_count)
    raw = getattr(request.state, "raw_ocr", False)
    told = partial(extracted_json, extraction, "see-sensitive" in caller.scopes, raw, start)
    return answered(await slots_of(request).run(told))


async def gathered(request: Request, form_of: type[Ask], caller: Caller) -> Submission:
    """The files that are to be looked at. What is elsewhere is fetched by threads that think of nothing else."""
    app = app_of(request)
    ask, files = await asked(request, form_of, app.limits.file_bytes)
    request.state.raw_ocr = isinstance(ask, AskExtract) and ask.raw_ocr
    act = partial(submission, app, ask, files, caller.owner)
    if app.settings.gateway.pages_a_day and caller.key_id:
        await fetching_of(request).run(quota_of(request, caller).ask_for_pages)
    apart = distant(ask) or sum(map(len, ask.image_urls)) > LARGE
    return await fetching_of(request).run(traced(request, "fetch", act)) if apart else act()


async def thought(request: Request, task: str, act: Callable[[], Result]) -> Result:
    start = time.perf_counter()
    try:
        return await slots_of(request).run(traced(request, task, act))
    finally:
        request.app.state.metrics.engines.labels(task).observe(time.perf_counter() - start)


async def counted(request: Request, caller: Caller, pages: int) -> None:
    app = app_of(request)
    if app.settings.gateway.pages_a_day and caller.key_id:
        await fetching_of(request).run(partial(quota_of(request, caller).count_pages, pages))


def quota_of(request: Request, caller: Caller) -> Quota:
    return Quota(app_of(request), request.app.state.queued, caller)


def traced(request: Request, name: str, act: Callable[[], Result]) -> Callable[[], Result]:
    """The same in a span of its own, where traces are wanted."""
    tracer = request.app.state.tracer
    if tracer is None:
        return act

    def within() -> Result:
        with tracer.work(name):
            return act()

    return within


def slots_of(request: Request) -> Slots:
    slots: Slots = request.app.state.slots
    return slots


def fetching_of(request: Request) -> Slots:
    slots: Slots = request.app.state.fetching
    return slots


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
    answer = {
        "data": values_of(shown.fields),
        "confidence": extraction.confidence,
        "doc_type": extraction.kind,
        "page_count": extraction.page_count,
        "classified": classified_json(extraction.verdict, start) if extraction.verdict else None,
        **{name: told[name] for name in SHOWN if name in told},
        **({"raw_ocr": raw_json(shown, told["words"])} if raw else {}),
    }
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


def answered(body: dict[str, Any]) -> Response:
    return Response(to_json(body), 200, None, JSON)


def install(http: FastAPI) -> None:
    """The two routes, before all others and on no router of their own: those who call them often feel each step."""
    shown: dict[str, Any] = {"methods": ["POST"], "tags": ["gateway"], "responses": documented(415, 502)}
    shown["route_class_override"] = Plain
    add = http.router.add_api_route
    add("/v1/classify", classify, response_model=Classified, openapi_extra=CLASSIFY, **shown)
    add("/v1/extract", extract, response_model=Extracted, openapi_extra=EXTRACT, **shown)
