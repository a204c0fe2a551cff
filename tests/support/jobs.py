"""Handlers that do on demand what documents do by accident, and the worker that runs them as a process."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from recto.document.errors import Damaged
from recto.doors.worker import Plan, Worker
from recto.stores.jobs import SqlJobs
from recto.stores.sql import connect

QUICK = Plan(lease=600, beat=0.1, poll=0.02, retry=0.02)
"""For tests: everything that waits for a person's sake is short; no test waits for as long as the lease."""


@dataclass(frozen=True)
class Debug:
    """Does what `payload["do"]` says, and writes each begin, end and burial down as a file of its own."""

    folder: Path

    def work(self, job, report):
        self.note("began", job)
        act = getattr(self, str(job.payload.get("do", "nothing")))
        act(job, report)
        self.note("ended", job)
        return {"pid": os.getpid()}

    def bury(self, job):
        self.note(f"buried-{job.error.code}", job)

    def note(self, what, job):
        (self.folder / f"{what}.{job.payload.get('n', 0)}.{job.attempts}.{os.getpid()}").touch()

    def nothing(self, job, report):
        return

    def pages(self, job, report):
        for page in (1, 2, 3):
            report({"page": page})
        self.hang(job, report)

    def hang(self, job, report):
        threading.Event().wait(600)

    def wait(self, job, report):
        """Until the test says go."""
        until(lambda: (self.folder / "go").exists())

    def crash(self, job, report):
        os.kill(os.getpid(), signal.SIGSEGV)

    def crash_once(self, job, report):
        if job.attempts == 1:
            self.crash(job, report)

    def swallow(self, job, report):
        """Memory without end."""
        held = []
        while True:
            held.append(bytearray(os.urandom(1024) * 8192))

    def damaged(self, job, report):
        raise Damaged("page 2")

    def bug(self, job, report):
        raise KeyError("a fault of ours")


def until(true: Callable[[], object], seconds: float = 120) -> None:
    """Waits until it is true. Fails the test where it does not become so, on however slow a machine."""
    deadline = time.monotonic() + seconds
    turn = threading.Event()
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        turn.wait(0.02)


def notes(folder: Path, what: str) -> list[tuple[int, int, int]]:
    """(n, attempt, pid) of each note of that name."""
    return sorted(tuple(int(part) for part in path.name.split(".")[1:]) for path in folder.glob(f"{what}.*"))


@contextlib.contextmanager
def running(worker: Worker) -> Iterator[Worker]:
    """The worker in a thread, stopped at the end."""
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        worker.stop()
        thread.join(120)
        assert not thread.is_alive()


def worker_process(url: str, folder: Path) -> "subprocess.Popen[bytes]":
    """A worker in a process of its own, to be killed."""
    code = f"from tests.support.jobs import main; main({url!r}, {str(folder)!r})"
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


def main(url: str, folder: str) -> None:
    worker = Worker(SqlJobs(connect(url)), {"debug": Debug(Path(folder))}, QUICK)

    def stop(*_):
        worker.stop()
        Path(folder, f"stopping.{time.monotonic_ns()}").touch()

    signal.signal(signal.SIGTERM, stop)
    worker.run()


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
