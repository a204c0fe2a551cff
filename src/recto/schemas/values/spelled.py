"""Amounts in words, as on a check: `One thousand two hundred thirty-four and 50/100`."""

import re
from decimal import Decimal
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from recto.schemas.values.parsed import NOTHING, Parsed

UNITS: Final = {
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
TENS: Final = {
    n: 10 * i for i, n in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
} | {"fourty": 40}
SCALES: Final = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
KNOWN: Final = (*UNITS, *TENS, *SCALES)
_CENTS: Final = re.compile(r"(?<!\d)(\d{1,2}|xx|no)\s*/\s*(?:1[0o]{2}|xx|\W*$)", re.I)
_FIGURE: Final = r"[\dCOQDUIlSBZ|]"
FRACTION: Final = re.compile(
    rf"(?<![^\W_])(no|xx|{_FIGURE}{{1,2}})\s*/+\s*([1IlT|]?[0OoCcQDU]{{2,4}}|[1IlT|][0OoCcQDU]?|xx?)(?![^\W_])"
    rf"|(?<=and )({_FIGURE}{{2}}) ([1IlT|][0OoCcQDU]{{2}})(?=\W*$)",
    re.I,
)
"""Cents as a fraction of a hundred, with or without its bar, and the letters that OCR makes of handwritten figures."""
_FILLED: Final = re.compile(r"(/100|/xx)[\W_x]*$", re.I)
"""What fills the line behind the cents, against more being written there."""
_FIGURES: Final = str.maketrans("COQDUcoqduIil|SsBbZz", "00000000001111558822")
_CENTS_IN_WORDS: Final = re.compile(r"(?:and|dollars?)\s+([a-z\- ]+?)\s+cents?\b", re.I)
SILENT: Final = frozenset({"and", "dollars", "dollar", "only", "exactly", "us", "a", "cents", "cent", "no"})
_OPENING: Final = re.compile(r"^\W*(?:pay\s+)?(?:the\s+sum\s+of\s+)?")


def words_of_amount(raw: str) -> Parsed:
    """The words with their slips mended: there are few that an amount is spelled with. Raises nothing."""
    text = FRACTION.sub(_cents_mended, re.sub(r"\s+", " ", raw))
    text = re.sub(r"(?=\d?[^\W\d_]{3})[^\W_]+", lambda found: _parted(found.group()), text)
    text = _FILLED.sub(r"\1", text).strip(" :;,|_*\"'")
    return Parsed(text) if text else NOTHING


def _cents_mended(found: re.Match[str]) -> str:
    """`C8 / 1OO` -> `08/100`. Of two alike OCR reads one, so that a round letter alone is two zeros."""
    cents, rest = found.group(1) or found.group(3), found.group(2) or found.group(4)
    mended = cents if cents.lower() in ("no", "xx") else cents.translate(_FIGURES).zfill(2)
    if len(cents) == 1 and not cents.isdigit() and mended != "00":
        return found.group()
    return f"{mended}/{'100' if rest.lower()[0] != 'x' else rest.ljust(2, rest[0])}"


def _parted(word: str) -> str:
    """The word mended; in two where one was drawn to a number word: `TWOand`, `NinetySeven`."""
    lower = word.lower()
    if lower in KNOWN:
        return word
    ten = next((name for name in TENS if lower.startswith(name) and len(lower) > len(name) + 1), "")
    if ten:
        return f"{word[: len(ten)]}-{_parted(word[len(ten) :])}"
    if lower.endswith("and") and _word_mended(word[:-3]).lower() in KNOWN:
        return f"{_word_mended(word[:-3])} {word[-3:]}"
    return _word_mended(word)


def _word_mended(word: str) -> str:
    """The number word that one letter parts from it, two of a long one, in its own case; else the word."""
    lower = word.lower()
    if lower in KNOWN or lower in SILENT:
        return word
    near = process.extract(lower, KNOWN, scorer=OSA.distance, score_cutoff=1 if len(word) < 7 else 2, limit=2)
    if not near or (len(near) > 1 and near[0][1] == near[1][1]):
        return word
    return in_case_of(word, near[0][0])


def in_case_of(word: str, name: str) -> str:
    """In capitals where most of the letters are, with a large first letter where the word has one."""
    letters = [letter for letter in word if letter.isalpha()]
    if sum(map(str.isupper, letters)) > len(letters) / 2 and len(letters) > 1:
        return name.upper()
    return name.title() if word[0].isupper() else name


def is_like_number_word(text: str, least: int = 3) -> bool:
    """Whether a word of so many letters is one that amounts are spelled with, or slips of OCR away from it."""
    bare = re.sub(r"[\W\d_]", "", text)
    return len(bare) >= least and _word_mended(bare).lower() in KNOWN


def amount_in_words(raw: str) -> Decimal | None:
    """The amount, or None where a word is no number word, one misread letter forgiven in longer words."""
    text = _OPENING.sub("", raw.lower().replace("–", "-"))
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
        if word in SILENT:
            continue
        name = _number_word(word)
        if name is None:
            return None
        seen = True
        if name in SCALES:
            scale = SCALES[name]
            group = max(group, 1) * scale
            if scale > 100:
                total, group = total + group, 0
        else:
            group += UNITS.get(name, TENS.get(name, 0))
    return total + group if seen else None


def _number_word(word: str) -> str | None:
    if word in KNOWN:
        return word
    if len(word) < 5:
        return None
    near = process.extract(word, KNOWN, scorer=OSA.distance, score_cutoff=1, limit=2)
    return near[0][0] if len(near) == 1 else None
