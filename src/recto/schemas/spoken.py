"""Names as people say them: `payer.tin` is `Payer TIN`."""

import re
from typing import Final

INITIALS: Final = frozenset(
    (
        "api",
        "bic",
        "ein",
        "iban",
        "id",
        "ira",
        "irs",
        "kvk",
        "micr",
        "ocr",
        "po",
        "sep",
        "ssn",
        "tin",
        "url",
        "vat",
        "zip",
    )
)
"""What is said letter by letter and written in capitals."""

_NAME: Final = re.compile(r"'[^']*'|\b[a-z][a-z0-9]*(?:[_.][a-z][a-z0-9]*)+\b")
_ROW: Final = re.compile(r"\b([a-z_]+)\[(\d+)\](\.?)")


def spoken(name: str) -> str:
    """`merchant_name`, `MERCHANT_NAME` -> `Merchant name`; `LOYALTY_ID` -> `Loyalty ID`; `sub_total` -> `Subtotal`."""
    plain = name.lower() if name.isupper() else name
    words = in_words(plain)
    return words[:1].upper() + words[1:]


def spoken_within(text: str) -> str:
    """A sentence with names in it: `3.50 (total_tax)` -> `3.50 (total tax)`, `items[2].amount` -> `items row 2 amount`.

    What stands in quotes was printed, and stays as it is.
    """
    rows = _ROW.sub(lambda found: f"{found[1]} row {found[2]}{' ' if found[3] else ''}", text)
    return _NAME.sub(lambda found: found[0] if found[0][0] == "'" else in_words(found[0]), rows)


def in_words(name: str) -> str:
    words = re.sub(r"\bsub[_ ]total", "subtotal", name.strip())
    return " ".join(map(capitals, re.split(r"[_.\s]+", words)))


def capitals(word: str) -> str:
    return word.upper() if word in INITIALS else word
