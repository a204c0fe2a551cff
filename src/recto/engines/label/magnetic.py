"""The line of magnetic ink at the foot of a check: routing number, account, check number, whatever OCR made of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from recto.document.reading import Span
from recto.engines.label.rows import Row
from recto.schemas.values.ids import BANKS, is_bank, routing_in, routing_of

GROUP: Final = re.compile(r"[\d⑆⑈⑇⑉:;|\"'ACc,.\[\]iIl!1/()*%#@-]+")
WHOLE: Final = 3
"""Parts of a line that is read whole."""
FEWEST: Final = 11
"""Digits of a magnetic line at least: nine of the routing number and some of the account."""


@dataclass(frozen=True, slots=True)
class Group:
    """A word of the line: its index, its digits, its left end, its text."""

    index: int
    digits: str
    left: float
    text: str


def magnetic_spans(rows: Sequence[Row]) -> tuple[list[Span], set[int]]:
    """Spans of the magnetic line, and the numbers of its rows; nothing where there is none.

    A line that falls across a photograph can be two rows. Of several readings one with a right checksum is taken.
    """
    last = len(rows)
    choices: list[tuple[int, ...]] = [(n,) for n in range(last - 1, max(-1, last - 5), -1)]
    choices += [(n - 1, n) for n in range(last - 1, max(0, last - 4), -1)]
    found = []
    for numbers in choices:
        words = sorted((group for n in numbers for group in groups_in(rows[n])), key=lambda group: group.left)
        place = _routing(words) if sum(len(group.digits) for group in words) >= FEWEST else None
        if place is not None:
            found.append((is_bank(_digits(words, place)), len(_spans(words, place)) == WHOLE, words, place, numbers))
    if not found:
        return [], set()
    _, _, words, place, numbers = max(found, key=lambda each: each[:2])
    return _spans(words, place), set(numbers)


def groups_in(row: Row) -> list[Group]:
    """The words of a row that have digits, or are signs alone."""
    return [
        Group(index, "".join(filter(str.isdigit, text)), cell.box.left + 1e-4 * place, text)
        for cell in row.cells
        for place, (index, text) in enumerate(zip(cell.words, cell.texts, strict=True))
        if GROUP.fullmatch(text)
    ]


def _spans(groups: Sequence[Group], place: tuple[int, int]) -> list[Span]:
    """The routing number at its place; the account follows it, then the check's number if that is not in front."""
    first, last = place
    before, after = _full(groups[:first]), _full(groups[last:])
    spans = [Span("micr.routing_number", tuple(group.index for group in groups[first:last]))]
    number = before or after[-1:] if len(after) != 1 or before else []
    account = after if before else after[: len(after) - len(number)]
    spans += [Span("micr.account_number", tuple(group.index for group in account))] if account else []
    return [*spans, *([Span("micr.check_number", tuple(group.index for group in number))] if number else [])]


def _digits(groups: Sequence[Group], place: tuple[int, int]) -> str:
    return "".join(group.digits for group in groups[slice(*place)])


def _full(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if group.digits]


def _routing(groups: Sequence[Group]) -> tuple[int, int] | None:
    """From which group to which the routing number stands: a valid one, else one that begins as they do, else any.

    A sign beside it that was read as a digit makes ten or eleven of its nine.
    """
    able = [
        (first, last)
        for first, last in combinations(range(len(groups) + 1), 2)
        if last - first <= 3 and groups[first].digits and 9 <= len(_digits(groups, (first, last))) <= 11
    ]
    nine = [place for place in able if len(_digits(groups, place)) == 9]
    valid = [place for place in nine if is_bank(_digits(groups, place))]
    signed = [place for place in able if place[1] - place[0] == 1 and routing_of(groups[place[0]].text).value]
    within = [place for place in able if place[1] - place[0] == 1 and routing_in(_digits(groups, place))]
    likely = [place for place in nine if BANKS.match(_digits(groups, place))]
    return next(iter([*valid, *within, *likely, *signed, *nine]), None)
