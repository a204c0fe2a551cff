"""Counts, quantities with their unit, percentages, years and ticks in boxes."""

import re
from decimal import Decimal
from typing import Final

from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import mended, plain
from recto.schemas.values.parsed import NOTHING, Parsed, chosen

_NUMBER: Final = re.compile(r"-?\d[\d.,'’\u00a0]*")
_UNIT: Final = re.compile(r"(?<![^\W\d_])([^\W\d_]{1,10}[²³]?)\.?\s*$")
_TIMES: Final = re.compile(r"^[xX×@*]+|[xX×@*]+$")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_SHORT_YEAR: Final = re.compile(r"^['’]?(\d{2})$")
_TICKS: Final = frozenset(
    {"x", "☒", "☑", "✓", "✔", "✗", "✘", "yes", "true", "checked", "1", "v", "[x]", "(x)", "ja", "oui"}
)
_NO_TICKS: Final = frozenset({"", "☐", "□", "no", "false", "unchecked", "0", "[ ]", "[]", "nein", "non"})


def quantity_of(raw: str, evidence: Evidence) -> Parsed:
    """`2`, `1,5 kg`, `3 x`, `x2`: the number, and the unit where one stands behind it."""
    text = plain(raw)
    bare = _TIMES.sub("", text.strip()).strip()
    unit = _UNIT.search(bare)
    parsed = number_of(bare, evidence)
    name = unit.group(1) if unit and unit.group(1).lower() not in ("x", "o", "l", "i") else None
    return Parsed(parsed.value, parsed.alternatives, unit=name)


def number_of(raw: str, evidence: Evidence) -> Parsed:
    """A number; `1,234` is read by the document's decimal mark, else both ways."""
    text = plain(raw)
    found = _NUMBER.search(text)
    if not found:
        letters = text.strip()
        return Parsed(Decimal(mended(letters))) if re.fullmatch(r"[OolI]{1,2}", letters) else NOTHING
    token = found.group().rstrip(".,'’\u00a0")
    readings = _readings(token, evidence)
    return chosen(readings, []) if len(readings) == 1 else chosen([], readings)


def percentage_of(raw: str, evidence: Evidence) -> Parsed:
    """`19 %` is 19, `7,25%` is 7.25. Three digits after the mark are decimals: no rate is in the thousands."""
    found = _NUMBER.search(plain(raw))
    if not found:
        return NOTHING
    token = found.group().rstrip(".,'’\u00a0").replace(",", ".")
    return Parsed(Decimal(token)) if token.count(".") <= 1 and re.fullmatch(r"-?[\d.]+", token) else NOTHING


def year_of(raw: str) -> Parsed:
    """A year as text: four digits, or two after an apostrophe or alone."""
    text = plain(raw)
    if found := _YEAR.search(text):
        return Parsed(found.group(1))
    short = _SHORT_YEAR.match(text)
    return Parsed(f"20{short.group(1)}") if short else NOTHING


def boolean_of(raw: str) -> Parsed:
    """Whether a box is ticked, by what stands in it."""
    text = plain(raw).lower().replace(" ", "")
    if text in _NO_TICKS:
        return Parsed(False)
    return Parsed(True) if text in _TICKS else NOTHING


def _readings(token: str, evidence: Evidence) -> list[Decimal]:
    marks = [letter for letter in token if letter in ".,"]
    bare = re.sub(r"['’\u00a0]", "", token)
    if not marks:
        return [Decimal(bare)]
    last = marks[-1]
    whole, _, fraction = bare.rpartition(last)
    large = Decimal(re.sub(r"[.,]", "", bare))
    small = Decimal(f"{re.sub('[.,]', '', whole) or '0'}.{fraction or '0'}")
    if marks.count(last) > 1:
        return [large]
    if len(fraction) != 3 or len(marks) > 1 or whole.lstrip("-") in ("0", "") or len(whole.lstrip("-")) > 3:
        return [small]
    if evidence.decimal is not None:
        return [small if evidence.decimal == last else large]
    return [large, small]
