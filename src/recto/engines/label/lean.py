"""Columns as they would stand if the page were seen from straight above: a photograph lets them lean."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, groupby
from typing import Final

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.engines.label.columns import DAY, is_money
from recto.engines.label.rows import Row

FEWEST: Final = 8
"""So many pairs of rows show how an edge leans."""
FAR: Final = 0.08
"""Two rows show it that stand so far apart, as a share of the page's height."""
SAME: Final = 0.05
"""They have one edge when their ends differ by less than this share of the page's width."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lean:
    """How far left and right edges of a table move sideways per page height, and where (x) each stands."""

    left: float
    right: float
    start: float
    stop: float

    def upright(self, box: Box) -> Box:
        """The box where it would stand if nothing leaned; what stands at the page's top stays."""
        share = (box.center[0] - self.start) / (self.stop - self.start)
        away = (self.left + (self.right - self.left) * share) * box.center[1]
        return Box(box.left - away, box.top, box.right - away, box.bottom)


def upright(words: Words, rows: Sequence[Row]) -> tuple[Words, tuple[Row, ...]]:
    """The words and their rows with nothing that leans, as far as the movements on each page show it."""
    pages = groupby(rows, key=lambda row: row.page)
    leans = {page: lean for page, here in pages if (lean := _lean_of(words, list(here)))}
    level = tuple(_upright(word, leans) for word in words)
    return level, tuple(_again(row, level) if row.page in leans else row for row in rows)


def _lean_of(words: Words, rows: Sequence[Row]) -> Lean | None:
    """By the days at the left and the amounts at the right of a page's rows; None where there are too few of either."""
    days = [words[row.words[0]].box for row in rows if _begins_with_day(row)]
    ends = [words[row.words[-1]].box for row in rows if is_money(row.texts[-1])]
    left = [(box.left, box.center[1]) for box in days]
    right = [(box.right, box.center[1]) for box in ends]
    leans = [_slope(points) for points in (left, right)]
    if leans[0] is None or leans[1] is None:
        return None
    start, stop = (statistics.median(x for x, _ in points) for points in (left, right))
    return Lean(leans[0], leans[1], start, stop) if stop - start > FAR else None


def _begins_with_day(row: Row) -> bool:
    return any(DAY.match(" ".join(row.texts[:size])) for size in (1, 2))


def _slope(points: Sequence[Point]) -> float | None:
    """Theil and Sen's: the middle of the slopes of all pairs that stand far apart on one edge."""
    slopes = list(_slopes(points))
    return statistics.median(slopes) if len(slopes) >= FEWEST else None


def _slopes(points: Sequence[Point]) -> Iterator[float]:
    for (x1, y1), (x2, y2) in combinations(points, 2):
        if abs(y2 - y1) > FAR and abs(x2 - x1) < SAME:
            yield (x2 - x1) / (y2 - y1)


def _upright(word: Word, leans: Mapping[int, Lean]) -> Word:
    lean = leans.get(word.page)
    return word if lean is None else replace(word, box=lean.upright(word.box))


def _again(row: Row, words: Words) -> Row:
    cells = (replace(cell, box=Box.around(words[index].box for index in cell.words)) for cell in row.cells)
    return Row(tuple(cells), row.page)
