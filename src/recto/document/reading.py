"""What Recto says of a document: kind, tags, fields, checks, decision, and where each came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Literal

from recto.document.box import Box
from recto.document.page import Document, Page, Words

Grounding = Literal["grounded", "ambiguous", "not_found"]
Outcome = Literal["pass", "fail", "not_testable"]
Value = str | Decimal | date | time | bool | None


@dataclass(frozen=True, slots=True)
class Engine:
    """What answered, pinned: its name, its version, and the model with its digest where there is one."""

    name: str
    version: str
    model: str | None = None
    digest: str | None = None

    @property
    def key(self) -> str:
        """What a cached result of it is stored under: changes when any pinned part does."""
        return "/".join(part for part in (self.name, self.version, self.model, self.digest) if part)


@dataclass(frozen=True, slots=True)
class Guess:
    """The kind of a document and how sure the classifier is, 0..1; None where it has no measured confidence."""

    kind: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Tag:
    """A BIO tag on one word: `O`, `B-GRAND_TOTAL`, `I-GRAND_TOTAL`. `confidence` is calibrated, or None (rules)."""

    name: str
    confidence: float | None = None

    @property
    def label(self) -> str:
        """The label without its B- or I-; `O` for none."""
        return self.name if self.name == "O" else self.name[2:]

    @property
    def begins(self) -> bool:
        return self.name.startswith("B-")


Tags = tuple[Tag, ...]
"""One tag for each word of a document, in the words' order."""

OUTSIDE = Tag("O")


@dataclass(frozen=True, slots=True)
class Span:
    """Words that carry one label together: `words` are indexes into the document's words."""

    label: str
    words: tuple[int, ...]
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A typed value with its place. `words` are indexes into the document's words; `boxes` one a line, on `page`.

    `type` is a value type of the schemas (`money`, `date`, ...). `alternatives` are the other readings, in
    canonical form, that the document's evidence could not exclude. `confidence` is how likely the value is right.
    `vouched` says whether it may be used unseen; None before that was decided.
    """

    name: str
    value: Value
    type: str
    raw: str
    grounding: Grounding
    confidence: float | None = None
    currency: str | None = None
    page: int | None = None
    boxes: tuple[Box, ...] = ()
    words: tuple[int, ...] = ()
    alternatives: tuple[str, ...] = ()
    vouched: bool | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column name."""

    cells: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one repeated field. `rows_expected` is counted from the page by other means, None where it cannot be."""

    name: str
    rows: tuple[Row, ...]
    rows_expected: int | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A rule on the fields, with the inputs that it used and what was computed, in words.

    `doubts` are the inputs that its failure speaks against: all of them where it names none.
    """

    name: str
    outcome: Outcome
    inputs: tuple[str, ...] = ()
    detail: str = ""
    proposal: str | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Straight through, or to a person, and why.

    `withheld` names the optional values that are not vouched for, each with its reason: they do not keep a document
    from going straight through, and whoever takes it over unseen leaves them out.
    """

    outcome: Literal["straight_through", "review"]
    reasons: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as it is shown: a code that stays the same, a title and a detail; `page` where it is of one page."""

    code: str
    title: str
    detail: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that was read from one document. A step of the pipeline returns a fuller copy.

    A file that holds several documents has a reading of each in `parts`, with its own pages and words, and no fields
    of its own.
    """

    document: Document
    pages: tuple[Page, ...] = ()
    words: Words = ()
    kind: Guess | None = None
    tags: Tags = ()
    fields: tuple[Field | Table, ...] = ()
    checks: tuple[Check, ...] = ()
    decision: Decision | None = None
    engines: Mapping[str, Engine] = field(default_factory=dict)
    errors: tuple[Fault, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    parts: tuple["Reading", ...] = ()

    def field(self, name: str) -> Field | None:
        """The single field of that name, if it was read."""
        return next((f for f in self.fields if isinstance(f, Field) and f.name == name), None)

    def table(self, name: str) -> Table | None:
        """The table of that name, if it was read."""
        return next((f for f in self.fields if isinstance(f, Table) and f.name == name), None)

    def every_field(self) -> Iterator[Field]:
        """Single fields and table cells alike."""
        for item in self.fields:
            if isinstance(item, Field):
                yield item
            else:
                for row in item.rows:
                    yield from row.cells.values()
