"""A bank check by rules: the payee and the amount twice by their captions, the parties by place, the magnetic line."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.figures import days
from recto.engines.label.holders import BANK, address_under, is_name
from recto.engines.label.magnetic import magnetic_spans
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import DATE, amounts
from recto.schemas.values.spelled import FRACTION, is_like_number_word

ORDER: Final = ("paytotheorderof", "totheorderof", "orderof", "paytothe", "payto", "pay")
"""Captions of the payee, the surest first; set in two lines each of them is one."""
ORDERED: Final = re.compile(r"^(?:pay|to|the|order|of|payto|tothe|paytothe|orderof|theorderof|paytotheorderof)$")
AMOUNT: Final = re.compile(r"^\$?[*\s]*\$?[*\s]*\d[\d,]*[.,]\s?\d{2}[*\s]*$")
CENTS: Final = re.compile(r"^\$?[*\s]*\d[\d,.]*[.,]\d{2}[*\s]*$")
FIGURES: Final = re.compile(r"^\$?[*\s]*\d{3,}[*\s]*$")
"""An amount with a mark too many (`1.,489.70`), and one without its point."""
SPELLED: Final = re.compile(
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    r"|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|zero)",
    re.IGNORECASE,
)
DOLLARS: Final = re.compile(r"^d[o0]llars?\W*$", re.IGNORECASE)
MEMO: Final = frozenset({"memo", "for", "re"})
MISREAD: Final = ("order", "orderof", "theorderof", "paytothe", "paytotheorderof", "memo")
"""Captions that are known with one letter misread, `order` only where others stand beside it."""
OPENING: Final = frozenset({"pay", "the", "sum", "of", "amount"})
"""What may be printed before an amount in words."""
NUMBER: Final = re.compile(r"^(?:no\.?|#)?:?\s?#?(\d{3,8})$", re.IGNORECASE)
SIGNATURE: Final = re.compile(r"signature|authorized|^mp$", re.IGNORECASE)
UNLIKE_NAMES: Final = 5
"""A word of so many letters that is nearly a numeral is no `Nina` or `Tan`."""
WORDY: Final = 2
"""So many numerals make a row the amount in words."""


def check_spans(words: Words, rows: Sequence[Row]) -> list[Span]:
    """Spans of one check. What stands at the foot in magnetic ink comes first: its digits are nothing else."""
    ink, foot = magnetic_spans(rows)
    body = [row for number, row in enumerate(rows) if number not in foot]
    spelled = _spelled(body)
    figures = _figures(body)
    order = _order(body)
    day = _day(body)
    memo = _memo(body)
    taken = {index for span in (*ink, *spelled, *figures, *order, *day, *memo) for index in span.words}
    middle = next((number for number, row in enumerate(body) if set(row.words) & _of([*order, *figures])), len(body))
    return [
        *ink,
        *figures,
        *day,
        *spelled,
        *order,
        *memo,
        *_corner(body, taken, middle),
        *_parties(body, taken, middle),
    ]


def _of(spans: Sequence[Span]) -> set[int]:
    return {index for span in spans for index in span.words}


def _spelled(rows: Sequence[Row]) -> list[Span]:
    """The amount in words: the row with most numerals, from its first one down to its cents."""
    best = max(rows, key=_wordiness, default=None)
    if best is None or _wordiness(best) < WORDY:
        return []
    first = next((n for n, text in enumerate(best.texts) if SPELLED.search(text) or is_like_number_word(text)), 0)
    while first and first not in best.gaps and _may_be_number(best.texts[first - 1]):
        first -= 1
    stop = next((n for n in range(first, len(best.texts)) if DOLLARS.match(best.texts[n])), len(best.texts))
    stop = min([stop, *(gap for gap in best.gaps if gap > first and not _has_more(best, gap, stop))])
    return [Span("word_amount", best.words[first:stop])]


def _may_be_number(text: str) -> bool:
    """Whether a word before the first numeral may be one that could not be read."""
    return any(map(str.isalpha, text)) and compact(text) not in OPENING


def _wordiness(row: Row) -> int:
    """How many numerals a row has, its cents counted twice, and `dollars` behind one once."""
    numerals = sum(max(len(SPELLED.findall(text)), is_like_number_word(text, UNLIKE_NAMES)) for text in row.texts)
    return numerals + 2 * bool(FRACTION.search(row.text)) + (numerals > 0 and bool(DOLLARS.match(row.texts[-1])))


def _has_more(row: Row, start: int, stop: int) -> bool:
    """Whether the amount goes on behind a gap."""
    rest = " ".join(row.texts[start:stop])
    return bool(SPELLED.search(rest) or FRACTION.search(rest))


def _figures(rows: Sequence[Row]) -> list[Span]:
    """The amount in digits: the rightmost amount with cents that is no part of a sentence."""
    found = []
    for row in rows:
        for match in amounts(row.texts, row.gaps):
            start = match.stop - 1  # the thousands of a check are parted by a comma, if at all
            while start > 0 and re.fullmatch(r"[$*]+", row.texts[start - 1]):
                start -= 1
            alone = start in row.gaps or start == 0 or match.stop == len(row.texts)
            box = row.cells[-1].box
            found.append(
                (alone, bool(re.search(r"[.,]\d{2}\W*$", match.text)), box.right, row.words[start : match.stop])
            )
    return [Span("number_amount", max(found)[3])] if found else _unlike_amounts(rows)


def _unlike_amounts(rows: Sequence[Row]) -> list[Span]:
    """Where nothing is like an amount, the rightmost figures that end with cents or stand behind a sign of money."""
    found = [
        (row.cells[-1].box.right, row.words[at])
        for row in rows
        for at, text in enumerate(row.texts)
        if (CENTS.match(text) and not DATE.match(text))
        or (FIGURES.match(text) and (text[0] == "$" or (at and row.texts[at - 1] == "$")))
    ]
    return [Span("number_amount", (max(found)[1],))] if found else []


def _order(rows: Sequence[Row]) -> list[Span]:
    """Whom to pay: what stands behind `pay to the order of`, set in one line or several, in the nearest of them."""
    starts = [number for number, row in enumerate(rows) if _captioned(row) == ORDER[0]]
    starts += [number for number, row in enumerate(rows) if _captioned(row) in ORDER[1:3]]
    starts += [number for number, row in enumerate(rows) if _captioned(row) in ORDER[3:]]
    for number in starts:
        beside = [near for near in (number - 1, number + 1) if 0 <= near < len(rows) and _captioned(rows[near])]
        found = _payee([rows[near] for near in (number, *beside)])
        if found:
            return [Span("pay_to", found)]
    return []


def _captioned(row: Row) -> str:
    """The caption's words at the start of a row, together; empty where it begins with others."""
    return "".join(_caption(row))


def _caption(row: Row) -> list[str]:
    """The words of the payee's caption at a row's start, as they are printed."""
    found: list[str] = []
    for text, after in zip_longest(row.texts, row.texts[1:], fillvalue=""):
        key = compact(text)
        if not ORDERED.match(key):
            key = _misread(key) if found or compact(after) == "of" else ""
        if not ORDERED.match(key) or (found and found[-1].endswith("of")):
            break
        found.append(key)
    return found


def _misread(key: str) -> str:
    """The caption that one letter parts from a word; empty for none."""
    found = process.extractOne(key, MISREAD, scorer=OSA.distance, score_cutoff=1)
    return found[0] if found else ""


def _payee(rows: Sequence[Row]) -> tuple[int, ...]:
    """The words behind the caption up to a gap, a sign of money or an amount; none where only numerals stand there.

    A caption in two lines stands beside a name between them, whose words may have come to lie in either row.
    """
    kept: list[tuple[int, str]] = []
    for index, text, apart in _behind(rows):
        if (kept and apart and _ends(text)) or re.match(r"^[$*]", text) or AMOUNT.match(text):
            break
        kept.append((index, text))
    said = " ".join(text for _, text in kept)
    if not any(map(str.isalpha, said)) or len(SPELLED.findall(said)) >= WORDY:
        return ()
    return tuple(index for index, _ in kept)


def _behind(rows: Sequence[Row]) -> list[tuple[int, str, bool]]:
    """The words behind the captions of these rows from left to right, each with whether a gap is before it."""
    found = []
    for row in rows:
        begun, at = len(_caption(row)), 0
        for cell in row.cells:
            for place, (index, text) in enumerate(zip(cell.words, cell.texts, strict=True)):
                if at >= begun:
                    found.append((cell.box.left + 1e-4 * place, index, text, place == 0))
                at += 1
    return [(index, text, apart) for _, index, text, apart in sorted(found)]


def _ends(text: str) -> bool:
    """Whether what follows a gap is no part of a name."""
    return not any(map(str.isalpha, text)) or bool(re.match(r"^[$*]|dollars", text, re.IGNORECASE))


def _day(rows: Sequence[Row]) -> list[Span]:
    """The day: behind its caption, else the first whole one."""
    found = [(row, match) for row in rows for match in days(row) if re.search(r"\d{2}\W*$", match.text)]
    captioned = [(row, match) for row, match in found if match.start and compact(row.texts[match.start - 1]) == "date"]
    for row, match in [*captioned, *found][:1]:
        return [Span("check_date", row.words[match.start : match.stop])]
    return []


def _memo(rows: Sequence[Row]) -> list[Span]:
    """What the check is for, behind its caption in the lower half."""
    for row in reversed(rows):
        first = row.cells[0]
        if not _is_memo(first.texts[0]) or row.box.center[1] < 0.5 * rows[-1].box.bottom:
            continue
        rest = first.words[1:] or (row.cells[1].words if len(row.cells) > 1 else ())
        texts = first.texts[1:] or (row.cells[1].texts if len(row.cells) > 1 else ())
        right = row.cells[0 if first.texts[1:] else min(1, len(row.cells) - 1)].box.left
        if any(map(str.isalnum, "".join(texts))) and not SIGNATURE.search(" ".join(texts)) and right < 0.45:
            return [Span("memo", tuple(rest))]
        return []
    return []


def _is_memo(text: str) -> bool:
    key = compact(text)
    return key in MEMO or _misread(key) == "memo"


def _corner(rows: Sequence[Row], taken: set[int], middle: int) -> list[Span]:
    """The check's number: digits alone at the top right, above the order."""
    found = []
    for row in rows[:middle]:
        for cell in row.cells:
            match = NUMBER.match(cell.texts[-1])
            if (
                match
                and cell.words[-1] not in taken
                and (len(cell.texts) == 1 or _numbered(cell))
                and cell.box.left > 0.5
            ):
                found.append((_numbered(cell), cell.box.right, cell.words[-1]))
    return [Span("check_number", (max(found)[2],))] if found else []


def _numbered(cell: Cell) -> bool:
    return compact(" ".join(cell.texts[:-1])) in ("no", "checkno", "checknumber", "check", "number")


def _parties(rows: Sequence[Row], taken: set[int], middle: int) -> list[Span]:
    """The payer top left with the address below; the bank by its name, beside or below the order."""
    cells = [cell for row in rows for cell in row.cells]
    upper = [cell for row in rows[:middle] for cell in row.cells]
    able = [cell for cell in upper if is_name(cell) and not taken & set(cell.words) and cell.box.left < 0.45]
    payer = next((cell for cell in able if not _is_bank(cell)), None) or next(iter(able), None)
    free = [cell for cell in cells if not taken & set(cell.words)]
    spans = _party(free, payer, "payer") if payer else []
    used = taken | _of(spans)
    banks = [cell for cell in cells if _is_bank(cell) and is_name(cell) and not used & set(cell.words)]
    lower = [cell for row in rows[middle + 1 :] for cell in row.cells]
    return [*spans, *(_party(free, min(banks, key=lambda cell: cell not in lower), "bank") if banks else [])]


def _is_bank(cell: Cell) -> bool:
    return bool(BANK.search(cell.text))


def _party(cells: Sequence[Cell], name: Cell, party: str) -> list[Span]:
    lines = address_under(cells, name)
    return [Span(f"{party}_name", name.words), *(Span(f"{party}_address", line.words) for line in lines)]
