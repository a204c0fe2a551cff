"""Amounts in words, as on a check: `One thousand two hundred thirty-four and 50/100`."""

import re
from decimal import Decimal
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_UNITS: Final = {
    name: number
    for number, name in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
_TENS: Final = {
    n: 10 * i for i, n in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
} | {"fourty": 40}
_SCALES: Final = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_KNOWN: Final = (*_UNITS, *_TENS, *_SCALES)
_CENTS: Final = re.compile(r"(?<!\d)(\d{1,2}|xx|no)\s*/\s*1[0o]{2}", re.I)
_CENTS_IN_WORDS: Final = re.compile(r"(?:and|dollars?)\s+([a-z\- ]+?)\s+cents?\b", re.I)
_SILENT: Final = frozenset(
    {"and", "dollars", "dollar", "only", "exactly", "us", "a", "cents", "cent", "no", "the", "sum", "of", "pay"}
)


def amount_in_words(raw: str) -> Decimal | None:
    """The amount, or None where a word is no number word, one misread letter forgiven in longer words."""
    text = raw.lower().replace("–", "-")
    cents = 0
    if found := _CENTS.search(text):
        cents = int(found.group(1)) if found.group(1).isdigit() else 0
        text = text[: found.start()]
    elif spelled := _CENTS_IN_WORDS.search(text):
        counted = _whole(spelled.group(1))
        if counted is None:
            return None
        cents, text = counted, text[: spelled.start()] + " dollars"
    dollars = _whole(text)
    return None if dollars is None or cents > 99 else Decimal(dollars) + Decimal(cents) / 100


def _whole(text: str) -> int | None:
    total = group = 0
    seen = False
    for word in re.findall(r"[a-z0-9]+", text):
        if word in _SILENT:
            continue
        name = _number_word(word)
        if name is None:
            return None
        seen = True
        if name in _SCALES:
            scale = _SCALES[name]
            group = max(group, 1) * scale
            if scale > 100:
                total, group = total + group, 0
        else:
            group += _UNITS.get(name, _TENS.get(name, 0))
    return total + group if seen else None


def _number_word(word: str) -> str | None:
    if word in _KNOWN:
        return word
    if len(word) < 5:
        return None
    near = process.extract(word, _KNOWN, scorer=OSA.distance, score_cutoff=1, limit=2)
    return near[0][0] if len(near) == 1 else None
