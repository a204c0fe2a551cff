"""Captioned values of statements: an amount, a day or a number beside what names it, or right below."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

from recto.document.reading import Span
from recto.engines.label.captions import LONGEST, compact
from recto.engines.label.merchants import TELEPHONE
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import DATE, MONTH, PERCENT, Match, amounts, matches

ALIKE: Final = 88.0
"""A caption of eight letters or more is known with about one of them misread."""
FUZZY: Final = 8
BELOW: Final = 2.6
"""A value under its caption stands within so many of the caption's heights."""
APART: Final = 4
"""Words of another sense between a caption and its amount: with more of them the line is a sentence."""
LINKS: Final = frozenset(
    {"on", "as", "of", "for", "at", "is", "was", "usd", "your", "the", "no", "number", "in", "ending"}
)
DAY: Final = re.compile(rf"{DATE.pattern}|\b{MONTH}\s+\d{{1,2}}\b(?!\.\d|%|\s*,?\s*\d{{4}})", re.IGNORECASE)
"""A whole day, or one whose year the end of the period says: `January 1 through January 31, 2024`."""
DIGITS: Final = re.compile(r"^[#:]*(?=[\dXx*•.-]*\d{2})[\dXx*•][\dXx*•.\-/]*$|^[Xx*•]{2,}-?$")
"""A group of an account's number, whole or hidden."""
PARTED: Final = re.compile(r"^\d+(?:-\d+)+$")
"""Groups that their own signs join, whose first was read apart: `833 1-4122-27`."""

Known = Mapping[str, str]
"""Captions, compact, with the field that each names."""


@dataclass(frozen=True, slots=True)
class Named:
    """A caption where it stands: its field, its row, and the positions of its words there."""

    name: str
    key: str
    row: int
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Worth:
    """A value found for a caption, and how far it is from being surely its own: less is better."""

    span: Span
    doubt: tuple[int, int]


def names_in(rows: Sequence[Row], known: Known, skipped: Iterable[int] = ()) -> list[Named]:
    """Every caption of the rows: at the start of a cell, after a value, or before a colon."""
    without = set(skipped)
    keys = tuple(sorted(key for key in known if len(key) >= FUZZY))
    return [
        named
        for number, row in enumerate(rows)
        if number not in without and len(row.texts) < 60
        for named in _in_row(row, number, known, keys)
    ]


def _in_row(row: Row, number: int, known: Known, keys: tuple[str, ...]) -> Iterable[Named]:
    base = 0
    dated = {match.start for match in days(row)}  # `Apr 2, 2024` is no rate
    for cell in row.cells:
        at = 0
        while at < len(cell.texts):
            able = _may_begin(cell, at) and base + at not in dated
            stop, key = _longest(cell, at, known, keys) if able else (0, "")
            if stop and (at == 0 or _closed(cell, stop)):
                yield Named(known[key], key, number, base + at, base + stop)
                at = stop
            else:
                at += 1
        base += len(cell.texts)


def _may_begin(cell: Cell, at: int) -> bool:
    """A caption begins its cell, or follows a value, a colon or a sign that parts."""
    return at == 0 or cell.texts[at][:1].isupper() or any(map(str.isdigit, cell.texts[at - 1]))


def _closed(cell: Cell, stop: int) -> bool:
    """Whether a caption within a cell is over: a colon, or a value after it."""
    after = cell.texts[stop] if stop < len(cell.texts) else ""
    return cell.texts[stop - 1].endswith((":", "#")) or any(map(str.isdigit, after))


def _longest(cell: Cell, at: int, known: Known, keys: tuple[str, ...]) -> tuple[int, str]:
    """Where the longest caption that begins at word `at` ends, and which it is; (0, "") for none."""
    key, best = "", (0, "")
    for stop in range(at, min(len(cell.texts), at + LONGEST)):
        key += compact(cell.texts[stop])
        found = key if key in known else _nearly(key, keys)
        if found and len(found) + 1 >= len(best[1]):
            best = (stop + 1, found)
    return best


@lru_cache(maxsize=65536)
def _nearly(key: str, keys: tuple[str, ...]) -> str:
    """The caption that a misread one is, empty for none."""
    if len(key) < FUZZY or sum(map(str.isdigit, key)) > 2:
        return ""
    found = process.extractOne(key, keys, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return found[0] if found and abs(len(found[0]) - len(key)) <= 2 else ""


def value_of(rows: Sequence[Row], named: Named, others: Sequence[Named], type_: str) -> Worth | None:
    """The value of a type that a caption names: in the rest of its row, else in the cell under it."""
    row = rows[named.row]
    ends = [other.start for other in others if other.row == named.row and other.start >= named.stop]
    found = _first(row, named.stop, min(ends, default=len(row.texts)), type_)
    if found is not None:
        between = _foreign(row.texts[named.stop : found.start])
        return Worth(_span(row, found, named.name), (between, 0)) if between <= APART else None
    under = _under(rows, named)
    if under is None:
        return None
    below, cell, base = under
    found = _first(below, base, base + len(cell.texts), type_)
    if found is None or found.start - base > 1:
        return None
    return Worth(_span(below, found, named.name), (APART, 1))


def _span(row: Row, found: Match, label: str) -> Span:
    return Span(label, row.words[found.start : found.stop])


def _foreign(texts: Sequence[str]) -> int:
    """Words between caption and value that say something else."""
    said = [compact(text) for text in texts]
    return sum(1 for text in said if text.isalpha() and len(text) > 1 and text not in LINKS)


def _first(row: Row, start: int, stop: int, type_: str) -> Match | None:
    """The first value of that type between two positions of a row; text goes on to the next gap."""
    if type_ == "text":
        end = min([gap for gap in row.gaps if gap > start] + [stop])
        said = any(letter.isalpha() for text in row.texts[start:end] for letter in text)
        return Match(start, end, " ".join(row.texts[start:end])) if said else None
    found = sorted(_values(row, type_), key=lambda match: match.start)
    return next((match for match in found if start <= match.start and match.stop <= stop), None)


def _values(row: Row, type_: str) -> list[Match]:
    if type_ == "money":
        return amounts(row.texts, row.gaps)
    if type_ == "date":
        return days(row)
    if type_ == "percentage":
        return matches(PERCENT, row.texts, row.gaps)
    if type_ == "phone":
        return [match for match in matches(TELEPHONE, row.texts, row.gaps) if sum(map(str.isdigit, match.text)) >= 7]
    return _numbers(row)


def days(row: Row) -> list[Match]:
    """The days of a row, with or without a year."""
    return matches(DAY, [text.lstrip(".,'`") or text for text in row.texts], row.gaps)


def _numbers(row: Row) -> list[Match]:
    """Numbers of accounts and cards: groups of digits and signs that hide them, side by side."""
    found: list[Match] = []
    for at, text in enumerate(row.texts):
        if not DIGITS.match(text) or DATE.fullmatch(text):
            continue
        if found and found[-1].stop == at and at not in row.gaps and (len(text.strip("#:")) <= 5 or PARTED.match(text)):
            found[-1] = Match(found[-1].start, at + 1, f"{found[-1].text} {text}")
        else:
            found.append(Match(at, at + 1, text))
    return [match for match in found if sum(map(str.isdigit, match.text)) >= 3]


def _under(rows: Sequence[Row], named: Named) -> tuple[Row, Cell, int] | None:
    """(row, cell, position of its first word) of what stands right below a caption."""
    own = _cell_at(rows[named.row], named.start)
    for row in rows[named.row + 1 : named.row + 3]:
        if row.page != own.page or row.box.top - own.box.bottom > BELOW * own.box.height:
            return None
        base = 0
        for cell in row.cells:
            shared = min(cell.box.right, own.box.right) - max(cell.box.left, own.box.left)
            if shared > 0.4 * min(cell.box.width, own.box.width):
                return row, cell, base
            base += len(cell.texts)
    return None


def _cell_at(row: Row, position: int) -> Cell:
    base = 0
    for cell in row.cells:
        base += len(cell.texts)
        if position < base:
            return cell
    return row.cells[-1]
