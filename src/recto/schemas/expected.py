"""How many rows a table has, counted from the page without any label: lines with an amount under its head."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from recto.document.box import Box
from recto.document.page import Words
from recto.schemas.captions import Line, amounts_in, begins_with, columns_at, total_captions
from recto.schemas.schema import FieldSpec, Schema, TableSpec
from recto.schemas.values.letters import bare

_SIDE_TABLE = 2
"""A table of one or two columns (discounts, payments) has no heads: its captions stand at the start of its rows."""

_SUMS = frozenset({"total", "totals", "subtotal"})
"""A line that begins so adds up a column; the table may go on behind it."""

_WORDY = 8
"""A line of more words for each head that it names is a sentence."""

_LISTED = frozenset({"date", "check_number", "either"})
"""Heads of a list of checks paid, which is a table of its own."""

_FEWEST_HEADS = 2
"""A line of heads names at least two columns; one caption alone may be any word."""


def rows_expected(table: TableSpec, schema: Schema, lines: Sequence[Line], words: Words) -> int | None:
    """Lines between a line of heads and the line of totals that have an amount under a counted head.

    None where the page has no heads, or the table has no column of money to count by.
    """
    counted = table.counted or tuple(c.name for c in table.columns if c.name == table.anchor and c.type == "money")
    if not counted:
        return None
    if table.either:
        printed = FieldSpec("either", captions={"en": table.either})
        table, counted = replace(table, columns=(*table.columns, printed)), (*counted, printed.name)
    totals, others = total_captions(schema), _other_captions(table, schema)
    ranges: list[tuple[float, float]] = []
    rows, begun, inside = 0, False, False
    for line in lines:
        heads = _heads(table, line, words)
        if heads and heads.keys() <= _LISTED and "check_number" in heads:
            inside = False
        elif any(name in heads for name in counted):
            ranges, begun, inside = _ranges(heads, counted), True, True
        elif inside and _counts(line, ranges, words) and bare(words[line.words[0]].text) not in _SUMS:
            inside = not begins_with(line, totals, words)
            rows += inside and not begins_with(line, others, words)
    return rows if begun else None


def _heads(table: TableSpec, line: Line, words: Words) -> dict[str, Box]:
    """The columns that a line of heads names; a line with an amount is none."""
    if amounts_in(line, words):
        return {}
    found = dict(columns_at(line, table.columns, words))
    return found if len(found) >= max(_FEWEST_HEADS, len(line.words) / _WORDY) else {}


def _ranges(heads: Mapping[str, Box], counted: Sequence[str]) -> list[tuple[float, float]]:
    """The strip of each counted column: from halfway to the head on its left to halfway to the one on its right."""
    boxes = sorted(heads.values(), key=lambda box: box.left)
    strips = []
    for name in counted:
        if name in heads:
            place = boxes.index(heads[name])
            left = (boxes[place - 1].right + boxes[place].left) / 2 if place else 0.0
            right = (boxes[place].right + boxes[place + 1].left) / 2 if place + 1 < len(boxes) else 1.0
            strips.append((left, right))
    return strips


def _counts(line: Line, ranges: Sequence[tuple[float, float]], words: Words) -> bool:
    """Whether the line has an amount in a strip: numbers stand under the right end of their heads."""
    ends = [words[i].box.right for i in amounts_in(line, words)]
    return any(left < end <= right + 0.02 for end in ends for left, right in ranges)


def _other_captions(table: TableSpec, schema: Schema) -> tuple[str, ...]:
    """Captions of rows that are another table's, such as discounts between the items."""
    others = (other for other in schema.tables if other is not table and len(other.columns) <= _SIDE_TABLE)
    return tuple(caption for other in others for column in other.columns for caption in column.captions_in())
