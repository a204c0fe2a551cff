"""The captions of a printed form: where each box begins, told by its number and its words, and what room it has."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from recto.document.box import Box
from recto.engines.label.captions import compact
from recto.engines.label.rows import Cell, Row
from recto.schemas.schema import FieldSpec, Schema

NUMBER: Final = re.compile(r"^\(?(\d{1,2}[a-d]?|[a-f])\)?[.:]?$", re.IGNORECASE)
BEGUN: Final = 8
"""Letters of a caption that must be there where its rest stands on the next line."""
NUMBERED: Final = 5
"""Letters that are enough beside the right box number."""
ALIKE: Final = 84.0
"""Per cent of letters in common from which a caption counts as misread."""
TALLEST: Final = 9.0
"""A box is at most this many of its caption's lines high."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A caption in its place; `name` is the field's path, `words` are its words on this line."""

    name: str
    spec: FieldSpec
    box: Box
    page: int
    words: tuple[int, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Known:
    """A caption that is looked for: compact, with its field and the box numbers that it may carry."""

    key: str
    name: str
    spec: FieldSpec
    numbers: frozenset[str]


def known_in(schema: Schema) -> tuple[Known, ...]:
    """All captions of a schema, longest first."""
    found = [
        Known(compact(caption), name, spec, _numbers(spec))
        for name, spec in schema.every_spec()
        for caption in spec.captions_in()
        if compact(caption)
    ]
    return tuple(sorted(found, key=lambda known: -len(known.key)))


def _numbers(spec: FieldSpec) -> frozenset[str]:
    return frozenset(alias.removeprefix("box_") for alias in spec.aliases if alias.startswith("box_"))


def anchors_in(rows: Sequence[Row], known: Sequence[Known]) -> list[Anchor]:
    """Every caption on the rows, from the top; a word belongs to one caption."""
    return [anchor for row in rows for cell in row.cells for anchor in _in_cell(cell, known)]


def _in_cell(cell: Cell, known: Sequence[Known]) -> Iterator[Anchor]:
    at = 0
    while at < len(cell.texts):
        found, stop = _at(cell, at, known)
        if found is None:
            at += 1
            continue
        yield Anchor(found.name, found.spec, _box(cell, at, stop), cell.page, cell.words[at:stop], found.key)
        at = stop


def _at(cell: Cell, at: int, known: Sequence[Known]) -> tuple[Known | None, int]:
    """The caption that begins at a word, and where its words on this line end."""
    match = NUMBER.match(cell.texts[at])
    number = match.group(1).lower() if match else ""
    start = at + 1 if number and at + 1 < len(cell.texts) else at
    if at > 0 and start == at and not cell.texts[at][:1].isupper():
        return None, at
    best: tuple[float, Known, int] | None = None
    for one in known:
        stop, score = _fit(cell, start, one, number if start > at else "")
        if stop and (best is None or score > best[0]) and (at == 0 or start > at or score >= 200):
            best = score, one, stop
    return (best[1], best[2]) if best else (None, at)


def _fit(cell: Cell, start: int, one: Known, number: str) -> tuple[int, float]:
    """Where a caption that begins at a word would end, and how well it fits; (0, 0) where it does not.

    Whole captions score above 200, more for more letters; begun ones, whose rest is on the next line, below.
    """
    if number and one.numbers and number not in one.numbers:
        return 0, 0.0
    text, stop = "", start
    while stop < len(cell.texts) and len(text) < len(one.key):
        if stop > start and NUMBER.match(cell.texts[stop]) and len(text) >= NUMBERED and cell.texts[stop][0].isdigit():
            break
        text += compact(cell.texts[stop])
        stop += 1
    least = NUMBERED if number and number in one.numbers else BEGUN
    length = min(len(text), len(one.key))
    if not text or (length < least and text != one.key):
        return 0, 0.0
    score = 100.0 if text[:length] == one.key[:length] else fuzz.ratio(text[:length], one.key[:length])
    if score < ALIKE or (length < 8 and score < 100.0):
        return 0, 0.0
    whole = len(text) >= len(one.key) - 1
    if whole and len(text) > len(one.key) + 2 and text[: len(one.key)] != one.key:
        return 0, 0.0
    bonus = 50.0 if number and number in one.numbers else 0.0
    return stop, score + length + bonus + (100.0 if whole else 0.0)


def _box(cell: Cell, at: int, stop: int) -> Box:
    """The share of the cell's box that some of its words take."""
    total = len(cell.text) or 1
    before = len(" ".join(cell.texts[:at])) + (1 if at else 0)
    own = len(" ".join(cell.texts[at:stop]))
    left = cell.box.left + cell.box.width * before / total
    return Box(left, cell.box.top, left + cell.box.width * own / total, cell.box.bottom)


def room(anchor: Anchor, others: Sequence[Anchor]) -> Box:
    """The room of a box: from its caption to the next captions to the right and below."""
    line, own = anchor.box.height, anchor.box
    near = [other for other in others if other.page == anchor.page and other is not anchor]
    beside = [o for o in near if o.box.left > own.left + 0.01 and abs(o.box.top - own.top) < 1.5 * line]
    later = [o for o in near if o.box.left > own.right and abs(o.box.top - own.top) < TALLEST * line / 2]
    right = min((o.box.left for o in beside or later), default=1.0)
    below = [o.box.top for o in near if o.box.top > own.top + 0.6 * line and _shares(o.box, own.left, right)]
    bottom = min([own.bottom + TALLEST * line, *below])
    return Box(own.left - 0.012, own.top, max(own.right, right), bottom)


def _shares(box: Box, left: float, right: float) -> bool:
    return min(box.right, right) - max(box.left, left) > 0.004


def grouped(anchors: Sequence[Anchor]) -> Mapping[str, list[Anchor]]:
    """Anchors by the field that they name."""
    found: dict[str, list[Anchor]] = {}
    for anchor in anchors:
        found.setdefault(anchor.name, []).append(anchor)
    return found
