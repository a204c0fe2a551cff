"""What a person corrects in a reading: a value, a word's text, a word that was not seen; and what becomes of it.

The corrected field has the person's value and no confidence, because none was measured; it is vouched for. Checks are
made anew, and the decision no longer names what was corrected. Other fields stay as they were read.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from recto.document.box import Box
from recto.document.errors import BadRequest, NotFound
from recto.document.page import Word, Words
from recto.document.reading import OUTSIDE, Decision, Field, Reading, Row, Table
from recto.schemas.catalog import schema_of
from recto.schemas.checks import check
from recto.schemas.grounding import ground
from recto.schemas.place import boxes_of, raw_of
from recto.schemas.schema import FieldSpec
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.parse import value_of


@dataclass(frozen=True, slots=True)
class Fix:
    """A value for a field, or for a cell of a table (`name` the table, `row` from 0, `column`).

    `value` is what is printed or its canonical form; empty where the document has no such value. `words` are the words
    that carry it; where none are given they are looked for among all words. `part` is which document of the file is
    meant, from 0, where it holds several.
    """

    name: str
    value: str
    row: int | None = None
    column: str = ""
    words: tuple[int, ...] = ()
    part: int | None = None

    @property
    def path(self) -> str:
        return f"{self.name}.{self.column}" if self.column else self.name


@dataclass(frozen=True, slots=True)
class Spelling:
    """A word whose text is another."""

    word: int
    text: str


def corrected(reading: Reading, fixes: Sequence[Fix], spellings: Sequence[Spelling] = ()) -> Reading:
    """One document with what a person says. Raises NotFound for a field, row or word that there is not, BadRequest."""
    reading = spelled(reading, spellings)
    for fix in fixes:
        reading = fixed(reading, fix)
    kind = kind_of(reading)
    checks = check(kind, reading.fields, reading.words)
    return replace(reading, checks=checks, decision=still_open(reading, {fix.name for fix in fixes}))


def spelled(reading: Reading, spellings: Sequence[Spelling]) -> Reading:
    """With these words' texts, and the fields that they carry read anew."""
    if not spellings:
        return reading
    texts = {one.word: one.text for one in spellings}
    if not all(0 <= at < len(reading.words) for at in texts):
        raise NotFound("There is no such word.")
    words = tuple(replace(word, text=texts.get(at, word.text)) for at, word in enumerate(reading.words))
    evidence, kind = Evidence.of(words), kind_of(reading)

    def respelled(path: str, field: Field) -> Field:
        spec = schema_of(kind).spec(path)
        if spec is None or not set(texts) & set(field.words):
            return field
        raw = raw_of(words, field.words)
        parsed = value_of(spec.type, raw, evidence)
        return replace(field, value=parsed.value, raw=raw, alternatives=parsed.alternatives, confidence=None)

    return replace(reading, words=words, fields=tuple(each(item, respelled) for item in reading.fields))


def each(item: Field | Table, change: Callable[[str, Field], Field]) -> Field | Table:
    """The item with each of its fields changed."""
    if isinstance(item, Field):
        return change(item.name, item)
    rows = (Row({name: change(f"{item.name}.{name}", cell) for name, cell in row.cells.items()}) for row in item.rows)
    return replace(item, rows=tuple(rows))


def fixed(reading: Reading, fix: Fix) -> Reading:
    schema = schema_of(kind_of(reading))
    spec = schema.spec(fix.path)
    if spec is None:
        raise NotFound(f"A {schema.kind} has no field {fix.path!r}.")
    if not all(0 <= at < len(reading.words) for at in fix.words):
        raise NotFound("There is no such word.")
    field = said(spec, fix, reading.words) if fix.value else None
    kept: list[Field | Table] = [item for item in reading.fields if item.name != fix.name]
    before = next((item for item in reading.fields if item.name == fix.name), None)
    after = cell_set(before, fix, field) if fix.column else field
    order = [*(one.name for one in schema.fields), *(one.name for one in schema.tables)]
    items = kept if after is None else [*kept, after]
    return replace(reading, fields=tuple(sorted(items, key=lambda item: order.index(item.name))))


def said(spec: FieldSpec, fix: Fix, words: Words) -> Field:
    """The field as a person says it, on the words that carry it. Raises BadRequest where it is no such value."""
    parsed = value_of(spec.type, fix.value, Evidence.of(words))
    if parsed.value is None:
        raise BadRequest(f"{fix.value!r} is not what {fix.path} can be ({spec.type}).")
    found = ground(fix.value, words, spec.type)
    at = tuple(sorted(fix.words)) or found.words
    return Field(
        name=spec.name,
        value=parsed.value,
        type=spec.type,
        raw=raw_of(words, at) if at else fix.value,
        grounding="grounded" if at else "not_found",
        currency=parsed.currency,
        page=words[at[0]].page if at else None,
        boxes=boxes_of(words, at),
        words=at,
        vouched=True,
    )


def cell_set(table: Field | Table | None, fix: Fix, cell: Field | None) -> Table:
    """The table with that cell; a row behind the last one is a new row, and a row without cells is none."""
    rows = [dict(row.cells) for row in table.rows] if isinstance(table, Table) else []
    at = len(rows) if fix.row is None else fix.row
    if not 0 <= at <= len(rows):
        raise NotFound(f"{fix.name} has {len(rows)} rows.")
    rows += [{}] if at == len(rows) else []
    rows[at] = {name: old for name, old in rows[at].items() if name != fix.column}
    if cell is not None:
        rows[at][fix.column] = cell
    kept = tuple(Row(cells) for cells in rows if cells)
    return replace(table, rows=kept) if isinstance(table, Table) else Table(fix.name, kept)


def still_open(reading: Reading, names: set[str]) -> Decision:
    """The decision without the reasons that begin with what was corrected; what was accepted is open again."""
    before = reading.decision or Decision("review")
    if before.outcome == "straight_through":
        return replace(before, outcome="review", reasons=())
    left = tuple(reason for reason in before.reasons if re.split(r"[.: ]", reason)[0] not in names)
    return replace(before, outcome="review", reasons=left)


def with_words(reading: Reading, page: int, seen: Sequence[Word]) -> Reading:
    """With words that OCR had not seen, behind the others of their page; what points at words behind them is moved."""
    place = max((at for at, word in enumerate(reading.words) if word.page <= page), default=-1) + 1
    line = max((word.line for word in reading.words if word.page == page), default=-1) + 1
    added = tuple(replace(word, page=page, line=line + word.line) for word in seen)

    def moved(_: str, field: Field) -> Field:
        return replace(field, words=tuple(at + len(added) if at >= place else at for at in field.words))

    tags = reading.tags or (OUTSIDE,) * len(reading.words)
    return replace(
        reading,
        words=(*reading.words[:place], *added, *reading.words[place:]),
        tags=(*tags[:place], *[OUTSIDE] * len(added), *tags[place:]),
        fields=tuple(each(item, moved) for item in reading.fields),
    )


def words_in(words: Words, page: int, box: Box) -> tuple[int, ...]:
    """The words of the page whose middle lies in the box."""
    return tuple(
        at
        for at, word in enumerate(words)
        if word.page == page
        and box.left <= word.box.center[0] <= box.right
        and box.top <= word.box.center[1] <= box.bottom
    )


def labels_for(reading: Reading, before: Reading, fixes: Sequence[Fix]) -> Mapping[int, str]:
    """By word, the tag that the corrections give it: the value's label on its words, `O` where it was wrongly."""
    schema, told = schema_of(kind_of(reading)), dict[int, str]()
    for fix in fixes:
        spec = schema.spec(fix.path)
        label = spec.tags[0] if spec and spec.tags else None
        old, new = field_at(before, fix), field_at(reading, fix)
        now = new.words if new else ()
        told |= {at: "O" for at in (old.words if old else ()) if at not in now}
        if label:
            told |= {at: f"{'I' if nth else 'B'}-{label}" for nth, at in enumerate(now)}
    return told


def field_at(reading: Reading, fix: Fix) -> Field | None:
    if not fix.column:
        return reading.field(fix.name)
    table = reading.table(fix.name)
    at = len(table.rows) - 1 if table and fix.row is None else fix.row
    return table.rows[at].cells.get(fix.column) if table and at is not None and 0 <= at < len(table.rows) else None


def kind_of(reading: Reading) -> str:
    return reading.kind.kind if reading.kind else "other"
