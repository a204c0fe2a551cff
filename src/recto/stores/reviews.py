"""Reviews in the database: a row for each document that a person looked at."""

import json
import zlib
from typing import Any, Final

import sqlalchemy as sa

from recto.document.errors import Conflict
from recto.document.review import Review, ReviewState
from recto.document.webhook import Event
from recto.stores.deliveries import announce
from recto.stores.seal import UNSEALED, Seal
from recto.stores.sql import Database
from recto.stores.tables import REVIEWS

COPIED: Final = ("document_id", "owner", "state", "version", "seconds", "corrections", "by")
"""What a review and its row call alike."""


class SqlReviews:
    """Reviews. Who writes names the version that follows the one he saw. What can be undone is kept under seal."""

    def __init__(self, database: Database, seal: Seal = UNSEALED) -> None:
        self.database = database
        self.seal = seal

    def review(self, document_id: str, owner: str) -> Review:
        """Version 0 where nobody has begun."""
        with self.database.reading() as connection:
            row = connection.execute(sa.select(REVIEWS).where(of(document_id, owner))).one_or_none()
        return Review(document_id, owner) if row is None else review_of(row, self.seal)

    def write(self, review: Review, event: Event | None = None) -> None:
        """On the disk when this returns, with the news of the event. Raises Conflict where someone was faster."""
        past = self.seal.shut(packed(review))
        values = {name: getattr(review, name) for name in COPIED} | {"past": past, "at": self.database.now()}
        if review.version == 1:
            statement: Any = self.database.insert(REVIEWS).values(values).on_conflict_do_nothing()
        else:
            same = sa.and_(of(review.document_id, review.owner), REVIEWS.c.version == review.version - 1)
            statement = sa.update(REVIEWS).where(same).values(values)
        with self.database.promising() as connection:
            if connection.execute(statement.returning(REVIEWS.c.version)).one_or_none() is None:
                raise Conflict(f"Someone else changed the review of document {review.document_id} meanwhile.")
            announce(self.database, connection, event)

    def reviews(self, owner: str | None = None, state: ReviewState | None = None) -> tuple[Review, ...]:
        """Without what can be undone, the last changed first."""
        shown = [column for column in REVIEWS.c if column.name != "past"]
        statement = sa.select(*shown).order_by(REVIEWS.c.at.desc(), REVIEWS.c.document_id)
        statement = statement if owner is None else statement.where(REVIEWS.c.owner == owner)
        statement = statement if state is None else statement.where(REVIEWS.c.state == state)
        with self.database.reading() as connection:
            return tuple(review_of(row, self.seal) for row in connection.execute(statement))

    def forget(self, document_id: str, owner: str) -> None:
        with self.database.promising() as connection:
            connection.execute(sa.delete(REVIEWS).where(of(document_id, owner)))


def of(document_id: str, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(REVIEWS.c.document_id == document_id, REVIEWS.c.owner == owner)


def packed(review: Review) -> bytes:
    """The steps are whole readings, and alike."""
    return zlib.compress(json.dumps([dict(step) for step in review.past], separators=(",", ":")).encode(), 3)


def review_of(row: Any, seal: Seal) -> Review:
    stored = getattr(row, "past", None)
    past = tuple(json.loads(zlib.decompress(seal.open(stored)))) if stored else ()
    return Review(past=past, at=row.at, **{name: getattr(row, name) for name in COPIED})
