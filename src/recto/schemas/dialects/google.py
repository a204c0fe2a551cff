"""Google Document AI: the `entities` of a document, with nested properties for line items."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from recto.document.box import Box
from recto.document.page import Page
from recto.document.reading import Field, Table, Value
from recto.schemas.dialects.pieces import Gathered, Json, cells, parsed_field, put, singles, text_of, typed_field
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values import canonical
from recto.schemas.values.evidence import Evidence

_NANO: Final = Decimal(1_000_000_000)


def written(items: Sequence[Field | Table], schema: Schema, pages: Sequence[Page]) -> Json:
    """`entities`. Vertices are normalised, so `pages` are not used."""
    ids = count()
    entities = [_entity(spec.names.get("google") or spec.name, found, ids) for spec, found in singles(items, schema)]
    for table in (item for item in items if isinstance(item, Table)):
        known = schema.table(table.name)
        outer = (known.names.get("google") if known else None) or table.name
        for row in cells(table, schema):
            whole = {"type": outer, "mentionText": " ".join(text_of(cell) for _, cell in row), "id": str(next(ids))}
            parts = [_entity(f"{outer}/{spec.names.get('google') or spec.name}", cell, ids) for spec, cell in row]
            entities.append(whole | {"properties": parts})
    return {"entities": entities}


def _entity(name: str, found: Field, ids: "count[int]") -> Json:
    answer: Json = {"type": name, "mentionText": text_of(found), "id": str(next(ids))}
    if found.confidence is not None:
        answer["confidence"] = found.confidence
    value = _normalized(found)
    if value:
        answer["normalizedValue"] = value
    if found.page is not None and found.boxes:
        answer["pageAnchor"] = {"pageRefs": [_page_ref(found.page, box) for box in found.boxes]}
    return answer


def _page_ref(page: int, box: Box) -> Json:
    """Pages count from 0 here."""
    left, top, right, bottom = box.sides
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    vertices = [{"x": x, "y": y} for x, y in corners]
    return {"page": str(page - 1), "boundingPoly": {"normalizedVertices": vertices}}


def _normalized(found: Field) -> Json:
    value = found.value
    text = canonical(value)
    if text is None:
        return {}
    if found.type == "money" and isinstance(value, Decimal):
        units = int(value)
        nanos = int((value - units) * _NANO)
        money = {"units": str(units), "nanos": nanos} | ({"currencyCode": found.currency} if found.currency else {})
        return {"text": text, "moneyValue": money}
    if isinstance(value, date):
        return {"text": text, "dateValue": {"year": value.year, "month": value.month, "day": value.day}}
    if isinstance(value, bool):
        return {"text": text, "booleanValue": value}
    return {"text": text}


def understood(answer: Mapping[str, Any], schema: Schema) -> tuple[Field | Table, ...]:
    """Our fields from a document, or from the answer that wraps one."""
    entities = answer.get("document", answer).get("entities", [])
    evidence = Evidence.of_texts(_mentions(entities))
    gathered = Gathered(schema)
    loose = []
    for entity in entities:
        if not _row_back(entity, gathered, evidence):
            loose.append(entity)
    for entity in loose:
        _keep(entity, gathered, evidence)
    return gathered.items()


def _mentions(entities: Sequence[Json]) -> Iterator[str]:
    for entity in entities:
        yield entity.get("mentionText", "")
        yield from _mentions(entity.get("properties", []))


def _row_back(entity: Json, gathered: Gathered, evidence: Evidence) -> bool:
    """Take an entity with properties as a row; False where it is none."""
    parts = entity.get("properties", [])
    table = next((t for t in gathered.schema.tables if entity["type"] in (t.names.get("google"), t.name)), None)
    if not parts or table is None:
        return False
    row: dict[str, Field] = {}
    for part in parts:
        name = part["type"].rpartition("/")[2]
        spec = next((c for c in table.columns if name in (c.names.get("google"), c.name)), None)
        if spec is not None:
            row[spec.name] = _field(spec, part, evidence)
    gathered.row(table.name, row)
    return True


def _keep(entity: Json, gathered: Gathered, evidence: Evidence) -> None:
    for known, spec in gathered.schema.every_spec():
        if entity["type"] in (spec.names.get("google"), spec.name):
            if gathered.schema.field(known) is spec:
                gathered.single(_field(spec, entity, evidence))
            else:
                gathered.loose(known.partition(".")[0], _field(spec, entity, evidence))
            return


def _field(spec: FieldSpec, entity: Json, evidence: Evidence) -> Field:
    raw, normal = entity.get("mentionText", ""), entity.get("normalizedValue", {})
    value = _value_back(spec, normal)
    currency = normal.get("moneyValue", {}).get("currencyCode")
    found = parsed_field(spec, raw, evidence, currency) if value is None else typed_field(spec, value, raw)
    if value is not None and currency:
        found = replace(found, currency=currency)
    references = entity.get("pageAnchor", {}).get("pageRefs", [])
    boxes = [box for reference in references if (box := _box(reference))]
    page = int(references[0].get("page", 0)) + 1 if boxes else None
    return put(found, page, boxes, entity.get("confidence"))


def _value_back(spec: FieldSpec, normal: Json) -> Value:
    if "moneyValue" in normal:
        money = normal["moneyValue"]
        return Decimal(money.get("units", 0)) + Decimal(money.get("nanos", 0)) / _NANO
    if "dateValue" in normal:
        day = normal["dateValue"]
        return date(day["year"], day["month"], day["day"])
    if "booleanValue" in normal:
        return bool(normal["booleanValue"])
    text = normal.get("text")
    if text is None or spec.type in ("money", "date", "time"):
        return None
    return Decimal(text) if spec.type in ("number", "quantity", "percentage") else str(text)


def _box(reference: Json) -> Box | None:
    vertices = reference.get("boundingPoly", {}).get("normalizedVertices", [])
    if not vertices:
        return None
    xs, ys = [v.get("x", 0.0) for v in vertices], [v.get("y", 0.0) for v in vertices]
    return Box(min(xs), min(ys), max(xs), max(ys))
