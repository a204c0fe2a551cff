"""A memory in the database: what engines answered before, by key."""

import json
import zlib
from datetime import timedelta

import sqlalchemy as sa

from recto.document.job import Payload
from recto.stores.seal import UNSEALED, Seal
from recto.stores.sql import Database
from recto.stores.tables import MEMORIES


class SqlMemory:
    """Answers by key, compressed and under seal. A key begins with the document's id, to be forgotten with it."""

    def __init__(self, database: Database, seal: Seal = UNSEALED) -> None:
        self.database = database
        self.seal = seal

    def recall(self, key: str) -> Payload | None:
        with self.database.reading() as connection:
            stored = connection.scalar(sa.select(MEMORIES.c.answer).where(MEMORIES.c.key == key))
        return None if stored is None else unpacked(self.seal.open(stored))

    def about(self, document_id: str) -> list[Payload]:
        """All answers about a document, the latest last."""
        of_document = sa.select(MEMORIES.c.answer).where(about(document_id)).order_by(MEMORIES.c.created_at)
        with self.database.reading() as connection:
            return [unpacked(self.seal.open(stored)) for stored in connection.scalars(of_document)]

    def keep(self, key: str, answer: Payload) -> None:
        packed = zlib.compress(json.dumps(dict(answer), separators=(",", ":")).encode(), 3)
        values = {"key": key, "answer": self.seal.shut(packed), "created_at": self.database.now()}
        with self.database.writing() as connection:
            connection.execute(self.database.insert(MEMORIES).values(values).on_conflict_do_nothing())

    def forget(self, document_id: str) -> None:
        """Everything that was kept of that document."""
        with self.database.writing() as connection:
            connection.execute(sa.delete(MEMORIES).where(about(document_id)))

    def tidy(self, age: timedelta, size: int) -> int:
        """Forgets answers older than `age`, then the oldest until `size` bytes are kept; says how many."""
        old = MEMORIES.c.created_at < self.database.now() - age // timedelta(microseconds=1)
        newest_first = (MEMORIES.c.created_at.desc(), MEMORIES.c.key)
        so_far = sa.func.sum(sa.func.length(MEMORIES.c.answer)).over(order_by=newest_first)
        kept = sa.select(MEMORIES.c.key, so_far.label("so_far")).subquery()
        beyond = sa.select(kept.c.key).where(kept.c.so_far > size)
        with self.database.writing() as connection:
            aged = connection.execute(sa.delete(MEMORIES).where(old)).rowcount
            return aged + connection.execute(sa.delete(MEMORIES).where(MEMORIES.c.key.in_(beyond))).rowcount


def about(document_id: str) -> sa.ColumnElement[bool]:
    """Keys that begin with the document's id and a stroke, after which comes `0` in the order of characters."""
    return sa.and_(MEMORIES.c.key > f"{document_id}/", MEMORIES.c.key < f"{document_id}0")


def unpacked(stored: bytes) -> Payload:
    answer: Payload = json.loads(zlib.decompress(stored))
    return answer
