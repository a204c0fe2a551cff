"""AWS Textract: AnalyzeExpense for receipts and invoices, AnalyzeLending for the rest."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from recto.document.box import Box
from recto.document.page import Page
from recto.document.reading import Field, Table
from recto.schemas.dialects.pieces import Gathered, Json, cells, parsed_field, put, singles, text_of
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values.evidence import Evidence

_EXPENSES: Final = frozenset({"receipt", "invoice"})
_LENDING_TYPES: Final[Mapping[str, str]] = {
    "W2": "W_2",
    "1099-INT": "1099_INT",
    "1099-DIV": "1099_DIV",
    "1099-MISC": "1099_MISC",
    "1099-NEC": "1099_NEC",
    "1099-R": "1099_R",
    "1098": "1098",
    "bank_statement": "BANK_STATEMENT",
    "credit_card_statement": "CREDIT_CARD_STATEMENT",
    "check": "CHECKS",
}
_PERCENT: Final = 100.0
"""Textract counts confidence from 0 to 100."""


def written(items: Sequence[Field | Table], schema: Schema, pages: Sequence[Page]) -> Json:
    """`ExpenseDocuments`, or the `Results` of a lending analysis. Boxes are relative in both."""
    return _expense(items, schema) if schema.kind in _EXPENSES else _lending(items, schema)


def _expense(items: Sequence[Field | Table], schema: Schema) -> Json:
    summary = [_summary(spec, spec.name, found) for spec, found in singles(items, schema)]
    groups: list[Json] = []
    for table in (item for item in items if isinstance(item, Table)):
        known = schema.table(table.name)
        if known is None:
            continue
        rows = [
            [_summary(spec, f"{table.name}.{spec.name}", cell) for spec, cell in row] for row in cells(table, schema)
        ]
        if known.names.get("textract") == "LineItems":
            lines = [{"LineItemExpenseFields": row} for row in rows]
            groups.append({"LineItemGroupIndex": len(groups) + 1, "LineItems": lines})
        else:
            summary += [cell for row in rows for cell in row]
    return {"ExpenseDocuments": [{"ExpenseIndex": 1, "SummaryFields": summary, "LineItemGroups": groups}]}


def _summary(spec: FieldSpec, path: str, found: Field) -> Json:
    """One expense field. What Textract has no type for is OTHER, told by its label, as Textract does itself."""
    name = spec.names.get("textract")
    answer: Json = {"Type": {"Text": name or "OTHER"}}
    if name is None:
        answer["LabelDetection"] = {"Text": path}
    answer["ValueDetection"] = _detection(found)
    if found.currency is not None:
        answer["Currency"] = {"Code": found.currency}
    if found.page is not None:
        answer["PageNumber"] = found.page
    return answer


def _detection(found: Field) -> Json:
    answer: Json = {"Text": text_of(found)}
    if found.boxes:
        answer["Geometry"] = _geometry(Box.around(found.boxes))
    if found.confidence is not None:
        answer["Confidence"] = found.confidence * _PERCENT
    return answer


def _geometry(box: Box) -> Json:
    left, top, right, bottom = box.sides
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return {
        "BoundingBox": {"Left": left, "Top": top, "Width": box.width, "Height": box.height},
        "Polygon": [{"X": x, "Y": y} for x, y in corners],
    }


def _lending(items: Sequence[Field | Table], schema: Schema) -> Json:
    fields = [_lending_field(spec, spec.name, found) for spec, found in singles(items, schema)]
    for table in (item for item in items if isinstance(item, Table)):
        for row in cells(table, schema):
            fields += [_lending_field(spec, f"{table.name}.{spec.name}", cell) for spec, cell in row]
    kind = _LENDING_TYPES.get(schema.kind, schema.kind.upper())
    document = {"LendingDocument": {"LendingFields": fields, "SignatureDetections": []}}
    return {"Results": [{"Page": 1, "PageClassification": {"PageType": [{"Value": kind}]}, "Extractions": [document]}]}


def _lending_field(spec: FieldSpec, path: str, found: Field) -> Json:
    name = spec.names.get("textract") or path.upper()
    if spec.type == "boolean":
        selected = "SELECTED" if found.value else "NOT_SELECTED"
        return {"Type": name, "ValueDetections": [_detection(found) | {"Text": found.raw, "SelectionStatus": selected}]}
    return {"Type": name, "ValueDetections": [_detection(found)]}


def understood(answer: Mapping[str, Any], schema: Schema) -> tuple[Field | Table, ...]:
    """Our fields from either analysis. Its values are text, so the types are ours."""
    gathered = Gathered(schema)
    evidence = Evidence.of_texts(_texts(answer))
    for document in answer.get("ExpenseDocuments", [])[:1]:
        _expense_back(document, gathered, evidence)
    for result in answer.get("Results", []):
        for extraction in result.get("Extractions", []):
            for found in extraction.get("LendingDocument", {}).get("LendingFields", []):
                _lending_back(found, result.get("Page", 1), gathered, evidence)
    return gathered.items()


def _texts(node: Any) -> Iterator[str]:
    """Every detected text of an answer."""
    if isinstance(node, Mapping):
        if isinstance(node.get("Text"), str):
            yield node["Text"]
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _expense_back(document: Json, gathered: Gathered, evidence: Evidence) -> None:
    lines = next((t for t in gathered.schema.tables if t.names.get("textract") == "LineItems"), None)
    for group in document.get("LineItemGroups", []):
        for line in group.get("LineItems", []) if lines else []:
            row: dict[str, Field] = {}
            for cell in line.get("LineItemExpenseFields", []):
                spec = _column(lines.columns, cell) if lines else None
                if spec is not None:
                    row[spec.name] = _field(spec, cell["ValueDetection"], cell.get("PageNumber", 1), evidence, cell)
            gathered.row(lines.name if lines else "", row)
    for found in document.get("SummaryFields", []):
        name = found["Type"]["Text"]
        path = found.get("LabelDetection", {}).get("Text", "") if name == "OTHER" else ""
        _keep(gathered, name, path, found["ValueDetection"], found.get("PageNumber", 1), evidence, found)


def _column(columns: Sequence[FieldSpec], cell: Json) -> FieldSpec | None:
    name, label = cell["Type"]["Text"], cell.get("LabelDetection", {}).get("Text", "")
    wanted = label.rpartition(".")[2] if name == "OTHER" else ""
    return next((c for c in columns if c.names.get("textract") == name or (wanted and c.name == wanted)), None)


def _lending_back(found: Json, page: int, gathered: Gathered, evidence: Evidence) -> None:
    for detection in found.get("ValueDetections", [])[:1]:
        _keep(gathered, found["Type"], found["Type"].lower(), detection, page, evidence, found)


def _keep(
    gathered: Gathered, name: str, path: str, detection: Json, page: int, evidence: Evidence, whole: Json
) -> None:
    """Put one detection where its type, or the path that we gave it, belongs."""
    for known, spec in gathered.schema.every_spec():
        if spec.names.get("textract") == name or known == path:
            field = _field(spec, detection, page, evidence, whole)
            if gathered.schema.field(known) is spec:
                gathered.single(field)
            else:
                gathered.loose(known.partition(".")[0], field)
            return


def _field(spec: FieldSpec, detection: Json, page: int, evidence: Evidence, whole: Json) -> Field:
    currency = whole.get("Currency", {}).get("Code")
    found = parsed_field(spec, detection.get("Text", ""), evidence, currency)
    if spec.type == "boolean" and "SelectionStatus" in detection:
        found = Field(spec.name, detection["SelectionStatus"] == "SELECTED", spec.type, found.raw, "grounded")
    boxes = [_box(detection["Geometry"]["BoundingBox"])] if "Geometry" in detection else []
    confidence = detection.get("Confidence")
    return put(found, page if boxes else None, boxes, None if confidence is None else confidence / _PERCENT)


def _box(sides: Json) -> Box:
    return Box(sides["Left"], sides["Top"], sides["Left"] + sides["Width"], sides["Top"] + sides["Height"])
