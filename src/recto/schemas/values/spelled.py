"""Amounts in words, as on a check: `One thousand two hundred thirty-four and 50/100`."""

import re
from decimal import Decimal
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from recto.schemas.values.parsed import NOTHING, Parsed

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
_CENTS: Final = re.compile(r"(?<!\d)(\d{1,2}|xx|no)\s*/\s*(?:1[0o]{2}|xx)", re.I)
FRACTION: Final = re.compile(
    r"(?<![^\W_])(no|xx|[\dCOQDIlSBZ|]{1,2})\s*/\s*(?:[1Il|]?[0OoCcQD]{2}|xx?)(?![^\W_])", re.I
)
"""Cents as a fraction of a hundred, with the letters that handwriting and OCR make of its figures."""
_FIGURES: Final = str.maketrans("COQDcoqdIil|SsBbZz", "000000001111558822")
_CENTS_IN_WORDS: Final = re.compile(r"(?:and|dollars?)\s+([a-z\- ]+?)\s+cents?\b", re.I)
_SILENT: Final = frozenset(
    {"and", "dollars", "dollar", "only", "exactly", "us", "a", "cents", "cent", "no", "the", "sum", "of", "pay"}
)


def words_of_amount(raw: str) -> Parsed:
    """The words with their slips mended: there are few that an amount is spelled with. Raises nothing."""
    text = FRACTION.sub(_cents_mended, re.sub(r"\s+", " ", raw))
    text = re.sub(r"[^\W\d_]{3,}", lambda found: _word_mended(found.group()), text).strip(" :;,|_*\"'")
    return Parsed(text) if text else NOTHING


def _cents_mended(found: re.Match[str]) -> str:
    cents, rest = found.group(1), found.group().partition("/")[2].strip()
    mended = cents if cents.lower() in ("no", "xx") else cents.translate(_FIGURES)
    return f"{mended}/{'100' if rest.lower()[0] != 'x' else rest.ljust(2, rest[0])}"


def _word_mended(word: str) -> str:
    """The number word that one letter parts from it, two of a long one, in its own case; else the word."""
    lower = word.lower()
    if lower in _KNOWN or lower in _SILENT:
        return word
    near = process.extract(lower, _KNOWN, scorer=OSA.distance, score_cutoff=1 if len(word) < 7 else 2, limit=2)
    if not near or (len(near) > 1 and near[0][1] == near[1][1]):
        return word
    name: str = near[0][0]
    return name.upper() if word.isupper() else name.capitalize() if word[0].isupper() else name


def is_like_number_word(text: str, least: int = 3) -> bool:
    """Whether a word of so many letters is one that amounts are spelled with, or slips of OCR away from it."""
    bare = re.sub(r"[\W\d_]", "", text)
    return len(bare) >= least and _word_mended(bare).lower() in _KNOWN


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
