"""Values as a person reads them: grouped digits, months by name. The canonical form stays beside them in the page."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Final, Literal

from recto.document.page import Quality
from recto.document.reading import Field
from recto.document.reading import Value as FieldValue

Level = Literal["high", "medium", "low", "unmeasured"]

HIGH = 0.95
LOW = 0.80
"""Where the colours of the legend change. They sort measured confidences for the eye, and decide nothing."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """A confidence as shown: the band of its colour, and its words."""

    level: Level
    words: str
    percent: int | None


def certainty(confidence: float | None) -> Certainty:
    """None is said as it is: nobody has measured it."""
    if confidence is None:
        return Certainty("unmeasured", "not measured", None)
    level: Level = "high" if confidence >= HIGH else "medium" if confidence >= LOW else "low"
    # Down, never up: 99.96 % is not shown as 100.
    percent = int(confidence * 100)
    return Certainty(level, f"{percent} %", percent)


def shown(value: FieldValue) -> str:
    """`1234.5` -> `1,234.5`, 2018-12-25 -> `25 Dec 2018`; nothing at all is an em dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    if isinstance(value, time):
        return f"{value:%H:%M}" if value.second == 0 else f"{value:%H:%M:%S}"
    return value


def money(field: Field | None) -> str:
    """With its currency, for a list."""
    if field is None:
        return ""
    return " ".join(part for part in (field.currency, shown(field.value)) if part)


SOURCES: Final = {"clean": "drawn or cleaned", "scan": "scanned", "photo": "photographed"}


def said_quality(quality: Quality) -> str:
    """`photographed, sharpness 54 %, contrast 83 %, letters 11 pixels high`."""
    if quality.blank:
        return "blank"
    letters = f", letters {quality.letter_height:.0f} pixels high" if quality.letter_height else ""
    return (
        f"{SOURCES[quality.source]}, sharpness {quality.sharpness:.0%}, contrast {quality.contrast:.0%}{letters}"
    ).replace("%", " %")


def said_since(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in words; older than a week, the date."""
    if moment is None:
        return ""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 45:
        return "just now"
    for size, limit, unit in ((60, 3600, "min"), (3600, 86400, "h"), (86400, 7 * 86400, "d")):
        if seconds < limit:
            return f"{max(1, round(seconds / size))} {unit} ago"
    return shown(moment.date())


def said_size(count: int) -> str:
    """`3 pages`, `1 page`."""
    return f"{count:,} page" if count == 1 else f"{count:,} pages"
