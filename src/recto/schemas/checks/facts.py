"""What rules look at: the values of a reading by path, which a proposal may exchange, and what they answer."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from recto.document.page import Words
from recto.document.reading import Field, Outcome, Table, Value

Path = str
"""`total`, or `items[2].amount` for the second row."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule answers: its outcome, the fields, tables and rows that it used, and what it computed, in words.

    `doubts` are those that a failure speaks against: all where it names none.
    """

    outcome: Outcome
    inputs: tuple[str, ...] = ()
    detail: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """The values of a document. `changed` values stand in for those that were read."""

    kind: str
    fields: Mapping[str, Field]
    tables: Mapping[str, Table]
    words: Words = ()
    changed: Mapping[Path, Value] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: str, items: Sequence[Field | Table], words: Words = ()) -> "Facts":
        fields = {item.name: item for item in items if isinstance(item, Field)}
        return cls(kind, fields, {item.name: item for item in items if isinstance(item, Table)}, words)

    def with_values(self, values: Mapping[Path, Value]) -> "Facts":
        """As if these values had been read."""
        return replace(self, changed={**self.changed, **values})

    def value(self, name: str) -> Value:
        if name in self.changed:
            return self.changed[name]
        found = self.fields.get(name)
        return found.value if found else None

    def amount(self, name: str) -> Decimal | None:
        value = self.value(name)
        return value if isinstance(value, Decimal) else None

    def day(self, name: str) -> date | None:
        value = self.value(name)
        return value if isinstance(value, date) else None

    def text(self, name: str) -> str | None:
        value = self.value(name)
        return value if isinstance(value, str) else None

    def rows(self, table: str) -> list["RowFacts"]:
        found = self.tables.get(table)
        return [RowFacts(self, table, number) for number in range(1, len(found.rows) + 1)] if found else []

    def column(self, table: str, name: str) -> list[Decimal]:
        """The amounts of a column, rows without one left out."""
        return [amount for row in self.rows(table) if (amount := row.amount(name)) is not None]

    def amounts(self) -> Iterator[tuple[Path, Decimal]]:
        """Every number that was read, with its path."""
        for name in self.fields:
            if (amount := self.amount(name)) is not None:
                yield name, amount
        for table in self.tables:
            for row in self.rows(table):
                for name in self.tables[table].rows[row.number - 1].cells:
                    if (amount := row.amount(name)) is not None:
                        yield row.path(name), amount


@dataclass(frozen=True, slots=True)
class RowFacts:
    """One row of a table, numbered from 1."""

    facts: Facts
    table: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.table}[{self.number}]"

    def path(self, column: str) -> Path:
        return f"{self.name}.{column}"

    def value(self, column: str) -> Value:
        path = self.path(column)
        if path in self.facts.changed:
            return self.facts.changed[path]
        cell = self.facts.tables[self.table].rows[self.number - 1].cells.get(column)
        return cell.value if cell else None

    def amount(self, column: str) -> Decimal | None:
        value = self.value(column)
        return value if isinstance(value, Decimal) else None

    def day(self, column: str) -> date | None:
        value = self.value(column)
        return value if isinstance(value, date) else None


Rule = Callable[[Facts], Finding]


def untestable(*missing: str) -> Finding:
    """Nothing to compare, and what for want of."""
    return Finding("not_testable", (), f"needs {', '.join(missing)}" if missing else "")


def judged(holds: bool, inputs: Sequence[str], detail: str) -> Finding:
    return Finding("pass" if holds else "fail", tuple(dict.fromkeys(inputs)), detail)
