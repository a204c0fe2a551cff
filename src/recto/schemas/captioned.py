"""Amounts that no label stands for, read beside their captions: rounding, service charge, what was paid."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from recto.document.page import Words
from recto.document.reading import Field, Row
from recto.schemas.captions import Line, amounts_beside, amounts_in
from recto.schemas.choice import parsed_as
from recto.schemas.place import placed
from recto.schemas.schema import Schema, TableSpec
from recto.schemas.values.evidence import Evidence

_MOST_ROUNDED: Final = Decimal(1)
"""Totals are rounded to the nearest unit at most, so a larger amount beside the word is the rounded total."""


def captioned_fields(schema: Schema, lines: Sequence[Line], words: Words, evidence: Evidence) -> tuple[Field, ...]:
    """The money fields without labels whose caption stands on the page with an amount to its right."""
    found: list[Field] = []
    for spec in schema.fields:
        if spec.type == "money" and not spec.tags and not spec.derived:
            taken = frozenset(i for field in found for i in field.words)
            for index in amounts_beside(spec, lines, words, taken):
                parsed = parsed_as(spec, words[index].text, evidence)
                if not (spec.name == "rounding" and _is_total(parsed.value)):
                    found.append(placed(spec.name, spec.type, parsed, words, (index,), None))
                    break
    return tuple(found)


def _is_total(value: object) -> bool:
    return not isinstance(value, Decimal) or abs(value) >= _MOST_ROUNDED


def with_amounts(
    rows: Sequence[Row], table: TableSpec, lines: Sequence[Line], words: Words, evidence: Evidence
) -> tuple[Row, ...]:
    """Payments with the amount that stands on the line of their method, which has no label of its own."""
    spec = table.column("amount")
    by_word = {i: line for line in lines for i in line.words}
    filled = []
    for row in rows:
        method = row.cells.get("method")
        if spec is None or method is None or not method.words or "amount" in row.cells:
            filled.append(row)
            continue
        beside = [i for i in amounts_in(by_word[method.words[0]], words) if i not in method.words]
        parsed = parsed_as(spec, words[beside[-1]].text, evidence) if beside else None
        amount = {"amount": placed("amount", "money", parsed, words, beside[-1:], None)} if parsed else {}
        filled.append(Row({**row.cells, **amount}))
    return tuple(filled)
