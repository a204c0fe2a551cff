"""What an operator's probes ask: is it alive, can it take work, how are its parts, which version is it."""

from typing import Any

from fastapi import APIRouter, Request, Response

from recto import __version__
from recto.document.record import Query
from recto.doors.http.caller import Here
from recto.doors.http.models import engines_of, workers_of

router = APIRouter(tags=["health"])


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
def health(request: Request, app: Here) -> dict[str, Any]:
    """How the parts are, as far as this process knows them. `degraded` where an engine cannot answer."""
    waiting = app.records.find(Query(state="waiting", limit=1)).total
    reading = app.records.find(Query(state="reading", limit=1)).total
    engines = [{"task": one.task, "name": one.name, "state": one.state} for one in engines_of(app)]
    return {
        "status": "ok" if all(one["state"] == "ready" for one in engines) else "degraded",
        "version": __version__,
        "documents": {"waiting": waiting, "reading": reading},
        "engines": engines,
        "workers": workers_of(request.app.state.worker),
    }


@router.get("/version")
def version() -> dict[str, str]:
    """The version of this Recto."""
    return {"version": __version__}
