"""The database behind records, jobs and memories: SQLite or PostgreSQL by URL, migrated when it is opened.

What is promised to a person (a record, an order) is on the disk when its transaction returns. What can be done again
(a claim, a heartbeat, a remembered answer) outlives the process but perhaps not a power failure, which is several times
faster. See docs/decisions/0080-a-jobs-table.md.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recto.document.errors import BadSettings, StoreUnavailable
from recto.stores.clock import Clock, microseconds

HEAD: Final = "0008"
"""The newest migration, so that an up-to-date database is opened without loading Alembic."""

BUSY_SECONDS: Final = 30
MIGRATION_LOCK: Final = 7_236_786
"""Any number that is always the same: PostgreSQL's advisory lock around the migrations."""

POOL: Final[dict[str, Any]] = {"pool_size": 5, "max_overflow": 35}
REST_SECONDS: Final = 0.2
"""Less than a server takes to start again: who finds a dead connection after that was at work when it died."""
PATIENCE: Final[dict[str, Any]] = {"connect_timeout": 10}

OURS: Final = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError, sa.exc.NotSupportedError)
"""A database that answers so is well; the question was wrong."""

DRIVERS: Final = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


@dataclass(frozen=True)
class Database:
    """An open database, to be shared by the threads of one process.

    `engine` makes transactions that are on the disk when they end; `quick` makes each statement one of its own, which
    outlives the process but perhaps not a power failure.
    """

    engine: sa.Engine
    quick: sa.Engine
    clock: Clock | None = None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    def now(self) -> sa.ColumnElement[int]:
        """Microseconds since 1970 by the given clock, else by the server's (PostgreSQL) or this machine's (SQLite)."""
        if self.clock is None and self.dialect == "postgresql":
            return sa.cast(sa.extract("epoch", sa.func.statement_timestamp()) * 1_000_000, sa.BigInteger)
        # Asked when the statement runs, so that it can be built once.
        return sa.bindparam(None, callable_=partial(microseconds, self.clock), type_=sa.BigInteger, unique=True)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """For looking only."""
        with available(), self.quick.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """For single statements that can be done again."""
        with available(), self.quick.connect() as connection:
            yield connection

    @contextmanager
    def promising(self) -> Iterator[sa.Connection]:
        """One transaction, which is on the disk once it is over."""
        with available(), self.engine.begin() as connection:
            yield connection

    def insert(self, table: sa.Table) -> Any:
        """An INSERT that knows ON CONFLICT, which the two dialects share but SQLAlchemy keeps apart."""
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)

    def ping(self) -> None:
        """Raises StoreUnavailable where the database cannot be reached or cannot be written."""
        with self.promising() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = version_num"))

    def close(self) -> None:
        self.engine.dispose()
        self.quick.dispose()


def connect(url: str, clock: Clock | None = None) -> Database:
    """Opens `sqlite:///path` or `postgresql://…` and brings its tables up to date.

    Several processes may do so at once. Raises BadSettings for another URL, StoreUnavailable where it cannot be opened.
    """
    database = Database(*engines_of(url), clock)
    with available():
        migrate(database)
    return database


def engines_of(url: str) -> tuple[sa.Engine, sa.Engine]:
    """The engine whose transactions are durable, and the quick one."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise BadSettings(f"database: {url!r} is no URL such as sqlite:///path or postgresql://host/name.") from error
    if parsed.drivername == "sqlite" and parsed.database:
        return sqlite_engines(parsed)
    if parsed.drivername.partition("+")[0] in DRIVERS:
        return postgres_engines(parsed.set(drivername="postgresql+psycopg"))
    raise BadSettings(f"database: {parsed.drivername!r}; there are sqlite:///path and postgresql://host/name.")


def sqlite_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine]:
    with available():
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    # The driver's own transactions cannot say BEGIN IMMEDIATE.
    given = {"timeout": BUSY_SECONDS, "isolation_level": None}
    durable = sa.create_engine(url, connect_args=given, **POOL)
    quick = sa.create_engine(url, connect_args=given, isolation_level="AUTOCOMMIT", **POOL)
    sa.event.listen(durable, "connect", partial(prepare_sqlite, "FULL"))
    sa.event.listen(quick, "connect", partial(prepare_sqlite, "NORMAL"))
    # A writer takes its lock at the start: to upgrade a read later would fail where someone wrote in between.
    sa.event.listen(durable, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return durable, quick


def prepare_sqlite(synchronous: str, connection: sqlite3.Connection, _record: object) -> None:
    """Readers do not wait for writers (WAL); a reference to what is not there is refused."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA synchronous = {synchronous}")


def postgres_engines(url: sa.URL) -> tuple[sa.Engine, sa.Engine]:
    alive = {"pool_recycle": 1800, **POOL}
    # The server's own setting of synchronous_commit is left to those who run it.
    loose = {"options": "-c synchronous_commit=off"}
    try:
        durable = sa.create_engine(url, connect_args=PATIENCE, **alive)
        quick = sa.create_engine(url, connect_args={**PATIENCE, **loose}, isolation_level="AUTOCOMMIT", **alive)
    except ImportError as error:
        raise BadSettings("database: PostgreSQL needs the extra `postgres` (pip install 'recto[postgres]').") from error
    for engine in (durable, quick):
        sa.event.listen(engine, "checkin", note_use)
        sa.event.listen(engine, "checkout", look_after_rest)
    return durable, quick


def note_use(_connection: Any, record: sa.pool.ConnectionPoolEntry) -> None:
    record.info["used_at"] = time.monotonic()


def look_after_rest(connection: Any, record: sa.pool.ConnectionPoolEntry, _proxy: object) -> None:
    """A connection that died while it rested is replaced before it is used.

    To ask each time, as the pool's own ping does, costs a quarter of a claim.
    """
    import psycopg

    if time.monotonic() - record.info.get("used_at", time.monotonic()) > REST_SECONDS:
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except psycopg.Error as error:
            raise sa.exc.DisconnectionError from error


@contextmanager
def available() -> Iterator[None]:
    """Turns the driver's errors of reach, room and rights into StoreUnavailable."""
    try:
        yield
    except OURS:
        raise
    except (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        raise StoreUnavailable(str(getattr(error, "orig", None) or error)) from error
    except OSError as error:
        raise StoreUnavailable(str(error)) from error


def version(connection: sa.Connection) -> str | None:
    """The newest migration that the database has seen, None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    stored: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return stored


def migrate(database: Database, target: str = HEAD) -> None:
    """Brings the tables to `target`, one process at a time; `base` takes everything down."""
    with database.reading() as connection:
        if version(connection) == target:
            return
    with database.promising() as connection:
        if database.dialect == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        run_migrations(connection, target)


def run_migrations(connection: sa.Connection, target: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    current = version(connection)
    if target != "base" and (current is None or current < target):
        command.upgrade(config, target)
    elif current is not None and (target == "base" or (current > target and target < HEAD)):
        command.downgrade(config, target)
