"""`/v1/runs` and `/v1/bundles`: how models were trained, and which one labels."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from recto.document.run import EpochRecord, RunRecord
from recto.doors.http.caller import Here, Owner, needs
from recto.doors.http.sample import body
from recto.doors.promoting import go_back, installed, use

router = APIRouter(prefix="/v1", tags=["models"])


@router.get("/runs")
def runs(app: Here, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
    """Training runs, the newest first, each with its curve."""
    return {"runs": [run_json(run) for run in app.runs.runs(limit)]}


@router.get("/runs/{run_id}")
def run(app: Here, run_id: str) -> dict[str, Any]:
    """One run with all that was measured after each epoch, and the figures of the model that came of it."""
    found = app.runs.run(run_id)
    return {**run_json(found), "metrics": found.metrics}


@router.get("/bundles")
def bundles(app: Here) -> dict[str, Any]:
    """The models of this installation, shipped ones first."""
    return {"bundles": [model_json(model) for model in installed(app)]}


class Override(BaseModel):
    """Why a model is to be used though nothing was measured."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=1, max_length=500, description="Kept among the promotions.")


OVERRIDE: Final[Any] = body(why=("With the reason", {"reason": "Until the new one is judged."}))


@router.post("/bundles/{name}/activate", dependencies=[needs("admin")])
def activate(app: Here, owner: Owner, name: str, override: Annotated[Override, OVERRIDE]) -> dict[str, Any]:
    """Lets a model label from the next document on, without judging it. `POST /v1/promotions` judges."""
    return use(app, name, override.reason, owner)


@router.post("/bundles/rollback", dependencies=[needs("admin")])
def roll_back(app: Here, owner: Owner) -> dict[str, Any]:
    """Goes back to the model that was in use before."""
    return go_back(app, owner)


def model_json(model: Any) -> dict[str, Any]:
    return {"name": model.name, "digest": model.digest, "active": model.active}


def run_json(run: RunRecord) -> dict[str, Any]:
    plain = ("id", "name", "state", "comparable", "settings", "versions", "data", "digest")
    return {
        **{name: getattr(run, name) for name in plain},
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "updated_at": run.updated_at.isoformat() if run.updated_at else None,
        "epochs": [epoch_json(epoch) for epoch in run.epochs],
    }


def epoch_json(epoch: EpochRecord) -> dict[str, Any]:
    """The epoch; `validation` only where it is known."""
    shown = {name: getattr(epoch, name) for name in ("epoch", "loss", "seconds", "learning_rate", "steps", "figure")}
    return {**shown, "validation": epoch.validation} if epoch.validation else shown
