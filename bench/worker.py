"""Documents a minute with one and with two worker processes, each on a core of its own: receipts, default engines.

Efficiency is the rate of two by twice the rate of one; it means something only where two cores are idle, so the load
that other programs made is printed beside it.
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
    rates = {processes: rate(receipts, processes) for processes in (1, 2)}
    efficiency = rates[2] / rates[1] / 2
    for processes, found in rates.items():
        print(f"{processes} process(es): {found:6.1f} documents a minute")
    print(f"efficiency {efficiency:.2f} (wanted {WANTED}); load of the machine {os.getloadavg()[0]:.1f}")
    return 0


def rate(receipts: list[Path], processes: int) -> float:
    """Documents a minute once every process has read one, so that its models are loaded."""
    with tempfile.TemporaryDirectory() as folder:
        app = install(side_by_side(Settings(home=Path(folder), engines={"rapidocr": {"threads": 1}}), processes))
        worker = Worker(app.queue, read_handler(app), Plan(concurrency=processes, poll=0.02))
        worker.hire()
        for path in receipts[:processes]:
            bring(app, path)
        drain(worker)
        for path in receipts[processes:]:
            bring(app, path)
        start = time.perf_counter()
        drain(worker)
        seconds = time.perf_counter() - start
        worker.hand_back()
        app.database.close()
    return 60 * (len(receipts) - processes) / seconds


def bring(app: Installation, path: Path) -> None:
    data = path.read_bytes()
    accept(app, Document(hashlib.sha256(data).hexdigest(), path.name, "image/jpeg", 1), data, "", {})


def drain(worker: Worker) -> None:
    while not worker.turn() or worker.busy():
        pass


if __name__ == "__main__":
    raise SystemExit(main())
