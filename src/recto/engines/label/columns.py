"""The columns of movements: by the heads of their table, or by the rows themselves where no head can be read."""

import re
import statistics
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz, process

from recto.document.box import Box
from recto.document.page import Words
from recto.engines.label.captions import compact
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import MONTH
from recto.engines.label.tables import Column, Grid, grids, heads_of
from recto.schemas.schema import TableSpec

EXTRA: Final = {
    "date": ["trans. date", "tran date", "transaction date", "date of transaction", "effective date", "value date"],
    "details": ["details", "type", "memo"],
    "amount": ["amount", "amount ($)", "$ amount", "amount usd", "transaction amount", "charges"],
    "balance": ["balance ($)", "balance amount", "daily balance", "ledger balance"],
    "deposit_amount": ["deposits ($)", "additions", "deposits and additions", "money in", "credit amount", "amount in"],
    "withdrawal_amount": ["withdrawals ($)", "money out", "debit amount", "payments", "amount out", "checks"],
}
"""Heads of columns beside those of the schema. Details are a second text, which counts where there is no first."""
NEEDED: Final = ({"date"}, {"amount", "deposit_amount", "withdrawal_amount"})
AMOUNTS: Final = ("amount", "deposit_amount", "withdrawal_amount")
NUMBERS: Final = (*AMOUNTS, "balance")
NUMBER: Final = re.compile(
    r"^(?:[*.](?=\d[\d,]*\.\d\d\b))?[-–+(]?\s?(?:[$€£]|S(?=[\d,]+\.\d\d\b))?\s?[-–+]?"
    r"(?:\d{1,3}(?:[,.]\d{3})*,\d{5}|(?:\d{1,3}(?:[,.]\d{3})+|\d+)?(?:[.,]\d{1,2})?)\)?[-–+]?(?:CR|DR)?$",
    re.I,
)
"""An amount; `S577.00`, `.41.34` and `3,25343` are what OCR makes of a sign and of a point that is hardly there."""
DAY: Final = re.compile(
    rf"^(?:\d{{1,2}}(?:[/.-]|\.[/-])\d{{1,2}}(?:[/.-]\d{{2,4}})?|\d{{4}}-\d\d-\d\d|{MONTH}\.?\s?\d{{1,2}}(?:,?\s?\d{{4}})?"
    rf"|\d{{1,2}}[\s-]?{MONTH}(?:[\s-]?\d{{2,4}})?),?$",
    re.IGNORECASE,
)
"""A day at the start of a row, with or without its year."""
OUT: Final = re.compile(
    r"withdraw|debit|subtraction|checks?\b|fees?\b|charges|paid out|money out|payments? sent|purchases", re.I
)
IN: Final = re.compile(r"deposit|credit|addition|paid in|money in|received", re.I)
EDGE: Final = 0.004
"""Words begin so much, a share of the page's width, beside the end of their head by chance."""
APART: Final = 0.035
"""The ends of two columns of numbers are further apart than this share of the page's width."""
ALIKE: Final = 85.0
LONG: Final = 6
"""A head of so many letters is known with one of them misread."""
CODE: Final = re.compile(r"^(?=(?:.*\d){4})[A-Z\d]{6,}$")
"""The number by which a bank refers to a movement."""
FEWEST: Final = 2
"""So many rows of a day, a text and an amount are a table without its head."""


def movement_grids(words: Words, rows: Sequence[Row], table: TableSpec) -> list[Grid]:
    """The tables of movements: a head names the day and an amount. One ends where another head stands.

    Rows that move money above the first head whose words were read stand in its columns; without any head the columns
    are told from the rows.
    """
    heads = heads_of(table, EXTRA)
    heads |= {compact(caption): name for name in ("details", "amount") for caption in EXTRA[name]}
    told = _Heads(heads)
    able = [told.unglued(row) for row in rows]
    found = [_ended(able, grid, heads) for grid in grids(words, able, heads, NEEDED)]
    fitted = [_told(words, rows, _fitted(words, rows, grid), table) for grid in found]
    loose = _like_movements(rows, fitted[0].first if fitted else len(rows))
    if len(loose) < FEWEST:
        return fitted
    if fitted:
        return [replace(fitted[0], first=loose[0], last=loose[-1] + 1), *fitted]
    inferred = _inferred(words, rows, loose, table)
    return [inferred] if inferred else []


def is_check_list(grid: Grid) -> bool:
    """Whether a table lists checks paid: their numbers and amounts, and nothing that is described."""
    names = grid.names()
    return "check_number" in names and "amount" in names and not names & {"description", "details", "balance"}


class _Heads:
    """The words of heads, to part those that were read as one (`DateTransaction`)."""

    def __init__(self, heads: Mapping[str, str]) -> None:
        self.keys = frozenset(heads)

    def unglued(self, row: Row) -> Row:
        """The row with words parted where two heads meet in one."""
        if any(map(str.isdigit, row.text)) or len(row.texts) > 24:
            return row
        cells = tuple(self._parted(cell) for cell in row.cells)
        return row if cells == row.cells else Row(cells, row.page)

    def _parted(self, cell: Cell) -> Cell:
        key = compact(cell.text)
        if key not in self.keys and len(key) >= LONG:
            alike = process.extractOne(key, self.keys, scorer=fuzz.ratio, score_cutoff=ALIKE)
            if alike and abs(len(alike[0]) - len(key)) <= 2:
                return Cell(cell.words[:1], (alike[0],), cell.box, cell.page)
        texts, indexes = [], []
        for index, text in zip(cell.words, cell.texts, strict=True):
            for part in self._parts(cell, text):
                texts.append(part)
                indexes.append(index)
        return Cell(tuple(indexes), tuple(texts), cell.box, cell.page)

    def _parts(self, cell: Cell, text: str) -> tuple[str, ...]:
        """A word in two where one head ends and another begins, so that the whole cell is heads."""
        if compact(cell.text) in self.keys or len(text) < 7:
            return (text,)
        before, _, after = cell.text.partition(text)
        for at in range(3, len(text) - 2):
            ends = any(compact(before + text[:at]).endswith(key) for key in self.keys)
            begins = any(compact(text[at:] + after).startswith(key) for key in self.keys)
            if ends and begins:
                return text[:at], text[at:]
        return (text,)


def _like_movements(rows: Sequence[Row], stop: int) -> list[int]:
    """The rows up to `stop` that begin with a day and end with an amount, a text between."""
    return [n for n in range(min(stop, len(rows))) if _is_like(rows[n])]


def _is_like(row: Row) -> bool:
    days = _days(row.texts)
    numbers = _trailing(row.texts)
    return bool(days) and numbers > 0 and len(row.texts) > sum(days) + numbers and is_money(row.texts[-1])


def is_money(text: str) -> bool:
    """Whether a word is an amount with its cents."""
    return is_number(text) and bool(re.search(r"[.,]\d{2}\W*$", text))


def _days(texts: Sequence[str]) -> list[int]:
    """How many words each day at the start of a row has: one day or two."""
    found: list[int] = []
    at = 0
    while len(found) < 2:
        size = next((n for n in (1, 2) if DAY.match(" ".join(texts[at : at + n])) and at + n <= len(texts)), 0)
        if not size:
            break
        found.append(size)
        at += size
    return found


def _trailing(texts: Sequence[str]) -> int:
    """How many words at the end of a row are amounts."""
    count = 0
    while count < min(3, len(texts)) and is_money(texts[-1 - count]):
        count += 1
    return count


def _inferred(words: Words, rows: Sequence[Row], numbers: Sequence[int], table: TableSpec) -> Grid | None:
    """A grid from rows without a head: days at the left, amounts by where they end, the text between."""
    ends = sorted(words[index].box.right for n in numbers for index in rows[n].words[-_trailing(rows[n].texts) :])
    stops = [statistics.median(group) for group in _grouped(ends)]
    names = _named_amounts(len(stops), table, rows, numbers, stops)
    if not names:
        return None
    lefts = [_lefts(words, rows[n]) for n in numbers]
    two = 2 * sum(len(each) == 3 for each in lefts) > len(lefts) and table.column("posting_date") is not None
    usual = [each for each in lefts if len(each) == (3 if two else 2)] or lefts
    texts = ["date", *(["posting_date"] if two else []), "description"]
    starts = [min(each[n] for each in usual if len(each) > n) - EDGE for n in range(len(texts))]
    widest = min(words[rows[n].words[-_trailing(rows[n].texts)]].box.left for n in numbers)
    edges = [0.0, *starts[1:], *(max(widest - EDGE, starts[-1]) if n == 0 else stops[n - 1] for n in range(len(stops)))]
    heads = [Box(x, 0.0, x, 0.0) for x in (*starts, *stops)]
    spans = zip((*texts, *names), pairwise([*edges, 1.01]), heads, strict=True)
    columns = tuple(Column(name, left, right, head) for name, (left, right), head in spans)
    return Grid(columns, numbers[0], numbers[-1] + 1)


def _lefts(words: Words, row: Row) -> list[float]:
    """Where the days of a row and its text begin."""
    places = [0]
    for size in _days(row.texts):
        places.append(places[-1] + size)
    return [words[row.words[place]].box.left for place in places]


def _grouped(ends: Sequence[float]) -> Iterator[list[float]]:
    group: list[float] = []
    for end in ends:
        if group and end - group[-1] > APART:
            yield group
            group = []
        group.append(end)
    if group:
        yield group


def _named_amounts(
    count: int, table: TableSpec, rows: Sequence[Row], numbers: Sequence[int], stops: Sequence[float]
) -> list[str]:
    """The names of columns of amounts from left to right: the last of an account's is its balance."""
    if count == 1:
        return ["amount"]
    if table.column("deposit_amount") is None or count > 3:
        return []
    if count == 2:
        return ["amount", "balance"]
    above = [cell for row in rows[max(0, numbers[0] - 4) : numbers[0]] for cell in row.cells]
    first = min(above, key=lambda cell: abs(cell.box.right - stops[0]), default=None)
    inward = first is None or bool(IN.search(first.text)) or not OUT.search(first.text)
    return (
        ["deposit_amount", "withdrawal_amount", "balance"]
        if inward
        else ["withdrawal_amount", "deposit_amount", "balance"]
    )


def _fitted(words: Words, rows: Sequence[Row], grid: Grid) -> Grid:
    """With each column beginning where the fewest words are cut, as near to the left end of its head as can be."""
    filled = [row for row in rows[grid.first : grid.last] if any(is_number(text) for text in row.texts[1:])][:60]
    boxes = [words[index].box for row in filled for index in row.words]
    lefts, rights = sorted(box.left for box in boxes), sorted(box.right for box in boxes)
    edges = [0.0]
    for before, column in pairwise(grid.columns):
        low, high = before.head.center[0], max(column.head.left, before.head.center[0])
        able = [high - EDGE, *(left - EDGE for left in lefts if low < left <= column.head.right)]
        edges.append(min(able, key=lambda x: (bisect(lefts, x) - bisect(rights, x), abs(x - high))))
    edges.append(1.01)
    spans = zip(grid.columns, pairwise(edges), strict=True)
    return replace(grid, columns=tuple(replace(column, left=left, right=right) for column, (left, right) in spans))


def _told(words: Words, rows: Sequence[Row], grid: Grid, table: TableSpec) -> Grid:
    """With the columns whose heads were not read, as far as the rows tell what stands in them."""
    return _referenced(words, rows, _posted(words, rows, _described(words, rows, grid, table), table), table)


def _referenced(words: Words, rows: Sequence[Row], grid: Grid, table: TableSpec) -> Grid:
    """With a column of references where most rows have such a code, and nothing else, under a head that is none."""
    if "reference_number" in grid.names() or table.column("reference_number") is None:
        return grid
    like = [row for row in rows[grid.first : grid.last] if _is_like(row)]
    for number, column in enumerate(grid.columns):
        inside = [_inside(words, row, column) for row in like] if not column.name else []
        coded = sum(len(texts) == 1 and bool(CODE.match(texts[0])) for texts in inside)
        if coded >= FEWEST and 2 * coded > len(like):
            named = replace(column, name="reference_number")
            return replace(grid, columns=(*grid.columns[:number], named, *grid.columns[number + 1 :]))
    return _coded(words, grid, like)


def _coded(words: Words, grid: Grid, like: Sequence[Row]) -> Grid:
    """With such a column cut off the descriptions where most of them begin with a code that stands apart."""
    texts = [row.words[sum(_days(row.texts)) : len(row.words) - _trailing(row.texts)] for row in like]
    coded = [text for text in texts if len(text) > 1 and CODE.match(words[text[0]].text)]
    number = next((n for n, column in enumerate(grid.columns) if column.name == "description"), 0)
    if number == 0 or len(coded) < FEWEST or 2 * len(coded) <= len(like):
        return grid
    code, rest = (min(words[text[place]].box.left for text in coded) - EDGE for place in (0, 1))
    if any(words[text[0]].box.right > rest + EDGE for text in coded):
        return grid
    before = [replace(column, right=min(column.right, code)) for column in grid.columns[:number]]
    reference = Column("reference_number", code, rest, Box(code, 0.0, rest, 0.0))
    description = replace(grid.columns[number], left=rest)
    return replace(grid, columns=(*before, reference, description, *grid.columns[number + 1 :]))


def _inside(words: Words, row: Row, column: Column) -> list[str]:
    """The words that begin in a column."""
    return [words[index].text for index in row.words if column.left <= words[index].box.left + EDGE < column.right]


def _described(words: Words, rows: Sequence[Row], grid: Grid, table: TableSpec) -> Grid:
    """With a column of descriptions where the rows say something between day and amount that no head names.

    A head may be missed or run into its neighbour (`TransacMiomhant Name`).
    """
    if grid.names() & {"description", "details", "check_number"} or table.column("description") is None:
        return grid
    like = [row for row in rows[grid.first : grid.last] if _is_like(row)]
    first = next((n for n, column in enumerate(grid.columns) if column.name in NUMBERS), 0)
    if len(like) < FEWEST or first == 0:
        return grid
    text = min(_lefts(words, row)[-1] for row in like) - EDGE
    amounts = min(words[row.words[-_trailing(row.texts)]].box.left for row in like) - EDGE
    if amounts <= text:
        return grid
    before = [replace(column, right=min(column.right, text)) for column in grid.columns[:first]]
    description = Column("description", text, amounts, Box(text, 0.0, amounts, 0.0))
    number = replace(grid.columns[first], left=amounts)
    return replace(grid, columns=(*before, description, number, *grid.columns[first + 1 :]))


def _posted(words: Words, rows: Sequence[Row], grid: Grid, table: TableSpec) -> Grid:
    """With a column of the days of posting where most rows begin with two days and the head names one of them.

    Heads set close run into each other when they are read (`Transactidlost Date`); the rows below are further apart.
    """
    if "posting_date" in grid.names() or table.column("posting_date") is None:
        return grid
    lefts = [_lefts(words, row) for row in rows[grid.first : grid.last] if _is_like(row)]
    two = [each for each in lefts if len(each) == 3]
    if len(two) < FEWEST or 2 * len(two) <= len(lefts):
        return grid
    first, second, text = (min(places) for places in zip(*two, strict=True))
    after = [column for column in grid.columns if column.name != "date" and column.head.right > text]
    if not after:
        return grid
    days = (
        Column("date", 0.0, second - EDGE, Box(first, 0.0, first, 0.0)),
        Column("posting_date", second - EDGE, text - EDGE, Box(second, 0.0, second, 0.0)),
    )
    return replace(grid, columns=(*days, replace(after[0], left=text - EDGE), *after[1:]))


def _ended(rows: Sequence[Row], grid: Grid, heads: dict[str, str]) -> Grid:
    """Cut where the heads of a table of another sort stand, such as daily balances."""
    for number in range(grid.first, grid.last):
        named = {heads.get(compact(cell.text)) for cell in rows[number].cells}
        if len(named - {None}) > 1 and not any(map(str.isdigit, rows[number].text)):
            return replace(grid, last=number)
    return grid


def is_number(text: str) -> bool:
    """Whether a word is an amount or a sign of one."""
    return (bool(NUMBER.match(text)) and any(letter.isdigit() for letter in text)) or text in "-–+$()"
