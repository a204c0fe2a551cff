"""A user's kind as a pydantic class instead of a TOML file; the two say the same things."""

import importlib
import types
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from recto.document.errors import BadSettings
from recto.schemas.catalog import add, from_table, load
from recto.schemas.schema import Schema

_TYPES: Final[Mapping[Any, str]] = {
    str: "text",
    Decimal: "money",
    date: "date",
    time: "time",
    bool: "boolean",
    int: "number",
    float: "number",
}


def add_named(target: str) -> Schema:
    """Make a kind known by what the settings name: `path/to/kind.toml`, or `package.module:Class`."""
    if target.endswith(".toml"):
        return add(load(Path(target)))
    module, _, name = target.partition(":")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as wrong:
        raise BadSettings(f"kind {target!r}: {wrong}") from wrong
    if not isinstance(found, type) or not issubclass(found, BaseModel):
        raise BadSettings(f"kind {target!r} is not a pydantic class")
    return add(from_model(found))


def from_model(model: type[BaseModel]) -> Schema:
    """A kind from a class: its annotations are types, a nested class a group, a list of a class a table.

    `model_config["json_schema_extra"]` holds `kind`, `title`, `marks` and `checks`; a field's `json_schema_extra` holds
    whatever else the TOML form has (`type`, `captions`, `aliases`, `sensitive`, ...); a table's also `anchor`.
    """
    extra = model.model_config.get("json_schema_extra")
    about = dict(extra) if isinstance(extra, dict) else {}
    singles: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        _put(name, info, singles, tables)
    about.setdefault("kind", model.__name__.lower())
    about.setdefault("title", (model.__doc__ or model.__name__).strip().splitlines()[0])
    return from_table({**about, "fields": singles, "tables": tables})


def _put(name: str, info: FieldInfo, singles: dict[str, Any], tables: dict[str, Any]) -> None:
    kind = _bare(info.annotation)
    item = _bare(get_args(kind)[0]) if get_origin(kind) in (list, tuple) and get_args(kind) else None
    if isinstance(item, type) and issubclass(item, BaseModel):
        columns = {column: _field(one) for column, one in item.model_fields.items()}
        tables[name] = {"anchor": next(iter(columns)), **_extra(info), "columns": columns}
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        singles.update({f"{name}.{part}": _field(one) for part, one in kind.model_fields.items()})
    else:
        singles[name] = _field(info)


def _field(info: FieldInfo) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _TYPES.get(_bare(info.annotation), "text"), "required": info.is_required()}
    if info.title:
        found["label"] = info.title
    return found | _extra(info)


def _extra(info: FieldInfo) -> dict[str, Any]:
    return dict(info.json_schema_extra) if isinstance(info.json_schema_extra, dict) else {}


def _bare(annotation: Any) -> Any:
    """`date | None` -> `date`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next((part for part in get_args(annotation) if part is not type(None)), str)
    return annotation
