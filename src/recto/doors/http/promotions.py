"""`/v1/promotions`: which model labels here, and why it may."""

from typing import Annotated, Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from recto.document.errors import Conflict
from recto.document.job import Json, Order
from recto.doors.http.caller import Here, Owner, needs
from recto.doors.http.sample import body
from recto.doors.learning import TRAIN
from recto.doors.promoting import go_back, history, installed, may_choose, promote

router = APIRouter(prefix="/v1/promotions", tags=["models"])
MAY = [needs("admin")]


class Wanted(BaseModel):
    """A model that is to take the other's place."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(min_length=1, max_length=200, description="Its name among the models of this installation.")
    margin: float | None = Field(None, ge=0, le=1, description="So much better it must be (F1); 0.005 if not said.")


WANTED: Final[Any] = body(
    usual=("If it is better by the usual margin", {"model": "default"}),
    margin=("If it is better by one point of F1", {"model": "default", "margin": 0.01}),
)


@router.get("")
def look(app: Here) -> dict[str, Any]:
    """The models of this installation, and every promotion, refusal, override and way back, the last first."""
    listed = [{"name": one.name, "digest": one.digest, "active": one.active} for one in installed(app)]
    return {"models": listed, "promotions": history(app)}


@router.post("", dependencies=MAY)
def put(app: Here, owner: Owner, wanted: Annotated[Wanted, WANTED]) -> dict[str, Any]:
    """Judges the model on the frozen list: `better` says whether it is in use now, `by_label` is the table."""
    return promote(app, wanted.model, wanted.margin, owner)


@router.post("/rollback", dependencies=MAY)
def back(app: Here, owner: Owner) -> dict[str, Any]:
    """Goes back to the model that was in use before."""
    return {"active": go_back(app, owner)["model"]}


class Training(BaseModel):
    """A training run on the labels that hold in this installation."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", description="What the model is to be called.")
    promote: bool = Field(False, description="Let it take the active one's place if it is better.")
    margin: float | None = Field(None, ge=0, le=1, description="So much better it must be (F1).")
    settings: dict[str, bool | int | float | str] = Field(
        default_factory=dict,
        description="As `recto train` takes them (`epochs`); `small` for a tiny network, `smoke` for a test.",
    )


TRAINING: Final[Any] = body(
    usual=("With the usual settings", {"name": "receipts-2"}),
    promote=(
        "Twenty epochs, and in use if it is better",
        {"name": "receipts-3", "promote": True, "settings": {"epochs": 20}},
    ),
)


@router.post("/training", dependencies=MAY, status_code=202)
def train(app: Here, owner: Owner, wanted: Annotated[Training, TRAINING]) -> dict[str, str]:
    """Orders a training run; its job tells how far it is, and in the end whether the model is in use.

    409 where a model of that name is here or on its way: what labels must not be another one unseen.
    """
    if any(model.name == wanted.name for model in app.models.list()):
        raise Conflict(f"There is a model {wanted.name!r} already.")
    if wanted.promote:
        may_choose(app)
    unfinished = [*app.jobs.jobs(TRAIN, "queued"), *app.jobs.jobs(TRAIN, "running")]
    if any(job.payload.get("name") == wanted.name for job in unfinished):
        raise Conflict(f"A model {wanted.name!r} is being trained.")
    payload: dict[str, Json] = {"name": wanted.name, "promote": wanted.promote, "margin": wanted.margin}
    job = app.queue.order(Order(TRAIN, {**payload, "settings": dict(wanted.settings)}, owner, max_attempts=3))
    return {"job_id": job.id}
