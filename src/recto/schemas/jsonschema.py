"""JSON Schema of a kind: what an engine is asked to state, and what `recto schema` prints."""

from collections.abc import Mapping
from typing import Any, Final

from recto.schemas.catalog import schema_of
from recto.schemas.schema import FieldSpec

_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
_FORMS: Final[Mapping[str, dict[str, Any]]] = {
    "money": {"pattern": r"^-?\d+(\.\d+)?$"},
    "number": {"pattern": r"^-?\d+(\.\d+)?$"},
    "quantity": {"pattern": r"^-?\d+(\.\d+)?$"},
    "percentage": {"pattern": r"^-?\d+(\.\d+)?$"},
    "date": {"format": "date"},
    "time": {"format": "time"},
    "year": {"pattern": r"^\d{4}$"},
    "boolean": {"enum": ["true", "false", None]},
    "currency": {"pattern": "^[A-Z]{3}$"},
}


def json_schema(kind: str) -> dict[str, Any]:
    """Canonical texts by field name (`employee.name`), tables as arrays of such objects; raises UnknownKind.

    `x-captions`, `x-aliases`, `x-sensitive` and `x-names` carry what JSON Schema has no word for.
    """
    schema = schema_of(kind)
    properties: dict[str, Any] = {spec.name: _value(spec) for spec in schema.fields}
    for table in schema.tables:
        row = {column.name: _value(column) for column in table.columns}
        properties[table.name] = {
            "title": table.label,
            "type": "array",
            "items": {"type": "object", "properties": row, "additionalProperties": False},
        }
    return {
        "$schema": _DRAFT,
        "$id": f"urn:recto:kind:{kind}",
        "title": schema.title,
        "type": "object",
        "properties": properties,
        "required": [spec.name for spec in schema.fields if spec.required],
        "additionalProperties": False,
        "x-checks": list(schema.checks),
    }


def _value(spec: FieldSpec) -> dict[str, Any]:
    """One value: text in canonical form, or null where the paper does not say."""
    found: dict[str, Any] = {"title": spec.label, "type": ["string", "null"], "x-type": spec.type}
    found |= _FORMS.get(spec.type, {})
    extra = {
        "x-captions": {language: list(captions) for language, captions in spec.captions.items()},
        "x-aliases": list(spec.aliases),
        "x-sensitive": spec.sensitive,
        "x-names": dict(spec.names),
    }
    return found | {key: value for key, value in extra.items() if value}
