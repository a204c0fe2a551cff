"""Predictions beside the truth: `/v1/inspect/{id}` asks the model now, `/layoutlm_inference` has asked it before."""

import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from recto.app import App
from recto.document.errors import NotFound
from recto.document.run import RunRecord
from recto.doors.http.caller import Here, Owner
from recto.doors.http.documents import DocumentId
from recto.doors.http.inspection import InspectionAggregate, InspectionAnswer, InspectionRun, JudgedRuns
from recto.doors.http.links import instant
from recto.doors.inspecting import Answer, Inspector, Pool, aggregate, judged_epochs, judged_runs

router = APIRouter(tags=["inspection"])

LOOK_SECONDS: Final = 5.0
"""For so long the pool is taken to be as it was seen last."""


@dataclass
class Shelf:
    """One owner's pool as it was seen last."""

    answers: tuple[Answer, ...] = ()
    summary: bytes = b""
    at: float = float("-inf")
    looking: threading.Lock = field(default_factory=threading.Lock)

    @property
    def old(self) -> bool:
        return time.monotonic() - self.at > LOOK_SECONDS


class Shelves:
    """What is sent of the pools without a look at the store: it is looked at behind the answers, from time to time."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.inspector = Inspector(app)
        self.shelves: dict[str, Shelf] = {}

    async def of(self, owner: str) -> Shelf:
        """The owner's shelf: waited for while it is empty, filled behind the answers afterwards."""
        shelf = self.shelves.setdefault(owner, Shelf())
        if shelf.old and not shelf.answers:
            await run_in_threadpool(self.fill, owner, shelf)
        elif shelf.old and not shelf.looking.locked():
            threading.Thread(target=self.fill, args=(owner, shelf), daemon=True).start()
        return shelf

    def fill(self, owner: str, shelf: Shelf) -> None:
        with shelf.looking:
            if not shelf.old:
                return
            known = {answer.key: answer for answer in shelf.answers}
            pool = Pool(self.app, owner, self.app.settings.inspect.pool)
            found = [known.get(key) or self.loaded(pool, key) for key in pool.held()]
            answers = tuple(answer for answer in found if answer)
            if answers != shelf.answers or not shelf.summary:
                shelf.summary = json.dumps(aggregate([json.loads(answer.body) for answer in answers])).encode()
            shelf.answers, shelf.at = answers, time.monotonic()

    def loaded(self, pool: Pool, key: str) -> Answer | None:
        body = pool.body(key)
        return Answer(key, body) if body else None


def shelves_of(request: Request) -> Shelves:
    """The application's one, made when it is first asked for."""
    state = request.app.state
    if not hasattr(state, "shelves"):
        state.shelves = Shelves(state.recto)
    shelves: Shelves = state.shelves
    return shelves


@router.get("/v1/inspect/{document_id}", response_model=InspectionAnswer)
def inspect(
    request: Request, app: Here, owner: Owner, document_id: DocumentId, model: str | None = None
) -> JSONResponse:
    """The document as a model sees it now, beside the labels that hold. `Server-Timing` tells each stage's time."""
    answer, seconds = shelves_of(request).inspector.answer(document_id, owner, model)
    started = time.perf_counter()
    response = JSONResponse(answer, headers={"Cache-Control": "no-store"})
    response.headers["Server-Timing"] = timing({**seconds, "json": time.perf_counter() - started})
    return response


@router.get("/v1/inspect/{document_id}/runs", response_model=JudgedRuns)
def runs(app: Here, owner: Owner, document_id: DocumentId) -> dict[str, Any]:
    """The training runs that held this document back and judged it."""
    return {"runs": [run_json(run) for run in judged_runs(app, document_id, owner)]}


@router.get("/v1/inspect/{document_id}/runs/{run_id}", response_model=InspectionRun)
def epochs(app: Here, owner: Owner, document_id: DocumentId, run_id: str) -> dict[str, Any]:
    """How the run did on this document, epoch by epoch."""
    app.records.load(document_id, owner)
    run = app.runs.run(run_id)
    return {**run_json(run), "epochs": judged_epochs(app, document_id, run)}


@router.get("/v1/inspect/{document_id}/runs/{run_id}/epochs/{epoch}", response_model=InspectionAnswer)
def recalled(
    request: Request,
    app: Here,
    owner: Owner,
    document_id: DocumentId,
    run_id: str,
    epoch: Annotated[int, Path(ge=0, le=1_000_000)],
) -> JSONResponse:
    """What the run's network said of this document after that epoch, beside the labels that hold now.

    Its confidence was not calibrated yet and is left out. 404 where what it said was not kept.
    """
    answer = shelves_of(request).inspector.recalled(document_id, owner, app.runs.run(run_id), epoch)
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})


def run_json(run: RunRecord) -> dict[str, Any]:
    return {"id": run.id, "name": run.name, "state": run.state, "started_at": instant(run.started_at)}


def timing(seconds: Mapping[str, float]) -> str:
    """The header of that name (W3C Server Timing), in milliseconds."""
    return ", ".join(f"{name};dur={value * 1000:.2f}" for name, value in seconds.items())


@router.get("/layoutlm_inference", response_model=InspectionAnswer)
async def cached(request: Request, app: Here, owner: Owner, document: str | None = None) -> Response:
    """An answer that was made beforehand: of the `document`, or a random one of the pool; 404 while there is none."""
    shelf = await shelves_of(request).of(owner)
    held = [one for one in shelf.answers if document in (None, one.document_id)]
    headers = shared(app, request)
    same = request.headers.get("if-none-match", "")
    for answer in held if same else ():
        if answer.etag in same:
            return Response(status_code=304, headers={**headers, "ETag": answer.etag})
    if not held:
        raise NotFound("No answer was made beforehand yet. GET /v1/inspect/{document} makes one now.")
    chosen = random.choice(held)
    return Response(chosen.body, headers={**headers, "ETag": chosen.etag}, media_type="application/json")


@router.get("/layoutlm_inference/aggregate", response_model=InspectionAggregate)
async def summary(request: Request, app: Here, owner: Owner) -> Response:
    """Over the pool: accuracy, time, throughput, model and run; 404 while there is no answer."""
    shelf = await shelves_of(request).of(owner)
    if not shelf.answers:
        raise NotFound("No answer was made beforehand yet.")
    return Response(shelf.summary, headers=shared(app, request), media_type="application/json")


@router.options("/layoutlm_inference", include_in_schema=False)
@router.options("/layoutlm_inference/aggregate", include_in_schema=False)
def preflight(request: Request, app: Here) -> Response:
    """What a browser asks before it reads the answer from another site's page."""
    return Response(status_code=204, headers={**shared(app, request), "Access-Control-Max-Age": "86400"})


def shared(app: App, request: Request) -> dict[str, str]:
    """How long an answer may be kept, and which other sites' pages may read it (Fetch standard, CORS)."""
    chosen = app.settings.inspect
    headers = {"Cache-Control": f"private, max-age={chosen.fresh}, stale-while-revalidate={chosen.stale}"}
    origin = request.headers.get("origin", "")
    if origin and ("*" in chosen.origins or origin in chosen.origins):
        headers |= {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": "ETag, Server-Timing"}
        headers |= {"Access-Control-Allow-Headers": "Authorization, X-API-Key, If-None-Match"}
    return headers | ({"Vary": "Origin"} if chosen.origins else {})
