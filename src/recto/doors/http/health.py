"""What an operator's probes ask: is it alive, can it take work, how are its parts, which version is it."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from recto import __version__
from recto.document.record import Query
from recto.doors.http.caller import Here
from recto.doors.http.endpoints import Endpoint
from recto.doors.http.models import State, engines_of, workers_of

router = APIRouter(tags=["health"])


class Part(BaseModel):
    """An engine in the chain of its task."""

    task: str
    name: str
    state: State


class Health(BaseModel):
    """How a server is."""

    status: Literal["ok", "degraded"]
    version: str
    documents: dict[str, int] = Field(description="How many are waiting and being read.")
    engines: list[Part]
    endpoints: list[Endpoint] = Field(description="Engines elsewhere, with their jobs and workers.")
    workers: dict[str, int] = Field(description="Of this process: how many are idle and running.")


@router.get("/live")
def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
def ready(app: Here, response: Response) -> dict[str, str]:
    """The stores can be written, so an upload would be taken. Otherwise 503 with a problem."""
    app.database.ping()
    app.blobs.ping()
    response.headers["Cache-Control"] = "no-store"
    return {"status": "ok"}


@router.get("/health")
def health(request: Request, app: Here) -> Health:
    """How the parts are, as far as this process knows them. `degraded` where an engine cannot answer."""
    state = request.app.state
    waiting = app.records.find(Query(state="waiting", limit=1)).total
    reading = app.records.find(Query(state="reading", limit=1)).total
    engines = [Part(task=one.task, name=one.name, state=one.state) for one in engines_of(app)]
    endpoints: list[Endpoint] = state.endpoints.now()
    well = all(one.state == "ready" for one in engines) and all(one.state != "away" for one in endpoints)
    return Health(
        status="ok" if well else "degraded",
        version=__version__,
        documents={"waiting": waiting, "reading": reading},
        engines=engines,
        endpoints=endpoints,
        workers=workers_of(state.worker),
    )


@router.get("/version")
def version() -> dict[str, str]:
    """The version of this Recto."""
    return {"version": __version__}
