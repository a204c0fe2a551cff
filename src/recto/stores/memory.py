"""A memory in the database: what engines answered before, by key."""

import json
import zlib

import sqlalchemy as sa

from recto.document.job import Payload
from recto.stores.sql import Database
from recto.stores.tables import MEMORIES


class SqlMemory:
    """Answers by key, compressed. A key begins with the document's id, so that they can be forgotten with it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def recall(self, key: str) -> Payload | None:
        with self.database.reading() as connection:
            stored = connection.scalar(sa.select(MEMORIES.c.answer).where(MEMORIES.c.key == key))
        if stored is None:
            return None
        answer: Payload = json.loads(zlib.decompress(stored))
        return answer

    def keep(self, key: str, answer: Payload) -> None:
        packed = zlib.compress(json.dumps(dict(answer), separators=(",", ":")).encode(), 3)
        values = {"key": key, "answer": packed, "created_at": self.database.now()}
        with self.database.writing() as connection:
            connection.execute(self.database.insert(MEMORIES).values(values).on_conflict_do_nothing())

    def forget(self, document_id: str) -> None:
        """Everything that was kept of that document."""
        of_document = MEMORIES.c.key.between(f"{document_id}/", f"{document_id}0")  # "0" follows "/"
        with self.database.writing() as connection:
            connection.execute(sa.delete(MEMORIES).where(of_document))
