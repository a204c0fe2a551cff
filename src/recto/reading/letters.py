"""Whether letters were written by a person or came out of a font without a key. In the reading process."""

import re
import unicodedata
from itertools import pairwise

WRONG = 0.1
"""A text layer with at least this share of characters that nobody writes is garbage."""

NOBODYS = ("Cc", "Cn", "Co", "Cs")
"""Unicode categories of controls, unassigned, private and surrogate characters."""

SWAPPED = 0.5
"""Characters whose lower byte is zero are rare; when they are half of the text its bytes are the wrong way round."""

PAIRS = 60
"""Neighbouring letters that it takes to tell a language from a cipher."""

LIKELY = 0.65
"""Of the neighbouring letters of real pages 79 to 97 in a hundred are among the common pairs, of text whose letters
stand for others 30 to 60.
"""

FOLLOWERS = {
    "a": "bcdghiklmnprstuxy",
    "b": "aehilou",
    "c": "aehilort",
    "d": "aeijnsu",
    "e": "acdefgilmnrstux",
    "f": "aeior",
    "g": "aeors",
    "h": "adeilnor",
    "i": "acdefglmnoprstv",
    "j": "au",
    "k": "aeu",
    "l": "adeilou",
    "m": "abeimoptu",
    "n": "acdegikorstuv",
    "o": "cdfilmnoprstuw",
    "p": "aeiloprtu",
    "q": "t",
    "r": "adeilmnostuy",
    "s": "acdehioprstu",
    "t": "aehiorstuy",
    "u": "abcemnprst",
    "v": "eio",
    "w": "aei",
    "x": "c",
    "y": "ao",
    "z": "au",
}
"""The 200 most common pairs of Latin letters on invoices, receipts and forms in English, German, French and Malay."""

COMMON = frozenset(first + second for first, seconds in FOLLOWERS.items() for second in seconds)

LATIN = re.compile("[a-z]{2,}")


def garbled(words: list[str]) -> bool:
    """Whether the text as a whole is not what the page shows."""
    text = "".join(words)
    if text.isascii() and text.isprintable():
        return "(cid:" in text or enciphered(words)
    wrong = sum(is_nobodys(character) for character in text)
    swapped = sum(ord(character) > 0xFF and not ord(character) & 0xFF for character in text)
    return wrong >= WRONG * len(text) or swapped >= SWAPPED * len(text) or "(cid:" in text or enciphered(words)


def is_nobodys(character: str) -> bool:
    if character.isascii():
        return character < " " or character == "\x7f"
    return character == "\ufffd" or unicodedata.category(character) in NOBODYS


def enciphered(words: list[str]) -> bool:
    """Whether the letters stand for other ones, as those of a font whose key was left out do."""
    pairs = [a + b for word in words for run in LATIN.findall(word.lower()) for a, b in pairwise(run)]
    return len(pairs) >= PAIRS and sum(pair in COMMON for pair in pairs) < LIKELY * len(pairs)


def cleared(word: str) -> str:
    """The word without what nobody writes: bullets and boxes that a symbol font draws."""
    return word if word.isascii() and word.isprintable() else "".join(c for c in word if not is_nobodys(c))
