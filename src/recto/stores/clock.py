"""Time as the stores keep it: whole microseconds since 1970 in UTC, the same on every database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

Clock = Callable[[], datetime]
"""Gives the time, aware."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(clock: Clock | None) -> int:
    """The time by `clock`, or by this machine."""
    return instant(clock() if clock else datetime.now(UTC))


def instant(time: datetime) -> int:
    """Microseconds since 1970."""
    return (time - EPOCH) // MICROSECOND


def moment(count: int) -> datetime:
    """The inverse of `instant`, in UTC."""
    return EPOCH + count * MICROSECOND


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware time in a BIGINT: SQLite has no type of its own for it, and its text form loses the order."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | int | None, dialect: Any) -> int | None:
        return instant(value) if isinstance(value, datetime) else value

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else moment(value)
