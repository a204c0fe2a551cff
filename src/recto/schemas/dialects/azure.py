"""Azure Document Intelligence: `documents[].fields` of an analyzeResult, schema 2024-11-30."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any, Final

from recto.document.box import Box
from recto.document.page import Page
from recto.document.reading import Field, Table, Value
from recto.schemas.dialects.pieces import Gathered, Json, cells, put, singles, text_of, typed_field
from recto.schemas.schema import FieldSpec, Schema, TableSpec
from recto.schemas.values.address import parts_of

DOC_TYPES: Final[Mapping[str, str]] = {
    "W2": "tax.us.w2",
    "1099-INT": "tax.us.1099INT",
    "1099-DIV": "tax.us.1099COMBO",
    "1099-MISC": "tax.us.1099MISC",
    "1099-NEC": "tax.us.1099NEC",
    "1099-R": "tax.us.1099R",
    "1098": "tax.us.1098",
    "bank_statement": "bankStatement.us",
    "check": "check.us",
}
_PLAIN: Final[Mapping[str, str]] = {
    "number": "number",
    "quantity": "number",
    "percentage": "number",
    "date": "date",
    "time": "time",
    "phone": "phoneNumber",
    "address": "address",
    "country": "countryRegion",
    "boolean": "boolean",
}
_CURRENCY_KINDS: Final = frozenset({"receipt", "invoice"})
"""Only these give money as currency; elsewhere it is a bare number."""

_TEXT_BOOLEANS: Final = frozenset({"W2", "1098"})
_TEXT_RATES: Final = frozenset({"invoice"})


def written(items: Sequence[Field | Table], schema: Schema, pages: Sequence[Page]) -> Json:
    """The answer's `documents`, and `pages` where they are known. Polygons are in the pages' units, else relative."""
    sizes = {page.number: (page.width, page.height) for page in pages}
    fields: Json = {}
    for spec, found in singles(items, schema):
        path = spec.names.get("azure") or _pascal(spec.name)
        _place(fields, path, _leaf(spec, found, schema.kind, sizes))
    for table in (item for item in items if isinstance(item, Table)):
        known = schema.table(table.name)
        if known is not None:
            path = known.names.get("azure") or _pascal(known.name)
            rows = [_row(row, schema.kind, sizes) for row in cells(table, schema)]
            _place(fields, path, {"type": "array", "valueArray": rows})
    answer: Json = {"documents": [{"docType": DOC_TYPES.get(schema.kind, schema.kind), "fields": fields}]}
    if pages:
        answer["pages"] = [{"pageNumber": p.number, "width": p.width, "height": p.height} for p in pages]
    return answer


def _row(row: Iterable[tuple[FieldSpec, Field]], kind: str, sizes: Mapping[int, tuple[float, float]]) -> Json:
    named = {spec.names.get("azure") or _pascal(spec.name): _leaf(spec, cell, kind, sizes) for spec, cell in row}
    return {"type": "object", "valueObject": named}


def _place(fields: Json, path: str, leaf: Json) -> None:
    """Put a leaf under `Payer.TIN`, or under `Accounts[].AccountNumber`, the first of an array."""
    *outer, last = path.split(".")
    for part in outer:
        name = part.removesuffix("[]")
        if part.endswith("[]"):
            first = {"type": "object", "valueObject": {}}
            node = fields.setdefault(name, {"type": "array", "valueArray": [first]})["valueArray"][0]
        else:
            node = fields.setdefault(name, {"type": "object", "valueObject": {}})
        fields = node["valueObject"]
    name = last.removesuffix("[]")
    fields[name] = {"type": "array", "valueArray": [leaf]} if last.endswith("[]") else leaf


def _leaf(spec: FieldSpec, found: Field, kind: str, sizes: Mapping[int, tuple[float, float]]) -> Json:
    type_ = _type(spec, kind)
    leaf: Json = {"type": type_}
    value = _value(type_, found)
    if value is not None:
        leaf["value" + type_[0].upper() + type_[1:]] = value
    leaf["content"] = text_of(found)
    if found.page is not None and found.boxes:
        width, height = sizes.get(found.page, (1.0, 1.0))
        leaf["boundingRegions"] = [
            {"pageNumber": found.page, "polygon": _polygon(box, width, height)} for box in found.boxes
        ]
    if found.confidence is not None:
        leaf["confidence"] = found.confidence
    return leaf


def _type(spec: FieldSpec, kind: str) -> str:
    if spec.type == "money":
        return "currency" if kind in _CURRENCY_KINDS else "number"
    if (spec.type == "boolean" and kind in _TEXT_BOOLEANS) or (spec.type == "percentage" and kind in _TEXT_RATES):
        return "string"
    if spec.type == "year" and kind == "1098":
        return "number"
    return _PLAIN.get(spec.type, "string")


def _value(type_: str, found: Field) -> Any:
    value = found.value
    if value is None:
        return None
    if type_ == "currency" and isinstance(value, Decimal):
        return {"amount": float(value)} | ({"currencyCode": found.currency} if found.currency else {})
    if type_ == "number":
        number = float(str(value))
        return int(number) if number.is_integer() else number
    if type_ == "address":
        address = parts_of(str(value))
        parts = {"streetAddress": address.street, "city": address.city, "state": address.state}
        parts["postalCode"] = address.postal_code
        return {name: part for name, part in parts.items() if part}
    if isinstance(value, bool):
        return value if type_ == "boolean" else str(value).lower()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _polygon(box: Box, width: float, height: float) -> list[float]:
    left, top, right, bottom = box.left * width, box.top * height, box.right * width, box.bottom * height
    return [left, top, right, top, right, bottom, left, bottom]


def understood(answer: Mapping[str, Any], schema: Schema) -> tuple[Field | Table, ...]:
    """Our fields from an analyzeResult, from its first document, or from a bare `fields` object."""
    result = answer.get("analyzeResult", answer)
    fields = result["documents"][0]["fields"] if "documents" in result else result.get("fields", result)
    sizes = {page["pageNumber"]: (page["width"], page["height"]) for page in result.get("pages", []) if "width" in page}
    gathered = Gathered(schema)
    for spec in schema.fields:
        leaf = _found(fields, spec.names.get("azure") or _pascal(spec.name))
        if leaf is not None:
            gathered.single(_field(spec, leaf, sizes))
    for table in schema.tables:
        array = _found(fields, table.names.get("azure") or _pascal(table.name))
        for row in (array or {}).get("valueArray", []):
            gathered.row(table.name, dict(_row_back(table, row.get("valueObject", {}), sizes)))
    return gathered.items()


def _row_back(table: TableSpec, row: Json, sizes: Mapping[int, tuple[float, float]]) -> Iterator[tuple[str, Field]]:
    for column in table.columns:
        leaf = row.get(column.names.get("azure") or _pascal(column.name))
        if leaf is not None:
            yield column.name, _field(column, leaf, sizes)


def _found(fields: Json, path: str) -> Json | None:
    *outer, last = path.split(".")
    for part in outer:
        node = fields.get(part.removesuffix("[]"))
        if node is not None and part.endswith("[]"):
            node = next(iter(node.get("valueArray", [])), None)
        if node is None:
            return None
        fields = node.get("valueObject", {})
    leaf: Json | None = fields.get(last.removesuffix("[]"))
    if leaf is not None and last.endswith("[]"):
        leaf = next(iter(leaf.get("valueArray", [])), None)
    return leaf


def _field(spec: FieldSpec, leaf: Json, sizes: Mapping[int, tuple[float, float]]) -> Field:
    raw = leaf.get("content", "")
    found = typed_field(spec, _value_back(spec, leaf), raw)
    page, boxes = _regions(leaf.get("boundingRegions", []), sizes)
    code = leaf.get("valueCurrency", {}).get("currencyCode")
    return replace(put(found, page, boxes, leaf.get("confidence")), currency=code)


def _value_back(spec: FieldSpec, leaf: Json) -> Value:
    if "valueCurrency" in leaf:
        return Decimal(str(leaf["valueCurrency"]["amount"]))
    if "valueAddress" in leaf:
        return re.sub(r"\s*\n\s*", ", ", leaf.get("content", "")).replace(",,", ",")
    value = next((value for name, value in leaf.items() if name.startswith("value")), None)
    if value is None:
        return None
    if spec.type == "date":
        return date.fromisoformat(value)
    if spec.type == "time":
        return time.fromisoformat(value)
    if spec.type == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if spec.type == "year":
        return str(int(value))
    if spec.type in ("money", "number", "quantity", "percentage"):
        return Decimal(str(value).rstrip("% "))
    return str(value) if isinstance(value, str) else leaf.get("content") or str(value)


def _regions(regions: Sequence[Json], sizes: Mapping[int, tuple[float, float]]) -> tuple[int | None, list[Box]]:
    """The boxes on the first region's page; without the page's size only relative ones can be placed."""
    if not regions:
        return None, []
    page = regions[0]["pageNumber"]
    width, height = sizes.get(page, (1.0, 1.0))
    boxes = []
    for region in regions:
        xs, ys = region["polygon"][::2], region["polygon"][1::2]
        box = Box(min(xs) / width, min(ys) / height, max(xs) / width, max(ys) / height)
        if region["pageNumber"] == page and max(box.sides) <= 1.0 + 1e-6:
            boxes.append(box)
    return page, boxes


def _pascal(name: str) -> str:
    """The name of a field that Azure has none for: `cash_back` -> `CashBack`."""
    return ".".join("".join(word.capitalize() for word in part.split("_")) for part in name.split("."))
