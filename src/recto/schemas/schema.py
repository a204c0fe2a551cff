"""What a kind of document is made of: its fields, tables, captions and checks, as frozen values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Type = Literal[
    "text",
    "name",
    "address",
    "money",
    "number",
    "quantity",
    "percentage",
    "date",
    "time",
    "year",
    "boolean",
    "phone",
    "ssn",
    "ein",
    "tin",
    "account",
    "card",
    "iban",
    "bic",
    "routing",
    "magnetic",
    "spelled",
    "currency",
    "country",
    "state",
]
Sensitive = Literal["ssn", "tin", "account", "card"]
Dialect = Literal["azure", "textract", "google"]


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A single field, or a column of a table (then `name` is the bare name of the column).

    `captions` are the words printed beside the value, by language. `aliases` are other names it is asked for by, such
    as `box_1`. `tags` are the labels that words of it carry. `derived` values stand on no word of their own.
    `unsigned` is money that its name says the direction of: what was withdrawn is positive, with or without a minus.
    `names` is what other systems call it.
    """

    name: str
    type: Type = "text"
    required: bool = False
    label: str = ""
    captions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    sensitive: Sensitive | None = None
    tags: tuple[str, ...] = ()
    derived: bool = False
    unsigned: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def captions_in(self, *languages: str) -> tuple[str, ...]:
        """Its captions in these languages, in all if none is given."""
        chosen = languages or tuple(self.captions)
        return tuple(caption for language in chosen for caption in self.captions.get(language, ()))


@dataclass(frozen=True, slots=True)
class TableSpec:
    """A repeated field: rows of columns. `anchor` is the column that every row has.

    `counted` are the columns of money by which rows are counted on the page: every row has an amount in one of them.
    `either` are captions of one printed column that holds all of these, told apart by their sign.
    A `required` one is what the document is for: a row of it that is missing or doubtful needs a person.
    """

    name: str
    columns: tuple[FieldSpec, ...]
    anchor: str
    label: str = ""
    captions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    counted: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    required: bool = False

    def column(self, name: str) -> FieldSpec | None:
        """The column of that name or alias."""
        return next((c for c in self.columns if name == c.name or name in c.aliases), None)


@dataclass(frozen=True, slots=True)
class Schema:
    """A kind: `marks` are phrases that tell it on paper, `checks` the names of the rules that hold on it."""

    kind: str
    title: str
    fields: tuple[FieldSpec, ...]
    tables: tuple[TableSpec, ...] = ()
    checks: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()

    def field(self, name: str) -> FieldSpec | None:
        """The single field of that name or alias."""
        return next((f for f in self.fields if name == f.name or name in f.aliases), None)

    def table(self, name: str) -> TableSpec | None:
        return next((t for t in self.tables if t.name == name), None)

    def spec(self, path: str) -> FieldSpec | None:
        """The spec of `total`, `employee.name` or `items.description`."""
        table, _, column = path.partition(".")
        found = self.table(table)
        return found.column(column) if found and column else self.field(path)

    def every_spec(self) -> Iterator[tuple[str, FieldSpec]]:
        """(dotted path, spec) of single fields, then of columns."""
        for spec in self.fields:
            yield spec.name, spec
        for table in self.tables:
            for column in table.columns:
                yield f"{table.name}.{column.name}", column

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that its words can carry, in the schema's order."""
        found = (tag for _, spec in self.every_spec() if not spec.derived for tag in spec.tags)
        return tuple(dict.fromkeys(found))
