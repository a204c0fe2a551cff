"""Keys in the database, found by their ids. Of a secret only its digest is kept."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recto.document.errors import Conflict, NotFound
from recto.document.key import Key
from recto.stores.sql import Database
from recto.stores.tables import KEYS


class SqlKeys:
    """Keys of an installation, and of the browsers that were let in with them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, key: Key) -> None:
        with self.database.promising() as connection:
            connection.execute(sa.insert(KEYS).values(row_of(key)))

    def add_one_of(self, key: Key, most: int) -> None:
        """Adds a key, unless its owner would have more than `most` that open something. Raises Conflict."""
        with self.database.promising() as connection:
            if self.database.dialect == "postgresql":  # SQLite lets one writer in at a time anyway
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"keys/{key.owner}"))))
            rows = connection.execute(sa.select(KEYS).where(KEYS.c.owner == key.owner, KEYS.c.parent == ""))
            live = [one.id for one in map(key_of, rows) if one.opens_at(key.created_at)]
            if len(live) >= most:
                raise Conflict(f"{key.owner or 'The installation'} has {most} keys: {', '.join(live)}. Revoke one.")
            connection.execute(sa.insert(KEYS).values(row_of(key)))

    def find(self, key_id: str) -> Key:
        """Raises NotFound."""
        with self.database.reading() as connection:
            row = connection.execute(sa.select(KEYS).where(KEYS.c.id == key_id)).one_or_none()
        if row is None:
            raise NotFound(f"No key {key_id}.")
        return key_of(row)

    def keys(self) -> list[Key]:
        """All that were ever made for programs, the newest first."""
        statement = sa.select(KEYS).where(KEYS.c.parent == "").order_by(KEYS.c.created_at.desc())
        with self.database.reading() as connection:
            return [key_of(row) for row in connection.execute(statement)]

    def any(self) -> bool:
        """Whether a key was ever made, be it revoked: who once asked for keys goes on asking."""
        with self.database.reading() as connection:
            return connection.scalar(sa.select(sa.exists().where(KEYS.c.parent == ""))) is True

    def revoke(self, key_id: str, now: datetime) -> None:
        """The key, and whatever was opened with it, opens nothing from now on. Raises NotFound."""
        those = sa.and_(sa.or_(KEYS.c.id == key_id, KEYS.c.parent == key_id), KEYS.c.revoked_at.is_(None))
        with self.database.promising() as connection:
            if connection.execute(sa.update(KEYS).where(those).values(revoked_at=now)).rowcount == 0:
                raise NotFound(f"No key {key_id} that opens anything.")

    def sweep(self, now: datetime) -> None:
        """Forgets the sessions of browsers that are over."""
        with self.database.writing() as connection:
            connection.execute(sa.delete(KEYS).where(KEYS.c.parent != "", KEYS.c.expires_at < now))


def row_of(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "owner": key.owner,
        "scopes": sorted(key.scopes),
        "digest": key.digest,
        "parent": key.parent,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


def key_of(row: sa.Row[Any]) -> Key:
    return Key(
        id=row.id,
        owner=row.owner,
        scopes=frozenset(row.scopes),
        digest=row.digest,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        parent=row.parent,
    )
