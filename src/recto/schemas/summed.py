"""How many rows a table of items has, by adding up: the lines above the first sum that make it are its rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recto.document.page import Words
from recto.schemas.captions import Line, amounts_in, begins_with, caption_at, total_captions
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import bare
from recto.schemas.values.money import money_of

SUMS: Final = frozenset(
    {
        "total", "totals", "subtotal", "summe", "zwischensumme", "zwsumme", "gesamt", "gesamtsumme", "somme",
        "soustotal", "totaal", "subtotaal", "totale", "subtotale", "suma", "jumlah",
    }
)  # fmt: skip
"""A line that begins so adds up a column."""

_APART: Final = 0.02
"""Right ends of amounts in one column differ by less than this share of the page's width."""

_OVER: Final = 2
"""Lines are added up until they make so many times the sum: a discount among them may take them back to it."""

_NEAR: Final = 2
"""A sum without a caption that is known has one, or itself again, among so many lines with amounts below it."""

_FACTORS: Final = 3
"""A line of so many numbers is a row though it begins as a single amount does: `Freight 2 8.00 16.00`."""

_NUMERIC = re.compile(r"[^\w%]{0,2}\d[\d.,]*")
_THOUSANDS, _HUNDREDS = re.compile(r"[^\w]?\d{1,3}"), re.compile(r"\d{3}[.,]\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class _Priced:
    """A line with amounts: `value` is the last, which ends at `right`.

    `named`: it begins as a single amount does, or says that it is a tax; `total`: it says that it is a sum;
    `cut`: it takes something off the others.
    """

    value: Decimal
    right: float
    named: bool
    total: bool
    cut: bool


def rows_summed(schema: Schema, lines: Sequence[Line], words: Words, evidence: Evidence) -> int | None:
    """How many lines, without discounts and captioned ones, make the first sum printed below them.

    Discounts may be in the sum or not, and amounts that end elsewhere than the sum does may be prices of one. None
    where nothing adds up.
    """
    last = list(_last_amounts(schema, lines, words, evidence))
    for at, below in enumerate(last):
        if below.value > 0 and not below.cut and _is_sum(below, last[at + 1 : at + 1 + _NEAR]):
            column = [one for one in last[:at] if abs(one.right - below.right) < _APART]
            for some in (last[:at], column):
                rows = _adding_up(some, below.value) or _adding_up([o for o in some if not o.cut], below.value)
                if rows:
                    return rows
    return None


def _is_sum(one: _Priced, after: Sequence[_Priced]) -> bool:
    """Whether something besides its amount speaks for a sum: its caption, those below, the same amount below."""
    return one.total or one.named or any(other.named or other.value == one.value for other in after)


def _adding_up(above: Sequence[_Priced], wanted: Decimal) -> int:
    """How many of the lines right above make a sum; 0 where they don't. One alone may only be the first of all."""
    made, rows = Decimal(0), 0
    for number, one in enumerate(reversed(above), 1):
        made += one.value
        rows += not (one.cut or one.named)
        if made > _OVER * wanted:
            return 0
        if made == wanted and (rows > 1 or (rows == 1 and number == len(above))):
            return rows
    return 0


def _last_amounts(schema: Schema, lines: Sequence[Line], words: Words, evidence: Evidence) -> Iterator[_Priced]:
    totals, taxes = total_captions(schema), _captions_of(schema.field("total_tax"))
    table = schema.table("discounts")
    cuts = _captions_of(table.column(table.anchor)) if table else ()
    for line in lines:
        for index in amounts_in(line, words)[-1:]:
            value = money_of(_with_thousands(index, words, evidence), evidence).value
            if isinstance(value, Decimal):
                named = begins_with(line, totals, words) or bool(caption_at(line, taxes, words))
                total = any(bare(words[i].text) in SUMS for i in line.words)
                cut = bool(cuts) and (value < 0 or bool(caption_at(line, cuts, words)))
                yield _Priced(value, words[index].box.right, named and not _is_row(line, words), total, cut)


def _is_row(line: Line, words: Words) -> bool:
    return sum(1 for i in line.words if _NUMERIC.fullmatch(words[i].text)) >= _FACTORS


def _with_thousands(index: int, words: Words, evidence: Evidence) -> str:
    """The amount with the thousands that stand as a word of their own before it, where spaces group: `6` `073,20`."""
    before, text = words[index - 1].text if index else "", words[index].text
    grouped = evidence.spaced and _THOUSANDS.fullmatch(before) and _HUNDREDS.match(text)
    return f"{before} {text}" if grouped else text


def _captions_of(spec: FieldSpec | None) -> tuple[str, ...]:
    return spec.captions_in() if spec else ()
