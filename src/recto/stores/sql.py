"""The database behind records, jobs and memories: SQLite or PostgreSQL by URL, migrated when it is opened.

What is promised to a person (a record, an order) is on the disk when its transaction returns. What can be done again
(a claim, a heartbeat, a remembered answer) outlives the process but perhaps not a power failure, which is several times
faster. See docs/decisions/0080-a-jobs-table.md.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from recto.document.errors import BadSettings, StoreUnavailable
from recto.stores.clock import Clock, microseconds

HEAD: Final = "0001"
"""The newest migration, so that an up-to-date database is opened without loading Alembic."""

BUSY_SECONDS: Final = 30
MIGRATION_LOCK: Final = 7_236_786
"""Any number that is always the same: PostgreSQL's advisory lock around the migrations."""

OURS: Final = (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.DataError, sa.exc.NotSupportedError)
"""A database that answers so is well; the question was wrong."""

DRIVERS: Final = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


@dataclass(frozen=True)
class Database:
    """An open database, to be shared by the threads of one process."""

    engine: sa.Engine
    clock: Clock | None = None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    def now(self) -> sa.ColumnElement[int]:
        """Microseconds since 1970 by the given clock, else by the server's (PostgreSQL) or this machine's (SQLite)."""
        if self.clock is None and self.dialect == "postgresql":
            return sa.cast(sa.extract("epoch", sa.func.statement_timestamp()) * 1_000_000, sa.BigInteger)
        return sa.literal(microseconds(self.clock), sa.BigInteger)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only looks."""
        with available(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that outlives this process, though perhaps not a power failure."""
        with available(), self.engine.connect() as plain:
            connection = plain.execution_options(recto_begin="BEGIN IMMEDIATE", recto_synchronous="NORMAL")
            with connection.begin():
                if self.dialect == "postgresql":
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield connection

    @contextmanager
    def promising(self) -> Iterator[sa.Connection]:
        """A transaction that is on the disk once it is over."""
        with available(), self.engine.connect() as plain:
            connection = plain.execution_options(recto_begin="BEGIN IMMEDIATE", recto_synchronous="FULL")
            with connection.begin():
                yield connection

    def insert(self, table: sa.Table) -> Any:
        """An INSERT that knows ON CONFLICT, which the two dialects share but SQLAlchemy keeps apart."""
        return postgresql.insert(table) if self.dialect == "postgresql" else sqlite.insert(table)

    def ping(self) -> None:
        """Raises StoreUnavailable where the database cannot be reached or cannot be written."""
        with self.writing() as connection:
            connection.execute(sa.text("UPDATE alembic_version SET version_num = version_num"))

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str, clock: Clock | None = None) -> Database:
    """Opens `sqlite:///path` or `postgresql://…` and brings its tables up to date.

    Several processes may do so at once. Raises BadSettings for another URL, StoreUnavailable where it cannot be opened.
    """
    database = Database(engine_of(url), clock)
    with available():
        migrate(database)
    return database


def engine_of(url: str) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise BadSettings(f"database: {url!r} is no URL such as sqlite:///path or postgresql://host/name.") from error
    if parsed.drivername == "sqlite" and parsed.database:
        return sqlite_engine(parsed)
    if parsed.drivername.partition("+")[0] in DRIVERS:
        return postgres_engine(parsed.set(drivername="postgresql+psycopg"))
    raise BadSettings(f"database: {parsed.drivername!r}; there are sqlite:///path and postgresql://host/name.")


def sqlite_engine(url: sa.URL) -> sa.Engine:
    with available():
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        pool_size=8,
        max_overflow=56,
        # The driver's own transactions cannot say BEGIN IMMEDIATE.
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},
    )
    sa.event.listen(engine, "connect", prepare_sqlite)
    sa.event.listen(engine, "begin", begin_sqlite)
    return engine


def prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Readers do not wait for writers (WAL); a reference to what is not there is refused."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def begin_sqlite(connection: sa.Connection) -> None:
    """A writer takes its lock at the start: to upgrade a read later would fail where someone wrote in between."""
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA synchronous = {options.get('recto_synchronous', 'FULL')}")
    connection.exec_driver_sql(options.get("recto_begin", "BEGIN"))


def postgres_engine(url: sa.URL) -> sa.Engine:
    try:
        # A connection that died while idle is replaced before it is used.
        return sa.create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=24, pool_recycle=1800)
    except ImportError as error:
        raise BadSettings("database: PostgreSQL needs the extra `postgres` (pip install 'recto[postgres]').") from error


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
