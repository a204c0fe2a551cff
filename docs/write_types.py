"""Writes `inspection.d.ts`, the TypeScript types of an inspection, from the OpenAPI document that the server gives.

`python docs/write_types.py` writes the file; a test fails where it is not what this would write.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.doors.http.server import build

HERE = Path(__file__).parent
ROOTS = ("InspectionAnswer", "InspectionAggregate", "JudgedRuns", "InspectionRun")
PLAIN = {"string": "string", "number": "number", "integer": "number", "boolean": "boolean", "null": "null"}


def types() -> str:
    """The text of the file."""
    schemas = build(Installation(recto_settings())).openapi()["components"]["schemas"]
    wanted = list(dict.fromkeys(name for root in ROOTS for name in needed(root, schemas)))
    head = "// Written by docs/write_types.py from the OpenAPI document; not to be edited.\n"
    return "\n".join([head, *(interface(name, schemas[name]) for name in wanted)])


def needed(name: str, schemas: Mapping[str, Any]) -> Iterator[str]:
    """The schema of that name, and after it those that it speaks of."""
    yield name
    for inner in referred(schemas[name]):
        yield from needed(inner, schemas)


def referred(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].rpartition("/")[2]
        for value in schema.values():
            yield from referred(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from referred(value)


def interface(name: str, schema: Mapping[str, Any]) -> str:
    lines = [
        f"  {key}{'' if key in schema.get('required', ()) else '?'}: {type_of(of)};"
        for key, of in schema["properties"].items()
    ]
    said = schema.get("description", "").replace("\n", " ")
    return f"/** {said} */\nexport interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def type_of(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(type_of(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if schema["type"] == "array":
        inner = type_of(schema["items"])
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if schema["type"] == "object":
        return f"Record<string, {type_of(schema['additionalProperties'])}>"
    return PLAIN[schema["type"]]


if __name__ == "__main__":
    (HERE / "inspection.d.ts").write_text(types())
