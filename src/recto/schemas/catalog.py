"""The catalogue of kinds: ours from the TOML files beside this module, a user's own from a file of the same form."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from recto.document.errors import BadSettings, UnknownKind
from recto.document.kinds import KINDS, RECEIPT_LABELS
from recto.schemas.schema import FieldSpec, Schema, Sensitive, TableSpec, Type
from recto.schemas.spoken import spoken

_own: dict[str, Schema] = {}


def kinds() -> tuple[str, ...]:
    """The thirteen kinds, then those that a user has added."""
    return KINDS + tuple(kind for kind in _own if kind not in KINDS)


def schema_of(kind: str) -> Schema:
    """The schema of a kind; raises UnknownKind."""
    if kind in _own:
        return _own[kind]
    if kind not in KINDS:
        raise UnknownKind(f"{kind!r} is none of {', '.join(kinds())}")
    return _shipped(kind)


def labels_of(kind: str) -> tuple[str, ...]:
    """The labels that words of this kind can carry: the receipt set in its own order, else dotted field names."""
    return RECEIPT_LABELS if kind == "receipt" and kind not in _own else schema_of(kind).labels


def add(schema: Schema) -> Schema:
    """Let a kind of the user's be known by its name; one of ours is replaced by it."""
    _own[schema.kind] = schema
    return schema


def load(path: Path) -> Schema:
    """A kind from a TOML file (docs/schemas.md gives the form); raises BadSettings, with the place that is wrong."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as wrong:
        raise BadSettings(f"{path.name}: {wrong}") from wrong


def parse(text: str) -> Schema:
    """A kind from the text of its TOML file."""
    return from_table(tomllib.loads(text))


def from_table(table: Mapping[str, Any]) -> Schema:
    """A kind from what its TOML file holds; raises BadSettings, with the place that is wrong."""
    try:
        return _KindTable.model_validate(table).schema_()
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BadSettings(f"kind file, {place}: {first['msg']}") from wrong


@cache
def _shipped(kind: str) -> Schema:
    return parse((files("recto.schemas") / "kinds" / f"{kind}.toml").read_text(encoding="utf-8"))


def _by_language(captions: Any) -> Any:
    return {"en": captions} if isinstance(captions, list) else captions


_Captions = Annotated[dict[str, tuple[str, ...]], BeforeValidator(_by_language)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _FieldTable(_Strict):
    """One field or column as the file states it."""

    type: Type = "text"
    required: bool = False
    label: str = ""
    captions: _Captions = {}
    aliases: tuple[str, ...] = ()
    sensitive: Sensitive | None = None
    tags: tuple[str, ...] | None = None
    derived: bool = False
    unsigned: bool = False
    azure: str | None = None
    textract: str | None = None
    google: str | None = None

    def spec(self, name: str, table: str = "") -> FieldSpec:
        path = f"{table}.{name}" if table else name
        return FieldSpec(
            name=name,
            type=self.type,
            required=self.required,
            label=self.label or spoken(name),
            captions=self.captions,
            aliases=self.aliases,
            sensitive=self.sensitive,
            tags=(path,) if self.tags is None else self.tags,
            derived=self.derived,
            unsigned=self.unsigned,
            names=_names(self.azure, self.textract, self.google),
        )


class _RowsTable(_Strict):
    """One table as the file states it."""

    columns: dict[str, _FieldTable]
    anchor: str
    counted: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    required: bool = False
    label: str = ""
    captions: _Captions = {}
    azure: str | None = None
    textract: str | None = None
    google: str | None = None

    def spec(self, name: str) -> TableSpec:
        for column in (self.anchor, *self.counted):
            if column not in self.columns:
                raise BadSettings(f"kind file, tables.{name}: {column!r} is not one of its columns")
        return TableSpec(
            name=name,
            columns=tuple(column.spec(key, name) for key, column in self.columns.items()),
            anchor=self.anchor,
            label=self.label or spoken(name),
            captions=self.captions,
            names=_names(self.azure, self.textract, self.google),
            counted=self.counted,
            either=self.either,
            required=self.required,
        )


class _KindTable(_Strict):
    """A whole kind file."""

    kind: str
    title: str
    marks: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    fields: dict[str, _FieldTable] = {}
    tables: dict[str, _RowsTable] = {}

    def schema_(self) -> Schema:
        return Schema(
            kind=self.kind,
            title=self.title,
            fields=tuple(spec.spec(name) for name, spec in self.fields.items()),
            tables=tuple(spec.spec(name) for name, spec in self.tables.items()),
            checks=self.checks,
            marks=self.marks,
        )


def _names(azure: str | None, textract: str | None, google: str | None) -> dict[str, str]:
    named = {"azure": azure, "textract": textract, "google": google}
    return {dialect: name for dialect, name in named.items() if name}
