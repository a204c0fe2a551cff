"""Answers that were given to requests with an idempotency key, so that the same request gets the same answer again."""

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from recto.document.errors import InFlight, KeyReused
from recto.document.replay import Ask, Said
from recto.stores.seal import UNSEALED, Seal
from recto.stores.sql import Database
from recto.stores.tables import REPLAYS

KEPT: Final = timedelta(hours=24)
LONGEST: Final = timedelta(minutes=15)
"""After this time without an answer the first request is taken for lost, even if nobody saw its server die."""


class SqlReplays:
    """Answers by owner and idempotency key. What an answer says is kept under seal, as what it was made from is."""

    def __init__(self, database: Database, seal: Seal = UNSEALED) -> None:
        self.database = database
        self.seal = seal

    def begin(self, ask: Ask) -> Said | str | None:
        """The answer that was given; or None, and whoever asks is to give it; or the holder who is at it.

        Raises KeyReused where the key stands for another request.
        """
        with self.database.promising() as connection:
            connection.execute(sa.delete(REPLAYS).where(REPLAYS.c.expires_at < self.database.now()))
            if connection.execute(self.fresh(ask)).one_or_none() is not None:
                return None
            row = connection.execute(sa.select(REPLAYS).where(of(ask))).one()
        if row.digest != ask.digest:
            raise KeyReused("Its body or its address differed.")
        return str(row.holder) if row.status is None else Said(row.status, row.headers, self.seal.open(row.body))

    def take_over(self, ask: Ask, dead: str) -> None:
        """What a holder who is known to be dead has begun is `ask`'s from now on. Raises InFlight."""
        mine = {"holder": ask.holder, "expires_at": self.after(LONGEST)}
        statement = sa.update(REPLAYS).where(of(ask), REPLAYS.c.holder == dead, REPLAYS.c.status.is_(None))
        with self.database.promising() as connection:
            if connection.execute(statement.values(mine)).rowcount == 0:
                raise InFlight

    def fresh(self, ask: Ask) -> Any:
        own = {"owner": ask.owner, "key": ask.key, "digest": ask.digest, "holder": ask.holder}
        values = {**own, "headers": {}, "expires_at": self.after(LONGEST)}
        return self.database.insert(REPLAYS).values(values).on_conflict_do_nothing().returning(REPLAYS.c.key)

    def answer(self, ask: Ask, said: Said) -> None:
        """On the disk when this returns."""
        body = self.seal.shut(said.body)
        values = {"status": said.status, "headers": said.headers, "body": body, "expires_at": self.after(KEPT)}
        with self.database.promising() as connection:
            connection.execute(sa.update(REPLAYS).where(of(ask), REPLAYS.c.holder == ask.holder).values(values))

    def forget(self, ask: Ask) -> None:
        """Nothing came of it: the next request with the key is as the first."""
        mine = sa.and_(of(ask), REPLAYS.c.holder == ask.holder, REPLAYS.c.status.is_(None))
        with self.database.writing() as connection:
            connection.execute(sa.delete(REPLAYS).where(mine))

    def after(self, time: timedelta) -> sa.ColumnElement[int]:
        return self.database.now() + time // timedelta(microseconds=1)


def of(ask: Ask) -> sa.ColumnElement[bool]:
    return sa.and_(REPLAYS.c.owner == ask.owner, REPLAYS.c.key == ask.key)
