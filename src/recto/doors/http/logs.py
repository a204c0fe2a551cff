"""What the server writes: one line for each thing that happened, as JSON, or for eyes where a terminal is watching.

A request's line names the path without its query, and neither bodies nor headers: no secret and no signed URL gets in.
"""

import logging
import sys
from typing import Any, Final

import structlog
from pydantic_core import to_json
from structlog.typing import FilteringBoundLogger, Processor

PROBES: Final = {"/live", "/ready", "/health", "/metrics"}


def configure(level: str) -> None:
    """Every line of this process goes to standard error from here on."""
    number = logging.getLevelNamesMapping()[level.upper()]
    eyes = sys.stderr.isatty()
    renderer: Processor = structlog.dev.ConsoleRenderer() if eyes else structlog.processors.JSONRenderer(serialized)
    stamp: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*stamp, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
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


def access_log() -> FilteringBoundLogger | None:
    """Where requests are written down; nowhere before `configure`."""
    log: FilteringBoundLogger | None = structlog.get_logger() if structlog.is_configured() else None
    return log
