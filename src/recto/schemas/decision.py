"""One decision for a document: straight through, or to a person, with every reason in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from recto.document.reading import Check, Decision, Field, Table
from recto.schemas.catalog import schema_of
from recto.schemas.schema import Schema

DEFAULT = "*"
"""The threshold of fields that have none of their own stands under this name."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How well the page could be seen: OCR's mean confidence, 0..1, and what is wrong with the picture, in words."""

    ocr_confidence: float | None = None
    faults: tuple[str, ...] = ()


CLEAR = Sight()
_WORST_OCR = 0.60
"""A page that OCR itself doubts this much goes to a person: a choice made on the safe side, not a measurement."""


def decide(
    kind: str,
    fields: Sequence[Field | Table],
    checks: Sequence[Check],
    thresholds: Mapping[str, float] | None = None,
    sight: Sight = CLEAR,
) -> Decision:
    """Straight through only when nothing speaks against it.

    `thresholds` are the confidences from which a field may pass, by its path (`total`, `items.description`), with `*`
    for the rest; they travel with the model that the confidences come from. Without measured confidence or threshold
    a required field needs a person, because nothing is known of how often it is wrong.
    """
    schema = schema_of(kind)
    reasons = [
        *_missing(schema, fields),
        *_doubts(schema, fields, thresholds or {}),
        *_rows(fields),
        *_failed(checks),
        *_seen(sight),
    ]
    return Decision("review" if reasons else "straight_through", tuple(dict.fromkeys(reasons)))


def _missing(schema: Schema, fields: Sequence[Field | Table]) -> Iterator[str]:
    found = {field.name: field for field in fields if isinstance(field, Field)}
    if not schema.fields or schema.kind == "other":
        yield "the kind of the document is not known"
    for spec in schema.fields:
        field = found.get(spec.name)
        if spec.required and field is None:
            yield f"{spec.name}: required, and not found"
        elif field is not None and field.value is None and not field.alternatives:
            yield f"{spec.name}: {field.raw!r} is not a {spec.type}"


def _doubts(schema: Schema, fields: Sequence[Field | Table], thresholds: Mapping[str, float]) -> Iterator[str]:
    """Single fields first, then cells, each reason about a column told once with how many rows it holds for."""
    for item in fields:
        if isinstance(item, Table):
            yield from _column_doubts(item, thresholds)
            continue
        spec = schema.field(item.name)
        if spec is not None and spec.derived:
            continue
        yield from (f"{item.name}: {doubt}" for doubt in _doubt(item, item.name, thresholds))
        if spec is not None and spec.required and item.confidence is None:
            yield f"{item.name}: its confidence is not measured"


def _doubt(field: Field, path: str, thresholds: Mapping[str, float]) -> Iterator[str]:
    """A value that several places carry alike is no doubt: only its place is open, and any of them shows it."""
    if field.grounding == "not_found":
        yield "no words on the page carry it"
    if field.alternatives:
        yield f"it could also be {' or '.join(field.alternatives)}"
    wanted = thresholds.get(path, thresholds.get(DEFAULT))
    if field.confidence is not None and wanted is None:
        yield "no threshold is known for its confidence"
    elif field.confidence is not None and wanted is not None and wanted > 1:
        yield "at no confidence was it measured to be right often enough"
    elif field.confidence is not None and wanted is not None and field.confidence < wanted:
        yield f"confidence {field.confidence:.2f} is under {wanted:.2f}"


def _column_doubts(table: Table, thresholds: Mapping[str, float]) -> Iterator[str]:
    counted: dict[str, int] = {}
    for row in table.rows:
        for name, cell in row.cells.items():
            for doubt in _doubt(cell, f"{table.name}.{name}", thresholds):
                kind_of_doubt = doubt.split(" 0.")[0] if doubt.startswith("confidence") else doubt
                key = f"{table.name}.{name}: {kind_of_doubt}"
                counted[key] = counted.get(key, 0) + 1
    for reason, count in counted.items():
        yield reason if count == 1 else f"{reason} ({count} rows)"


def _rows(fields: Sequence[Field | Table]) -> Iterator[str]:
    for item in fields:
        if isinstance(item, Table) and item.rows_expected is not None and item.rows_expected > len(item.rows):
            yield f"{item.name}: {len(item.rows)} rows read, {item.rows_expected} seen on the page"


def _failed(checks: Sequence[Check]) -> Iterator[str]:
    for check in checks:
        if check.outcome == "fail":
            yield f"{check.name} failed: {check.detail}" if check.detail else f"{check.name} failed"


def _seen(sight: Sight) -> Iterator[str]:
    if sight.ocr_confidence is not None and sight.ocr_confidence < _WORST_OCR:
        yield f"the words could hardly be read (OCR confidence {sight.ocr_confidence:.2f})"
    yield from sight.faults
