"""How engines elsewhere are: asked beside the requests, so that no probe waits long for somebody else's server."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, Field

from recto.app import App
from recto.document.errors import EngineUnavailable, RectoError
from recto.doors.http.models import plugs_of
from recto.engines.wire.staff import Staff

FRESH: Final = 10.0
"""Seconds for which an answer is good: however many probes there are, nobody is asked more often."""
PATIENCE: Final = 0.5
"""Seconds that a probe waits for a new answer; it then shows the last one with its age."""

State = Literal["answering", "away", "unknown"]


class Endpoint(BaseModel):
    """An endpoint of RunPod, or another Recto, in the chain of its task."""

    task: str
    name: str
    state: State = Field(description="`unknown` before the first answer, and where the server does not tell.")
    jobs: dict[str, int] | None = Field(default=None, description="How many are waiting and running there.")
    workers: dict[str, int] | None = Field(default=None, description="How many are idle and running there.")
    age: float | None = Field(default=None, description="Seconds since it was asked.")


@runtime_checkable
class Staffed(Protocol):
    """An engine whose workers are elsewhere."""

    def staff(self) -> Staff: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What was heard of an endpoint, and when."""

    state: State = "unknown"
    staff: Staff | None = None
    at: float | None = None


class Glance:
    """The latest word of one endpoint; it is asked for anew in a thread of its own, by one at a time."""

    def __init__(self, ask: Callable[[], Staff]) -> None:
        self.ask = ask
        self.seen = Seen()
        self.lock = threading.Lock()
        self.coming: Future[None] | None = None

    def renewed(self) -> "Future[None] | None":
        """What to wait for; None where the last word is fresh."""
        with self.lock:
            if self.coming is None and (self.seen.at is None or time.monotonic() - self.seen.at >= FRESH):
                self.coming = Future()
                threading.Thread(target=self.look, args=[self.coming], name="glance", daemon=True).start()
            return self.coming

    def look(self, coming: "Future[None]") -> None:
        try:
            self.seen = looked(self.ask)
        finally:
            with self.lock:
                self.coming = None
            coming.set_result(None)


def looked(ask: Callable[[], Staff]) -> Seen:
    """What an endpoint says of itself now."""
    try:
        return Seen("answering", ask(), time.monotonic())
    except EngineUnavailable:
        return Seen("away", None, time.monotonic())
    except RectoError:  # it answers, but not this
        return Seen("unknown", None, time.monotonic())


class Endpoints:
    """Those of an application's chains."""

    def __init__(self, app: App) -> None:
        self.app = app

    @cached_property
    def glances(self) -> Mapping[tuple[str, str], Glance]:
        """By task and name."""
        return {
            (task, name): Glance(plug.staff) for task, name, plug, _ in plugs_of(self.app) if isinstance(plug, Staffed)
        }

    def now(self) -> list[Endpoint]:
        """Each as it was within the last seconds, or when it was last heard of."""
        coming = [each for glance in self.glances.values() if (each := glance.renewed())]
        wait(coming, PATIENCE)
        return [shown(task, name, glance.seen) for (task, name), glance in self.glances.items()]


def shown(task: str, name: str, seen: Seen) -> Endpoint:
    age = None if seen.at is None else round(time.monotonic() - seen.at, 1)
    found = Endpoint(task=task, name=name, state=seen.state, age=age)
    if (told := seen.staff) is None:
        return found
    jobs = {"waiting": told.waiting, "running": told.running}
    return found.model_copy(
        update={"jobs": jobs, "workers": {"idle": told.idle_workers, "running": told.running_workers}}
    )
