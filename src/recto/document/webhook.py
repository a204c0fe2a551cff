"""Webhooks: what an owner is told of without asking, where to, and what came of it."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

from recto.document.job import Payload

EventType = Literal["document.read", "document.failed", "document.reviewed"]
EVENT_TYPES: Final[tuple[EventType, ...]] = get_args(EventType)
TEST: Final = "webhook.test"
"""The type of a message that says nothing but that messages arrive."""

DELIVER: Final = "deliver"
"""The kind of the job that tries to deliver; its payload is `{"delivery_id", "turn"}`."""

DeliveryState = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where an owner wants to hear of which events. Times are aware, in UTC.

    `secret` signs; `old_secret` does so too until `old_until`. One that is not `enabled` hears nothing, `reason` says
    why. Nothing is tried before `resting_until`: the last try found nobody there.
    """

    id: str
    owner: str
    url: str = field(repr=False)  # may hold a token
    events: tuple[str, ...]
    secret: str = field(repr=False)
    description: str = ""
    old_secret: str = field(default="", repr=False)
    old_until: datetime | None = None
    enabled: bool = True
    reason: str = ""
    succeeded_at: datetime | None = None
    resting_until: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """What a message is signed with at that time, the newest first."""
        live = self.old_until is not None and now < self.old_until
        return (self.secret, self.old_secret) if live else (self.secret,)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to what an owner has. `id` is the same for the same happening, whoever tells of it.

    `hold` is for how many seconds nobody is told yet, because something that belongs to it is still being written.
    """

    id: str
    type: str
    owner: str
    at: datetime
    data: Payload
    hold: float = 0.0

    @property
    def body(self) -> str:
        """The message: JSON, in ASCII."""
        said: Mapping[str, object] = {"type": self.type, "timestamp": stamp(self.at), "data": dict(self.data)}
        return json.dumps(said, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one webhook.

    `attempts` counts all tries, `failures` those since `started_at`: a replay begins anew. `turn` is raised whenever a
    job is ordered for it, so that of several jobs only the last one's word counts. `why` says why it failed.
    """

    id: str
    webhook_id: str
    owner: str
    event_id: str
    type: str
    body: str
    state: DeliveryState
    turn: int
    attempts: int
    failures: int
    why: str
    started_at: datetime
    next_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try to deliver: when, for how many seconds, and what was answered (`status`) or what went wrong (`error`)."""

    at: datetime
    seconds: float
    status: int | None = None
    response: str = ""
    error: str = ""
    number: int = 0

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a delivery after a try: its state, the next try if it is pending, why not if it failed.

    `disable` says why the whole webhook is to hear nothing more; `rest` until when nothing is tried there.
    """

    state: DeliveryState
    next_at: datetime | None = None
    why: str = ""
    disable: str = ""
    rest: datetime | None = None


def new_id() -> str:
    """Of a webhook: 64 random bits in hexadecimal."""
    return secrets.token_hex(8)


def stamp(moment: datetime) -> str:
    """ISO 8601 in UTC, ending in Z."""
    return moment.isoformat().replace("+00:00", "Z")
