"""Any other document: its title, captions with their values, days and amounts."""

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.figures import days
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import amounts

LONGEST: Final = 7
"""Words of a caption and of a value at most: more are a sentence."""
HEAD: Final = 0.35
"""A title stands in the upper part of the first page, as a share of its height."""
LARGE: Final = 1.25
"""It is set so much larger than the rest."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A caption and its value, as words."""

    key: tuple[int, ...]
    value: tuple[int, ...]


def other_spans(words: Words, rows: Sequence[Row]) -> list[Span]:
    """Spans of a document of no kind of ours."""
    title = _title(words, rows)
    spans = [Span("title", title)] if title else []
    taken = set(title)
    for row in rows:
        for pair in _pairs(row):
            if not taken & {*pair.key, *pair.value}:
                spans += [Span("pairs.key", pair.key), Span("pairs.value", pair.value)]
                taken |= {*pair.key, *pair.value}
    return [*spans, *_loose(rows, taken)]


def _title(words: Words, rows: Sequence[Row]) -> tuple[int, ...]:
    """The largest print at the top of the first page, in one row or those that go on with it."""
    if not rows:
        return ()
    usual = statistics.median(word.box.height for word in words)
    page = rows[0].page
    top = [row for row in rows if row.page == page and row.box.top < HEAD]
    able = [cell for row in top for cell in row.cells if sum(map(str.isalpha, cell.text)) > 3 and cell.text[-1] != ":"]
    best = max(able, key=lambda cell: _height(words, cell), default=None)
    if best is None or _height(words, best) < LARGE * usual:
        return ()
    size = _height(words, best)
    more = [cell for cell in able if abs(_height(words, cell) - size) < 0.12 * size and _beneath(best, cell)]
    return tuple(index for cell in (best, *more[:2]) for index in cell.words)


def _height(words: Words, cell: Cell) -> float:
    return statistics.median(words[index].box.height for index in cell.words)


def _beneath(upper: Cell, lower: Cell) -> bool:
    return 0 < lower.box.top - upper.box.top < 3.2 * upper.box.height


def _pairs(row: Row) -> Iterator[Pair]:
    """`caption: value` within a cell or over a gap; where no colon stands, a caption beside a value of another form."""
    for place, cell in enumerate(row.cells):
        colon = next((n for n, text in enumerate(cell.texts) if text.endswith(":") and n < LONGEST), None)
        after = row.cells[place + 1] if place + 1 < len(row.cells) else None
        if colon is not None:
            rest = cell.words[colon + 1 :] or (after.words if after and not after.text.endswith(":") else ())
            if 0 < len(rest) <= LONGEST + 4:
                yield Pair(cell.words[: colon + 1], tuple(rest))
        elif after is not None and len(row.cells) <= 4 and place % 2 == 0 and _is_caption(cell) and _is_value(after):
            yield Pair(cell.words, after.words)


def _is_caption(cell: Cell) -> bool:
    """Short, in letters, no sentence."""
    return len(cell.texts) <= LONGEST and cell.text[0].isupper() and not any(map(str.isdigit, cell.text))


def _is_value(cell: Cell) -> bool:
    """Short, with a digit: beside a caption without a colon nothing else tells a value from another caption."""
    return len(cell.texts) <= LONGEST and not cell.text.endswith((":", ".")) and any(map(str.isdigit, cell.text))


def _loose(rows: Sequence[Row], taken: set[int]) -> Iterator[Span]:
    """Whole days and amounts outside the pairs."""
    for row in rows:
        for match in days(row):
            own = row.words[match.start : match.stop]
            if not taken & set(own) and re.search(r"\d{2}\W*$", match.text):
                yield Span("dates.date", own)
        for match in amounts(row.texts, row.gaps):
            own = row.words[match.start : match.stop]
            if not taken & set(own):
                yield Span("amounts.amount", own)
