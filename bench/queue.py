"""Jobs a second through claim and finish: SQLite and PostgreSQL, beside procrastinate on the same PostgreSQL.

The jobs do nothing, so that only the queue is measured. `order` is one durable order after another, `claim+settle` one
client that claims and settles, `worker` the whole worker with its child processes. procrastinate runs its jobs within
the worker's own process, so its figure stands beside both.
"""

import asyncio
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import procrastinate
from tests.support import servers

from recto.document.job import Job, Order, Payload
from recto.doors.worker import Plan, Worker
from recto.doors.worker_hand import Report
from recto.stores.jobs import SqlJobs
from recto.stores.sql import connect

JOBS = 1000
SIDE_BY_SIDE = 2


@dataclass(frozen=True)
class Nothing:
    """A handler that does nothing."""

    def work(self, job: Job, report: Report) -> Payload:
        return {}

    def bury(self, job: Job) -> None:
        return None


def rate(count: int, act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return count / (time.perf_counter() - start)


def order_all(queue: SqlJobs) -> None:
    for number in range(JOBS):
        queue.order(Order("nothing", {"n": number}))


def settle_all(queue: SqlJobs) -> None:
    while job := queue.claim("bench", ("nothing",), 60):
        queue.settle(replace(job, state="done"))


def ours(url: str) -> dict[str, float]:
    queue = SqlJobs(connect(url))
    found = {"order": rate(JOBS, lambda: order_all(queue))}
    found["claim+settle"] = rate(JOBS, lambda: settle_all(queue))
    order_all(queue)
    worker = Worker(queue, {"nothing": Nothing()}, Plan(concurrency=SIDE_BY_SIDE, poll=0.01))
    found["worker"] = rate(JOBS, lambda: worker.run(once=True))
    queue.database.close()
    return found


def theirs(url: str) -> dict[str, float]:
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=url))
    with app.open():
        app.schema_manager.apply_schema()
        task = app.task(name="nothing")(nothing)
        found = {"order": rate(JOBS, lambda: [task.defer(n=number) for number in range(JOBS)])}
    found["worker"] = rate(JOBS, lambda: asyncio.run(worked(url)))
    return found


async def worked(url: str) -> None:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    app.task(name="nothing")(nothing)
    async with app.open_async():
        await app.run_worker_async(wait=False, concurrency=SIDE_BY_SIDE, listen_notify=False)


async def nothing(n: int) -> None:
    return None


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, servers.postgres() as postgres:
        rows = {
            "recto, SQLite": ours(f"sqlite:///{Path(folder) / 'bench.db'}"),
            "recto, PostgreSQL": ours(postgres.fresh()),
            "procrastinate, PostgreSQL": theirs(postgres.fresh()),
        }
    print(f"{JOBS} jobs; jobs a second; workers take {SIDE_BY_SIDE} jobs side by side")
    print(f"{'':28}{'order':>10}{'claim+settle':>14}{'worker':>10}")
    for name, found in rows.items():
        cells = [found.get(column) for column in ("order", "claim+settle", "worker")]
        shown = [f"{cell:.0f}" if cell else "-" for cell in cells]
        print(f"{name:28}{shown[0]:>10}{shown[1]:>14}{shown[2]:>10}")


if __name__ == "__main__":
    main()
