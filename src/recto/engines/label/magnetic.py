"""The line of magnetic ink at the foot of a check: routing number, account, check number, whatever OCR made of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from stdnum.us import rtn

from recto.document.reading import Span
from recto.engines.label.rows import Row

SIGNS: Final = "⑆⑈⑇⑉"
GROUP: Final = re.compile(r"[\d⑆⑈⑇⑉:;|\"'ACc,.\[\]iIl!1/()-]+")
FEWEST: Final = 11
"""Digits of a magnetic line at least: nine of the routing number and some of the account."""
BANKS: Final = re.compile(r"^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$")
"""Routing numbers begin with a district of the Federal Reserve, of thrifts, or of electronic payers."""


@dataclass(frozen=True, slots=True)
class Group:
    """A word of the line: its index, its digits."""

    index: int
    digits: str
    text: str


def magnetic_spans(rows: Sequence[Row]) -> tuple[list[Span], set[int]]:
    """Spans of the magnetic line, and the numbers of its rows; nothing where there is none."""
    for number in range(len(rows) - 1, max(-1, len(rows) - 5), -1):
        groups = groups_in(rows[number])
        spans = _spans(groups) if sum(len(group.digits) for group in groups) >= FEWEST else []
        if spans:
            return spans, {number}
    return [], set()


def groups_in(row: Row) -> list[Group]:
    """The words of a row that have digits, or are signs alone."""
    return [
        Group(index, "".join(filter(str.isdigit, text)), text)
        for index, text in zip(row.words, row.texts, strict=True)
        if GROUP.fullmatch(text)
    ]


def _spans(groups: Sequence[Group]) -> list[Span]:
    """The routing number is nine digits whose checksum holds; the account follows it, then the check's number."""
    place = _routing(groups)
    if place is None:
        return []
    first, last = place
    before, after = _full(groups[:first]), _full(groups[last:])
    spans = [Span("micr.routing_number", tuple(group.index for group in groups[first:last]))]
    number = before or after[-1:] if len(after) != 1 or before else []
    account = after if before else after[: len(after) - len(number)]
    spans += [Span("micr.account_number", tuple(group.index for group in account))] if account else []
    return [*spans, *([Span("micr.check_number", tuple(group.index for group in number))] if number else [])]


def _full(groups: Sequence[Group]) -> list[Group]:
    return [group for group in groups if group.digits]


def _routing(groups: Sequence[Group]) -> tuple[int, int] | None:
    """From which group to which the routing number stands: one of nine digits that is valid, else that looks it."""
    able = [
        (first, last)
        for first, last in combinations(range(len(groups) + 1), 2)
        if last - first <= 3
        and len("".join(group.digits for group in groups[first:last])) == 9
        and groups[first].digits
    ]
    joined = {place: "".join(group.digits for group in groups[slice(*place)]) for place in able}
    valid = [place for place in able if rtn.is_valid(joined[place])]
    likely = [place for place in able if BANKS.match(joined[place])]
    return next(iter([*valid, *likely, *able]), None)
