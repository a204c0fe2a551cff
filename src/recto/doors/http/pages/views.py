"""A reading as the document page shows it: cards for fields, tables, checks, and how they hang together."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recto.document.box import Box
from recto.document.reading import Check, Decision, Field, Reading, Row, Table
from recto.doors.http.pages.families import family_of_type, kind_said, label_of
from recto.doors.http.pages.values import Certainty, certainty, shown
from recto.pipeline import kind_of, pages_of
from recto.schemas.catalog import kinds, schema_of
from recto.schemas.spoken import spoken, spoken_within
from recto.schemas.values import canonical

GROUNDINGS: Final = {
    "grounded": "found on the page",
    "ambiguous": "stands in several places",
    "not_found": "not found on the page",
    "derived": "worked out from the rest",
}
OUTCOMES: Final = {"pass": "holds", "fail": "does not hold", "not_testable": "could not be tested"}
MOST_ROWS: Final = 500
"""Rows of one table in the page; the JSON has them all."""


@dataclass(frozen=True, slots=True)
class Card:
    """A field, or a cell of a table. `key` ties it to its marks on the page."""

    key: str
    label: str
    shown: str
    canonical: str
    currency: str
    raw: str
    family: str
    type: str
    certainty: Certainty
    grounding: str
    grounding_words: str
    page: int | None
    words: tuple[int, ...]
    boxes: tuple[Box, ...]
    alternatives: tuple[str, ...]
    cell: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together, such as those of `employee.…`; the title is empty for the rest."""

    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table: its columns (name, label, whether they are figures), and for each row a cell or None in each column."""

    key: str
    title: str
    columns: tuple[tuple[str, str, bool], ...]
    rows: tuple[tuple[Card | None, ...], ...]
    count: int
    expected: int | None

    @property
    def missing(self) -> int:
        return max(0, (self.expected or 0) - self.count)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check: what it says, and the keys of the cards that went into it."""

    key: str
    title: str
    outcome: str
    outcome_words: str
    detail: str
    proposal: str
    inputs: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]

    @property
    def rank(self) -> int:
        """What does not hold comes first."""
        return ("fail", "pass", "not_testable").index(self.outcome)


@dataclass(frozen=True, slots=True)
class View:
    """Everything in the panel beside the page. `culprits` are the cards that a failed check names.

    A file of several documents has a view of each in `parts`, and nothing of its own but reasons.
    """

    groups: tuple[Group, ...]
    tables: tuple[Rows, ...]
    rules: tuple[Rule, ...]
    culprits: frozenset[str]
    reasons: tuple[str, ...]
    withheld: tuple[str, ...] = ()
    parts: tuple["Part", ...] = ()

    def every_card(self) -> Iterator[Card]:
        for part in self.parts:
            yield from part.view.every_card()
        for group in self.groups:
            yield from group.cards
        for table in self.tables:
            yield from (cell for row in table.rows for cell in row if cell)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the documents of a file: what it is, the pages that it stands on, and whether it goes straight through."""

    key: str
    title: str
    pages: str
    first: int
    outcome: str
    view: View


def view_of(reading: Reading) -> View:
    """Of a reading whose sensitive numbers are masked already."""
    if not reading.parts:
        return view_of_one(reading)
    places = {(word.page, word.box): index for index, word in enumerate(reading.words)}
    parts = tuple(part_of(f"p{number}", part, places) for number, part in enumerate(reading.parts))
    culprits = frozenset(key for part in parts for key in part.view.culprits)
    return View((), (), (), culprits, reasons_of(reading), parts=parts)


def part_of(key: str, part: Reading, places: Mapping[tuple[int, Box], int]) -> Part:
    """A part whose words are numbered by their place in the whole file."""
    numbers = [places[word.page, word.box] for word in part.words]
    outcome = part.decision.outcome if part.decision else ""
    pages = pages_of(part)
    view = view_of_one(replace(part, fields=tuple(renumbered(item, numbers) for item in part.fields)), key)
    return Part(key, kind_said(kind_of(part)), capital(pages), part.pages[0].number, outcome, view)


def renumbered(item: Field | Table, numbers: Sequence[int]) -> Field | Table:
    if isinstance(item, Field):
        return replace(item, words=tuple(numbers[index] for index in item.words))
    return replace(item, rows=tuple(Row({n: moved(c, numbers) for n, c in row.cells.items()}) for row in item.rows))


def moved(cell: Field, numbers: Sequence[int]) -> Field:
    return replace(cell, words=tuple(numbers[index] for index in cell.words))


def view_of_one(reading: Reading, prefix: str = "") -> View:
    """Of one document; `prefix` goes before the keys of its cards."""
    kind = kind_of(reading)
    singles = {
        item.name: card_of(kind, f"{prefix}f{number}", item.name, item)
        for number, item in enumerate(reading.fields)
        if isinstance(item, Field)
    }
    tables = tuple(
        rows_of(kind, f"{prefix}t{number}", item)
        for number, item in enumerate(reading.fields)
        if isinstance(item, Table)
    )
    named = {**{name: (card.key,) for name, card in singles.items()}, **dict(keys_of(tables, reading))}
    rules = tuple(rule_of(kind, f"{prefix}k{number}", check, named) for number, check in enumerate(reading.checks))
    culprits = frozenset(key for rule in rules if rule.outcome == "fail" for key in rule.keys)
    withheld = said_reasons(kind, reading.decision.withheld) if reading.decision else ()
    return View(groups_of(singles), tables, rules, culprits, reasons_of(reading), withheld)


def card_of(kind: str, key: str, path: str, field: Field) -> Card:
    value, text = shown(field.value), canonical(field.value) or ""
    grounding = "derived" if derived(kind, path) and not field.words else field.grounding
    return Card(
        key=key,
        label=label_of(kind, path),
        shown=value,
        canonical=text,
        currency=field.currency or "",
        raw=field.raw if letters(field.raw) not in (letters(value), letters(text)) else "",
        family=family_of_type(field.type),
        type=field.type,
        certainty=certainty(field.confidence),
        grounding=grounding,
        grounding_words=GROUNDINGS[grounding],
        page=field.page,
        words=field.words,
        boxes=field.boxes,
        alternatives=field.alternatives,
    )


def derived(kind: str, path: str) -> bool:
    """Whether the value stands on no words of its own, such as the language of a document."""
    spec = schema_of(kind).spec(path) if kind in kinds() else None
    return spec is not None and spec.derived


def letters(text: str) -> str:
    """Letters and digits alone: where these are the same, to show both would tell nothing."""
    return "".join(filter(str.isalnum, text)).casefold()


def groups_of(singles: Mapping[str, Card]) -> tuple[Group, ...]:
    """By the part of the name before the dot, in the order in which they come."""
    grouped: dict[str, list[Card]] = {}
    for name, card in singles.items():
        grouped.setdefault(name.rpartition(".")[0], []).append(card)
    return tuple(Group(spoken(title) if title else "", tuple(cards)) for title, cards in grouped.items())


def rows_of(kind: str, key: str, table: Table) -> Rows:
    names = dict.fromkeys(name for row in table.rows for name in row.cells)
    figures = {
        name: any(row.cells[name].type in ("money", "number", "quantity") for row in table.rows if name in row.cells)
        for name in names
    }
    rows = tuple(
        tuple(
            replace(card_of(kind, f"{key}r{number}c{column}", f"{table.name}.{name}", row.cells[name]), cell=True)
            if name in row.cells
            else None
            for column, name in enumerate(names)
        )
        for number, row in enumerate(table.rows[:MOST_ROWS])
    )
    columns = tuple((name, label_of(kind, f"{table.name}.{name}"), figures[name]) for name in names)
    return Rows(key, spoken(table.name), columns, rows, len(table.rows), table.rows_expected)


def keys_of(tables: tuple[Rows, ...], reading: Reading) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys that a check means by `items`, `items.amount`, `items[2]` and `items[2].amount`: the second row's."""
    names = [item.name for item in reading.fields if isinstance(item, Table)]
    for name, table in zip(names, tables, strict=True):
        figures = [column for column, (_, _, figure) in enumerate(table.columns) if figure]
        amounts = [tuple(cell.key for n, cell in enumerate(row) if cell and n in figures) for row in table.rows]
        yield name, tuple(key for row in amounts for key in row)
        yield from ((f"{name}[{number}]", keys) for number, keys in enumerate(amounts, 1))
        for column, (column_name, _, _) in enumerate(table.columns):
            cells = {number: row[column] for number, row in enumerate(table.rows, 1)}
            yield f"{name}.{column_name}", tuple(cell.key for cell in cells.values() if cell)
            for number, cell in cells.items():
                if cell:
                    yield f"{name}[{number}].{column_name}", (cell.key,)


def rule_of(kind: str, key: str, check: Check, named: Mapping[str, tuple[str, ...]]) -> Rule:
    inputs = tuple((said_input(kind, name), " ".join(named.get(name, ()))) for name in check.inputs)
    keys = tuple(dict.fromkeys(key for name in check.inputs for key in named.get(name, ())))
    return Rule(
        key=key,
        title=spoken(check.name),
        outcome=check.outcome,
        outcome_words=OUTCOMES[check.outcome],
        detail=spoken_within(check.detail),
        proposal=spoken_within(check.proposal or ""),
        inputs=inputs,
        keys=keys,
    )


def reasons_of(reading: Reading) -> tuple[str, ...]:
    """Why a person must see it, in words; of a file of several documents each with its pages."""
    if not reading.parts:
        decision = reading.decision or Decision("review")
        return said_reasons(kind_of(reading), decision.reasons)
    told = (f"{capital(pages_of(part))}: {reason}" for part in reading.parts for reason in reasons_of(part))
    return tuple(dict.fromkeys(told))


def said_reasons(kind: str, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Names as people say them; what holds of several fields is said once: `Date, total: no threshold …`."""
    subjects: dict[str, list[str]] = {}
    for reason in reasons:
        name, colon, doubt = reason.partition(": ")
        if colon and re.fullmatch(r"[\w.\[\]]+", name):
            subjects.setdefault(said_doubt(doubt), []).append(said_input(kind, name))
        else:
            subjects[said_doubt(reason)] = []
    return tuple(capital(": ".join(filter(None, (joined(names), doubt)))) for doubt, names in subjects.items())


def said_doubt(doubt: str) -> str:
    """`items_add_up failed: …` -> `“Items add up” does not hold: …`; its detail names the rows already."""
    found = re.fullmatch(r"(\w+) failed(.*?)( \(rows? [\d, ]+(?: and \d+ more)?\))?", doubt, re.DOTALL)
    return spoken_within(f"“{spoken(found[1])}” does not hold{found[2]}" if found else doubt)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(names: list[str]) -> str:
    """`Merchant name, total, items: price`."""
    return ", ".join(uncapital(name) if number else name for number, name in enumerate(names))


def uncapital(text: str) -> str:
    """`Payer TIN` -> `payer TIN`; what begins with initials stays."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def said_input(kind: str, path: str) -> str:
    """`items[2].amount` -> `Items amount, row 2`; `items` -> `Items`."""
    row = re.search(r"\[(\d+)\]", path)
    plain = re.sub(r"\[\d+\]", "", path)
    table, dot, _ = plain.partition(".")
    in_table = dot and kind in kinds() and schema_of(kind).table(table)
    label = f"{spoken(table)} {uncapital(label_of(kind, plain))}" if in_table else label_of(kind, plain)
    return f"{label}, row {row[1]}" if row else label
