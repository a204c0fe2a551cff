"""The parent's side of the reading process: starts it, asks it, ends it at its deadline, and says why it died."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import recto
from recto.document.errors import (
    Damaged,
    Empty,
    Encrypted,
    OutOfMemory,
    RectoError,
    TimedOut,
    TooLarge,
    TooManyPages,
    TooManyPixels,
    UnsupportedMedia,
    WrongPassword,
)
from recto.document.limits import Limits
from recto.reading.wire import packed, received

REFUSALS: Final[dict[str, type[RectoError]]] = {
    error.code: error
    for error in (
        Damaged,
        Empty,
        Encrypted,
        OutOfMemory,
        TimedOut,
        TooLarge,
        TooManyPages,
        TooManyPixels,
        UnsupportedMedia,
        WrongPassword,
    )
}

PASSED_ON: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPYCACHEPREFIX", "TMPDIR")
"""What the process sees of our environment, so that keys and passwords in it are out of its reach."""


MOST_HEAD: Final = 256 * 1024 * 1024
"""Bytes of a head beyond which the process can only be in a hostile document's hands."""

STARVED: Final = 4
"""Times the deadline that a process may take which gets no processor."""

SOONEST: Final = 0.05
"""Seconds between two looks at the processor time of a late answer."""

PIPE: Final = 65536
"""Bytes that a pipe holds."""

ALLOCATION: Final = {
    # One arena: each more would reserve 64 MB of the address space that the memory limit counts.
    "MALLOC_ARENA_MAX": "1",
    # The memory of one page's pixels is kept for the next: to be given it anew each time took longer than drawing.
    "MALLOC_MMAP_THRESHOLD_": str(64 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""What the GNU C library is told of allocating; others take no notice."""

PARTING: Final = 2.0
"""Seconds that a process which closed its pipe has to end."""


class Process:
    """One reading process, which belongs to one document. Whoever makes it closes it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.last_words = tempfile.TemporaryFile()  # noqa: SIM115 (closed by `close`, as long-lived as the process)
        self.popen = subprocess.Popen(  # noqa: S603 (our own interpreter and module)
            [sys.executable, "-P", "-m", "recto.reading.child", str(limits.child_bytes), str(limits.page_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.last_words,
            env=environment(),
            bufsize=0,
        )

    def ask(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Its answer. Raises what it refuses with, TimedOut at the deadline, OutOfMemory or Damaged where it died."""
        try:
            answer = self.exchanged(head, body)
        except BrokenPipeError:
            answer = None
        except TimedOut:
            self.close()
            raise
        if answer is None:
            raise self.death()
        head, body_back = answer
        if "error" in head:
            raise REFUSALS[head["error"]](head["detail"])
        return head, body_back

    def exchanged(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        assert self.popen.stdin and self.popen.stdout
        for part in (packed(head, body), body):
            self.write(part)
        most = MOST_HEAD + 3 * self.limits.page_pixels
        patience = Patience(self.popen.stdout.fileno(), self.popen.pid, self.limits.page_seconds)
        return received(patience.read, most)

    def write(self, part: bytes) -> None:
        assert self.popen.stdin
        rest = memoryview(part)
        while rest:
            rest = rest[self.popen.stdin.write(rest) or 0 :]

    def death(self) -> RectoError:
        """Why it is no more, as an error. A crash is laid to the document, which is what it was busy with."""
        status = self.status()
        last = self.last_line()
        self.close()
        if status == -signal.SIGXCPU:
            return TimedOut(f"It took more than {self.limits.page_seconds:g} s of processor time.")
        if status == -signal.SIGKILL or any(sign in last for sign in ("MemoryError", "bad_alloc", "ut of memory")):
            return OutOfMemory(f"It was allowed {self.limits.child_bytes >> 20} MB.")
        ended = signal.Signals(-status).name if status < 0 else f"status {status}"
        return Damaged(f"The process that read it ended with {ended}. {last}".strip())

    def last_line(self) -> str:
        self.last_words.seek(0)
        lines = self.last_words.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else ""

    def status(self) -> int:
        """How it ended. One that only talks nonsense is ended here."""
        try:
            return self.popen.wait(PARTING)
        except subprocess.TimeoutExpired:
            self.popen.terminate()
            return self.popen.wait()

    @property
    def closed(self) -> bool:
        return self.last_words.closed

    def close(self) -> None:
        """Ends it, whatever it is doing."""
        self.popen.kill()
        self.popen.wait()
        for stream in (self.popen.stdin, self.popen.stdout, self.last_words):
            if stream:
                stream.close()


class Patience:
    """Reads a process's answer until its time is up, counted from now.

    Its time is `seconds` of the clock; on a machine so busy that it got less processor time than that, as much of the
    latter, but never more than STARVED times as long. An honest page is not refused because others are read too.
    """

    def __init__(self, descriptor: int, pid: int, seconds: float) -> None:
        self.descriptor = descriptor
        self.pid = pid
        self.seconds = seconds
        self.begun = time.monotonic()
        self.used = processor_seconds(pid) or 0.0
        self.poll = select.poll()
        self.poll.register(descriptor, select.POLLIN)

    def left(self) -> float:
        """Seconds to wait before looking again; none when its time is up."""
        waited = time.monotonic() - self.begun
        if waited < self.seconds:
            return self.seconds - waited
        used = processor_seconds(self.pid)
        if used is None:
            return 0.0
        return min(self.seconds - (used - self.used), STARVED * self.seconds - waited)

    def await_more(self) -> None:
        """Returns when there is something to read. Raises TimedOut."""
        while (left := self.left()) > 0:
            if self.poll.poll(max(left, SOONEST) * 1000):
                return
        raise TimedOut(f"It took more than {self.seconds:g} s.")

    def read(self, size: int) -> bytes:
        """`size` bytes, or fewer where the other side closed. Raises TimedOut."""
        pieces = []
        while size:
            self.await_more()
            piece = os.read(self.descriptor, min(size, PIPE))
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)


def processor_seconds(pid: int) -> float | None:
    """Processor time that a process has used; None where the system does not tell, so that the clock decides."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
    """For the process: where this package is, and little else."""
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    root = str(Path(recto.__file__).parents[1])
    return {**kept, "PYTHONPATH": root, "PYTHONUTF8": "1", **ALLOCATION}
