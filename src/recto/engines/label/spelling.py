"""Caption words as they were meant: OCR reads `Tota1`, `Poyable` and `lotal`."""

import re
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process

WORDS: Final = (
    *("TOTAL", "SUBTOTAL", "AMOUNT", "ROUNDING", "ROUNDED", "ADJUSTMENT", "CHANGE", "PAYABLE", "DISCOUNT", "INCLUSIVE"),
    *(
        "EXCLUSIVE",
        "INCLUDING",
        "EXCLUDING",
        "SERVICE",
        "CHARGE",
        "SUMMARY",
        "QUANTITY",
        "BALANCE",
        "PAYMENT",
        "TENDER",
    ),
    *("RECEIVED", "GRATUITY", "INVOICE", "RECEIPT", "CASHIER", "TAXABLE", "AFTER", "BEFORE", "CREDIT", "DEBIT"),
    *("VOUCHER", "COUPON", "REFUND", "SAVINGS"),
)
ALIKE: Final = 80.0
"""Per cent of letters in common from which a word is one of ours misread; five letters with one wrong have 80."""
SHORTEST: Final = 5
"""A shorter word that differs in a letter is another word."""
DIGITS: Final = str.maketrans("01!|5", "OLLLS")
KNOWN: Final = frozenset(WORDS)


def spelled(text: str) -> str:
    """The text in capitals, its misread caption words mended; other words as they are."""
    return " ".join(_word(word) for word in text.upper().split())


@lru_cache(maxsize=20_000)
def _word(word: str) -> str:
    bare = re.sub(r"[^A-Z0-9!|]", "", word)
    letters = sum(letter.isalpha() for letter in bare)
    if len(bare) < SHORTEST or bare in KNOWN or letters < len(bare) - 1:
        return word
    meant = bare.translate(DIGITS)
    found = process.extractOne(meant, WORDS, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return word if found is None or abs(len(found[0]) - len(meant)) > 1 else word.replace(bare, found[0])
