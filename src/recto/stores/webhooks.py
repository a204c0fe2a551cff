"""Webhooks in the database. Their secrets are kept under seal, where there are keys."""

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from recto.document.errors import Conflict, NotFound
from recto.document.webhook import Webhook
from recto.stores.seal import UNSEALED, Seal, open_text, shut_text
from recto.stores.sql import Database
from recto.stores.tables import WEBHOOKS

COPIED: Final = (
    *("id", "owner", "url", "description", "old_until", "enabled", "reason"),
    *("succeeded_at", "resting_until", "created_at", "updated_at"),
)
"""What a webhook and its row call alike, and keep alike."""


class SqlWebhooks:
    """Webhooks by owner. Nobody sees another's."""

    def __init__(self, database: Database, seal: Seal = UNSEALED) -> None:
        self.database = database
        self.seal = seal

    def add_one_of(self, webhook: Webhook, most: int) -> Webhook:
        """Adds it, unless its owner would have more than `most`. Raises Conflict."""
        with self.database.promising() as connection:
            if self.database.dialect == "postgresql":  # SQLite lets one writer in at a time anyway
                lock = sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"webhooks/{webhook.owner}"))
                connection.execute(sa.select(lock))
            own = sa.select(sa.func.count()).select_from(WEBHOOKS).where(WEBHOOKS.c.owner == webhook.owner)
            if (connection.scalar(own) or 0) >= most:
                raise Conflict(f"There are {most} webhooks, as many as an owner may have. Delete one.")
            added = sa.insert(WEBHOOKS).values(self.row_of(webhook)).returning(WEBHOOKS)
            return self.webhook_of(connection.execute(added).one())

    def webhook(self, webhook_id: str, owner: str | None = None) -> Webhook:
        """Raises NotFound, for one of another owner too; None stands for any."""
        with self.database.reading() as connection:
            row = connection.execute(sa.select(WEBHOOKS).where(own_one(webhook_id, owner))).one_or_none()
        return self.found(row, webhook_id)

    def webhooks(self, owner: str | None) -> list[Webhook]:
        """The owner's, the newest first; of all owners for None."""
        statement = sa.select(WEBHOOKS).order_by(WEBHOOKS.c.created_at.desc(), WEBHOOKS.c.id)
        if owner is not None:
            statement = statement.where(WEBHOOKS.c.owner == owner)
        with self.database.reading() as connection:
            return [self.webhook_of(row) for row in connection.execute(statement)]

    def change(self, webhook_id: str, owner: str, **changes: Any) -> Webhook:
        """With other `url`, `events`, `description` or `enabled`; who is asked to hear again is not rested."""
        if changes.get("enabled"):
            changes |= {"reason": "", "resting_until": None}
        if "url" in changes:
            changes |= {"resting_until": None}
        return self.changed(webhook_id, owner, changes)

    def rotate(self, webhook_id: str, owner: str, secret: str, grace: timedelta) -> Webhook:
        """`secret` signs from now on; the one before does so too for the time of grace, and no older one does."""
        until = self.database.now() + grace // timedelta(microseconds=1)
        # What is under seal is moved as it lies.
        values = {"secret": shut_text(self.seal, secret), "old_secret": WEBHOOKS.c.secret, "old_until": until}
        return self.changed(webhook_id, owner, values)

    def delete(self, webhook_id: str, owner: str) -> None:
        """With all that is on its way and all that was. Raises NotFound."""
        with self.database.promising() as connection:
            if connection.execute(sa.delete(WEBHOOKS).where(own_one(webhook_id, owner))).rowcount == 0:
                raise NotFound(f"No webhook {webhook_id}.")

    def changed(self, webhook_id: str, owner: str, values: dict[str, Any]) -> Webhook:
        values = {**values, "updated_at": self.database.now()}
        statement = sa.update(WEBHOOKS).where(own_one(webhook_id, owner)).values(values).returning(WEBHOOKS)
        with self.database.promising() as connection:
            return self.found(connection.execute(statement).one_or_none(), webhook_id)

    def found(self, row: Any, webhook_id: str) -> Webhook:
        if row is None:
            raise NotFound(f"No webhook {webhook_id}.")
        return self.webhook_of(row)

    def row_of(self, webhook: Webhook) -> dict[str, Any]:
        now = self.database.now()
        return {
            **{name: getattr(webhook, name) for name in COPIED},
            "events": list(webhook.events),
            "secret": shut_text(self.seal, webhook.secret),
            "old_secret": "",
            "created_at": now,
            "updated_at": now,
        }

    def webhook_of(self, row: Any) -> Webhook:
        return Webhook(
            **{name: getattr(row, name) for name in COPIED},
            events=tuple(row.events),
            secret=open_text(self.seal, row.secret),
            old_secret=open_text(self.seal, row.old_secret) if row.old_secret else "",
        )


def own_one(webhook_id: str, owner: str | None) -> sa.ColumnElement[bool]:
    one = WEBHOOKS.c.id == webhook_id
    return one if owner is None else sa.and_(one, WEBHOOKS.c.owner == owner)
