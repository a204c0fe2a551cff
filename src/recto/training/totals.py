"""Which of the places that show the total's amount are the total: the caption beside them decides."""

import re
from collections.abc import Iterator, Sequence

from recto.document.page import Words

_AMOUNT = re.compile(r"^[^\d]*?(\d[\d,]*\.?\d*)[^\d]*$")

_CURRENCY = re.compile(r"(?:RM|MYR|\$)[.:]?", re.IGNORECASE)
_GOOD = re.compile(r"TOTAL|NETT?\b|AMOUNT DUE|JUMLAH|BALANCE DUE|AMT|AMOUNT|TTL|BILL|DUE|PAYABLE|NET", re.IGNORECASE)
_BAD = re.compile(
    r"SUB|CASH|CHANGE|TENDER|PAID|PAYMENT|VISA|MASTER|CARD|EXCL|BEFORE|TAXABLE|ITEM|QTY|QUANTITY|TOTAL GST|"
    r"GST SUMMARY|DISC|SAVING|ZRL|\bSR\b|DEBIT|CREDIT",
    re.IGNORECASE,
)
_BEST = re.compile(
    r"ROUNDED|GRAND|NETT?\b.*TOTAL|TOTAL.*(INCL|PAYABLE|DUE|AFTER)|AFTER ROUND|ROUND(ING)? ?ADJ.*TOTAL|"
    r"AMOUNT DUE|TOTAL AMOUNT|TOTAL SALES",
    re.IGNORECASE,
)


def total_words(value: str, words: Words) -> list[tuple[int, ...]]:
    """The places that show `value` beside the best caption on the receipt, as word indexes; all alike ones."""
    wanted = amount(value)
    if wanted is None:
        return []
    places = [place for place in _places(words) if amount(_text(words, place)) == wanted]
    scored = [(score(words, place), place) for place in places]
    best = max((points for points, _ in scored), default=0)
    return [_with_currency(words, place) for points, place in scored if points == best]


def _with_currency(words: Words, place: tuple[int, ...]) -> tuple[int, ...]:
    """The place, and the currency sign that stands before it as a word of its own."""
    before = place[0] - 1
    if before >= 0 and words[before].line == words[place[0]].line and _CURRENCY.fullmatch(words[before].text):
        return before, *place
    return place


def amount(text: str) -> float | None:
    """The number in `text`, currency and thousands commas left out; None where it is none."""
    match = _AMOUNT.match(text.replace(" ", ""))
    return round(float(match.group(1).replace(",", "").rstrip(".") or 0), 2) if match else None


def score(words: Words, place: Sequence[int]) -> int:
    """How well the caption left of `place` (or above it, where the line has none) speaks for a total."""
    line = words[place[0]].line
    beside = " ".join(word.text for word in words[: place[0]] if word.line == line)
    if not re.search(r"[A-Za-z]{3}", beside):
        beside = " ".join(word.text for word in words[: place[0]] if word.line == line - 1)
    good, bad, best = (bool(pattern.search(beside)) for pattern in (_GOOD, _BAD, _BEST))
    return 2 * good + 2 * (best and not bad) - 2 * bad


def _places(words: Words) -> Iterator[tuple[int, ...]]:
    """Single words, and two that OCR or a scribe has parted (`RM 9.00`, `9. 00`)."""
    for at, word in enumerate(words):
        yield (at,)
        after = words[at + 1] if at + 1 < len(words) else None
        if after is not None and after.line == word.line and re.fullmatch(r"\d+\.", word.text):
            yield at, at + 1


def _text(words: Words, place: Sequence[int]) -> str:
    return "".join(words[at].text for at in place)
