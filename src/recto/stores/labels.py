"""Labels in the database: a row for each thing that was ever said of a word, the last one marked."""

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa

from recto.document.box import Box
from recto.document.errors import Conflict
from recto.document.label import Label, Labelled, Place, Status
from recto.stores.records import storable
from recto.stores.seal import UNSEALED, Seal, open_text, shut_text
from recto.stores.sql import Database
from recto.stores.tables import LABELS

COPIED = ("name", "begins", "source", "status", "by", "reason", "confidence", "version", "replaced", "at")
"""What a label and its row call alike."""


class SqlLabels:
    """Labels and LabelledDocuments. A version is a row of its own, so that two who write the same one meet.

    The words' texts are kept under seal.
    """

    def __init__(self, database: Database, seal: Seal = UNSEALED) -> None:
        self.database = database
        self.seal = seal

    def current(self, document_id: str, owner: str) -> tuple[Label, ...]:
        return self.found(of(document_id, owner), LABELS.c.last)

    def history(self, document_id: str, owner: str, word: str) -> tuple[Label, ...]:
        return self.found(of(document_id, owner), LABELS.c.word == word)

    def found(self, *conditions: sa.ColumnElement[bool]) -> tuple[Label, ...]:
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(LABELS).where(*conditions)).all()
        # Sorted here, as a server may be set up to sort texts by another language's rules.
        labels = (label_of(row, self.seal) for row in rows)
        return tuple(sorted(labels, key=lambda label: (label.word, label.version)))

    def write(self, document_id: str, owner: str, labels: Sequence[Label]) -> None:
        """All of them or none. Raises Conflict, which names the word."""
        if not labels:
            return
        rows = [{"document_id": document_id, "owner": owner, **row_of(label, self.seal)} for label in labels]
        with self.database.promising() as connection:
            for label in labels:
                self.outdate(connection, document_id, owner, label)
            added = self.database.insert(LABELS).on_conflict_do_nothing().returning(LABELS.c.word)
            if len(connection.execute(added, rows).all()) != len(rows):
                raise Conflict(f"A word of document {document_id} was labelled meanwhile.")

    def outdate(self, connection: sa.Connection, document_id: str, owner: str, label: Label) -> None:
        """The version before is no longer the last. Raises Conflict where it is not the last now."""
        if label.version == 1:
            return
        mine = sa.and_(of(document_id, owner), LABELS.c.word == label.word, LABELS.c.last)
        before = sa.update(LABELS).where(mine, LABELS.c.version == label.version - 1).values(last=False)
        if connection.execute(before).rowcount != 1:
            raise Conflict(f"Word {label.word} of document {document_id} was labelled meanwhile.")

    def labelled(
        self, owner: str | None = None, status: Status | None = None, limit: int = 1000
    ) -> tuple[Labelled, ...]:
        """Those with a current label of that status (None: of any), the last labelled first."""
        latest = sa.func.max(LABELS.c.at)
        wanted = sa.select(LABELS.c.document_id, LABELS.c.owner).where(LABELS.c.last)
        wanted = wanted if owner is None else wanted.where(LABELS.c.owner == owner)
        wanted = wanted if status is None else wanted.where(LABELS.c.status == status)
        wanted = wanted.group_by(LABELS.c.document_id, LABELS.c.owner)
        first = wanted.order_by(latest.desc(), LABELS.c.document_id).limit(limit).subquery()
        same = sa.and_(LABELS.c.document_id == first.c.document_id, LABELS.c.owner == first.c.owner)
        counted = (
            sa.select(LABELS.c.document_id, LABELS.c.owner, LABELS.c.status, sa.func.count().label("count"), latest)
            .join(first, same)
            .where(LABELS.c.last)
            .group_by(LABELS.c.document_id, LABELS.c.owner, LABELS.c.status)
        )
        with self.database.reading() as connection:
            return gathered(connection.execute(counted).all())

    def forget(self, document_id: str, owner: str) -> None:
        with self.database.promising() as connection:
            connection.execute(sa.delete(LABELS).where(of(document_id, owner)))


def of(document_id: str, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(LABELS.c.document_id == document_id, LABELS.c.owner == owner)


def gathered(rows: Sequence[Sequence[Any]]) -> tuple[Labelled, ...]:
    """(document, owner, status, count, time) to a line for each document, the last labelled first."""
    counts: dict[tuple[str, str], dict[Status, int]] = {}
    latest: dict[tuple[str, str], Any] = {}
    for document_id, owner, status, count, at in rows:
        key = (document_id, owner)
        counts.setdefault(key, {})[cast(Status, status)] = count
        latest[key] = max(at, latest.get(key, at))
    ordered = sorted(counts, key=lambda key: (-latest[key].timestamp(), key))
    return tuple(Labelled(*key, counts[key], latest[key]) for key in ordered)


def row_of(label: Label, seal: Seal) -> dict[str, Any]:
    place = label.place
    return {
        "word": place.key,
        "page": place.page,
        "box": list(place.box.sides),
        "text": shut_text(seal, storable(place.text)),
        "among": list(label.among),
        "last": True,
        **{name: getattr(label, name) for name in COPIED},
    }


def label_of(row: Any, seal: Seal) -> Label:
    """From a row of the table, or anything that has its columns as attributes."""
    place = Place(row.word, row.page, Box(*row.box), open_text(seal, row.text))
    return Label(place, among=tuple(row.among), **{name: getattr(row, name) for name in COPIED})
