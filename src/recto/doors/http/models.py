"""`/v1/models` and `/v1/capacity`: who answers here, and whether there is room for more."""

from collections.abc import Iterator
from typing import Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from recto.app import App
from recto.document.errors import RectoError
from recto.document.reading import Engine
from recto.doors.http.caller import Here, Who
from recto.doors.http.quota import Queued, Quota
from recto.doors.http.slots import Slots
from recto.doors.worker import Worker
from recto.engines.chain import Answering, Chain
from recto.schemas.catalog import kinds
from recto.settings import Task

router = APIRouter(prefix="/v1", tags=["gateway"])

State = Literal["ready", "unavailable", "failing"]
FAILING: Final = frozenset({"engine_failed"})


class EngineState(BaseModel):
    """An engine in the chain of its task: the first one that can answer does."""

    task: str
    name: str
    state: State = Field(description="As it was when it was last asked; `ready` before that.")
    version: str | None = None
    model: str | None = None
    digest: str | None = None


class Models(BaseModel):
    """The engines by task, in the order in which they are asked, and the kinds of documents."""

    engines: list[EngineState]
    kinds: list[str]


class Waiting(BaseModel):
    """Callers who wait for an answer: those who are served, those behind them, and how many there may be of each."""

    running: int
    waiting: int
    at_once: int
    most_waiting: int


class Jobs(BaseModel):
    """Work of all owners in the queue, and of the caller."""

    due: int
    running: int
    oldest_seconds: float
    own: int
    workers: dict[str, int] = Field(description="Of this server: how many are idle and how many run.")


class Capacity(BaseModel):
    """Whether there is room for more. `refused` names the errors that a request would meet now."""

    requests: Waiting
    jobs: Jobs
    refused: list[str]


@router.get("/models")
def models(app: Here) -> Models:
    """Who answers here, pinned."""
    return Models(engines=list(engines_of(app)), kinds=list(kinds()))


@router.get("/capacity")
def capacity(request: Request, app: Here, caller: Who) -> Capacity:
    """How much is waiting, and what would be refused."""
    state = request.app.state
    slots: Slots = state.service.slots
    queued: Queued = state.queued
    backlog = queued.backlog()
    workers = workers_of(state.worker)
    jobs = Jobs(
        due=backlog.due,
        running=backlog.running,
        oldest_seconds=round(backlog.oldest, 3),
        own=app.usage.open_jobs(caller.owner),
        workers=workers,
    )
    waiting = Waiting(running=slots.busy, waiting=slots.queued, at_once=slots.at_once, most_waiting=slots.waiting)
    return Capacity(requests=waiting, jobs=jobs, refused=sorted(refusals(Quota(app, queued, caller), slots)))


def refusals(quota: Quota, slots: Slots) -> set[str]:
    """The codes of what would go wrong with a request now."""
    found = {"queue_full"} if slots.full else set()
    try:
        quota.ask_for_pages()
        with quota.room():
            return found
    except RectoError as error:
        return {*found, error.code}


def workers_of(worker: Worker | None) -> dict[str, int]:
    """Those of this process."""
    hands = list(worker.hands) if worker else []
    busy = sum(hand.job is not None for hand in hands)
    return {"idle": len(hands) - busy, "running": busy}


def engines_of(app: App) -> Iterator[EngineState]:
    """Every engine that the settings name."""
    yield state_of("ocr", app.settings.ocr, app.ocr)
    yield from (state_of(*each) for each in plugs_of(app))


def plugs_of(app: App) -> Iterator[tuple[Task, str, Answering, str]]:
    """Each engine of the chains with its task and its name, and why it could not answer when it was last asked."""
    desk = app.desk
    chains: dict[Task, object] = {
        "classify": desk.judging,
        "extract": desk.understanding,
        "answer": desk.answerer,
    }
    for task, chain in chains.items():
        assert isinstance(chain, Chain)
        for place, (name, plug) in enumerate(zip(app.settings.chain(task), chain.engines, strict=True)):
            yield task, name, plug, chain.faults.get(place, "")


def state_of(task: str, name: str, plug: Answering, fault: str = "") -> EngineState:
    try:
        engine = plug.engine
    except RectoError:
        return EngineState(task=task, name=name, state="unavailable")
    state: State = "ready" if not fault else "failing" if fault in FAILING else "unavailable"
    return EngineState(task=task, name=name, state=state, **pinned(engine))


def pinned(engine: Engine) -> dict[str, Any]:
    return {"version": engine.version, "model": engine.model, "digest": engine.digest}
