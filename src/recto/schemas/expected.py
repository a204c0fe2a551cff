"""How many rows a table has, counted from the page without any label: lines with an amount under its head."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recto.document.box import Box
from recto.document.page import Words
from recto.schemas.captions import Line, amounts_in, begins_with, columns_at, total_captions
from recto.schemas.schema import FieldSpec, Schema, TableSpec
from recto.schemas.summed import SUMS, rows_summed
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import bare
from recto.schemas.values.money import is_amount

_SIDE_TABLE = 2
"""A table of one or two columns (discounts, payments) has no heads: its captions stand at the start of its rows."""

_WORDY = 8
"""A line of more words for each head that it names is a sentence."""

_LISTED = frozenset({"date", "check_number", "either"})
"""Heads of a list of checks paid, which is a table of its own."""

_FEWEST_HEADS = 2
"""A line of heads names at least two columns; one caption alone may be any word."""

_ROUND: Final = re.compile(r"[-–+(]?[$€£]?[-–+]?(?:0|[1-9]\d{0,2}(?:,\d{3})+|[1-9]\d{0,6})(?:\.\d)?\)?-?")
"""An amount without its cents, or with one figure of them: `3000`, `5.5`. Alone such a number may be anything."""

_DAY: Final = re.compile(r"\d{1,4}[/.-]\d{1,2}.*|[A-Z][a-z]{2,8}\.?", re.IGNORECASE)

_ALONE = 2.0
"""A number stands for itself where so many letters' width parts it from its neighbours."""

_Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Strips:
    """Where the counted columns stand, and where those whose entries tell a row beside them: amounts, and days."""

    counted: Sequence[_Range] = ()
    amounts: Sequence[_Range] = ()
    days: Sequence[_Range] = ()


def rows_expected(
    table: TableSpec, schema: Schema, lines: Sequence[Line], words: Words, evidence: Evidence
) -> int | None:
    """Of items the lines that make the first sum below them, where they do. Else, and of other tables, the lines
    between a line of heads and the line of totals that have an amount under a counted head.

    None where nothing adds up and the page has no heads, or the table has no column of money to count by.
    """
    counted = table.counted or tuple(c.name for c in table.columns if c.name == table.anchor and c.type == "money")
    if not counted:
        return None
    summed = rows_summed(schema, lines, words, evidence) if table.column("quantity") else None
    under_heads = None if summed else _rows_under_heads(table, schema, lines, words, counted)
    return summed or under_heads


def _rows_under_heads(
    table: TableSpec, schema: Schema, lines: Sequence[Line], words: Words, counted: tuple[str, ...]
) -> int | None:
    if table.either:
        printed = FieldSpec("either", captions={"en": table.either})
        table, counted = replace(table, columns=(*table.columns, printed)), (*counted, printed.name)
    totals, others = total_captions(schema), _other_captions(table, schema)
    strips = _Strips()
    rows, begun, inside = 0, False, False
    for line in lines:
        heads = _heads(table, line, words)
        if heads and heads.keys() <= _LISTED and "check_number" in heads:
            inside = False
        elif any(name in heads for name in counted):
            strips, begun, inside = _strips(table, heads, counted), True, True
        elif inside and _counts(line, strips, words) and bare(words[line.words[0]].text) not in SUMS:
            inside = not begins_with(line, totals, words)
            rows += inside and not begins_with(line, others, words)
    return rows if begun else None


def _heads(table: TableSpec, line: Line, words: Words) -> dict[str, Box]:
    """The columns that a line of heads names; a line with an amount is none."""
    if amounts_in(line, words):
        return {}
    found = dict(columns_at(line, table.columns, words))
    return found if len(found) >= max(_FEWEST_HEADS, len(line.words) / _WORDY) else {}


def _strips(table: TableSpec, heads: Mapping[str, Box], counted: Sequence[str]) -> _Strips:
    """The strips of the columns that a line of heads names."""
    types = {column.name: column.type for column in table.columns}
    beside = [name for name in heads if types.get(name) == "money" and name not in counted]
    days = [name for name in heads if types.get(name) == "date"]
    return _Strips(*(_ranges(heads, names) for names in (counted, beside, days)))


def _ranges(heads: Mapping[str, Box], names: Sequence[str]) -> list[_Range]:
    """The strip of each of these columns: from halfway to the head on its left to halfway to the one on its right."""
    boxes = sorted(heads.values(), key=lambda box: box.left)
    strips = []
    for name in names:
        if name in heads:
            place = boxes.index(heads[name])
            left = (boxes[place - 1].right + boxes[place].left) / 2 if place else 0.0
            right = (boxes[place].right + boxes[place + 1].left) / 2 if place + 1 < len(boxes) else 1.0
            strips.append((left, right))
    return strips


def _counts(line: Line, strips: _Strips, words: Words) -> bool:
    """Whether the line has an amount in a counted strip: numbers stand under the right end of their heads.

    One without cents counts where it stands for itself, and a day or another amount stands in its own column beside it.
    """
    if any(_ends_in(words[i].box, strips.counted) for i in amounts_in(line, words)):
        return True
    alone = [words[i].box for i in _lonely_numbers(line, words)]
    if not any(_ends_in(box, strips.counted) for box in alone):
        return False
    first = words[line.words[0]]
    dated = _DAY.fullmatch(first.text) and any(left <= first.box.center[0] < right for left, right in strips.days)
    return bool(dated) or any(_ends_in(box, strips.amounts) for box in alone)


def _ends_in(box: Box, strips: Sequence[_Range]) -> bool:
    return any(left < box.right <= right + 0.02 for left, right in strips)


def _lonely_numbers(line: Line, words: Words) -> list[int]:
    """The words that are amounts with or without cents and stand apart from what is beside them."""
    found = []
    for place, index in enumerate(line.words):
        box, text = words[index].box, words[index].text
        apart = _ALONE * box.width / len(text)
        before = words[line.words[place - 1]].box.right if place else 0.0
        after = words[line.words[place + 1]].box.left if place + 1 < len(line.words) else 1.0
        if box.left - before > apart and after - box.right > apart and (_ROUND.fullmatch(text) or is_amount(text)):
            found.append(index)
    return found


def _other_captions(table: TableSpec, schema: Schema) -> tuple[str, ...]:
    """Captions of rows that are another table's, such as discounts between the items."""
    others = (other for other in schema.tables if other is not table and len(other.columns) <= _SIDE_TABLE)
    return tuple(caption for other in others for column in other.columns for caption in column.captions_in())
