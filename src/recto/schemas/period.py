"""What a statement's period says of how its days are written: it lasts a month or a quarter, not a day or a year."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from recto.document.reading import Field, Table
from recto.schemas.values.dates import date_of
from recto.schemas.values.evidence import Evidence, Order

LENGTHS: Final = (
    ("statement_start_date", "statement_end_date", 25, 100),
    ("statement_end_date", "payment_due_date", 12, 45),
)
"""Pairs of days, with the least and the most days between them: a month or a quarter, and 21 days to pay at least."""


def period_order(items: Sequence[Field | Table], evidence: Evidence) -> Order | None:
    """The order of day and month in which alone such a pair is that far apart; None where it is both, or none asks."""
    fields = {item.name: item for item in items if isinstance(item, Field)}
    for first, last, least, most in LENGTHS:
        if first not in fields or last not in fields or not _unsure(fields[first], fields[last]):
            continue
        orders: tuple[Order, ...] = ("mdy", "dmy")
        able = [o for o in orders if least <= _days(fields[first], fields[last], replace(evidence, order=o)) <= most]
        if len(able) == 1:
            return able[0]
    return None


def _unsure(first: Field, last: Field) -> bool:
    return (first.value is None or last.value is None) and bool(first.alternatives or last.alternatives)


def _days(first: Field, last: Field, evidence: Evidence) -> int:
    """Days from the one to the other; -1 where one is no day."""
    start, end = date_of(first.raw, evidence).value, date_of(last.raw, evidence).value
    return (end - start).days if isinstance(start, date) and isinstance(end, date) else -1
