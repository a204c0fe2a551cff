"""What the server writes: one line for each thing that happened, as JSON, or for eyes where a terminal is watching.

A request's line names the path without its query, and neither bodies nor headers: no secret and no signed URL gets in.
"""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TextIO

import structlog
from pydantic_core import to_json
from structlog.typing import Processor

PROBES: Final = {"/live", "/ready", "/health", "/metrics"}
REQUESTS: Final = logging.getLogger("recto.requests")
"""Its level decides which requests are written down; it has none before `configure`."""


def configure(level: str) -> None:
    """Every line of this process goes to standard error from here on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    REQUESTS.setLevel(number)
    eyes = sys.stderr.isatty()
    renderer: Processor = structlog.dev.ConsoleRenderer() if eyes else structlog.processors.JSONRenderer(serialized)
    stamp: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    traces: list[Processor] = [] if eyes else [structlog.processors.format_exc_info]
    plain = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*stamp, structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder(["request_id"])],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *traces, renderer],
    )
    handler.setFormatter(plain)
    logging.basicConfig(handlers=[handler], level=number, force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def serialized(line: dict[str, Any], **_: Any) -> str:
    """By a faster writer than the standard library's. What is no JSON is told as its class."""
    return to_json(line, fallback=lambda odd: type(odd).__name__).decode()


class RequestLog:
    """The lines of requests. Those of all that end in one turn of the loop are one write, before it waits again.

    A write lets go of the interpreter's lock, which a thread of an engine then takes. One for each line took a quarter
    of all that a request costs.
    """

    def __init__(self, stream: TextIO, level: int) -> None:
        self.stream = stream
        self.level = level
        console = structlog.dev.ConsoleRenderer()
        self.render = partial(console, None, "") if stream.isatty() else serialized
        self.lines: list[str] = []

    def note(self, level: int, **said: Any) -> None:
        """Inside the loop alone."""
        if level < self.level:
            return
        named = logging.getLevelName(level).lower()
        line = {"event": "request", **said, "level": named, "timestamp": datetime.now(UTC)}
        self.lines.append(f"{self.render(line)}\n")
        asyncio.get_running_loop().call_soon(self.write)

    def write(self) -> None:
        """All that are there."""
        if self.lines:
            text = "".join(self.lines)
            self.lines.clear()
            self.stream.write(text)


def request_log() -> RequestLog | None:
    """Where requests are written down; nowhere before `configure`."""
    return RequestLog(sys.stderr, REQUESTS.level) if REQUESTS.level else None
