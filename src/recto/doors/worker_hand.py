"""A worker's hand: a child process that does one job at a time, and may die of it without harm to the worker.

Parent and child talk over a pipe: a Job one way; Progress, Done and Failed the other. The end of the pipe is the
other's death.
"""

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Final, Protocol

from recto.document.errors import RectoError, StoreUnavailable, Unavailable, WorkerDied
from recto.document.job import Job, Payload
from recto.document.reading import Fault

Report = Callable[[Payload], None]
"""Tells how far a job is, such as `{"page": 3, "pages": 12}`."""

PR_SET_PDEATHSIG: Final = 1


class Handler(Protocol):
    """What is done with the jobs of one kind, in a child process: it must be picklable.

    Both may run twice for one job, and must bear it.
    """

    def work(self, job: Job, report: Report) -> Payload:
        """Do it and say what came of it. Raises RectoError where it cannot be done."""
        ...

    def bury(self, job: Job) -> None:
        """Write down that the job failed for good; `job.error` says why."""
        ...


Handlers = Mapping[str, Handler]
"""By the kind of job."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job is."""

    said: Payload


@dataclass(frozen=True, slots=True)
class Done:
    """What came of the job."""

    result: Payload


@dataclass(frozen=True, slots=True)
class Failed:
    """Why the job could not be done. `buried`: it never will be. A store out of reach is no attempt that `counts`."""

    fault: Fault
    buried: bool = False
    counts: bool = True


Message = Progress | Done | Failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a job is to be settled: as it stands here, `wait` seconds from being due where it is queued again."""

    job: Job
    wait: float = 0.0


@dataclass
class Hand:
    """The parent's side. `job` is what it works on, None while idle; `verdict` what came of it, until it is settled."""

    handlers: Handlers
    nice: int = 0
    job: Job | None = None
    verdict: Verdict | None = None
    finished: int = 0
    heard_at: float = 0.0
    process: multiprocessing.process.BaseProcess = field(init=False)
    pipe: "Connection[Job, Message]" = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A fresh process, by spawn: a fork would copy the threads' locks of whoever runs the worker."""
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=child, args=(theirs, self.handlers, self.nice), name="recto hand")
        self.process.start()
        theirs.close()
        self.finished = 0

    def take(self, job: Job) -> None:
        self.job = job
        self.heard_at = time.monotonic()
        with suppress(BrokenPipeError):  # it died while idle, which `hear` will find
            self.pipe.send(job)

    def hear(self) -> Message | None:
        """What it says next; Failed where it died; None where there is nothing to hear."""
        if not self.pipe.poll():
            return None
        self.heard_at = time.monotonic()
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            return Failed(WorkerDied(self.last()).fault)

    def last(self) -> str:
        """How the process ended, in words."""
        self.process.join()
        code = self.process.exitcode or 0
        return f"It ended with {signal.Signals(-code).name if code < 0 else f'status {code}'}."

    def rest(self) -> None:
        """The job is settled, or no longer ours."""
        self.job = self.verdict = None
        self.finished += 1

    def resident(self) -> int:
        """Bytes of memory that it holds now; 0 where the system does not say."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()

    def renew(self) -> None:
        """A fresh process in place of this one."""
        self.kill()
        self.start()


def child(pipe: "Connection[Message, Job]", handlers: Handlers, nice: int) -> None:
    """The other side: does jobs until the pipe is closed."""
    settle_in(nice)
    while True:
        try:
            job = pipe.recv()
        except EOFError:
            return
        pipe.send(outcome(handlers[job.kind], job, lambda said: pipe.send(Progress(said))))


def outcome(handler: Handler, job: Job, report: Report) -> Done | Failed:
    """The one place where every error is caught: a fault of ours fails this job, and not the worker."""
    try:
        return burial(handler, job, spent_fault(job)) if job.spent else attempt(handler, job, report)
    except StoreUnavailable as error:
        return Failed(error.fault, counts=False)
    except Exception as error:
        traceback.print_exc()
        fault = Fault(RectoError.code, RectoError().title, f"{type(error).__name__}: {error}")
        return Failed(fault) if job.attempts < job.max_attempts else burial(handler, job, fault)


def attempt(handler: Handler, job: Job, report: Report) -> Done | Failed:
    try:
        return Done(handler.work(job, report))
    except StoreUnavailable:
        raise
    except RectoError as error:
        passing = isinstance(error, Unavailable) and job.attempts < job.max_attempts
        return Failed(error.fault) if passing else burial(handler, job, error.fault)


def burial(handler: Handler, job: Job, fault: Fault) -> Failed:
    handler.bury(replace(job, state="failed", error=fault))
    return Failed(fault, buried=True)


def spent_fault(job: Job) -> Fault:
    return job.error or WorkerDied(f"It was tried {job.max_attempts} times, and its worker was lost each time.").fault


def settle_in(nice: int) -> None:
    """Leaves Ctrl-C and SIGTERM to the parent, dies with it, and gives way to it in time and memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(nice)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500")
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=die_with_parent, daemon=True, name="die with parent").start()


def die_with_parent() -> None:
    """Where the system does not do it by itself, and where the parent died before it was asked to."""
    parent = multiprocessing.parent_process()
    assert parent
    wait([parent.sentinel])
    os._exit(1)
