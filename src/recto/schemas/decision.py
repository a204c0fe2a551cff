"""One decision for a document: straight through, or to a person, with every reason in words.

Each value is vouched for or it is not. A document goes straight through when every required value is vouched for and
nothing speaks against the document as a whole; optional values that are not vouched for are withheld, each with its
reason: they are shown, and whoever takes the document over unseen leaves them out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from recto.document.page import Words
from recto.document.reading import Check, Decision, Field, Row, Table
from recto.schemas.assurance import AMOUNTS, Page, confirmed_by
from recto.schemas.catalog import schema_of
from recto.schemas.schema import FieldSpec, Schema

DEFAULT = "*"
"""The threshold of fields that have none of their own stands under this name."""

WANTED = {
    "money": "an amount",
    "account": "an account number",
    "card": "a card number",
    "routing": "a routing number",
    "phone": "a phone number",
    "address": "an address",
    "boolean": "yes or no",
    "ssn": "a social security number",
    "tin": "a taxpayer's number",
    "ein": "an employer's number",
    "iban": "an IBAN",
    "bic": "a BIC",
}
"""What a text of each type should have been, where "a" and the type's name do not say it."""

MOST_ROWS = 5
"""So many rows are named in a reason; the others are counted."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What fields are judged by: their schema, the thresholds, and which of them a failed check throws doubt on."""

    schema: Schema
    thresholds: Mapping[str, float]
    suspects: Mapping[str, str]

    @classmethod
    def of(
        cls, kind: str, checks: Sequence[Check], thresholds: Mapping[str, float] | None, again: frozenset[str]
    ) -> "Bench":
        return cls(schema_of(kind), thresholds or {}, suspects_of(checks, again))


def decide(
    kind: str,
    fields: Sequence[Field | Table],
    checks: Sequence[Check],
    thresholds: Mapping[str, float] | None = None,
    faults: Sequence[str] = (),
    words: Words = (),
) -> Decision:
    """Straight through only when nothing speaks against the document and what it must have.

    `thresholds` are the confidences from which a field is vouched for, by its path (`total`, `items.description`), with
    `*` for the rest; they travel with the model that the confidences come from. Without measured confidence or
    threshold a field is not vouched for, because nothing is known of how often it is wrong. `faults` are what is wrong
    with the pages, in words. Among the document's `words` an amount may stand again, which confirms it.
    """
    bench = Bench.of(kind, checks, thresholds, repeated(fields, words))
    against = [*_missing(bench.schema, fields), *_baseless(bench, fields), *faults]
    withheld: list[str] = []
    for item in fields:
        for doubt, needed in _doubts(item, bench):
            (against if needed else withheld).append(doubt)
    reasons = tuple(dict.fromkeys(against))
    return Decision("review" if reasons else "straight_through", reasons, tuple(dict.fromkeys(withheld)))


def vouched(
    kind: str,
    fields: Sequence[Field | Table],
    checks: Sequence[Check],
    thresholds: Mapping[str, float] | None = None,
    words: Words = (),
) -> tuple[Field | Table, ...]:
    """The fields, each told whether it is vouched for."""
    bench = Bench.of(kind, checks, thresholds, repeated(fields, words))
    return tuple(_vouched(item, bench) for item in fields)


def _vouched(item: Field | Table, bench: Bench) -> Field | Table:
    if isinstance(item, Field):
        return replace(item, vouched=not any(_doubt(item, item.name, bench)))
    whole = not _rows_missing(item)
    rows = (
        Row(
            {
                name: replace(cell, vouched=whole and not any(_cell_doubt(item.name, number, name, cell, bench)))
                for name, cell in row.cells.items()
            }
        )
        for number, row in enumerate(item.rows, 1)
    )
    return replace(item, rows=tuple(rows))


def repeated(fields: Sequence[Field | Table], words: Words) -> frozenset[str]:
    """The single amounts whose printed value stands on the pages again, as a total does beside what was paid."""
    page = Page(words)
    singles = (item for item in fields if isinstance(item, Field) and item.type == "money")
    return frozenset(field.name for field in singles if words and page.again(field))


def suspects_of(checks: Sequence[Check], again: frozenset[str] = frozenset()) -> dict[str, str]:
    """The inputs of failed checks that nothing else confirms, with what failed in words.

    A sum that comes out confirms what went into it, and so does an amount that stands on the page again.
    """
    confirmed = {*again, *confirmed_by(checks)}
    found: dict[str, str] = {}
    for check in checks:
        if check.outcome == "fail":
            told = f"{check.name} failed: {check.detail}" if check.detail else f"{check.name} failed"
            doubted = check.doubts or check.inputs
            open_ = [name for name in doubted if name not in confirmed] or doubted or [""]
            found.update({name: told for name in open_ if name not in found})
    return found


def _missing(schema: Schema, fields: Sequence[Field | Table]) -> Iterator[str]:
    if not schema.fields or schema.kind == "other":
        yield "the kind of the document is not known"
    found = {item.name for item in fields}
    for spec in schema.fields:
        if spec.required and spec.name not in found:
            yield f"{spec.name}: required, and not found"


def _baseless(bench: Bench, fields: Sequence[Field | Table]) -> Iterator[str]:
    """Failed checks that no field can be doubted for."""
    names = {item.name for item in fields}
    for name, told in bench.suspects.items():
        if not names & {name, re.split(r"[\[.]", name)[0]}:
            yield told


def _doubts(item: Field | Table, bench: Bench) -> Iterator[tuple[str, bool]]:
    """(reason, whether it speaks against the document) of everything that is not vouched for."""
    if isinstance(item, Field):
        spec = bench.schema.field(item.name)
        for doubt in _doubt(item, item.name, bench):
            yield f"{item.name}: {doubt}", spec is not None and spec.required
        return
    table = bench.schema.table(item.name)
    needed = table is not None and table.required
    if missing := _rows_missing(item):
        yield f"{item.name}: {missing}", needed
    for doubt in _column_doubts(item, bench):
        yield doubt, needed


def _doubt(field: Field, path: str, bench: Bench) -> Iterator[str]:
    """A value that several places carry alike is no doubt: only its place is open, and any of them shows it."""
    spec = bench.schema.spec(path)
    if field.value is None and not field.alternatives:
        yield f"'{' '.join(field.raw.split())}' is not {WANTED.get(field.type, f'a {field.type}')}"
    if field.alternatives:
        yield f"it could also be {' or '.join(field.alternatives)}"
    if told := bench.suspects.get(path):
        yield told
    if spec is not None and spec.derived:
        return
    if field.grounding == "not_found":
        yield "no words on the page carry it"
    yield from _unsure(field, bench.thresholds.get(path, bench.thresholds.get(DEFAULT)), spec)


def _unsure(field: Field, wanted: float | None, spec: FieldSpec | None) -> Iterator[str]:
    if field.confidence is None and spec is not None and not spec.tags:
        yield "read beside its caption, and how often that is right is not measured"
    elif field.confidence is None:
        yield "its confidence is not measured"
    elif wanted is None:
        yield "no threshold is known for its confidence"
    elif wanted > 1:
        yield "at no confidence was it measured to be right often enough"
    elif field.confidence < wanted:
        yield f"confidence {field.confidence:.2f} is under {wanted:.2f}"


def _cell_doubt(table: str, number: int, column: str, cell: Field, bench: Bench) -> Iterator[str]:
    """A check that names a table or a row of it means the amounts there: texts and dates do not add up."""
    whole = (table, f"{table}[{number}]") if cell.type in AMOUNTS else ()
    for place in (*whole, f"{table}[{number}].{column}"):
        if told := bench.suspects.get(place):
            yield told
    yield from _doubt(cell, f"{table}.{column}", bench)


def _column_doubts(table: Table, bench: Bench) -> Iterator[str]:
    """Each doubt about a column once, with the rows that it holds for."""
    found = [
        (f"{table.name}.{column}: {_of_any_row(doubt)}", number, doubt)
        for number, row in enumerate(table.rows, 1)
        for column, cell in row.cells.items()
        for doubt in _cell_doubt(table.name, number, column, cell, bench)
    ]
    found.sort(key=lambda one: one[:2])
    for told, group in groupby(found, key=lambda one: one[0]):
        rows = sorted({number for _, number, _ in group})
        named = ", ".join(map(str, rows[:MOST_ROWS]))
        more = f" and {len(rows) - MOST_ROWS} more" if len(rows) > MOST_ROWS else ""
        yield f"{told} (row{'s' if len(rows) > 1 else ''} {named}{more})"


def _of_any_row(doubt: str) -> str:
    """`confidence 0.62 is under 0.80` without the row's own number."""
    return f"confidence{doubt[doubt.index(' is under') :]}" if doubt.startswith("confidence ") else doubt


def _rows_missing(table: Table) -> str:
    if table.rows_expected is None or table.rows_expected <= len(table.rows):
        return ""
    return f"{len(table.rows)} rows read, {table.rows_expected} seen on the page"
