"""The movements of an account or a card: rows under the heads of a table, over as many pages as it goes on."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from recto.document.page import Word, Words
from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.columns import AMOUNTS, DAY, EDGE, NUMBERS, is_number
from recto.engines.label.directions import falls, outward, printed_above
from recto.engines.label.rows import Row
from recto.engines.label.shapes import amount_of
from recto.engines.label.tables import Grid

CHECK: Final = re.compile(r"^(?:check|cheque|ck|checkpaid)(?:no|number)?$")
LEAD: Final = re.compile(r"^[-–(]?\$?\d{1,3},$")
REST: Final = re.compile(r"^\d{3}\s?(?:[.,]\d{2}\)?)?-?$")
"""Thousands that OCR parted from the rest of their amount."""
DAYS: Final = ("date", "posting_date")
LIKE_DAY: Final = re.compile(
    r"^(?=.*\d)(?:[01]\d[0-3]\d|\d{1,2}[/.-]{1,2}\w{1,2}|[\d.]{1,5}[/-][\d/.-]{2,8}"
    r"|[A-Z][a-z]{2}\.?[ .,'-]{0,2}\w{1,2})$"
)
"""What OCR makes of a day: `0405`, `Jut 01`, `Oct 0S`."""
CENTS: Final = re.compile(r"[.,]\d{1,2}\D*$")
SUM: Final = re.compile(
    r"^\W*(?:sub-?total|total|balance|beginning|ending|opening|closing|starting|previous|carried|brought|page)\b", re.I
)
CONTINUED: Final = 1.35
"""A wrapped description stands at most so many of its heights below the line before."""


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement: its first and last row, the words of each column, and the columns that are numbers as numbers."""

    row: int
    last: int
    cells: dict[str, list[int]]
    figures: dict[str, Decimal] = field(default_factory=dict)


def movements(words: Words, rows: Sequence[Row], grid: Grid) -> Iterator[Movement]:
    """The rows of a grid that move money; a wrapped description joins the one above it."""
    before: Movement | None = None
    for number in range(grid.first, grid.last):
        cells = _cells(words, rows[number], grid)
        if _moves(words, rows[number], cells):
            if before is not None:
                yield before
            before = Movement(number, number, cells, _figures(words, cells))
        elif before is not None and _goes_on(rows, number, before, cells):
            before.cells.setdefault("description", []).extend(cells["description"])
            before = replace(before, last=number)
        elif before is not None:
            yield before
            before = None
    if before is not None:
        yield before


def _cells(words: Words, row: Row, grid: Grid) -> dict[str, list[int]]:
    """The row's words by column."""
    found: dict[str, list[int]] = {}
    for index, after in pairwise([*row.words, -1]):
        begun = after >= 0 and LEAD.match(words[index].text) and REST.match(words[after].text)
        name = _column_of(grid, words[after if begun else index])
        found.setdefault(name, []).append(index)
    return _told_apart(words, row, found, grid)


def _column_of(grid: Grid, word: Word) -> str:
    """A word begins in its column; a number among columns of numbers ends nearest to the end of its column's head."""
    number = is_number(word.text)
    x = word.box.right - EDGE if number else word.box.left + EDGE
    name = next((column.name for column in grid.columns if column.left <= x < column.right), "")
    able = [column for column in grid.columns if column.name in NUMBERS]
    unread = not name and any(column.left < x for column in able)
    if not number or not able or not (unread or name in NUMBERS):
        return name
    return min(able, key=lambda column: abs(column.head.right - word.box.right)).name


def _told_apart(words: Words, row: Row, found: dict[str, list[int]], grid: Grid) -> dict[str, list[int]]:
    """Texts out of the columns of numbers and days, details for the description where there is none."""
    if "description" not in grid.names() and "details" in found:
        found["description"] = found.pop("details")
    spill: list[int] = []
    written = found.get("date", [])
    leading = _leading_days(words, row, grid)
    for name in DAYS:
        whole = found.get(name, [])
        found[name] = leading.get(name) or _day(words, whole)
        spill += [index for index in whole if index not in found[name]]
    for name in NUMBERS:
        whole = found.get(name, [])
        found[name] = [n for n in whole if is_number(words[n].text) or LEAD.match(words[n].text)]
        spill += [n for n in whole if n not in found[name] and any(map(str.isalnum, words[n].text))]
    if not found["date"] and _is_described_sum(words, found):
        found["date"] = _like_day(words, written)
    days = {index for name in DAYS for index in found[name]}
    if days and "description" in found:
        found["description"] = [index for index in found["description"] if index not in days]
    if spill and days:
        found["description"] = sorted({*found.get("description", []), *spill} - days)
    return {name: indexes for name, indexes in found.items() if name and indexes}


def _leading_days(words: Words, row: Row, grid: Grid) -> dict[str, list[int]]:
    """The days that a row begins with, where they are as many as the grid has columns for.

    A page photographed from the side leans: further down they may stand under the head of the next column.
    """
    found: dict[str, list[int]] = {}
    rest = list(row.words)
    for column in grid.columns:
        if column.name in DAYS:
            found[column.name] = _day(words, rest)
            rest = rest[len(found[column.name]) :]
    return found if all(found.values()) else {}


def _is_described_sum(words: Words, found: dict[str, list[int]]) -> bool:
    paid = (words[index].text for name in AMOUNTS for index in found.get(name, ()))
    return bool(found.get("description")) and any(CENTS.search(text) for text in paid)


def _like_day(words: Words, indexes: Sequence[int]) -> list[int]:
    """All that stands in the column of days, where it can be a day misread. What it says is told later, if at all."""
    return list(indexes) if LIKE_DAY.match(" ".join(words[index].text for index in indexes)) else []


def _day(words: Words, indexes: Sequence[int]) -> list[int]:
    """The first words that are a day together."""
    for size in (1, 2, 3):
        if len(indexes) >= size and DAY.match(" ".join(words[index].text for index in indexes[:size])):
            return list(indexes[:size])
    return []


def _moves(words: Words, row: Row, cells: dict[str, list[int]]) -> bool:
    """A day or a text, and an amount, that is no sum of others. A whole number alone beside a text may be anything."""
    paid = [index for name in AMOUNTS for index in cells.get(name, ()) if _has_digit(words, [index])]
    if not paid:
        return False
    if "date" in cells:
        return True
    if not _has_digit(words, cells.get("balance", ())) and not any(CENTS.search(words[n].text) for n in paid):
        return False
    text = " ".join(words[index].text for index in cells.get("description", ()))
    return bool(text) and not SUM.match(row.text) and not SUM.match(text) and set(row.words) <= _all(cells)


def _all(cells: dict[str, list[int]]) -> set[int]:
    return {index for indexes in cells.values() for index in indexes}


def _has_digit(words: Words, indexes: Iterable[int]) -> bool:
    return any(letter.isdigit() for index in indexes for letter in words[index].text)


def _goes_on(rows: Sequence[Row], number: int, before: Movement, cells: dict[str, list[int]]) -> bool:
    """Whether a row only goes on with the description above."""
    here, above = rows[number], rows[number - 1]
    if set(cells) != {"description"} or set(here.words) != set(cells["description"]) or before.last != number - 1:
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
    before: dict[str, Decimal] | None = None
    for grid in tables:
        found = list(movements(words, rows, grid))
        figures = [movement.figures for movement in found]
        fell = falls(figures, before, printed_above(rows, grid) if before is None else ())
        for movement, told, out in zip(found, fell, outward(rows, grid, figures, fell), strict=True):
            _direct(movement, told, out)
            spans += _spans(words, movement)
            used |= set(range(movement.row, movement.last + 1))
        before = figures[-1] if figures else before
    return spans, used


def _direct(movement: Movement, told: bool | None, out: bool) -> None:
    """Put its amount where it belongs. Two columns beside each other are believed unless the balance says otherwise."""
    paid = [name for name in AMOUNTS if name in movement.cells]
    if paid == ["amount"] or (len(paid) == 1 and told is not None):
        amount = movement.cells.pop(paid[0])
        movement.cells["withdrawal_amount" if out else "deposit_amount"] = amount


def check_spans(words: Words, rows: Sequence[Row], tables: Sequence[Grid]) -> tuple[list[Span], set[int]]:
    """Spans of lists of checks paid, which stand in several columns beside each other, and the rows that they took."""
    spans: list[Span] = []
    used: set[int] = set()
    for grid in tables:
        for number in range(grid.first, grid.last):
            found = list(_checks_in(words, rows[number]))
            if not found and used & {number - 1, number - 2}:
                break
            spans += found
            used |= {number} if found else set()
    return spans, used


def _checks_in(words: Words, row: Row) -> Iterator[Span]:
    """Day, number and amount of each check of a row; nothing where the row holds something else."""
    names = [(_check_part(words[index].text), index) for index in row.words]
    kinds = [name for name, _ in names]
    if "" in kinds or "number" not in kinds or kinds.count("number") != kinds.count("amount"):
        return
    yield from (Span(f"checks.{name}", (index,)) for name, index in names)


def _check_part(text: str) -> str:
    if DAY.match(text):
        return "date"
    if re.fullmatch(r"[*#]?\d{2,8}[*]?", text):
        return "number"
    return "amount" if is_number(text) and re.search(r"[.,]\d{2}", text) else ""


def card_spans(words: Words, rows: Sequence[Row], tables: Sequence[Grid]) -> tuple[list[Span], set[int]]:
    """Spans of a card's transactions, and the rows that they took."""
    found = [movement for grid in tables for movement in movements(words, rows, grid)]
    used = {number for movement in found for number in range(movement.row, movement.last + 1)}
    return [span for movement in found for span in _spans(words, movement)], used


def _spans(words: Words, movement: Movement) -> Iterator[Span]:
    for name, indexes in movement.cells.items():
        if name == "description":
            yield from _described(words, indexes)
        elif name != "details":
            yield Span(f"transactions.{name}", tuple(indexes))


def _described(words: Words, indexes: Sequence[int]) -> Iterator[Span]:
    """The text, with the number of a check apart."""
    text = compact("".join(words[index].text for index in indexes[:-1]))
    if CHECK.match(text) and re.fullmatch(r"#?\d{2,8}", words[indexes[-1]].text):
        yield Span("transactions.description", tuple(indexes[:-1]))
        yield Span("transactions.check_number", (indexes[-1],))
    else:
        yield Span("transactions.description", tuple(indexes))
