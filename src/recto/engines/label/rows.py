"""Words as a person sees them: rows across the page, each of cells that a wide gap parts."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.reading.tilt import tilt_of

GAP = 2.2
"""A gap between two words of more characters parts two cells: a space is under one wide, a column's gap over three."""

ONE_LINE = 1.5
"""Middles of words on one line are at most so many of their heights apart, where the tilt is not quite known."""

READ_SO = 0.25
"""What it counts, as a share of their height, that two words were read on one line."""


@dataclass(frozen=True)
class Cell:
    """Words that stand together in a row: `words` are indexes into the document's words, left to right."""

    words: tuple[int, ...]
    texts: tuple[str, ...]
    box: Box
    page: int

    @cached_property
    def text(self) -> str:
        return " ".join(self.texts)


@dataclass(frozen=True)
class Row:
    """One visual row of a page, its cells left to right."""

    cells: tuple[Cell, ...]
    page: int

    @cached_property
    def text(self) -> str:
        return " ".join(cell.text for cell in self.cells)

    @cached_property
    def box(self) -> Box:
        return Box.around(cell.box for cell in self.cells)

    @cached_property
    def words(self) -> tuple[int, ...]:
        return tuple(index for cell in self.cells for index in cell.words)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for cell in self.cells for text in cell.texts)

    @cached_property
    def gaps(self) -> frozenset[int]:
        """Positions of the words before which a cell ends."""
        ends = [len(cell.texts) for cell in self.cells]
        return frozenset(sum(ends[:n]) for n in range(1, len(ends)))


def rows_of(words: Words) -> tuple[Row, ...]:
    """All rows of all pages, top to bottom; a word without letters, digits or signs stands nowhere."""
    pages: dict[int, list[tuple[int, Word]]] = {}
    for index, word in enumerate(words):
        if word.text.strip():
            pages.setdefault(word.page, []).append((index, word))
    return tuple(row for page in sorted(pages) for row in _rows_of_page(words, pages[page], page))


def _rows_of_page(words: Words, here: list[tuple[int, Word]], page: int) -> list[Row]:
    wide = character_width([word for _, word in here])
    tilt = tilt_of([word for _, word in here])
    level = [(index, replace(word, box=tilt.level(word.box))) for index, word in here]
    rows = [_row([(index, words[index]) for index, _ in strip], page, wide) for strip in _strips(level)]
    return sorted(rows, key=lambda row: tilt.level(row.box).center[1])


def character_width(words: Sequence[Word]) -> float:
    """The usual width of a character as a share of the page's width."""
    widths = [word.box.width / len(word.text) for word in words if len(word.text) > 1]
    return statistics.median(widths) if widths else 0.01


def _strips(here: list[tuple[int, Word]]) -> list[list[tuple[int, Word]]]:
    """Words in strips: a word joins the strip whose nearest word it overlaps by half of the lower one's height."""
    strips: list[list[tuple[int, Word]]] = []
    middles: list[list[float]] = []  # of each strip's words, sideways
    heights = _line_heights(here)
    ordered = sorted(here, key=lambda item: (heights.get(item[1].line, item[1].box.center[1]), item[1].box.left))
    for index, word in ordered:
        middle = word.box.center[0]
        last = range(max(0, len(strips) - 6), len(strips))
        near = {number: _beside(strips[number], middles[number], word, word.line in heights) for number in last}
        home = max(near, key=lambda number: near[number], default=None)
        if home is not None and near[home] >= 0.5:
            strips[home].append((index, word))
            middles[home].append(middle)
        else:
            strips.append([(index, word)])
            middles.append([middle])
    return strips


def _line_heights(here: list[tuple[int, Word]]) -> dict[int, float]:
    """How high each line stands: words of one line come together, so that none is taken by the line above.

    Words that nobody put in lines, which stand anywhere on the page, come by their own height.
    """
    lines: dict[int, list[Box]] = {}
    for _, word in here:
        lines.setdefault(word.line, []).append(word.box)
    heights = {}
    for line, boxes in lines.items():
        centers = [box.center[1] for box in boxes]
        if max(centers) - min(centers) < ONE_LINE * max(box.height for box in boxes):
            heights[line] = statistics.median(centers)
    return heights


def _beside(strip: list[tuple[int, Word]], middles: list[float], word: Word, lined: bool) -> float:
    """How far `word` stands on the strip, by the word of it that is nearest sideways: 0..1.

    Less where they collide, more where they were read on one line (`lined`: the word's line is one).
    """
    away = [abs(each - word.box.center[0]) for each in middles]
    near = strip[away.index(min(away))][1]
    shared = min(near.box.bottom, word.box.bottom) - max(near.box.top, word.box.top)
    low = max(1e-6, min(near.box.height, word.box.height))
    across = min(near.box.right, word.box.right) - max(near.box.left, word.box.left)
    collides = across > 0.5 * max(1e-6, min(near.box.width, word.box.width))
    return shared / low - (0.5 if collides else 0.0) + (READ_SO if lined and near.line == word.line else 0.0)


def _row(strip: list[tuple[int, Word]], page: int, wide: float) -> Row:
    ordered = sorted(strip, key=lambda item: item[1].box.left)
    groups: list[list[tuple[int, Word]]] = []
    for item in ordered:
        if groups and item[1].box.left - groups[-1][-1][1].box.right <= GAP * _width_near(groups[-1][-1][1], wide):
            groups[-1].append(item)
        else:
            groups.append([item])
    return Row(tuple(_cell(group, page) for group in groups), page)


def _width_near(word: Word, wide: float) -> float:
    """Large print has large gaps: the wider of the page's character and this word's."""
    return max(wide, word.box.width / len(word.text) if len(word.text) > 2 else wide)


def _cell(group: list[tuple[int, Word]], page: int) -> Cell:
    return Cell(
        tuple(index for index, _ in group),
        tuple(word.text for _, word in group),
        Box.around(word.box for _, word in group),
        page,
    )
