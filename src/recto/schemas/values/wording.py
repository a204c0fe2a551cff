"""An amount in words of which some could not be read: they are read again with the amount in digits at hand.

What can be read is never overruled. A text that says an amount is left as it is, whatever the digits say, and so is one
with a single number word or figure that the digits have not. Of a word that is none the digits choose among the number
words that are equally near to it: `GUEVEN` may be `ELEVEN` or `SEVEN`.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from recto.schemas.values.spelled import KNOWN, SCALES, TENS, UNITS, in_case_of

_CENTS: Final = re.compile(r"(?<![^\W_])([^\W_]{1,2})\s*/+\s*([^\W_]*)\W*$")
"""Cents of which at least the bar was read."""
_SILENT: Final = frozenset({"and", "dollar", "dollars", "exactly", "only"})
_MOST: Final = 1_000_000_000
"""No check is made out for as much."""
_FARTHEST: Final = 3
"""A word that so many letters part from every number word is nobody's."""
_GLUED: Final = 75.0
"""Per cent of letters in common from which one unread word may be two: `TwertyFur`."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the text, and where it stands there."""

    text: str
    start: int
    end: int

    @property
    def key(self) -> str:
        return self.text.lower()


Edit = tuple[int, int, str]
"""From where to where in the text, and what is put there."""


def read_as(text: str, amount: Decimal) -> str | None:
    """The text with its unread words and figures as the amount has them; None where what can be read says otherwise."""
    cents = _CENTS.search(text)
    hundredths = f"{int(amount * 100) % 100:02}"
    if not 0 <= amount < _MOST or cents is None or not _may_be(cents.group(1), hundredths):
        return None
    edits = _edits([each for each in _tokens(text[: cents.start()]) if each.key not in _SILENT], in_words(int(amount)))
    if edits is None:
        return None
    shown = cents.group(1) if cents.group(1).lower() in ("no", "xx") else hundredths
    found = text[: cents.start()]
    for start, end, put in reversed(edits):
        found = found[:start] + put + found[end:]
    return f"{found}{shown}/{_of(cents.group(2))}"


def _may_be(read: str, hundredths: str) -> bool:
    """Whether figures, some of them read as letters, may be these cents; of two alike one may have been read."""
    if read.lower() in ("no", "xx"):
        return hundredths == "00"
    if len(read) == 1:
        return not read.isdigit() or read == hundredths.lstrip("0")
    return all(not one.isdigit() or one == other for one, other in zip(read, hundredths, strict=True))


def _of(read: str) -> str:
    """What the cents are parts of."""
    return "xx" if "x" in read.lower() else "100" if read else ""


def _tokens(text: str) -> Iterator[Token]:
    return (Token(found.group(1), *found.span()) for found in re.finditer(r"([^\W_]+)[.,'\"]*", text))


def _edits(read: Sequence[Token], wanted: Sequence[str]) -> list[Edit] | None:
    """What turns the words that were read into those wanted; None where that would change a number word."""
    edits: list[Edit] = []
    matcher = SequenceMatcher(None, [token.key for token in read], wanted, autojunk=False)
    for tag, first, last, start, stop in matcher.get_opcodes():
        here, there = read[first:last], wanted[start:stop]
        if tag == "equal":
            continue
        if not there and last == len(read):
            there = ["and"]  # it stands between the dollars and the cents
        if not here or not there or any(token.key in KNOWN for token in here) or not _near(here, there):
            return None
        edits += _put(here, there)
    return edits


def _near(read: Sequence[Token], wanted: Sequence[str]) -> bool:
    """Whether words may be misread for those wanted: no other is nearer to any of them."""
    if len(read) == len(wanted):
        return all(name in _nearest(token.key) for token, name in zip(read, wanted, strict=True))
    return fuzz.ratio("".join(token.key for token in read), "".join(wanted)) >= _GLUED


def _nearest(word: str) -> set[str]:
    """The number words that the fewest letters part from it, more than one where several are as near."""
    able = process.extract(word, (*KNOWN, "and"), scorer=OSA.distance, score_cutoff=_FARTHEST - 1, limit=None)
    return {name for name, distance, _ in able if distance == able[0][1]}


def _put(read: Sequence[Token], wanted: Sequence[str]) -> list[Edit]:
    if len(read) == len(wanted):
        return [
            (token.start, token.end, in_case_of(token.text, name)) for token, name in zip(read, wanted, strict=True)
        ]
    whole = in_case_of("".join(token.text for token in read), " ".join(wanted))
    return [(read[0].start, read[-1].end, re.sub(r"(?<=ty) ", "-", whole, flags=re.I))]


def in_words(dollars: int) -> list[str]:
    """The number words of a whole amount below a thousand million: 1402 -> one thousand four hundred two."""
    for name, worth in reversed(SCALES.items()):
        if dollars >= worth:
            return [*in_words(dollars // worth), name, *(in_words(dollars % worth) if dollars % worth else [])]
    names = {worth: name for name, worth in (*UNITS.items(), *reversed(TENS.items()))}
    if dollars in names:
        return [names[dollars]]
    return [names[dollars - dollars % 10], names[dollars % 10]]
