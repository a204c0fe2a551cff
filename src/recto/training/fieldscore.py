"""Fields against their truth: exact after keeping letters and digits, as SROIE scores them, and by value."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from recto.document.page import Words
from recto.document.reading import Field, Table, Tags
from recto.schemas.fields import fields_of
from recto.schemas.values import canonical
from recto.training.align import bare
from recto.training.example import Example
from recto.training.metrics import Counts

_NUMBER = re.compile(r"-?\d+(\.\d+)?")

SROIE = ("merchant_name", "transaction_date", "merchant_address", "total")
"""The four fields that SROIE asks for."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One field that was not exact: what was wanted, what was found (None: nothing)."""

    document: str
    field: str
    wanted: str
    found: str | None


def sroie_text(field: str, text: str) -> str:
    """The text as SROIE compares it: capitals and digits, `RM` and `$` left out of totals."""
    return bare(re.sub(r"RM|\$", "", text.upper()) if field == "total" else text)


def sroie_counts(example: Example, found: dict[str, str]) -> tuple[Counts, list[Miss]]:
    """The four fields of one receipt, and those that are not exact."""
    right, given, there, misses = Counter[str](), Counter[str](), Counter[str](), []
    for name in SROIE:
        wanted = sroie_text(name, str(example.fields.get(name, "")))
        text = sroie_text(name, found.get(name, ""))
        there.update([name] * bool(wanted))
        given.update([name] * bool(text))
        if wanted and wanted == text:
            right.update([name])
        elif wanted or text:
            misses.append(Miss(example.id, name, str(example.fields.get(name, "")), found.get(name)))
    return Counts(right, given, there), misses


def field_counts(example: Example, found: Sequence[Field | Table]) -> tuple[Counts, list[Miss]]:
    """Every field whose truth is known, by value; of a table each column's cells, wherever their rows stand."""
    given = {name: values for item in found for name, values in _values(item)}
    right, total, there, misses = Counter[str](), Counter[str](), Counter[str](), []
    for name, wanted in _wanted(example):
        left = list(given.get(name, ()))
        there[name], total[name] = len(wanted), len(left)
        for truth in wanted:
            hit = next((at for at, each in enumerate(left) if same(each, truth)), None)
            if hit is None:
                nearest = given.get(name, ())
                misses.append(Miss(example.id, name, truth, nearest[0].raw if nearest and "." not in name else None))
            else:
                right[name] += 1
                del left[hit]
    return Counts(right, total, there), misses


def _wanted(example: Example) -> Iterator[tuple[str, list[str]]]:
    """Each field's path and its true values: one, or one a row."""
    for name, truth in example.fields.items():
        if isinstance(truth, str):
            yield name, [truth] if truth else []
        else:
            for column in dict.fromkeys(column for row in truth for column in row):
                yield f"{name}.{column}", [row[column] for row in truth if column in row]


def _values(item: Field | Table) -> Iterator[tuple[str, list[Field]]]:
    """Each path of what was found, and its fields."""
    if isinstance(item, Field):
        yield item.name, [item]
        return
    for column in dict.fromkeys(column for row in item.rows for column in row.cells):
        yield f"{item.name}.{column}", [row.cells[column] for row in item.rows if column in row.cells]


def same(field: Field, truth: str) -> bool:
    """Equal in canonical form, as a number, or in letters and digits of what is printed."""
    value = canonical(field.value) or ""
    if isinstance(field.value, Decimal) and _NUMBER.fullmatch(truth) and field.value == Decimal(truth):
        return True
    return value == truth or bare(value) == bare(truth) or bare(field.raw) == bare(truth)


def printed_fields(kind: str, words: Words, tags: Tags, names: Sequence[str] = SROIE) -> dict[str, str]:
    """The single fields of these names: dates as printed (SROIE asks for no form), the rest by value."""
    found = {item.name: item for item in fields_of(kind, words, tags) if isinstance(item, Field)}
    return {name: _text(found[name]) for name in names if name in found and found[name].words}


def _text(field: Field) -> str:
    value = None if field.type == "date" else canonical(field.value)
    return value or field.raw
