"""What a word looks like, in a few dozen classes: money, date, time, number, capitals, and so on."""

import re
from typing import Final

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19\d\d|20\d\d|\d\d)"
_DATE = (
    rf"\D{{0,6}}(?:{_DAY}[/.\-]{_MONTH}|{_MONTH}[/.\-]{_DAY})[/.\-]{_YEAR}\D{{0,4}}"
    rf"|20\d\d[/.\-]{_MONTH}[/.\-]{_DAY}"
)
_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    ("currency", r"(?:RM|MYR|USD|EUR|GBP|SGD|CHF|CAD|AUD|[$€£¥₹])[.:]?"),
    ("date", _DATE),
    ("date_words", r"\D{0,2}\d{1,2}[-/ ]?(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)[A-Z]*[-/ ]?'?\d{0,4},?"),
    (
        "month",
        r"(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|(?:SEPT?|NOV|DEC)(?:EMBER)?|OCT(?:OBER)?)[.,]?",
    ),
    ("time", r"\D{0,6}\d{1,2}:\d{2}(?::\d{2})?(?:[AP]\.?M\.?)?\D?"),
    ("percent", r"[@(]?\d+(?:[.,]\d+)?%\D{0,3}"),
    ("number_1", r"\d"),
    ("number_2", r"\d{2}"),
    ("number_3", r"\d{3}"),
    ("number_4", r"\d{4}"),
    ("postcode", r"\d{5}[,.]?"),
    ("number_6", r"\d{6,8}"),
    ("number_9", r"\d{9,}"),
    ("registration", r"\(?[A-Z]{0,2}\d{5,8}-?[A-Z]{1,2}\)?"),
    ("phone", r"\D{0,5}\+?\(?\d[\d()]*[-./ ]\d[\d\-./() ]{4,}"),
    ("quantity", r"\d+(?:\.\d+)?[X*@]|[X*@]\d+(?:\.\d+)?|[X*@]"),
    ("web", r".*(?:WWW\.|\.COM|HTTP|@\w+\.\w).*"),
    ("masked", r"[X*#]{3,}[-\dX*#]*"),
    ("punctuation", r"[\W_]+"),
    ("bracketed", r"\(.*\)?"),
    ("number_inside", r".*\d.*"),
    ("caption", r".*[A-Z].*[:]"),
)
_COMPILED: Final = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _PATTERNS)
_MONEY: Final = re.compile(
    r"(?:RM|[A-Z]{3}|[$€£¥₹])?-?(\d{1,3}(?:[.,' ]\d{3})+|\d+)[.,](\d{2})-?[A-Z*]{0,3}", re.IGNORECASE
)

LOOKS: Final = ("money", *(name for name, _ in _PATTERNS), "upper", "title", "lower", "mixed")
"""Every class, in the order that the model's token types count them: append, never reorder."""


def look_of(text: str) -> str:
    """The first class that fits."""
    if money_of(text) is not None:
        return "money"
    for name, pattern in _COMPILED:
        if pattern.fullmatch(text):
            return name
    if text.isupper():
        return "upper"
    if text.islower():
        return "lower"
    return "title" if text.istitle() else "mixed"


def money_of(text: str) -> float | None:
    """The amount that a word with two decimals shows, without sign and currency; None for anything else."""
    match = _MONEY.fullmatch(text)
    if match is None:
        return None
    return float(re.sub(r"\D", "", match.group(1)) + "." + match.group(2))
