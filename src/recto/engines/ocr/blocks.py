"""A block of text to words with places, where an engine gives the block's place alone: reckoned, line by line."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from recto.document.box import Box
from recto.document.page import Word, Words

_LETTER: Final = 0.42
"""A letter's usual width, as a share of its line's height with the leading."""


def placed_words(box: Box, text: str, table: bool, shape: float) -> Words:
    """The words of a block, `line` from 0. `shape` is the page's width by its height."""
    cells = cells_of(text) if table else ()
    return in_grid(box, cells) if cells else tuple(in_lines(box, text, shape))


def in_lines(box: Box, text: str, shape: float) -> Iterator[Word]:
    """Lines at even distances; a line's words by their share of its letters."""
    given = [line.split() for line in text.splitlines() if line.strip()]
    lines = [part for line in given for part in wrapped(line, letters_a_line(box, given, shape))]
    height = box.height / max(1, len(lines))
    for number, words in enumerate(lines):
        top = box.top + number * height
        yield from along(Box(box.left, top, box.right, top + height), words, number, longest(lines))


def letters_a_line(box: Box, lines: Sequence[Sequence[str]], shape: float) -> int:
    """How many letters fit, so that lines of that length at that height fill the block."""
    letters = max(1, sum(letters_in(line) for line in lines))
    rows = max(len(lines), round(math.sqrt(_LETTER * letters * box.height / max(1e-6, box.width * shape))), 1)
    return max(math.ceil(letters / rows), 1) if rows > len(lines) else max(map(letters_in, lines), default=1)


def wrapped(words: Sequence[str], most: int) -> Iterator[list[str]]:
    """The words in lines of about that many letters."""
    line: list[str] = []
    for word in words:
        if line and letters_in([*line, word]) > most * 1.1:
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def along(box: Box, words: Sequence[str], number: int, letters: int) -> Iterator[Word]:
    """One line's words from its left edge on; `letters` fill its whole width."""
    letter = box.width / max(1, letters)
    left = box.left
    for word in words:
        right = min(box.right, left + letter * len(word))
        yield Word(word, Box(left, box.top, max(right, left + letter / 2), box.bottom).clipped(), line=number)
        left = min(right + letter, box.right - letter / 2)


def longest(lines: Sequence[Sequence[str]]) -> int:
    return max(map(letters_in, lines), default=1)


def letters_in(words: Sequence[str]) -> int:
    """With a blank between each two."""
    return sum(map(len, words)) + max(0, len(words) - 1)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its first row and column, how many of them it takes, and its words."""

    row: int
    column: int
    rows: int
    columns: int
    words: tuple[str, ...]


def cells_of(html: str) -> tuple[Cell, ...]:
    """The cells of a table in HTML; none where there is no table in it."""
    reader = TableReader()
    reader.feed(html)
    reader.close()
    return tuple(reader.cells)


@dataclass
class TableReader(HTMLParser):
    """Lays cells out as HTML does: each in the next column that no cell of a row above reaches into."""

    cells: list[Cell] = field(default_factory=list)
    row: int = -1
    taken: set[tuple[int, int]] = field(default_factory=set)
    span: tuple[int, int] = (1, 1)
    text: list[str] | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.finish()
            self.row += 1
        elif tag in ("td", "th"):
            self.finish()
            given = dict(attrs)
            self.span = spanned(given.get("rowspan")), spanned(given.get("colspan"))
            self.text = []
        elif tag == "br" and self.text is not None:
            self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.finish()

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def close(self) -> None:
        super().close()
        self.finish()

    def finish(self) -> None:
        """The cell that was begun has ended."""
        if self.text is None:
            return
        row, column = max(self.row, 0), 0
        while (row, column) in self.taken:
            column += 1
        rows, columns = self.span
        self.taken |= {(row + down, column + right) for down in range(rows) for right in range(columns)}
        self.cells.append(Cell(row, column, rows, columns, tuple("".join(self.text).split())))
        self.text = None


def spanned(stated: str | None) -> int:
    return min(max(int(stated), 1), 1000) if stated and stated.isdigit() else 1


def in_grid(box: Box, cells: Sequence[Cell]) -> Words:
    """The words of cells, each row one line, columns as wide as their longest text asks for."""
    rows = max(cell.row + cell.rows for cell in cells)
    edges = column_edges(box, cells)
    height = box.height / rows
    found: list[Word] = []
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        top = box.top + cell.row * height
        own = Box(edges[cell.column], top, edges[cell.column + cell.columns], top + height * cell.rows)
        found += along(own, cell.words, cell.row, max(letters_in(cell.words), 1))
    return tuple(found)


def column_edges(box: Box, cells: Sequence[Cell]) -> list[float]:
    """The left edge of each column, and the right one of the last."""
    count = max(cell.column + cell.columns for cell in cells)
    widths = [1.0] * count
    for cell in cells:
        if cell.columns == 1:
            widths[cell.column] = max(widths[cell.column], letters_in(cell.words) + 1.0)
    edges = [box.left]
    for width in widths:
        edges.append(edges[-1] + box.width * width / sum(widths))
    return edges
