"""What is on its way to webhooks, and what came of it.

An event becomes its deliveries and their jobs in the transaction that writes what happened (`announce`): either all of
it is on the disk or nothing. A try and the job of the next one are one transaction too (`note`). So a process may die
anywhere: what it had not written down is done again, and no event is lost.
"""

import uuid
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from recto.document.errors import NotFound
from recto.document.job import Order
from recto.document.webhook import DELIVER, Attempt, Delivery, DeliveryState, Event, Outcome, Webhook
from recto.stores.jobs import SqlJobs, ticks
from recto.stores.sql import Database
from recto.stores.tables import ATTEMPTS, DELIVERIES, JOBS, WEBHOOKS

PRIORITY: Final = 1
"""Before documents: a delivery takes a moment, and who waits for it has waited for the document already."""

COPIED: Final = (
    *("id", "webhook_id", "owner", "event_id", "type", "body", "state", "turn", "attempts", "failures", "why"),
    *("started_at", "next_at", "created_at", "updated_at"),
)
SWEPT: Final = 100
"""So many deliveries at most are swept at once, so that nobody waits for it."""


def announce(database: Database, connection: sa.Connection, event: Event | None) -> None:
    """In a transaction that writes what happened: tells everyone who wants to hear of it, each event once."""
    if event is None:
        return
    # Locked, so that none is deleted between this and the rows that refer to it.
    statement = sa.select(WEBHOOKS.c.id, WEBHOOKS.c.events).where(WEBHOOKS.c.owner == event.owner, WEBHOOKS.c.enabled)
    for row in connection.execute(statement.with_for_update(read=True, key_share=True)).all():
        if event.type in row.events:
            added(database, connection, row.id, event)


def added(database: Database, connection: sa.Connection, webhook_id: str, event: Event) -> Delivery | None:
    """The delivery with its job; None where that event is on its way to that webhook already."""
    now = database.now()
    values = {
        "id": uuid.uuid4().hex,
        "webhook_id": webhook_id,
        **{"owner": event.owner, "event_id": event.id, "type": event.type, "body": event.body},
        **{"state": "pending", "turn": 0, "attempts": 0, "failures": 0, "why": ""},
        **{"started_at": now, "next_at": now + ticks(event.hold), "created_at": now, "updated_at": now},
    }
    statement = database.insert(DELIVERIES).values(values).on_conflict_do_nothing().returning(DELIVERIES)
    row = connection.execute(statement).one_or_none()
    if row is None:
        return None
    delivery = delivery_of(row)
    ordered(database, connection, delivery)
    return delivery


def ordered(database: Database, connection: sa.Connection, delivery: Delivery) -> None:
    """The job of the delivery's turn. It stands in the table of jobs, wherever else a queue may be told of jobs."""
    payload: dict[str, Any] = {"delivery_id": delivery.id, "turn": delivery.turn}
    unique = unique_of(delivery.id, delivery.turn)
    order = Order(DELIVER, payload, delivery.owner, PRIORITY, delivery.next_at, unique)
    SqlJobs(database).order_within(connection, order)


def unique_of(delivery_id: str, turn: int) -> str:
    """The unique key of a turn's job."""
    return f"{DELIVER}/{delivery_id}/{turn}"


class SqlDeliveries:
    """Deliveries and the tries of each."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def send(self, webhook: Webhook, event: Event) -> Delivery:
        """To this webhook alone, whatever it wants to hear of. Raises NotFound where it is gone."""
        with self.database.promising() as connection:
            delivery = (
                added(self.database, connection, webhook.id, event) if self.lock(connection, webhook.id) else None
            )
        if delivery is None:
            raise NotFound(f"No webhook {webhook.id}.")
        return delivery

    def delivery(self, delivery_id: str, webhook_id: str | None = None) -> Delivery:
        """Raises NotFound, for that of another webhook too; None stands for any."""
        statement = sa.select(DELIVERIES).where(DELIVERIES.c.id == delivery_id)
        if webhook_id is not None:
            statement = statement.where(DELIVERIES.c.webhook_id == webhook_id)
        with self.database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFound(f"No delivery {delivery_id}.")
        return delivery_of(row)

    def deliveries(
        self, webhook_id: str, state: DeliveryState | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[list[Delivery], int]:
        """The newest first, and how many there are."""
        wanted = [DELIVERIES.c.webhook_id == webhook_id, *([] if state is None else [DELIVERIES.c.state == state])]
        newest = (DELIVERIES.c.created_at.desc(), DELIVERIES.c.id)
        page = sa.select(DELIVERIES).where(*wanted).order_by(*newest).limit(limit).offset(offset)
        with self.database.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(DELIVERIES).where(*wanted)) or 0
            return [delivery_of(row) for row in connection.execute(page)], total

    def attempts(self, delivery_id: str) -> list[Attempt]:
        """The first one first."""
        statement = sa.select(ATTEMPTS).where(ATTEMPTS.c.delivery_id == delivery_id).order_by(ATTEMPTS.c.number)
        with self.database.reading() as connection:
            return [attempt_of(row) for row in connection.execute(statement)]

    def note(self, delivery: Delivery, attempt: Attempt, outcome: Outcome) -> Delivery | None:
        """Writes a try down, what becomes of the delivery, and what it says of the webhook.

        None where somebody else was faster, or all of it is gone.
        """
        counted = {
            "attempts": DELIVERIES.c.attempts + 1,
            "failures": DELIVERIES.c.failures + int(not attempt.succeeded),
        }
        with self.database.promising() as connection:
            # The webhook before its delivery, as who deletes it goes: else each could wait for the other.
            self.lock(connection, delivery.webhook_id)
            after = self.moved(connection, delivery, outcome, counted)
            if after:
                connection.execute(sa.insert(ATTEMPTS).values(row_of(attempt, after)))
                self.mark(connection, delivery.webhook_id, attempt, outcome)
        return after

    def mark(self, connection: sa.Connection, webhook_id: str, attempt: Attempt, outcome: Outcome) -> None:
        values: dict[str, Any] = {"resting_until": outcome.rest}
        if attempt.succeeded:
            values["succeeded_at"] = attempt.at
        if outcome.disable:
            values |= {"enabled": False, "reason": outcome.disable, "updated_at": self.database.now()}
        connection.execute(sa.update(WEBHOOKS).where(WEBHOOKS.c.id == webhook_id).values(values))

    def put(self, delivery: Delivery, outcome: Outcome) -> Delivery | None:
        """What becomes of a delivery that was not tried: later, as if in vain, or never.

        None where somebody else was faster.
        """
        with self.database.promising() as connection:
            return self.moved(connection, delivery, outcome, {"failures": DELIVERIES.c.failures + 1})

    def replay(self, delivery: Delivery) -> Delivery:
        """Sends the same message again, at once, with all the tries of a new one. Raises NotFound."""
        now = self.database.now()
        values = {"state": "pending", "why": "", "failures": 0, "started_at": now, "next_at": now}
        with self.database.promising() as connection:
            self.lock(connection, delivery.webhook_id)
            after = self.turned(connection, DELIVERIES.c.id == delivery.id, values)
        if after is None:
            raise NotFound(f"No delivery {delivery.id}.")
        return after

    def sweep(self, before: datetime) -> None:
        """Forgets what is over and was made before that time, with its jobs."""
        over = sa.and_(DELIVERIES.c.created_at < before, DELIVERIES.c.state != "pending")
        some = sa.select(DELIVERIES.c.id, DELIVERIES.c.turn).where(over).limit(SWEPT)
        with self.database.reading() as connection:
            found = connection.execute(some).all()
        if found:
            keys = [unique_of(row.id, turn) for row in found for turn in range(row.turn + 1)]
            with self.database.promising() as connection:
                connection.execute(sa.delete(JOBS).where(JOBS.c.unique_key.in_(keys)))
                connection.execute(sa.delete(DELIVERIES).where(DELIVERIES.c.id.in_([row.id for row in found])))

    def lock(self, connection: sa.Connection, webhook_id: str) -> bool:
        """Keeps it from being deleted meanwhile; says whether it is there."""
        one = sa.select(WEBHOOKS.c.id).where(WEBHOOKS.c.id == webhook_id).with_for_update(read=True, key_share=True)
        return connection.execute(one).one_or_none() is not None

    def moved(
        self, connection: sa.Connection, delivery: Delivery, outcome: Outcome, counted: dict[str, Any]
    ) -> Delivery | None:
        """Unless it is another's turn."""
        still = sa.and_(
            DELIVERIES.c.id == delivery.id, DELIVERIES.c.turn == delivery.turn, DELIVERIES.c.state == "pending"
        )
        told = {"state": outcome.state, "next_at": outcome.next_at, "why": outcome.why}
        return self.turned(connection, still, {**told, **counted})

    def turned(
        self, connection: sa.Connection, condition: sa.ColumnElement[bool], values: dict[str, Any]
    ) -> Delivery | None:
        """The next turn, with its job where there is to be another try."""
        values = {**values, "turn": DELIVERIES.c.turn + 1, "updated_at": self.database.now()}
        row = connection.execute(
            sa.update(DELIVERIES).where(condition).values(values).returning(DELIVERIES)
        ).one_or_none()
        if row is None:
            return None
        delivery = delivery_of(row)
        if delivery.state == "pending":
            ordered(self.database, connection, delivery)
        return delivery


def delivery_of(row: Any) -> Delivery:
    return Delivery(**{name: getattr(row, name) for name in COPIED})


def attempt_of(row: Any) -> Attempt:
    return Attempt(row.at, row.seconds, row.status, row.response, row.error, row.number)


def row_of(attempt: Attempt, delivery: Delivery) -> dict[str, Any]:
    told = {name: getattr(attempt, name) for name in ("at", "seconds", "status", "response", "error")}
    return {"delivery_id": delivery.id, "number": delivery.attempts, **told}
