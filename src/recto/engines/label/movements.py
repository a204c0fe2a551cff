"""The movements of an account or a card: rows under the heads of a table, over as many pages as it goes on."""

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from recto.document.page import Word, Words
from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.rows import Row
from recto.engines.label.shapes import MONTH, amount_of
from recto.engines.label.tables import Grid, grids, heads_of
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
    r"^[-–+(]?\s?[$€£]?\s?[-–+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d{1,2})?\)?[-–+]?(?:CR|DR)?$", re.I
)
DAY: Final = re.compile(
    rf"^(?:\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?|\d{{4}}-\d\d-\d\d|{MONTH}\.?\s?\d{{1,2}}(?:,?\s?\d{{4}})?"
    rf"|\d{{1,2}}[\s-]?{MONTH}(?:[\s-]?\d{{2,4}})?),?$",
    re.IGNORECASE,
)
"""A day at the start of a row, with or without its year."""
CHECK: Final = re.compile(r"^(?:check|cheque|ck|check paid)\W*(?:no\W*|number\W*)?$", re.IGNORECASE)
OUT: Final = re.compile(
    r"withdraw|debit|subtraction|checks?\b|fees?\b|charges|paid out|money out|payments? sent|purchases", re.I
)
IN: Final = re.compile(r"deposit|credit|addition|paid in|money in|received", re.I)
SUM: Final = re.compile(
    r"^\W*(?:sub-?total|total|balance|beginning|ending|opening|closing|starting|previous|carried|brought|page)\b", re.I
)
EDGE: Final = 0.004
"""Words begin so much, a share of the page's width, beside the end of their head by chance."""
CONTINUED: Final = 1.35
"""A wrapped description stands at most so many of its heights below the line before."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement: its row's number, the words of each column, and the columns that are numbers as numbers."""

    row: int
    cells: dict[str, list[int]]
    figures: dict[str, Decimal] = field(default_factory=dict)


def movement_grids(words: Words, rows: Sequence[Row], table: TableSpec) -> list[Grid]:
    """The tables of movements: a head names the day and an amount. One ends where another head stands."""
    heads = heads_of(table, EXTRA)
    heads |= {compact(caption): name for name in ("details", "amount") for caption in EXTRA[name]}
    found = [_ended(rows, grid, heads) for grid in grids(words, rows, heads, NEEDED)]
    return [_fitted(words, rows, grid) for grid in found]


def _fitted(words: Words, rows: Sequence[Row], grid: Grid) -> Grid:
    """With each column beginning where the fewest words are cut, as near to the left end of its head as can be."""
    filled = [row for row in rows[grid.first : grid.last] if any(_is_number(text) for text in row.texts[1:])][:60]
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


def _ended(rows: Sequence[Row], grid: Grid, heads: dict[str, str]) -> Grid:
    """Cut where the heads of a table of another sort stand, such as daily balances."""
    for number in range(grid.first, grid.last):
        named = {heads.get(compact(cell.text)) for cell in rows[number].cells}
        if len(named - {None}) > 1 and not any(map(str.isdigit, rows[number].text)):
            return replace(grid, last=number)
    return grid


def movements(words: Words, rows: Sequence[Row], grid: Grid) -> Iterator[Movement]:
    """The rows of a grid that move money; a wrapped description joins the one above it."""
    before: Movement | None = None
    for number in range(grid.first, grid.last):
        cells = _cells(words, rows[number], grid)
        if _moves(words, rows[number], cells):
            if before is not None:
                yield before
            before = Movement(number, cells, _figures(words, cells))
        elif before is not None and _goes_on(rows, number, before, cells):
            before.cells.setdefault("description", []).extend(cells["description"])
            before = Movement(number, before.cells, before.figures)
        elif before is not None:
            yield before
            before = None
    if before is not None:
        yield before


def _cells(words: Words, row: Row, grid: Grid) -> dict[str, list[int]]:
    """The row's words by column."""
    found: dict[str, list[int]] = {}
    for cell in row.cells:
        for index in cell.words:
            name = _column_of(grid, words[index])
            found.setdefault(name, []).append(index)
    return _told_apart(words, row, found, grid)


def _column_of(grid: Grid, word: Word) -> str:
    """A word begins in its column; a number among columns of numbers ends nearest to the end of its column's head."""
    number = _is_number(word.text)
    x = word.box.right - EDGE if number else word.box.left + EDGE
    name = next((column.name for column in grid.columns if column.left <= x < column.right), "")
    if not number or name not in NUMBERS:
        return name
    able = [column for column in grid.columns if column.name in NUMBERS]
    return min(able, key=lambda column: abs(column.head.right - word.box.right)).name


def _told_apart(words: Words, row: Row, found: dict[str, list[int]], grid: Grid) -> dict[str, list[int]]:
    """Texts out of the columns of numbers and days, details for the description where there is none."""
    if "description" not in grid.names() and "details" in found:
        found["description"] = found.pop("details")
    day = found.get("date", [])
    kept = _day(words, day)
    spill = [index for index in day if index not in kept]
    found["date"] = kept
    for name in ("posting_date",):
        if name in found:
            own = _day(words, found[name])
            spill += [index for index in found[name] if index not in own]
            found[name] = own
    for name in NUMBERS:
        loose = [index for index in found.get(name, []) if not _is_number(words[index].text)]
        if loose:
            found[name] = [index for index in found[name] if index not in loose]
            spill += [index for index in loose if any(map(str.isalnum, words[index].text))]
    if spill and kept:
        found["description"] = sorted([*found.get("description", []), *spill])
    return {name: indexes for name, indexes in found.items() if name and indexes}


def _day(words: Words, indexes: Sequence[int]) -> list[int]:
    """The first words that are a day together."""
    for size in (1, 2, 3):
        if len(indexes) >= size and DAY.match(" ".join(words[index].text for index in indexes[:size])):
            return list(indexes[:size])
    return []


def _is_number(text: str) -> bool:
    return (bool(NUMBER.match(text)) and any(letter.isdigit() for letter in text)) or text in "-–+$()-$"


def _moves(words: Words, row: Row, cells: dict[str, list[int]]) -> bool:
    """A day or a text, and an amount, that is no sum of others."""
    paid = any(_has_digit(words, cells.get(name, ())) for name in AMOUNTS)
    if not paid:
        return False
    if "date" in cells:
        return True
    text = " ".join(words[index].text for index in cells.get("description", ()))
    return bool(text) and not SUM.match(row.text) and not SUM.match(text) and set(row.words) <= _all(cells)


def _all(cells: dict[str, list[int]]) -> set[int]:
    return {index for indexes in cells.values() for index in indexes}


def _has_digit(words: Words, indexes: Iterable[int]) -> bool:
    return any(letter.isdigit() for index in indexes for letter in words[index].text)


def _goes_on(rows: Sequence[Row], number: int, before: Movement, cells: dict[str, list[int]]) -> bool:
    """Whether a row only goes on with the description above."""
    here, above = rows[number], rows[number - 1]
    if set(cells) != {"description"} or set(here.words) != set(cells["description"]) or before.row != number - 1:
        return False
    near = here.page == above.page and here.box.top - above.box.bottom < CONTINUED * here.box.height
    return near and not SUM.match(here.text)


def _figures(words: Words, cells: dict[str, list[int]]) -> dict[str, Decimal]:
    found = {}
    for name in NUMBERS:
        value = amount_of(" ".join(words[index].text for index in cells.get(name, ())))
        if value is not None:
            found[name] = value
    return found


def account_spans(words: Words, rows: Sequence[Row], tables: Sequence[Grid]) -> tuple[list[Span], set[int]]:
    """Spans of an account's movements, money in and out apart, and the rows that they took."""
    spans: list[Span] = []
    used: set[int] = set()
    for grid in tables:
        found = list(movements(words, rows, grid))
        outward = _outward(rows, grid, found)
        for movement, out in zip(found, outward, strict=True):
            amount = movement.cells.pop("amount", None)
            if amount:
                movement.cells["withdrawal_amount" if out else "deposit_amount"] = amount
            spans += _spans(words, movement)
            used.add(movement.row)
    return spans, used


def card_spans(words: Words, rows: Sequence[Row], tables: Sequence[Grid]) -> tuple[list[Span], set[int]]:
    """Spans of a card's transactions, and the rows that they took."""
    found = [movement for grid in tables for movement in movements(words, rows, grid)]
    return [span for movement in found for span in _spans(words, movement)], {movement.row for movement in found}


def _spans(words: Words, movement: Movement) -> Iterator[Span]:
    for name, indexes in movement.cells.items():
        if name == "description":
            yield from _described(words, indexes)
        elif name != "details":
            yield Span(f"transactions.{name}", tuple(indexes))


def _described(words: Words, indexes: Sequence[int]) -> Iterator[Span]:
    """The text, with the number of a check apart."""
    text = " ".join(words[index].text for index in indexes[:-1])
    if CHECK.match(text) and re.fullmatch(r"#?\d{2,8}", words[indexes[-1]].text):
        yield Span("transactions.description", tuple(indexes[:-1]))
        yield Span("transactions.check_number", (indexes[-1],))
    else:
        yield Span("transactions.description", tuple(indexes))


def _outward(rows: Sequence[Row], grid: Grid, found: Sequence[Movement]) -> list[bool]:
    """Which movements of one column of amounts go out: by their sign, else by the balance, else by the heading."""
    values = [movement.figures.get("amount", Decimal(0)) for movement in found]
    if any(value < 0 for value in values):
        return [value < 0 for value in values]
    steps = [_step(one, two) for one, two in pairwise(found)]
    if any(step is not None for step in steps):
        first = next((step for step in steps if step is not None), False)
        return [first if step is None else step for step in [None, *steps]] if found else []
    heading = " ".join(row.text for row in rows[max(0, grid.first - 4) : grid.first - 1])
    out = bool(OUT.search(heading)) and not IN.search(heading)
    return [out] * len(found)


def _step(before: Movement, movement: Movement) -> bool | None:
    """Whether the running balance fell by the amount; None where it does not say."""
    old, new, amount = before.figures.get("balance"), movement.figures.get("balance"), movement.figures.get("amount")
    if old is None or new is None or amount is None or abs(new - old) != abs(amount):
        return None
    return new < old
