"""Fields against their truth: exact after keeping letters and digits, as SROIE scores them, and by value."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from recto.document.page import Words
from recto.document.reading import Field, Tags
from recto.schemas.fields import fields_of
from recto.schemas.values import canonical
from recto.training.align import bare
from recto.training.example import Example
from recto.training.metrics import Counts

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


def printed_fields(kind: str, words: Words, tags: Tags, names: Sequence[str] = SROIE) -> dict[str, str]:
    """The single fields of these names: dates as printed (SROIE asks for no form), the rest by value."""
    found = {item.name: item for item in fields_of(kind, words, tags) if isinstance(item, Field)}
    return {name: _text(found[name]) for name in names if name in found and found[name].words}


def _text(field: Field) -> str:
    value = None if field.type == "date" else canonical(field.value)
    return value or field.raw
