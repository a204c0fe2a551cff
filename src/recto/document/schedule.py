"""Work that comes again and again: what is ordered, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from recto.document.job import Order, Payload


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job of that kind at each time of `cron` (five fields, as in Debian's cron) on the clocks of `zone`.

    `next_at` is when the next one is due, aware; None before the schedule is kept.
    """

    name: str
    cron: str
    kind: str
    payload: Payload = field(default_factory=dict)
    zone: str = "UTC"
    owner: str = ""
    priority: int = 0
    next_at: datetime | None = None

    @property
    def order(self) -> Order:
        """The next job. Its key holds the time, so that it is one job however many workers order it."""
        assert self.next_at
        unique = f"schedule/{self.name}/{self.next_at.isoformat()}"
        said: Mapping[str, str] = {"scheduled_for": self.next_at.isoformat()}
        return Order(self.kind, {**self.payload, **said}, self.owner, self.priority, unique=unique)
