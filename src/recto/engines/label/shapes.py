"""What values look like in print: money, dates, times, phone numbers, registration numbers."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

SYMBOL: Final = r"(?:RM|MYR|USD|US\$|EUR|GBP|CHF|AUD|CAD|SGD|NZD|INR|SEK|NOK|DKK|PLN|Rs\.?|[$€£¥₹])"
_DIGITS: Final = r"(?:\d{1,3}(?:[.,' ’]\d{3})+|\d+)"
MONEY: Final = re.compile(
    rf"[(\-–+]?\s*{SYMBOL}?\s*[(\-–+]?\s*(?P<digits>{_DIGITS}[.,]\s?\d{{2}})\)?(?:\s?-)?(?!\d)\s*{SYMBOL}?"
    r"(?:\s?(?:CR|DR|[A-Z*])\b|\*)?",
    re.IGNORECASE,
)
PERCENT: Final = re.compile(r"\d+(?:[.,]\d+)?\s*%")
MONTH: Final = (
    r"(?:jan(?:uary|uar|vier|\.)?|feb(?:ruary|ruar|\.)?|f[ée]v(?:rier|\.)?|mar(?:ch|s|\.)?|m[äa]r?z|apr(?:il|\.)?|avr(?:il|\.)?"
    r"|may|mai|jun(?:e|i|\.)?|juin|jul(?:y|i|\.)?|juil(?:let|\.)?|aug(?:ust|\.)?|ao[uû]t|sep(?:t(?:ember|embre)?|\.)?"
    r"|o[ck]t(?:ober|obre|\.)?|nov(?:ember|embre|\.)?|de[cz](?:ember|embre|\.)?|d[ée]c(?:embre|\.)?"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|januari|februari|maart|mei|juni|juli|augustus)"
)
DATE: Final = re.compile(
    r"(?<![\d/.\-])(?:"
    r"\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?(?:20\d{2}|19\d{2}|\d{2})(?!\d)(?![/.\-]\d)"
    r"|(?:20|19)\d{2}[/.\-]\d{1,2}[/.\-]\d{1,2}(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\.?[\s/\-]*{MONTH}[\s,/\-']*(?:20\d{{2}}|19\d{{2}}|\d{{2}})(?!\d)"
    rf"|{MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?\s*[,.]?\s*(?:20\d{{2}}|19\d{{2}})(?!\d)"
    r"|(?:20\d{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])20\d{2}(?=\s+[012]?\d:\d{2})"
    r")",
    re.IGNORECASE,
)
TIME: Final = re.compile(
    r"(?<![\d:.])(?:[01]?\d|2[0-3])[:.][0-5]\d(?:[:.][0-5]\d)?\s?(?:[AP]\.?M\b\.?)?(?![\d%])|\b\d{1,2}\s?[AP]M\b",
    re.IGNORECASE,
)
CLOCK: Final = re.compile(
    r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?\s?(?:[AP]\.?M\b\.?)?(?!\d)", re.IGNORECASE
)
PHONE: Final = re.compile(r"(?:\(?\+?\d{1,4}\)?[\s.\-/]*)(?:\(0\)\s?)?\(?\d{2,4}\)?(?:[\s.\-/]*\d{2,5}){1,4}")
WEBSITE: Final = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|de|fr|my|co|eu|es|it|nl|ch|at)\b\S*", re.I
)
EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
REGISTRATION: Final = re.compile(
    r"\(?\s*(?:co(?:mpany)?\.?\s*(?:reg(?:istration)?)?\.?\s*(?:no)?\.?\s*[:#]?\s*)?"
    r"(?:[A-Z]{0,3}\d{5,12}\s?-\s?[A-Z]{1,2}|\d{4,12}\s?-?\s?[A-Z])\s*\)?",
    re.IGNORECASE,
)

POINTLESS: Final = re.compile(r"(,\d{3})(\d{2})$")
"""Five digits behind a comma that parts thousands: the point before the cents was not read."""


@dataclass(frozen=True, slots=True)
class Match:
    """A value in a row of texts: the positions of its words among them, and the text that matched."""

    start: int
    stop: int
    text: str


Gaps = Collection[int]
"""Positions of words before which a wide gap stands: digits on both sides are two numbers."""


def matches(pattern: re.Pattern[str], texts: Sequence[str], gaps: Gaps = ()) -> list[Match]:
    """Where `pattern` matches in the joined texts, as positions of whole words."""
    joined, starts = _joined(texts, gaps)
    found = []
    for hit in pattern.finditer(joined):
        lead = len(hit.group()) - len(hit.group().lstrip())
        first, last = _word_at(starts, hit.start() + lead), _word_at(starts, hit.end() - 1)
        found.append(Match(first, last + 1, hit.group().strip()))
    return found


def _joined(texts: Sequence[str], gaps: Gaps) -> tuple[str, list[int]]:
    """The texts with a space between words, two where a gap is, and where each begins."""
    starts: list[int] = []
    whole = ""
    for number, text in enumerate(texts):
        whole += "" if number == 0 else "  " if number in gaps else " "
        starts.append(len(whole))
        whole += text
    return whole, starts


def _word_at(starts: list[int], offset: int) -> int:
    return max(number for number, start in enumerate(starts) if start <= offset)


def amount_of(text: str) -> Decimal | None:
    """The number in a money text by its own evidence: the last separator before two digits is the decimal one."""
    digits = POINTLESS.sub(r"\1.\2", re.sub(r"[^\d.,]", "", text))
    if not any(c.isdigit() for c in digits):
        return None
    match = re.match(r"^([\d.,]*?)[.,](\d{1,2})[.,]?$", digits)
    whole, cents = (match.group(1), match.group(2)) if match else (digits, "")
    try:
        value = Decimal(f"{re.sub(r'[.,]', '', whole) or '0'}.{cents or '0'}")
    except InvalidOperation:
        return None
    negative = re.search(r"(^|[\s(A-Z$€£])[-–]\s?[A-Z$€£]*\s?\d|\d\s?-\s*$|^\s*\(.*\d\)", text)
    return -value if negative else value


def moneys(texts: Sequence[str], gaps: Gaps = ()) -> list[Match]:
    """Amounts with two decimals that are no percentage, date or time."""
    found = []
    taken = {n for pattern in (DATE, CLOCK) for m in matches(pattern, texts, gaps) for n in range(m.start, m.stop)}
    joined, starts = _joined(texts, gaps)
    for hit in MONEY.finditer(joined):
        after = joined[hit.end("digits") : hit.end("digits") + 2].strip()
        before = joined[max(0, hit.start("digits") - 1) : hit.start("digits")]
        glued = before.isalnum() and not re.search(rf"{SYMBOL}$", joined[: hit.start("digits")], re.IGNORECASE)
        speck = before == "." and hit.start("digits") - 1 in starts  # `.41.34`: a speck, or what is left of a minus
        if after.startswith("%") or glued or (before in tuple(".,:/") and not speck):
            continue
        first, last = _word_at(starts, hit.start("digits")), _word_at(starts, hit.end("digits") - 1)
        if first > 0 and re.fullmatch(rf"[-–(]?{SYMBOL}[-–]?", texts[first - 1], re.IGNORECASE):
            first -= 1
        if last + 1 < len(texts) and re.fullmatch(r"[€]|EUR|USD|CHF", texts[last + 1]):
            last += 1
        if not taken & set(range(first, last + 1)):
            found.append(Match(first, last + 1, " ".join(texts[first : last + 1])))
    return found


WHOLE: Final = re.compile(
    rf"^[-–(]?{SYMBOL}\s?[-–]?\d{{1,3}}(?:[.,]\d{{3}})*\)?$|^[-–(]?{SYMBOL}\s?\d+\)?$", re.IGNORECASE
)


def amounts(texts: Sequence[str], gaps: Gaps = ()) -> list[Match]:
    """Amounts with two decimals, and whole ones that carry their currency's sign (`$10,375`)."""
    found = moneys(texts, gaps)
    taken = {n for match in found for n in range(match.start, match.stop)}
    whole = [Match(n, n + 1, text) for n, text in enumerate(texts) if n not in taken and WHOLE.match(text)]
    return sorted([*found, *whole], key=lambda match: match.start)
