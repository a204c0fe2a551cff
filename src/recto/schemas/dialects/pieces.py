"""What the dialects share: walking our fields with their specs, and building a field from a foreign answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from recto.document.box import Box
from recto.document.reading import Field, Grounding, Row, Table, Value
from recto.schemas.choice import parsed_as
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values import canonical
from recto.schemas.values.evidence import Evidence

Json = dict[str, Any]
CENT = Decimal("0.01")


def text_of(found: Field) -> str:
    """What stood on the paper; for a derived value its canonical form."""
    return found.raw or canonical(found.value) or ""


def singles(items: Iterable[Field | Table], schema: Schema) -> Iterator[tuple[FieldSpec, Field]]:
    for item in items:
        spec = schema.field(item.name) if isinstance(item, Field) else None
        if isinstance(item, Field) and spec is not None:
            yield spec, item


def cells(table: Table, schema: Schema) -> Iterator[list[tuple[FieldSpec, Field]]]:
    """The rows of a table as (column's spec, cell)."""
    known = schema.table(table.name)
    for row in table.rows:
        yield [(spec, cell) for name, cell in row.cells.items() if known and (spec := known.column(name))]


def parsed_field(spec: FieldSpec, raw: str, evidence: Evidence, currency: str | None = None) -> Field:
    """A field whose answer gave text only: typing is ours."""
    parsed = parsed_as(spec, raw, evidence)
    doubt: Grounding = "ambiguous" if parsed.alternatives else "grounded"
    code = (currency or parsed.currency) if spec.type == "money" else None
    return Field(spec.name, parsed.value, spec.type, raw, doubt, currency=code, alternatives=parsed.alternatives)


def typed_field(spec: FieldSpec, value: Value, raw: str) -> Field:
    """A field whose answer gave the value; money to the cent."""
    if spec.type == "money" and isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        value = value.quantize(CENT) if isinstance(exponent, int) and exponent > -2 else value
    return Field(spec.name, value, spec.type, raw, "grounded")


def put(found: Field, page: int | None, boxes: Sequence[Box], confidence: float | None) -> Field:
    """With its place and confidence; without a place it is not found."""
    doubt: Grounding = found.grounding if boxes else "not_found"
    return replace(found, page=page, boxes=tuple(boxes), confidence=confidence, grounding=doubt)


@dataclass(slots=True)
class Gathered:
    """Fields and rows as they come in from a foreign answer."""

    schema: Schema
    fields: dict[str, Field] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Field]]] = field(default_factory=dict)

    def single(self, found: Field) -> None:
        """Of one name said twice, the surer one stays."""
        other = self.fields.get(found.name)
        if other is None or (found.confidence or 0.0) > (other.confidence or 0.0):
            self.fields[found.name] = found

    def row(self, table: str, found: Mapping[str, Field]) -> None:
        if found:
            self.rows.setdefault(table, []).append(dict(found))

    def loose(self, table: str, found: Field) -> None:
        """A cell that came without its row: the first row that has none of its column takes it."""
        rows = self.rows.setdefault(table, [])
        home = next((row for row in rows if found.name not in row), None)
        if home is None:
            rows.append({found.name: found})
        else:
            home[found.name] = found

    def items(self) -> tuple[Field | Table, ...]:
        """In the schema's order."""
        singles = [self.fields[spec.name] for spec in self.schema.fields if spec.name in self.fields]
        tables = [
            Table(spec.name, tuple(Row(row) for row in self.rows[spec.name]))
            for spec in self.schema.tables
            if spec.name in self.rows
        ]
        return (*singles, *tables)
