"""A bulk on all cores of one machine: each part is a job of a queue that lasts as long as the run.

So a part whose process dies is tried again, without the document that it died of, by the same worker that serves.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from recto.app import App
from recto.document.job import Job, Order
from recto.doors.bulk import Bulk, PartHandler
from recto.doors.worker import Plan, Worker

PART: Final = "part"
LAST: Final = 1_000_000


class Crew:
    """Processes that read parts, their models kept warm, and the queue that they take them from."""

    def __init__(self, bulk: Bulk, processes: int) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="recto-bulk-")
        own = {"database": f"sqlite:///{Path(self.folder.name) / 'queue.db'}", "queue": "database"}
        self.app = App(bulk.app.settings.model_copy(update=own))
        self.queue = self.app.jobs
        plan = Plan(concurrency=processes, retry=0.0, poll=0.05)
        self.worker = Worker(self.queue, {PART: PartHandler(bulk)}, plan)

    def order(self, part: int) -> Job:
        """Tried again for each document that kills its process, up to nine."""
        return self.queue.order(Order(PART, {"part": part}, max_attempts=10))

    def close(self) -> None:
        self.app.database.close()
        self.folder.cleanup()


def run_local(bulk: Bulk, processes: int, watch: Callable[[Worker], None]) -> Counter[str]:
    """Counts of documents, failed documents, pages and failed parts. `watch` is given the worker before it runs."""
    crew = Crew(bulk, processes)
    for number in bulk.parts():
        crew.order(number)
    watch(crew.worker)
    crew.worker.run(once=True)
    counts = tally(crew.queue.jobs(limit=LAST))
    crew.close()
    return counts


def tally(jobs: Iterable[Job]) -> Counter[str]:
    """What came of parts, added up."""
    counts: Counter[str] = Counter()
    for job in jobs:
        counts["parts_failed"] += job.state == "failed"
        counts.update({name: int(str(count)) for name, count in (job.result or {}).items()})
    return counts
