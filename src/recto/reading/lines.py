"""Words to lines: which words share a line, and in what order a person would read them."""

from bisect import bisect, bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf
from statistics import median

from recto.document.box import Box
from recto.document.page import Word, Words

_SHARED_HEIGHT = 0.45
"""Two words share a line when at least this much of the lower one's height is shared, slope taken away."""

_SHARED_WIDTH = 0.5
"""Two words that stand over each other by more than this share of the narrower one never share a line."""

_NEAR = 3.0
"""Neighbours for measuring the slope stand at most this many letters apart."""

_GUTTER_LETTERS = 2.0
"""The empty strip between two columns of prose is at least this many letters wide."""

_PROSE_LINES = 6
"""Columns are looked for where at least this many lines stand on both sides of the strip."""

_PROSE_WORDS = 3.0
"""A column of prose has at least this many words on its typical line; a column of prices has one."""

_PROSE_FILL = 0.7
"""The typical line of prose fills at least this share of its column's width."""


@dataclass(slots=True)
class _Line:
    """A line under construction: its words from left to right."""

    words: list[Word]

    @property
    def last(self) -> Word:
        return self.words[-1]

    def height_at_zero(self, slope: float) -> float:
        """Where the line would cross the page's left edge: its place among lines."""
        return median(_level(word.box, slope) for word in self.words)


def in_lines(words: Sequence[Word], slope: float | None = None) -> Words:
    """The words in reading order with `line` set, counted from 0 on each page. `slope` where it is known.

    A line runs over wide gaps (a caption and its amount are one line) and follows a slant or a slight curve; columns
    of prose are read one after the other. Words without text are left out. Pages keep their order.
    """
    numbered: list[Word] = []
    spoken = sorted((word for word in words if word.text.strip()), key=lambda word: word.page)
    for _, page in groupby(spoken, key=lambda word: word.page):
        for number, line in enumerate(_lines_of(list(page), slope)):
            numbered.extend(replace(word, line=number) for word in line.words)
    return tuple(numbered)


def _lines_of(words: list[Word], slope: float | None) -> list[_Line]:
    rows = _rows(words, slope_of(words) if slope is None else slope)
    gutter = _gutter(rows)
    if gutter is None:
        return rows
    return _by_column(rows, gutter, slope)


def slope_of(words: Sequence[Word]) -> float:
    """How far lines fall per page width, in page heights: the middle of all neighbours' slopes; 0 for lone words."""
    slopes = [slope for _, _, slope in slopes_of(words)]
    return median(slopes) if len(slopes) > 2 else 0.0


def slopes_of(words: Sequence[Word]) -> Iterator[tuple[float, float, float]]:
    """For each two neighbours the middle between them (x, y) and how far they fall per page width."""
    for left, right in _neighbours(sorted(words, key=lambda word: word.box.left)):
        (x1, y1), (x2, y2) = left.box.center, right.box.center
        if x2 > x1:  # a word within another has its middle anywhere
            yield (x1 + x2) / 2, (y1 + y2) / 2, (y2 - y1) / (x2 - x1)


def _neighbours(words: Sequence[Word]) -> Iterable[tuple[Word, Word]]:
    """Each word, of those sorted by their left side, with the nearest word to its right that stands beside it."""
    lefts = [word.box.left for word in words]
    for index, word in enumerate(words):
        letter = _letter(word)
        start = max(index + 1, bisect_left(lefts, word.box.right - letter))
        for other in words[start : bisect(lefts, word.box.right + _NEAR * letter)]:
            meets = other.box.top < word.box.bottom and word.box.top < other.box.bottom
            if meets and _shared(word.box, other.box, 0.0) > _SHARED_HEIGHT:
                yield word, other
                break


def _rows(words: Sequence[Word], slope: float) -> list[_Line]:
    """Lines from the top down, each grown from left to right."""
    ends = _Ends(slope, max((word.box.height for word in words), default=0.0))
    for word in sorted(words, key=lambda word: (word.box.left, word.box.top)):
        line = ends.taken_beside(word) or _Line([])
        line.words.append(word)
        ends.put(line)
    return sorted(ends.lines, key=lambda line: line.height_at_zero(slope))


class _Ends:
    """Lines under construction in the order of how high their last words stand, so that a page of thousands of words
    is not searched whole for each.
    """

    def __init__(self, slope: float, tallest: float) -> None:
        self.slope = slope
        self.tallest = tallest
        self.levels: list[float] = []
        self.lines: list[_Line] = []

    def put(self, line: _Line) -> None:
        level = _level(line.last.box, self.slope)
        at = bisect(self.levels, level)
        self.levels.insert(at, level)
        self.lines.insert(at, line)

    def taken_beside(self, word: Word) -> _Line | None:
        """The line whose last word stands most nearly beside `word`, taken out; None where no line's does."""
        for at in self._outward(_level(word.box, self.slope), (word.box.height + self.tallest) / 2):
            if _beside(self.lines[at].last.box, word.box, self.slope):
                del self.levels[at]
                return self.lines.pop(at)
        return None

    def _outward(self, level: float, reach: float) -> Iterator[int]:
        """Places from the nearest level to the farthest one within reach."""
        below = bisect(self.levels, level)
        above = below - 1
        while True:
            up = level - self.levels[above] if above >= 0 else inf
            down = self.levels[below] - level if below < len(self.levels) else inf
            if min(up, down) > reach:
                return
            if up <= down:
                yield above
                above -= 1
            else:
                yield below
                below += 1


def _beside(left: Box, right: Box, slope: float) -> bool:
    covered = left.right - right.left
    if covered > _SHARED_WIDTH * min(left.width, right.width):
        return False
    return _shared(left, right, slope) > _SHARED_HEIGHT


def _shared(one: Box, other: Box, slope: float) -> float:
    """The share of the lower box's height that both have, once the slope is taken away."""
    drop = slope * (other.center[0] - one.center[0])
    shared = min(one.bottom, other.bottom - drop) - max(one.top, other.top - drop)
    return shared / max(min(one.height, other.height), 1e-9)


def _level(box: Box, slope: float) -> float:
    x, y = box.center
    return y - slope * x


def _letter(word: Word) -> float:
    return word.box.width / max(len(word.text), 1)


def _gutter(rows: Sequence[_Line]) -> tuple[float, float, list[int]] | None:
    """The strip (left, right) between two columns of prose, and the rows that it parts; None where there is none.

    Found as the strip that is free of words on the most rows which have words on both of its sides.
    """
    letter = median([_letter(word) for row in rows for word in row.words] or [0.0])
    best: tuple[float, float, list[int]] | None = None
    for strip in _strips(rows, letter):
        parted = [number for number, row in enumerate(rows) if _parts(row, strip)]
        if len(parted) >= _PROSE_LINES and (best is None or len(parted) > len(best[2])):
            best = (*strip, parted)
    if best is None or not _prose([rows[number] for number in best[2]], best[:2]):
        return None
    return best


def _strips(rows: Sequence[_Line], letter: float) -> Iterable[tuple[float, float]]:
    """Candidate strips: where the gaps of many rows meet, tried at the middles of the gaps."""
    gaps = [
        (left.box.right, right.box.left)
        for row in rows
        for left, right in zip(row.words, row.words[1:], strict=False)
        if right.box.left - left.box.right > _GUTTER_LETTERS * letter
    ]
    for center in sorted({round((left + right) / 2, 2) for left, right in gaps}):
        meeting = [gap for gap in gaps if gap[0] < center < gap[1]]
        if len(meeting) >= _PROSE_LINES:
            yield max(gap[0] for gap in meeting), min(gap[1] for gap in meeting)


def _parts(row: _Line, strip: tuple[float, float]) -> bool:
    """Whether the row has words on both sides of the strip and none in it."""
    left, right = strip
    if right <= left or any(word.box.left < right and word.box.right > left for word in row.words):
        return False
    return row.words[0].box.right <= left and row.words[-1].box.left >= right


def _prose(rows: Sequence[_Line], strip: tuple[float, float]) -> bool:
    """Whether both sides read as running text rather than as the cells of a table."""
    return all(_runs([_side(row, strip, before) for row in rows]) for before in (True, False))


def _runs(sides: Sequence[Sequence[Word]]) -> bool:
    widths = [side[-1].box.right - side[0].box.left for side in sides]
    column = max(side[-1].box.right for side in sides) - min(side[0].box.left for side in sides)
    enough = median(len(side) for side in sides) >= _PROSE_WORDS
    return enough and median(widths) >= _PROSE_FILL * column


def _side(row: _Line, strip: tuple[float, float], before: bool) -> list[Word]:
    return [word for word in row.words if (word.box.right <= strip[0]) == before]


def _by_column(rows: Sequence[_Line], gutter: tuple[float, float, list[int]], slope: float | None) -> list[_Line]:
    """Rows above the columns, the left column, the right one, and the rows below, each read downwards."""
    strip, parted = gutter[:2], gutter[2]
    middle = rows[parted[0] : parted[-1] + 1]
    across = [row for row in middle if not _parts(row, strip) and _crosses(row, strip)]
    if across:
        return list(rows)  # a line runs through the strip: these are not two columns
    columns: list[_Line] = []
    for before in (True, False):
        words = [word for row in middle for word in _side(row, strip, before)]
        columns.extend(_lines_of(words, slope) if words else [])
    return [*rows[: parted[0]], *columns, *rows[parted[-1] + 1 :]]


def _crosses(row: _Line, strip: tuple[float, float]) -> bool:
    return row.words[0].box.left < strip[0] and row.words[-1].box.right > strip[1]
