"""A bulk on all cores of one machine: each part is a job of a queue that lasts as long as the run.

So a part whose process dies is tried again, without the document that it died of, by the same worker that serves.
"""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from recto.app import App
from recto.document.job import Order
from recto.doors.bulk import Bulk, PartHandler
from recto.doors.worker import Plan, Worker

PART = "part"


def run_local(bulk: Bulk, processes: int, watch: Callable[[Worker], None]) -> Counter[str]:
    """Counts of documents, failed documents, pages and failed parts. `watch` is given the worker before it runs."""
    with tempfile.TemporaryDirectory(prefix="recto-bulk-") as folder:
        here = bulk.app.settings.model_copy(update={"database": f"sqlite:///{Path(folder) / 'queue.db'}"})
        app = App(here)
        queue = app.jobs
        for number in bulk.parts():
            queue.order(Order(PART, {"part": number}, max_attempts=10))
        worker = Worker(queue, {PART: PartHandler(bulk)}, Plan(concurrency=processes, retry=0.0, poll=0.05))
        watch(worker)
        worker.run(once=True)
        counts = Counter({"parts_failed": len(queue.jobs(state="failed", limit=1_000_000))})
        for job in queue.jobs(state="done", limit=1_000_000):
            counts.update({name: int(str(count)) for name, count in (job.result or {}).items()})
        app.database.close()
    return counts
