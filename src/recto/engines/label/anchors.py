"""The captions of a printed form: where each box begins, told by its number and its words, and what room it has."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapidfuzz import fuzz

from recto.document.box import Box
from recto.engines.label.captions import compact
from recto.engines.label.rows import Cell, Row
from recto.schemas.schema import FieldSpec, Schema

NUMBER: Final = re.compile(r"^\(?(\d{1,2}[a-d]?|[a-f])\)?[.:]?$", re.IGNORECASE)
BEGUN: Final = 10
"""Letters of a caption that must be there where its rest stands on the next line."""
NUMBERED: Final = 5
"""Letters that are enough beside the right box number."""
ALIKE: Final = 84.0
"""Per cent of letters in common from which a caption counts as misread."""
LINE: Final = 2.0
"""The next line of a caption stands less than this many of its heights below."""
ALIGNED: Final = 0.03
"""It begins at most this share of the page's width left or right of the first."""
SURE: Final = 94.0
"""The same for a caption that is only begun, without its box number."""
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
    text: str
    height: float = 0.0
    """Of its first line."""


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
    found = [anchor for row in rows for cell in row.cells for anchor in _in_cell(cell, known)]
    whole: list[Anchor] = []
    taken: set[int] = set()
    for anchor in sorted(found, key=lambda anchor: (anchor.page, anchor.box.top, anchor.box.left)):
        if not taken & set(anchor.words) and not _again(anchor, whole):
            whole.append(_completed(anchor, rows))
            taken |= set(whole[-1].words)
    return whole


def _again(anchor: Anchor, before: Sequence[Anchor]) -> bool:
    """Whether the same box is named once more in the same row: first name, last name."""
    return any(
        one.name == anchor.name and one.page == anchor.page and abs(one.box.top - anchor.box.top) < anchor.height
        for one in before[-6:]
    )


def _completed(anchor: Anchor, rows: Sequence[Row]) -> Anchor:
    """With the words of the lines below that go on with a caption that its first line only begins."""
    indexes, text = list(anchor.words), anchor.text
    bottom = anchor.box
    for row in rows:
        if row.page != anchor.page or not 0 < row.box.center[1] - bottom.center[1] < LINE * anchor.box.height:
            continue
        cell = next((c for c in row.cells if abs(c.box.left - anchor.box.left) < ALIGNED), None)
        if cell is None:
            continue
        stop = _goes_on(cell, anchor.key[len(text) :])
        if not stop:
            break
        indexes += cell.words[:stop]
        text += compact("".join(cell.texts[:stop]))
        bottom = cell.box
    box = Box(anchor.box.left, anchor.box.top, anchor.box.right, max(anchor.box.bottom, bottom.bottom))
    return replace(anchor, words=tuple(indexes), box=box, height=anchor.box.height)


def _goes_on(cell: Cell, rest: str) -> int:
    """How many words of a cell are the rest of a caption, 0 for none."""
    text = ""
    for stop, word in enumerate(cell.texts, 1):
        text += compact(word)
        if len(text) >= len(rest) - 1:
            return stop if rest and fuzz.ratio(text, rest) >= ALIKE else 0
    begun = len(text) >= 2 and fuzz.ratio(text, rest[: len(text)]) >= ALIKE
    return len(cell.texts) if begun else 0


def _in_cell(cell: Cell, known: Sequence[Known]) -> Iterator[Anchor]:
    at = 0
    while at < len(cell.texts):
        found, stop = _at(cell, at, known)
        if found is None:
            at += 1
            continue
        texts = cell.texts[at:stop]
        said = compact("".join(texts[1:] if NUMBER.match(texts[0]) and len(texts) > 1 else texts))
        box = _box(cell, at, stop)
        yield Anchor(found.name, found.spec, box, cell.page, cell.words[at:stop], found.key, said, box.height)
        at = stop


def _at(cell: Cell, at: int, known: Sequence[Known]) -> tuple[Known | None, int]:
    """The caption that begins at a word, and where its words on this line end."""
    match = NUMBER.match(cell.texts[at])
    number = match.group(1).lower() if match else ""
    start = at + 1 if number and at + 1 < len(cell.texts) else at
    if at > 0 and start == at and not cell.texts[at][:1].isupper():
        return None, at
    best: tuple[float, Known, int] | None = None
    lead = compact("".join(cell.texts[start : start + 2]))[:3]
    for one in known:
        if not lead or (lead[0] != one.key[0] and lead[1:] != one.key[1:3]):
            continue  # most words begin no caption: this keeps pages of instructions fast
        stop, score = _fit(cell, start, one, number if start > at else "")
        if stop and (best is None or score > best[0]) and (at == 0 or start > at or stop == _whole(cell, start, one)):
            best = score, one, stop
    return (best[1], best[2]) if best else (None, at)


def _fit(cell: Cell, start: int, one: Known, number: str) -> tuple[int, float]:
    """Where a caption that begins at a word would end, and how well it fits; (0, 0) where it does not.

    What counts is how many letters of the line are explained; a whole caption comes before one that is only begun.
    """
    text, stop = _letters(cell, start, len(one.key))
    right, wrong = number in one.numbers, bool(number and one.numbers and number not in one.numbers)
    least = NUMBERED if right else BEGUN
    length = min(len(text), len(one.key))
    if not text or (length < least and text != one.key):
        return 0, 0.0
    score = 100.0 if text[:length] == one.key[:length] else fuzz.ratio(text[:length], one.key[:length])
    # Boxes were renumbered over the years: words that fit to the letter weigh more than a number that does not.
    if score < (ALIKE if right or len(text) >= len(one.key) - 1 else SURE) or (score < 100.0 and (length < 8 or wrong)):
        return 0, 0.0
    whole = len(text) >= len(one.key) - 1
    if whole and len(text) > len(one.key) + 2 and text[: len(one.key)] != one.key:
        return 0, 0.0
    bonus = 50.0 if right else -20.0 if wrong else 0.0
    return stop, score + 3.0 * length + bonus + (5.0 if whole else 0.0)


def _letters(cell: Cell, start: int, most: int) -> tuple[str, int]:
    """So many letters of the line from a word on, or fewer where the next box's number stands before, and their end."""
    text, stop = "", start
    while stop < len(cell.texts) and len(text) < most:
        if stop > start and NUMBER.match(cell.texts[stop]) and len(text) >= NUMBERED and cell.texts[stop][0].isdigit():
            break
        text += compact(cell.texts[stop])
        stop += 1
    return text, stop


def _whole(cell: Cell, start: int, one: Known) -> int:
    """Where the caption ends if it stands there in full, else -1."""
    text = ""
    for stop in range(start, len(cell.texts)):
        text += compact(cell.texts[stop])
        if text == one.key and len(text) >= BEGUN:
            return stop + 1
    return -1


def _box(cell: Cell, at: int, stop: int) -> Box:
    """The share of the cell's box that some of its words take."""
    total = len(cell.text) or 1
    before = len(" ".join(cell.texts[:at])) + (1 if at else 0)
    own = len(" ".join(cell.texts[at:stop]))
    left = cell.box.left + cell.box.width * before / total
    return Box(left, cell.box.top, left + cell.box.width * own / total, cell.box.bottom)


def room(anchor: Anchor, others: Sequence[Anchor]) -> Box:
    """The room of a box: from its caption to the next captions to the right and below."""
    line, own = anchor.height, anchor.box
    near = [other for other in others if other.page == anchor.page and other is not anchor]
    beside = [o for o in near if o.box.left > own.left + 0.01 and abs(o.box.top - own.top) < 1.2 * line]
    beside = [o for o in beside if o.name != anchor.name]
    below = [o for o in near if o.name != anchor.name or o.box.left < own.left + 0.01]
    later = [o for o in below if o.box.left > own.right and own.top < o.box.top < own.bottom + 2 * line]
    right = min((o.box.left for o in beside or later), default=1.0)
    under = [o.box.top for o in below if o.box.top > own.top + 0.6 * line and _shares(o.box, own.left, right)]
    bottom = min([own.bottom + TALLEST * line, *under])
    return Box(own.left - 0.012, own.top, max(own.right, right), bottom)


def _shares(box: Box, left: float, right: float) -> bool:
    return min(box.right, right) - max(box.left, left) > 0.004
