"""Letters and digits as they come from paper: made plain, and slips of OCR mended where the context is certain."""

import re
import unicodedata
from typing import Final

_SLIPS: Final = str.maketrans({"O": "0", "o": "0", "D": "0", "Q": "0", "l": "1", "I": "1", "|": "1", "i": "1"})
_MORE_SLIPS: Final = str.maketrans({"S": "5", "s": "5", "B": "8", "Z": "2", "z": "2"})
_DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"), "-")
_MARKS: Final = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069\u061c\ufeff"), None)
_ROUND: Final = frozenset("OoQDC")
SLIP_CLASS: Final = "0-9OoDQlI|iSsBZz"
"""For a regular expression's class: digits and the letters that OCR takes for digits."""


def plain(text: str) -> str:
    """Compatibility forms folded, digits of every script as 0-9, one kind of dash, no direction marks.

    A narrow or non-breaking space becomes U+00A0, which groups digits; other white space becomes a plain space.
    """
    spaced = re.sub("[\u00a0\u202f\u2007\u2009]", "\u00a0", text.translate(_MARKS).translate(_DASHES))
    folded = "".join(letter if letter == "\u00a0" else unicodedata.normalize("NFKC", letter) for letter in spaced)
    digits = "".join(_digit(letter) for letter in folded.replace("\u066b", ".").replace("\u066c", "'"))
    return re.sub("[^\\S\u00a0]+", " ", digits).strip(" \u00a0")


def _digit(letter: str) -> str:
    return letter if letter.isascii() or not letter.isdecimal() else str(unicodedata.decimal(letter))


def mended(token: str) -> str:
    """The digits that slipped into letters, in a token that is known to be a number."""
    return token.translate(_SLIPS).translate(_MORE_SLIPS)


def bare(text: str) -> str:
    """Letters and digits without case: what two forms of one text share."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def is_round(text: str) -> bool:
    """Whether a text is one letter that OCR takes a zero for, above all one by hand that does not close."""
    return text in _ROUND
