"""The process that renders and decodes one document: `python -m recto.reading.child`, asked over its pipes.

It answers `open`, `page`, `raster`, `attachment` and `peak`, one at a time and in order. Decoders of images and PDFs
have always had holes, so they run here: with no more memory than was granted, no way to write a file, and nobody
else's document.
"""

import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from recto.reading.wire import Head, Refusal, packed, received

MEGABYTE = 1024 * 1024

GRACE = 5
"""Seconds of processor time past the deadline before the system ends a process whose parent is gone."""

Answer = tuple[Head, bytes | bytearray | memoryview]


class Desk:
    """The one document that this process has been given, and what can be asked of it."""

    def __init__(self) -> None:
        self.document: Any = None  # of `recto.reading.pdf` or `recto.reading.image`; only one of them is imported

    def answer(self, head: Head, body: bytes | bytearray) -> Answer:
        """Raises Refusal, or MemoryError."""
        handlers: dict[str, Callable[[Head, bytes | bytearray], Answer]] = {
            "open": self.open,
            "page": self.page,
            "raster": self.raster,
            "attachment": self.attachment,
            "peak": peak,
        }
        return handlers[head["do"]](head, body)

    def open(self, head: Head, body: bytes | bytearray) -> Answer:
        name = "pdf" if head["media_type"] == "application/pdf" else "image"
        decoder = importlib.import_module(f"recto.reading.{name}")
        self.document = decoder.opened(body, head)
        return {"pages": self.document.pages}, b""

    def page(self, head: Head, _body: bytes | bytearray) -> Answer:
        return self.document.page(head["number"]), b""

    def attachment(self, _head: Head, _body: bytes | bytearray) -> Answer:
        return {}, self.document.attachment()

    def raster(self, head: Head, _body: bytes | bytearray) -> Answer:
        width, height, pixels = self.document.raster(head["number"], head["long_side"])
        return {"width": width, "height": height}, pixels


def peak(_head: Head, _body: bytes | bytearray) -> Answer:
    """The most memory that this process ever held."""
    if sys.platform == "linux":
        # Not `getrusage`: its figure begins with that of the process which started this one.
        with open("/proc/self/status") as status:  # noqa: PTH123 (pathlib would double the start-up time)
            return {"bytes": next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024}, b""
    return {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}, b""


def main() -> None:
    """Answers until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what follows
    source, sink = private_pipes()
    restrict(int(sys.argv[1]))
    seconds = float(sys.argv[2])
    desk = Desk()
    while True:
        frame = received(source.read)
        if frame is None:
            return
        allow_seconds(seconds)
        send(sink, *answered(desk, *frame))
        del frame  # the bytes of a document are held once, by whoever decodes them


def answered(desk: Desk, head: Head, body: bytes | bytearray) -> Answer:
    try:
        return desk.answer(head, body)
    except Refusal as refusal:
        return {"error": refusal.code, "detail": refusal.detail}, b""
    except MemoryError:
        return {"error": "out_of_memory", "detail": ""}, b""


def send(sink: BinaryIO, head: Head, body: bytes | bytearray | memoryview) -> None:
    sink.write(packed(head, body))
    sink.write(body)
    sink.flush()


def private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, moved away from where a library might print to."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return source, sink


def restrict(memory: int) -> None:
    """No more memory than granted, no core file, and no file longer than the message that explains a death."""
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_DATA, memory)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, MEGABYTE)


def allow_seconds(seconds: float) -> None:
    """The parent keeps the deadline; this ends a process that runs wild after its parent was killed."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    limit(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime + seconds) + GRACE)


def limit(what: int, value: int) -> None:
    """The soft limit, never above the hard one. macOS refuses some; there the deadline has to do."""
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    try:
        resource.setrlimit(what, (value, hard))
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    main()
