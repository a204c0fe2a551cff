"""Fields in the form of their kind's JSON schema, as callers get them, and how sure all of them are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from recto.document.job import Json
from recto.document.reading import Field, Row, Table
from recto.schemas.catalog import schema_of
from recto.schemas.values import canonical

Item = Field | Table


def values_of(fields: Sequence[Item]) -> dict[str, Json]:
    """Canonical values by field name, rows as objects by column: what `json_schema` of the kind describes."""
    return {item.name: _rows(item) if isinstance(item, Table) else canonical(item.value) for item in fields}


def _rows(table: Table) -> list[Json]:
    return [{name: canonical(cell.value) for name, cell in row.cells.items()} for row in table.rows]


def with_confidences(fields: Sequence[Item], confidences: Mapping[str, float]) -> tuple[Item, ...]:
    """The measured ones by path (`total`, `items.0.description`), on values that stand on the page."""
    return tuple(_sure(item, item.name, confidences) for item in fields)


def _sure(item: Item, path: str, confidences: Mapping[str, float]) -> Item:
    if isinstance(item, Field):
        return _sure_field(item, confidences.get(path))
    rows = (
        Row({name: _sure_field(cell, confidences.get(f"{path}.{number}.{name}")) for name, cell in row.cells.items()})
        for number, row in enumerate(item.rows)
    )
    return replace(item, rows=tuple(rows))


def _sure_field(field: Field, confidence: float | None) -> Field:
    return field if confidence is None or not field.words else replace(field, confidence=confidence)


def lowest_confidence(kind: str, fields: Sequence[Item]) -> float | None:
    """That of the least sure value whose confidence was measured.

    None where none was measured, where a required field's was not, and where a value stands nowhere on the page.
    """
    schema = schema_of(kind)
    specs = dict(schema.every_spec())
    found = [(specs.get(path), field) for path, field in _by_path(fields)]
    stated = [(spec, field) for spec, field in found if spec is None or not spec.derived]
    unknown = any(
        field.grounding == "not_found" or (field.confidence is None and spec is not None and spec.required)
        for spec, field in stated
    )
    return None if unknown else min((f.confidence for _, f in stated if f.confidence is not None), default=None)


def _by_path(fields: Sequence[Item]) -> Iterator[tuple[str, Field]]:
    for item in fields:
        if isinstance(item, Field):
            yield item.name, item
        else:
            yield from ((f"{item.name}.{name}", cell) for row in item.rows for name, cell in row.cells.items())
