"""Records in the database, and their full-text index: FTS5 on SQLite, tsvector on PostgreSQL."""

import json
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from recto.document.errors import NotFound
from recto.document.page import Document
from recto.document.reading import Reading
from recto.document.record import Found, Query, Record
from recto.document.webhook import Event
from recto.schemas.json import reading_from_json, reading_json
from recto.schemas.masking import masked
from recto.stores.deliveries import announce
from recto.stores.seal import UNSEALED, Seal
from recto.stores.sql import Database
from recto.stores.tables import RECORDS
from recto.stores.terms import terms_of

SEALED: Final = "sealed"
"""The only key of a reading that is kept under seal."""


class SqlRecords:
    """Records and Catalog. The last one to save a record is right; `created_at` stays that of the first.

    Readings and words are kept under seal; what records are found by is not, and holds no sensitive number.
    """

    def __init__(self, database: Database, seal: Seal = UNSEALED) -> None:
        self.database = database
        self.seal = seal

    def save(self, record: Record, event: Event | None = None) -> None:
        """On the disk when this returns, and with it the news for those who want to hear of the event."""
        values = {**row_of(record, self.seal), "created_at": record.created_at or self.database.now()}
        values["updated_at"] = self.database.now()
        kept = ("document_id", "owner", "created_at")
        statement = (
            self.database.insert(RECORDS)
            .values(values)
            .on_conflict_do_update(
                index_elements=["document_id", "owner"],
                set_={name: value for name, value in values.items() if name not in kept},
            )
            .returning(RECORDS.c.id)
        )
        with self.database.promising() as connection:
            number = connection.execute(statement).scalar_one()
            self.index(connection, number, terms_of(texts_of(record)))
            announce(self.database, connection, event)

    def load(self, document_id: str, owner: str) -> Record:
        statement = sa.select(RECORDS).where(own(document_id, owner))
        with self.database.reading() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFound(f"No document {document_id}.")
        return record_of(row, row.words, self.seal)

    def delete(self, document_id: str, owner: str) -> None:
        with self.database.promising() as connection:
            number = connection.scalar(sa.delete(RECORDS).where(own(document_id, owner)).returning(RECORDS.c.id))
            if number is None:
                raise NotFound(f"No document {document_id}.")
            if self.database.dialect == "sqlite":
                connection.execute(sa.text("DELETE FROM records_terms WHERE rowid = :number"), {"number": number})

    def held(self, document_id: str) -> bool:
        """Whether anyone has a record of that document."""
        with self.database.reading() as connection:
            return connection.scalar(sa.select(sa.exists().where(RECORDS.c.document_id == document_id))) is True

    def find(self, query: Query) -> Found:
        """Newest first; each record with its fields but without its words."""
        shown = [column for column in RECORDS.c if column.name != "words"]
        wanted = list(self.conditions(query))
        newest = (RECORDS.c.created_at.desc(), RECORDS.c.id.desc())
        page = sa.select(*shown).where(*wanted).order_by(*newest).limit(query.limit).offset(query.offset)
        with self.database.reading() as connection:
            records = tuple(record_of(row, None, self.seal) for row in connection.execute(page))
            total = connection.scalar(sa.select(sa.func.count()).select_from(RECORDS).where(*wanted)) or 0
        return Found(records, total)

    def conditions(self, query: Query) -> Iterator[sa.ColumnElement[bool]]:
        for name in ("kind", "state", "decision", "owner"):
            value = getattr(query, name)
            if value is not None:
                yield RECORDS.c[name] == value
        if query.text and query.text.strip():
            yield self.mentions(terms_of([query.text]))

    def mentions(self, terms: list[str]) -> sa.ColumnElement[bool]:
        """Records in which, for each of the terms, some term begins with it; none where nothing is left to look for."""
        if not terms:
            return sa.false()
        if self.database.dialect == "postgresql":
            needle = " & ".join(f"'{term}':*" for term in terms)
            terms_column = sa.literal_column("records.terms", sa.types.NullType())
            return terms_column.op("@@", return_type=sa.Boolean())(sa.cast(needle, postgresql.TSQUERY))
        needle = " AND ".join(f'"{term}"*' for term in terms)
        matching = sa.text("SELECT rowid FROM records_terms WHERE records_terms MATCH :needle")
        return RECORDS.c.id.in_(matching.bindparams(needle=needle).columns(sa.column("rowid")))

    def index(self, connection: sa.Connection, number: int, terms: list[str]) -> None:
        if self.database.dialect == "postgresql":
            # An array, so that PostgreSQL's own parser does not cut the terms another way.
            statement = "UPDATE records SET terms = array_to_tsvector(CAST(:terms AS text[])) WHERE id = :number"
            connection.execute(sa.text(statement), {"terms": terms, "number": number})
        else:
            statement = "INSERT OR REPLACE INTO records_terms (rowid, terms) VALUES (:number, :terms)"
            connection.execute(sa.text(statement), {"terms": " ".join(terms), "number": number})


def own(document_id: str, owner: str) -> sa.ColumnElement[bool]:
    return sa.and_(RECORDS.c.document_id == document_id, RECORDS.c.owner == owner)


def texts_of(record: Record) -> Iterator[str]:
    """What a record is found by: its name, its fields as printed and as understood, its words.

    Of a number that identifies a person, only what a mask leaves standing.
    """
    yield record.document.name
    reading = masked(record.reading) if record.reading else None
    if reading:
        for field in chain(reading.every_field(), *(masked(part).every_field() for part in reading.parts)):
            yield field.raw
            yield str(field.value)
        for word in reading.words:
            yield word.text


def row_of(record: Record, seal: Seal) -> dict[str, Any]:
    document, reading = record.document, record.reading
    return {
        "document_id": document.id,
        "owner": record.owner,
        "name": storable(document.name),
        "media_type": document.media_type,
        "pages": document.pages,
        "state": record.state,
        "job_id": record.job_id,
        "attachment": record.attachment,
        "kind": reading.kind.kind if reading and reading.kind else None,
        "decision": reading.decision.outcome if reading and reading.decision else None,
        **packed(reading, seal),
    }


def storable(text: str) -> str:
    """Without what databases refuse: NUL, and the halves of characters that odd file names are decoded to."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def packed(reading: Reading | None, seal: Seal) -> dict[str, Any]:
    """The reading as JSON; apart and compressed its words, and after them those of each of its parts.

    Under seal the JSON is one text: `{"sealed": "gAAAA…"}`.
    """
    if reading is None:
        return {"reading": None, "words": None}
    stored = reading_json(reading, words=True, reveal=True)
    words = [each.pop("words", []) for each in (stored, *stored.get("parts", ()))]
    plain = json.dumps(stored, separators=(",", ":")).encode()
    kept = seal.shut(plain)
    return {
        "reading": stored if kept == plain else {SEALED: kept.decode("ascii")},
        "words": seal.shut(zlib.compress(json.dumps(words, separators=(",", ":")).encode(), 3)),
    }


def record_of(row: sa.Row[Any], words: bytes | None, seal: Seal) -> Record:
    stored = row.reading
    if stored is not None and SEALED in stored:
        stored = json.loads(seal.open(stored[SEALED].encode()))
    if stored is not None and words is not None:
        each = (stored, *stored.get("parts", ()))
        for part, its_words in zip(each, json.loads(zlib.decompress(seal.open(words))), strict=True):
            part["words"] = its_words
    return Record(
        document=Document(row.document_id, row.name, row.media_type, row.pages),
        state=row.state,
        owner=row.owner,
        job_id=row.job_id,
        attachment=row.attachment,
        reading=None if stored is None else reading_from_json(stored),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
