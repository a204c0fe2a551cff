"""Jobs in a table, which is the truth about work: ordered once, leased, fenced, and never lost.

A claim is one statement: SQLite runs it under its write lock, PostgreSQL skips rows that another claim holds.
"""

import uuid
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final

import sqlalchemy as sa

from recto.document.errors import Conflict, NotFound
from recto.document.job import Backlog, Job, JobState, Order
from recto.document.reading import Fault
from recto.stores.clock import instant
from recto.stores.sql import Database
from recto.stores.tables import JOBS, Json

UNSETTLED: Final = sa.text("state IN ('queued', 'running')")
"""In the very words of the index `jobs_due`: PostgreSQL uses a partial index only where it sees its condition."""


FAILED: Final = sa.text("state = 'failed'")
"""Likewise, of `jobs_failed`."""

AT_ONCE: Final = 1000
OF_KINDS: Final = JOBS.c.kind.in_(sa.bindparam("said_kinds", expanding=True))


class SqlJobs:
    """Queue, Leases, JobList, Depth and JobDesk over one table. Safe across threads, processes and machines."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def order(self, order: Order) -> Job:
        """The job, on the disk when this returns; the earlier one where `unique` is known already."""
        with self.database.promising() as connection:
            return self.order_within(connection, order)

    def order_within(self, connection: sa.Connection, order: Order) -> Job:
        """The same, in a transaction of somebody who has more to write: both are on the disk, or neither."""
        statement = self.database.insert(JOBS).values(self.ordered(order)).on_conflict_do_nothing().returning(JOBS)
        row = connection.execute(statement).one_or_none()
        if row is None:
            row = connection.execute(sa.select(JOBS).where(JOBS.c.unique_key == order.unique)).one()
        return job_of(row)

    def ordered(self, order: Order) -> dict[str, Any]:
        now = self.database.now()
        return {
            "id": uuid.uuid4().hex,
            "kind": order.kind,
            "owner": order.owner,
            "payload": dict(order.payload),
            "state": "queued",
            "priority": order.priority,
            "attempts": 0,
            "max_attempts": order.max_attempts,
            "fence": 0,
            "due_at": order.run_at or now,
            "progress": {},
            "unique_key": order.unique,
            "created_at": now,
            "updated_at": now,
        }

    def claim(self, worker: str, kinds: Sequence[str], seconds: float, late: float = 0.0) -> Job | None:
        """The most urgent job that has been due for `late` seconds, leased for `seconds`; None where there is none."""
        return self.taken(self.claiming, worker, kinds, seconds, said_late=ticks(late))

    def claim_one(self, job_id: str, worker: str, kinds: Sequence[str], seconds: float) -> Job | None:
        """That job, if it is due and of those kinds."""
        return self.taken(self.claiming_one, worker, kinds, seconds, said_id=job_id)

    def taken(
        self, claiming: sa.Executable, worker: str, kinds: Sequence[str], seconds: float, **more: Any
    ) -> Job | None:
        values = {"said_worker": worker, "said_kinds": list(kinds), "said_lease": ticks(seconds), **more}
        with self.database.writing() as connection:
            row = connection.execute(claiming, values).one_or_none()
            return None if row is None else job_of(row)

    @cached_property
    def claiming(self) -> sa.Executable:
        """Built once, like the two below: to build a statement takes longer than to run it."""
        due = (
            sa.select(JOBS.c.id)
            .where(UNSETTLED, JOBS.c.due_at <= self.database.now() - said("late", sa.BigInteger), OF_KINDS)
            .order_by(JOBS.c.priority.desc(), JOBS.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        return self.claims(JOBS.c.id == due.scalar_subquery())

    @cached_property
    def claiming_one(self) -> sa.Executable:
        mine = JOBS.c.id == said("id", sa.Text)
        return self.claims(sa.and_(mine, UNSETTLED, JOBS.c.due_at <= self.database.now(), OF_KINDS))

    def claims(self, condition: sa.ColumnElement[bool]) -> sa.Executable:
        return (
            sa.update(JOBS)
            .where(condition)
            .values(
                state="running",
                worker=said("worker", sa.Text),
                attempts=JOBS.c.attempts + 1,
                fence=JOBS.c.fence + 1,
                due_at=self.database.now() + said("lease", sa.BigInteger),
                updated_at=self.database.now(),
            )
            .returning(JOBS)
        )

    def settle(self, job: Job, seconds: float = 0.0) -> None:
        """Writes what the worker says of its job; see `Queue`. Raises Conflict where the job is no longer its own."""
        values = {
            "said_id": job.id,
            "said_fence": job.fence,
            "said_worker": job.worker,
            "said_state": job.state,
            "said_attempts": job.attempts,
            "said_progress": dict(job.progress),
            "said_result": None if job.result is None else dict(job.result),
            "said_error": None if job.error is None else fault_json(job.error),
            "said_lease": ticks(seconds),
        }
        with self.database.writing() as connection:
            if connection.execute(self.settling, values).rowcount == 0:
                raise Conflict(f"Job {job.id} was cancelled or went to another worker.")

    @cached_property
    def settling(self) -> sa.Executable:
        return (
            sa.update(JOBS)
            .where(
                JOBS.c.id == said("id", sa.Text),
                JOBS.c.fence == said("fence", sa.BigInteger),
                # After a power failure a lost claim may give the same fence to another worker.
                JOBS.c.worker == said("worker", sa.Text),
                JOBS.c.state == "running",
            )
            .values(
                state=said("state", sa.Text),
                attempts=said("attempts", sa.Integer),
                progress=said("progress", Json),
                result=said("result", Json),
                error=said("error", Json),
                due_at=self.database.now() + said("lease", sa.BigInteger),
                updated_at=self.database.now(),
            )
        )

    def holders(self) -> list[str]:
        """The workers that have a job running."""
        running = sa.select(JOBS.c.worker).where(UNSETTLED, JOBS.c.state == "running").distinct()
        with self.database.reading() as connection:
            return [str(worker) for worker in connection.scalars(running)]

    def release(self, worker: str) -> None:
        """Ends the leases of a worker that is known to be dead, so that its jobs are due at once."""
        statement = (
            sa.update(JOBS)
            .where(UNSETTLED, JOBS.c.state == "running", JOBS.c.worker == worker)
            .values(due_at=self.database.now())
        )
        with self.database.writing() as connection:
            connection.execute(statement)

    def job(self, job_id: str) -> Job:
        with self.database.reading() as connection:
            row = connection.execute(sa.select(JOBS).where(JOBS.c.id == job_id)).one_or_none()
        if row is None:
            raise NotFound(f"No job {job_id}.")
        return job_of(row)

    def jobs(
        self, kind: str | None = None, state: JobState | None = None, owner: str | None = None, limit: int = 100
    ) -> list[Job]:
        """The newest jobs that fit, newest first."""
        statement = sa.select(JOBS).order_by(JOBS.c.created_at.desc()).limit(limit)
        for column, wanted in ((JOBS.c.kind, kind), (JOBS.c.state, state), (JOBS.c.owner, owner)):
            if wanted is not None:
                statement = statement.where(column == wanted)
        with self.database.reading() as connection:
            return [job_of(row) for row in connection.execute(statement)]

    def every(self, kind: str | None = None) -> Iterator[tuple[Job, str | None]]:
        """Some at a time, by their ids, so that nothing is held open meanwhile."""
        wanted = sa.select(JOBS) if kind is None else sa.select(JOBS).where(JOBS.c.kind == kind)
        last: str | None = ""
        while last is not None:
            with self.database.reading() as connection:
                some = connection.execute(wanted.where(JOBS.c.id > last).order_by(JOBS.c.id).limit(AT_ONCE)).all()
            yield from ((job_of(row), row.unique_key) for row in some)
            last = some[-1].id if some else None

    def bring(self, job: Job, unique: str | None) -> bool:
        statement = self.database.insert(JOBS).values({**row_of(job), "unique_key": unique}).on_conflict_do_nothing()
        with self.database.promising() as connection:
            return connection.execute(statement.returning(JOBS.c.id)).one_or_none() is not None

    def backlog(self, kinds: Sequence[str] = ()) -> Backlog:
        """Counts of the jobs of those kinds, or of all."""
        now = self.database.now()
        due = JOBS.c.due_at <= now
        counts = [
            sa.func.count().filter(sa.and_(*each))
            for each in (
                (JOBS.c.state == "queued", due),
                (JOBS.c.state == "queued", sa.not_(due)),
                (JOBS.c.state == "running",),
            )
        ]
        first = sa.func.min(JOBS.c.due_at).filter(JOBS.c.state == "queued")
        ours = [JOBS.c.kind.in_(kinds)] if kinds else []
        with self.database.reading() as connection:
            row: Any = connection.execute(sa.select(*counts, first, now).where(UNSETTLED, *ours)).one()
            dead = connection.scalar(sa.select(sa.func.count()).select_from(JOBS).where(FAILED, *ours)) or 0
        oldest = max(0.0, (row[4] - instant(row[3])) / 1_000_000) if row[3] is not None else 0.0
        return Backlog(row[0], row[1], row[2], dead, oldest)

    def cancel(self, job_id: str) -> Job:
        """Takes the job away from whoever has it. Raises Conflict where it is over already."""
        return self.moved(job_id, ("queued", "running"), {"state": "cancelled", "fence": JOBS.c.fence + 1})

    def retry(self, job_id: str) -> Job:
        """A failed or cancelled job once more, with all its attempts. Raises Conflict where it is neither."""
        fresh = {"state": "queued", "attempts": 0, "due_at": self.database.now(), "error": None, "progress": {}}
        return self.moved(job_id, ("failed", "cancelled"), fresh)

    def moved(self, job_id: str, states: Sequence[JobState], values: dict[str, Any]) -> Job:
        statement = (
            sa.update(JOBS)
            .where(JOBS.c.id == job_id, JOBS.c.state.in_(states))
            .values(updated_at=self.database.now(), **values)
            .returning(JOBS)
        )
        with self.database.promising() as connection:
            row = connection.execute(statement).one_or_none()
        if row is None:
            raise Conflict(f"Job {job_id} is {self.job(job_id).state}.")
        return job_of(row)


def said(name: str, kind: Any) -> sa.BindParameter[Any]:
    """What the caller says when the statement runs; SQLAlchemy keeps the columns' own names for itself."""
    return sa.bindparam(f"said_{name}", type_=kind)


def ticks(seconds: float) -> int:
    """In microseconds."""
    return round(seconds * 1_000_000)


def job_of(row: Any) -> Job:
    """From a row of the table, or anything that has its columns as attributes."""
    return Job(
        id=row.id,
        kind=row.kind,
        payload=row.payload,
        state=row.state,
        owner=row.owner,
        priority=row.priority,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        fence=row.fence,
        run_at=row.due_at if row.state == "queued" else None,
        lease_until=row.due_at if row.state == "running" else None,
        worker=row.worker,
        progress=row.progress,
        result=row.result,
        error=None if row.error is None else Fault(**row.error),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def row_of(job: Job) -> dict[str, Any]:
    """The inverse of `job_of`, but for the unique key, which a job does not know."""
    copied = ("id", "kind", "state", "owner", "priority", "attempts", "max_attempts", "fence", "worker")
    return {
        **{name: getattr(job, name) for name in (*copied, "created_at", "updated_at")},
        "payload": dict(job.payload),
        "progress": dict(job.progress),
        "result": None if job.result is None else dict(job.result),
        "error": None if job.error is None else fault_json(job.error),
        "due_at": job.run_at or job.lease_until or job.updated_at,
    }


def fault_json(fault: Fault) -> dict[str, str]:
    return {"code": fault.code, "title": fault.title, "detail": fault.detail}
