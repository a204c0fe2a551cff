"""A receipt's words by rules: head, date and time, items, sums, payment."""

import re
from collections.abc import Sequence

from recto.document.reading import Span
from recto.engines.label.items import item_spans
from recto.engines.label.merchants import head_of, phones, websites
from recto.engines.label.rows import Row
from recto.engines.label.shapes import CLOCK, DATE, Match, matches
from recto.engines.label.spans import span_in
from recto.engines.label.totals import payments, sums_of


def receipt_spans(rows: Sequence[Row]) -> list[Span]:
    """Spans in order of trust."""
    head = head_of(rows)
    return [
        *head.spans,
        *dates(rows),
        *times(rows),
        *phones(rows),
        *websites(rows),
        *sums_of(rows, head.rows),
        *payments(rows, head.rows),
        *item_spans(rows, head.rows),
    ]


def dates(rows: Sequence[Row]) -> list[Span]:
    """The date of the purchase: a captioned one first, then the first; never one that speaks of another time."""
    found = [(row, match) for row in rows for match in matches(DATE, row.texts, row.gaps)]
    best = max(found, key=lambda item: _date_score(rows, *item), default=None)
    return [span_in(best[0], best[1], "DATE")] if best else []


def _date_score(rows: Sequence[Row], row: Row, match: Match) -> float:
    score = -0.01 * rows.index(row)
    score += 2.0 if re.search(r"DATE|TARIKH|DATUM|FECHA", row.text, re.I) else 0.0
    score += 1.0 if CLOCK.search(row.text) else 0.0
    score -= (
        4.0
        if re.search(r"EXP|VALID|SINCE|UNTIL|\bDUE|PRINT|APPROV|BEFORE|RETURN|PROMO|DELIVERY", row.text, re.I)
        else 0.0
    )
    return score


def times(rows: Sequence[Row]) -> list[Span]:
    """The time beside the date, or else the first."""
    found = [(row, match) for row in rows for match in matches(CLOCK, row.texts, row.gaps)]
    best = max(found, key=lambda item: _time_score(rows, *item), default=None)
    return [span_in(best[0], best[1], "TIME")] if best else []


def _time_score(rows: Sequence[Row], row: Row, match: Match) -> float:
    score = -0.01 * rows.index(row)
    score += 2.0 if DATE.search(row.text) else 0.0
    score += 1.0 if re.search(r"TIME|MASA|UHRZEIT", row.text, re.I) else 0.0
    score -= 3.0 if re.search(r"OPEN|HOURS?|CLOSE|\bAM\b.*\bPM\b.*-|MON|DAILY", row.text, re.I) else 0.0
    return score
