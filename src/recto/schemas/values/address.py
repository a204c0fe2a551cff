"""Addresses: their lines as printed, and the parts that can be told with certainty."""

import re
from dataclasses import dataclass
from typing import Final

_US: Final = re.compile(r"\b([A-Z]{2}),? +(\d{5}(?:-\d{4})?)\b")
_MISREAD: Final = ((re.compile(r"\bSth\b"), "5th"), (re.compile(r"\b[lI]st\b"), "1st"))
"""Numbers of streets whose figure OCR takes for a letter."""
_POSTCODE: Final = re.compile(
    r"\b(?P<gb>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b|\b(?P<ca>[A-Z]\d[A-Z] ?\d[A-Z]\d)\b|\b(?P<nl>\d{4} ?[A-Z]{2})\b"
    r"|(?<![\d-])(?:[A-Z]{1,2}-)?(?P<number>\d{5}|\d{4})(?![\d-])"
)


@dataclass(frozen=True, slots=True)
class Address:
    """Parts of an address; None where it does not tell. `lines` are as printed."""

    lines: tuple[str, ...]
    street: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None


def address_text(lines: list[str]) -> str:
    """The lines as one text, joined by commas, doubled commas removed, `Sth` and `lst` numbers again."""
    joined = ", ".join(line.strip(" ,") for line in lines if line.strip(" ,"))
    for misread, number in _MISREAD:
        joined = misread.sub(number, joined)
    return re.sub(r"\s*,(\s*,)+", ",", re.sub(r"\s+", " ", joined)).strip(" ,")


def parts_of(text: str) -> Address:
    """The parts of an address whose lines are separated by commas or line breaks."""
    lines = tuple(part.strip() for part in re.split(r"[\n,]", text) if part.strip())
    if found := _US.search(text):
        before = [part.strip() for part in re.split(r"[\n,]", text[: found.start()]) if part.strip()]
        city = before[-1] if len(before) > 1 else None
        return Address(lines, before[0] if before else None, city, found.group(1), found.group(2))
    for line in reversed(lines[1:]):
        if code := _POSTCODE.search(line):
            city = (line[: code.start()] + line[code.end() :]).strip(" -,") or None
            return Address(lines, lines[0], city, None, code.group().split("-")[-1])
    return Address(lines, lines[0] if lines else None)
