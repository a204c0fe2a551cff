"""What was kept before there were keys, or under older ones, is brought under the newest, wherever it lies.

Each row and each blob is a step of its own: what is under the newest key is left as it is, so who is interrupted begins
anew and goes on. Readers and writers need not stop meanwhile.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa

from recto.document.errors import BadSettings
from recto.stores.copies import LAST
from recto.stores.dynamo_labels import DynamoLabels
from recto.stores.labels import SqlLabels
from recto.stores.records import SEALED
from recto.stores.seal import Seal, renewed
from recto.stores.sealed import PlainBlobs, SealedBlobs
from recto.stores.sql import Database
from recto.stores.tables import JOBS, LABELS, MEMORIES, RECORDS, REPLAYS, REVIEWS, WEBHOOKS, Json

COLUMNS: Final[Mapping[sa.Table, tuple[str, ...]]] = {
    RECORDS: ("reading", "words"),
    MEMORIES: ("answer",),
    LABELS: ("text",),
    REVIEWS: ("past",),
    REPLAYS: ("body",),
    WEBHOOKS: ("secret", "old_secret"),
}
"""What lies under seal in the database; passwords do in the payloads of jobs, under the vault's keys."""

PREFIXES: Final = ("documents/", "attachments/", "pages/", "inspections/", "epochs/")
"""Whose blobs are ours: a bucket may hold what others put there."""

AT_ONCE: Final = 50
"""Rows in one transaction, for whose length SQLite lets nobody else write."""

EVERY: Final = sa.true()
Step = tuple[str, bool]
"""Where it lies, and whether it was not yet under the newest key."""


def sealings(
    database: Database, labels: SqlLabels | DynamoLabels, blobs: PlainBlobs, seal: Seal, vault: Seal
) -> Iterator[Step]:
    """Seals everything, a step each. Raises BadSettings where there is no key, or none opens what is stored."""
    if not isinstance(blobs, SealedBlobs):
        raise BadSettings("encryption_keys: there is no key to seal with.")
    yield from in_database(database, seal, vault)
    swept(database)
    if isinstance(labels, DynamoLabels):
        for one in labels.labelled(limit=LAST):
            yield from (("labels", old) for old in labels.renew(one.document_id, one.owner))
    for prefix in PREFIXES:
        yield from (("blobs", blobs.renew(key)) for key in blobs.keys(prefix))


def in_database(database: Database, seal: Seal, vault: Seal) -> Iterator[Step]:
    for table, names in COLUMNS.items():
        yield from ((table.name, old) for old in rows(database, table, names, seal))
    locked = sa.type_coerce(JOBS.c.payload, sa.Text).contains('"password":')
    yield from (("jobs", old) for old in rows(database, JOBS, ("payload",), vault, locked))


def rows(
    database: Database, table: sa.Table, names: tuple[str, ...], seal: Seal, where: sa.ColumnElement[bool] = EVERY
) -> Iterator[bool]:
    """Of each such row of the table, in the order of its key, whether any of these columns was sealed anew."""
    key = list(table.primary_key.columns)
    # As they lie there: JSON as its text.
    columns = [sa.type_coerce(table.c[name], sa.Text) if is_json(table.c[name]) else table.c[name] for name in names]
    page = sa.select(*key, *columns).where(where).order_by(*key).limit(AT_ONCE).with_for_update()
    last: tuple[Any, ...] | None = None
    while True:
        after = page if last is None else page.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, last)))
        with database.promising() as connection:
            found = connection.execute(after).all()
            steps = [renew(connection, table, names, tuple(row), seal) for row in found]
        yield from steps
        if len(found) < AT_ONCE:
            return
        last = tuple(found[-1][: len(key)])


def renew(connection: sa.Connection, table: sa.Table, names: tuple[str, ...], row: tuple[Any, ...], seal: Seal) -> bool:
    """Seals one row anew, in a transaction that holds it; `row` is its key and the columns of these names."""
    key = list(table.primary_key.columns)
    before = dict(zip(names, row[len(key) :], strict=True))
    after = {name: renewed_value(table.c[name], value, seal) for name, value in before.items() if value}
    changed = {name: value for name, value in after.items() if value != before[name]}
    if changed:
        own = sa.and_(*(column == value for column, value in zip(key, row, strict=False)))
        # As texts and bytes, whatever the column makes of them.
        connection.execute(sa.update(table).where(own).values({n: sa.literal(v) for n, v in changed.items()}))
    return bool(changed)


def is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, Json)


def renewed_value(column: sa.Column[Any], value: Any, seal: Seal) -> Any:
    """What a column holds, as it would be kept now."""
    if column is JOBS.c.payload:
        return renewed_payload(value, seal)
    if column is RECORDS.c.reading:
        return renewed_reading(value, seal)
    return renewed(seal, value) if isinstance(value, bytes) else renewed(seal, value.encode()).decode()


def renewed_payload(text: str, vault: Seal) -> str:
    """A job's payload, in which nothing but a password is under seal."""
    payload = json.loads(text)
    if not isinstance(payload.get("password"), str):
        return text
    before = payload["password"].encode()
    after = renewed(vault, before)
    return text if after == before else json.dumps({**payload, "password": after.decode()}, separators=(",", ":"))


def renewed_reading(text: str, seal: Seal) -> str:
    """A reading: its JSON, or the JSON of what is sealed of it."""
    stored = json.loads(text)
    before = stored[SEALED].encode() if SEALED in stored else text.encode()
    after = renewed(seal, before)
    return text if after == before else json.dumps({SEALED: after.decode()}, separators=(",", ":"))


def swept(database: Database) -> None:
    """SQLite leaves what was overwritten in the free pages of its file and in its log: both are written anew.

    On PostgreSQL that is the server's own business (`VACUUM FULL`).
    """
    if database.dialect == "sqlite":
        with database.writing() as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
