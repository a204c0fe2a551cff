"""What becomes of a document of known truth: each value that was read, whether it is right, what speaks for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property

from recto.document.box import Box
from recto.document.reading import Check, Field, Row, Table, Tag, Tags
from recto.ports import Labeller
from recto.reading.spans import spans_of
from recto.schemas.assurance import Page, Signals, field_signals, word_signals
from recto.schemas.catalog import schema_of
from recto.schemas.checks import check
from recto.schemas.decision import decide, vouched
from recto.schemas.fields import fields_of
from recto.schemas.values.dates import date_of
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import bare
from recto.training.example import Example
from recto.training.fieldscore import same

Truths = Sequence[Mapping[str, str]]

COMPLETE = "synth"
"""Sources of this name tell every single field that stands on the page: what else is read there is wrong."""

INVENTED = frozenset({"ssn_is_possible", "tin_is_possible", "ein_is_possible"})
"""Checks that made-up documents fail on purpose: their persons' numbers are such as no person has."""

NOTHING_ASKED: Mapping[str, float] = {"*": 0.0}
"""A threshold that every measured confidence reaches: what still speaks against a value is no doubt of confidence."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value that was read. `right` is None where the truth does not speak of it.

    `field` bears its labels' confidence; `labels` and `letters` are what speaks for it and for each of its words. A
    value whose confidence nothing measured has no `labels`.
    `doubted` is True where something other than its confidence keeps it from being vouched for.
    """

    path: str
    field: Field
    right: bool | None
    required: bool
    doubted: bool
    labels: Signals
    letters: tuple[Signals, ...]


@dataclass(frozen=True)
class Outcome:
    """A document that was read, beside its truth. `blocked` is True where it goes to a person at any confidence."""

    example: Example
    fields: tuple[Field | Table, ...]
    checks: tuple[Check, ...]
    tags: Tags
    values: tuple[Value, ...]
    blocked: bool

    @cached_property
    def rows(self) -> tuple[int, int, int]:
        """(rows right, read, true) of all tables whose rows are known; a row is right when all its true cells are."""
        counts = [row_counts(item, rows) for item, rows in self.tables()]
        right, read, true = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
        return right, read, true

    def tables(self) -> Iterator[tuple[Table, Truths]]:
        """Each table of the truth with what was read of it."""
        found = {item.name: item for item in self.fields if isinstance(item, Table)}
        for name, truth in self.example.fields.items():
            if isinstance(truth, list):
                yield found.get(name, Table(name, ())), truth

    def boxes(self) -> Iterator[tuple[str, Box | None, tuple[Box, ...]]]:
        """(name, box that was read, true boxes) of each single field whose place the truth's tags show.

        A value may stand in several places: each of them is true, and so is what holds the parts of one.
        """
        known = tuple(Tag(tag or "O") for tag in self.example.tags)
        places: dict[str, list[tuple[int, ...]]] = {}
        for span in spans_of(self.example.words, known):
            places.setdefault(span.label, []).append(span.words)
        read = {item.name: item for item in self.fields if isinstance(item, Field)}
        for spec in schema_of(self.example.kind).fields:
            there = [place for tag in spec.tags for place in places.get(tag, ())]
            if self.example.fields.get(spec.name) and there:
                whole = tuple(index for place in there for index in place)
                true = tuple(box for place in (*there, whole) if (box := around(self.example, place)))
                field = read.get(spec.name)
                yield spec.name, around(self.example, field.words) if field else None, true


def outcomes(labeller: Labeller, examples: Sequence[Example]) -> list[Outcome]:
    """Each document as this labeller reads it, told its true kind."""
    tags = labeller.label([(example.words, example.kind) for example in examples])
    return [outcome(example, given) for example, given in zip(examples, tags, strict=True)]


def outcome(example: Example, tags: Tags) -> Outcome:
    fields = fields_of(example.kind, example.words, tags)
    checks = check(example.kind, fields, example.words)
    if example.source.startswith(COMPLETE):
        checks = tuple(one for one in checks if one.name not in INVENTED)
    page = Page(example.words, checks)
    values = tuple(_values(example, fields, vouched(example.kind, fields, checks, NOTHING_ASKED, example.words), page))
    blocked = decide(example.kind, fields, checks, NOTHING_ASKED, (), example.words).outcome == "review"
    return Outcome(example, tuple(fields), checks, tags, values, blocked)


def _values(
    example: Example, fields: Sequence[Field | Table], told: Sequence[Field | Table], page: Page
) -> Iterator[Value]:
    """Every value; `told` are the same fields, each told whether it is doubted."""
    schema = schema_of(example.kind)
    for item, judged in zip(fields, told, strict=True):
        if isinstance(item, Field) and isinstance(judged, Field):
            spec = schema.field(item.name)
            if not (spec and spec.derived):
                required = spec is not None and spec.required
                yield _value(item.name, item, verdict(example, item), required, judged, page)
        elif isinstance(item, Table) and isinstance(judged, Table):
            yield from _cells(example, item, judged, page)


def _cells(example: Example, table: Table, told: Table, page: Page) -> Iterator[Value]:
    truth = example.fields.get(table.name)
    spec = schema_of(example.kind).table(table.name)
    pairs = dict(aligned(table.rows, truth)) if isinstance(truth, list) else {}
    for number, row in enumerate(table.rows):
        wanted = truth[pairs[number]] if isinstance(truth, list) and number in pairs else {}
        for name, cell in row.cells.items():
            known = isinstance(truth, list)  # a table that the truth leaves out may stand there all the same
            right = (name in wanted and agrees(cell, wanted[name])) if known else None
            judged = told.rows[number].cells[name]
            yield _value(f"{table.name}.{name}", cell, right, bool(spec and spec.required), judged, page)


def _value(path: str, field: Field, right: bool | None, required: bool, told: Field, page: Page) -> Value:
    words = [page.words[index] for index in field.words]
    letters = tuple(word_signals(word) for word in words if word.confidence is not None and bare(word.text))
    labels = {} if field.confidence is None else field_signals(field, path, page)
    return Value(path, field, right, required, not told.vouched, labels, letters)


def verdict(example: Example, field: Field) -> bool | None:
    """Whether a single field is right; None where the truth does not speak of it."""
    truth = example.fields.get(field.name)
    if isinstance(truth, str) and truth:
        return agrees(field, truth)
    if field.value == 0:
        return None  # whether an empty box is a zero is a matter of taste
    return False if example.source.startswith(COMPLETE) else None


def agrees(field: Field, truth: str) -> bool:
    """Equal in letters and digits, or as an amount or a day."""
    if same(field, truth):
        return True
    if isinstance(field.value, Decimal):
        return field.value == number(truth)
    if isinstance(field.value, date):
        day = date_of(truth, Evidence.of(()))
        return field.value == day.value or field.value.isoformat() in day.alternatives
    return False


def number(text: str) -> Decimal | None:
    """The number of a true text in canonical form, currency left out."""
    try:
        return Decimal("".join(letter for letter in text if letter.isdigit() or letter in ".-").strip("."))
    except InvalidOperation:
        return None


def aligned(rows: Sequence[Row], truths: Truths) -> list[tuple[int, int]]:
    """Which row is which true row: the pairing in order with the most cells that agree."""
    scores = [[sum(n in true and agrees(c, true[n]) for n, c in row.cells.items()) for true in truths] for row in rows]
    best = [[0] * (len(truths) + 1) for _ in range(len(rows) + 1)]
    for i in range(len(rows) - 1, -1, -1):
        for j in range(len(truths) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], scores[i][j] + best[i + 1][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(rows) and j < len(truths):
        if scores[i][j] and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def row_counts(table: Table, truths: Truths) -> tuple[int, int, int]:
    """(rows right, read, true)."""
    right = sum(
        all(name in table.rows[i].cells and agrees(table.rows[i].cells[name], text) for name, text in truths[j].items())
        for i, j in aligned(table.rows, truths)
    )
    return right, len(table.rows), len(truths)


def around(example: Example, indexes: Sequence[int]) -> Box | None:
    """The box of these words, all on one page; None for none."""
    return Box.around(example.words[index].box for index in indexes) if indexes else None
