"""A durable piece of work: read a document, train, export, refresh a cache, deliver a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from recto.document.reading import Fault

JobState = Literal["queued", "running", "done", "failed", "cancelled"]
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Payload = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. Times are aware, in UTC.

    `attempts` counts claims, so a job that kills its worker is counted too. `fence` grows with each claim: whoever
    finishes with an older one is refused. A `failed` job has used up its attempts (the dead-letter list) and says why
    in `error`. `progress` is what the worker last said, such as `{"page": 3, "pages": 12}`.
    """

    id: str
    kind: str
    payload: Payload
    state: JobState = "queued"
    owner: str = ""
    priority: int = 0
    attempts: int = 0
    max_attempts: int = 5
    fence: int = 0
    run_at: datetime | None = None
    lease_until: datetime | None = None
    worker: str | None = None
    progress: Payload = field(default_factory=dict)
    result: Payload | None = None
    error: Fault | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def spent(self) -> bool:
        """Whether it was claimed more often than it may be tried: each time its worker died or lost it."""
        return self.attempts > self.max_attempts


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much work there is: jobs `due` now, for `later`, `running` under a lease, and `failed` for good.

    `oldest` is for how many seconds the first of the due ones has been so.
    """

    due: int
    later: int
    running: int
    failed: int
    oldest: float


@dataclass(frozen=True, slots=True)
class Order:
    """A job that is asked for. Of several orders with the same `unique` key only the first becomes a job."""

    kind: str
    payload: Payload
    owner: str = ""
    priority: int = 0
    run_at: datetime | None = None
    unique: str | None = None
    max_attempts: int = 5
