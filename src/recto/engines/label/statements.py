"""Statements of accounts and cards by rules: captioned figures, the period, who sends and who gets it, movements."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.columns import is_check_list, movement_grids
from recto.engines.label.figures import Named, days, names_in, value_of
from recto.engines.label.holders import holder_spans
from recto.engines.label.lean import upright
from recto.engines.label.movements import account_spans, card_spans, check_spans
from recto.engines.label.rows import Row
from recto.engines.label.shapes import amounts
from recto.schemas.catalog import schema_of
from recto.schemas.schema import Schema

FIGURES: Final = frozenset({"money", "date", "account", "card", "phone", "percentage", "text"})
PERIOD: Final = (
    "statement period", "period", "for the period", "statement dates", "period covered", "billing period",
    "opening/closing date", "billing cycle", "statement from", "for the period of", "from", "statement start",
    "activity for", "date", "for", "days in billing cycle", "statement for",
)  # fmt: skip
"""Captions with two days behind them."""
LINKED: Final = re.compile(r"\d(?:[-–]|to|thru|through|until)$", re.I)
"""A day that OCR ran together with the link behind it: `2016to`."""
ENDS: Final = frozenset({"statement_start_date", "statement_end_date"})


def statement_spans(kind: str) -> Callable[[Words, Sequence[Row]], list[Span]]:
    """The rules of a statement of this kind."""
    return lambda words, rows: _statement(schema_of(kind), words, rows)


def _statement(schema: Schema, words: Words, rows: Sequence[Row]) -> list[Span]:
    table = schema.table("transactions")
    assert table is not None
    words, rows = upright(words, rows)
    found = movement_grids(words, rows, table)
    paid = [grid for grid in found if is_check_list(grid)] if schema.table("checks") else []
    moved = account_spans if schema.kind == "bank_statement" else card_spans
    lines, used = moved(words, rows, [grid for grid in found if grid not in paid])
    checks, listed = check_spans(words, rows, paid)
    used |= listed
    above = {number for grid in found for number in range(max(0, grid.first - 2), grid.first)}
    heads = {number for number in above if not amounts(rows[number].texts)}
    period = _period(rows, used)
    figures = _figures(schema, rows, used | heads)
    taken = {span.label for span in period}
    first = min((grid.first for grid in found), default=len(rows))
    return [
        *lines,
        *checks,
        *period,
        *(span for span in figures if span.label not in taken),
        *holder_spans(schema, words, rows[:first]),
    ]


def _figures(schema: Schema, rows: Sequence[Row], used: set[int]) -> list[Span]:
    """The best value of each captioned field, and those elsewhere that say the same."""
    specs = {spec.name: spec for spec in schema.fields if spec.type in FIGURES and not spec.derived}
    known: dict[str, str] = {}
    for spec in schema.fields:
        for caption in spec.captions_in():
            known.setdefault(compact(caption), spec.name)
    names = names_in(rows, known, used)
    found: dict[str, list[tuple[tuple[int, int, int], Span]]] = {}
    for order, named in enumerate(names):
        if named.name not in specs:
            continue
        worth = value_of(rows, named, names, specs[named.name].type)
        if worth is not None:
            found.setdefault(named.name, []).append(((*worth.doubt, order), worth.span))
    return [min(values)[1] for values in found.values()]


def _period(rows: Sequence[Row], used: set[int]) -> list[Span]:
    """First and last day of the period: two days behind a caption, or in a row that says `through`."""
    known = {compact(caption): "period" for caption in PERIOD}
    names: list[Named] = names_in(rows, known, used)
    for named in sorted(names, key=lambda named: -len(named.key)):
        for number in (named.row, named.row + 1):
            found = _two_days(rows, number, named.stop if number == named.row else 0)
            if found:
                return found
    for number in range(min(len(rows), 200)):
        found = _two_days(rows, number, 0) if number not in used else []
        if found and len(rows[number].cells) <= 3:
            return found
    return []


def _two_days(rows: Sequence[Row], number: int, start: int) -> list[Span]:
    """The spans of two days of a row that nothing but a link parts."""
    if number >= len(rows):
        return []
    row = rows[number]
    found = [match for match in days(row) if match.start >= start]
    for first, last in pairwise(found):
        between = [compact(text) for text in row.texts[first.stop : last.start]]
        linked = between or LINKED.search(row.texts[first.stop - 1])
        if linked and all(text in ("", "to", "through", "thru", "and", "until") for text in between):
            return [
                Span("statement_start_date", row.words[first.start : first.stop]),
                Span("statement_end_date", row.words[last.start : last.stop]),
            ]
    return []
