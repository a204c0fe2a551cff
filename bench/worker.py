"""Documents a minute with one and with two worker processes, each on a core of its own: receipts, default engines.

Efficiency is the rate of two by twice the rate of one; it means something only where two cores are idle, so the load
that other programs made is printed beside it, and the processor's own seconds a document: what they say does not depend
on who else runs, save for shared caches.
"""

import argparse
import hashlib
import os
import tempfile
import time
from pathlib import Path

from recto.app import Installation, install, side_by_side
from recto.document.page import Document
from recto.doors.http.intake import accept
from recto.doors.worker import Plan, Worker
from recto.doors.worker_read import read_handler
from recto.settings import Settings

WANTED = 0.85


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--count", type=int, default=24, help="receipts for each run")
    asked.add_argument("--data", type=Path, default=Path(os.environ.get("RECTO_DATA", "../shared/data")))
    given = asked.parse_args()
    receipts = sorted((given.data / "sroie" / "train" / "img").glob("*.jpg"))[: given.count]
    found = {processes: measured(receipts, processes) for processes in (1, 2)}
    for processes, (rate, spent) in found.items():
        print(f"{processes} process(es): {rate:6.1f} documents a minute, {spent:.2f} processor seconds each")
    efficiency, by_processor = found[2][0] / found[1][0] / 2, found[1][1] / found[2][1]
    load = os.getloadavg()[0]
    print(f"efficiency {efficiency:.2f}, by processor seconds {by_processor:.2f} (wanted {WANTED}); load {load:.1f}")
    return 0


def measured(receipts: list[Path], processes: int) -> tuple[float, float]:
    """Documents a minute and processor seconds a document, once every process has read one, its models loaded."""
    with tempfile.TemporaryDirectory() as folder:
        app = install(side_by_side(Settings(home=Path(folder), engines={"rapidocr": {"threads": 1}}), processes))
        worker = Worker(app.queue, read_handler(app), Plan(concurrency=processes, poll=0.02))
        worker.hire()
        for path in receipts[:processes]:
            bring(app, path)
        drain(worker)
        for path in receipts[processes:]:
            bring(app, path)
        start, spent = time.perf_counter(), processor_seconds(worker)
        drain(worker)
        seconds, spent = time.perf_counter() - start, processor_seconds(worker) - spent
        worker.hand_back()
        app.database.close()
    count = len(receipts) - processes
    return 60 * count / seconds, spent / count


def processor_seconds(worker: Worker) -> float:
    """Of the worker's children and of what they started and saw end."""
    ticks = 0
    for hand in worker.hands:
        fields = Path(f"/proc/{hand.process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def bring(app: Installation, path: Path) -> None:
    data = path.read_bytes()
    accept(app, Document(hashlib.sha256(data).hexdigest(), path.name, "image/jpeg", 1), data, "", {})


def drain(worker: Worker) -> None:
    while not worker.turn() or worker.busy():
        pass


if __name__ == "__main__":
    raise SystemExit(main())
