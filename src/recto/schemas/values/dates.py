"""Dates and times. The order of day and month is decided by the document's other dates, country and language."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from functools import cache
from typing import Final

from babel.dates import get_month_names

from recto.schemas.values.evidence import Evidence, Order
from recto.schemas.values.letters import bare, mended, plain
from recto.schemas.values.parsed import NOTHING, Parsed, chosen

_LANGUAGES: Final = ["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "tr", "ms", "hu"]
_D: Final = "[0-9OolI|SB]"
_NUMERIC: Final = re.compile(
    rf"(?<![\w/.-])({_D}{{1,4}}) ?([/.\-]) ?({_D}{{1,2}}) ?[/.\-] ?({_D}{{4}}|{_D}{{1,2}})(?![0-9/]|-\d)"
)
_GLUED: Final = re.compile(r"(?<!\d)(\d{1,2})([/.\-])(\d{1,2})\2((?:19|20)\d{2})(?=\d{1,2}:\d{2})")
_COMPACT: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_HAN: Final = re.compile(r"(\d{2,4}) ?[年년] ?(\d{1,2}) ?[月월] ?(\d{1,2}) ?[日일]")
_SPACED: Final = re.compile(r"(?<![\d/.-])(\d{1,2}) (\d{1,2}) ((?:19|20)\d{2})(?!\d)")
_RUN_TOGETHER: Final = re.compile(r"(?<!\d)(\d{2})(\d{2})(20\d{2})(?!\d)")
_NO_YEAR: Final = re.compile(r"(?<![\d/.-])(\d{1,2})[/\-](\d{1,2})(?![\d/.-])")
_ROUND: Final = "0689"
"""Figures that are taken for each other, above all for a nought with a stroke in it."""
_NO_SIGN: Final = re.compile(r"(\d{2})(\d{2})")
_SHORT_MONTH: Final = re.compile(r"([^\W\d_]{3})\.?[ ,.'-]{0,2}(\d{1,2})")
_TIME: Final = re.compile(
    r"(?<![\d:])([01]?\d|2[0-3]) ?[:.h] ?([0-5]\d)(?: ?[:.] ?([0-5]\d))?(?!\d)(?: ?([ap])\.? ?m\b\.?)?", re.I
)
_HOUR: Final = re.compile(r"(?<![\d:.])(1[0-2]|0?[1-9]) ?([ap])\.? ?m\b", re.I)
_SPECK: Final = re.compile(r"^[.,'`]+(?=\d)|(?<=\d)[.,](?=[/-]\d)")
"""A speck of ink read as a mark before a date, or beside the mark that is in it: `.07/14/25`, `07./12/2018`."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_AHEAD: Final = 20
"""Two digits of a year mean at most this many years from now: due dates and mortgages lie ahead."""


def date_of(raw: str, evidence: Evidence) -> Parsed:
    """A date with its year. Nothing is chosen between two readings that the document allows alike."""
    text = _SPECK.sub("", plain(raw).replace("\u00a0", " "))
    for candidates in (_written(text), _numeric(text, evidence)):
        found = list(candidates)
        if found:
            likely = [day for day, is_likely in found if is_likely]
            return chosen(likely, [] if len(likely) == 1 else [day for day, _ in found])
    return NOTHING


def date_text(raw: str) -> str:
    """The text without what is printed onto the date's own words: `Date:11/03/18` and `21/05/2018Time:`."""
    for form in (_GLUED, _NUMERIC, _COMPACT, *_patterns()[:3]):
        if found := form.search(raw):
            before, after = re.split(r"\S*$", raw[: found.start()])[0], re.sub(r"^\S*", "", raw[found.end() :])
            shorter = before + found.group() + after
            return shorter if bare(shorter) != bare(raw) else raw
    return raw


def date_within(raw: str, start: date, end: date, evidence: Evidence) -> Parsed:
    """A date that may leave out its year, on a document that speaks of start to end: the year that falls inside.

    A month of grace on both sides, because postings lag.
    """
    full = date_of(raw, evidence)
    if full.value is not None or full.alternatives:
        return full
    text = _SPECK.sub("", plain(raw).replace("\u00a0", " "))
    days = _days_within(_days_in(text, evidence), start - timedelta(31), end + timedelta(31))
    inside = [day for day in days if start <= day <= end]
    return chosen(inside or days, [])


def day_misread(raw: str, start: date, end: date, evidence: Evidence) -> Parsed:
    """The day from start to end that a text can be which is no day of the calendar: nothing where there are several.

    A round figure is another (`18/29`: print with struck noughts), a sign was not read (`0105`), or one letter of a
    month is wrong (`Jut 01`).
    """
    text = _SPECK.sub("", plain(raw).replace("\u00a0", " "))
    leap = date(2000, 1, 1), date(2000, 12, 31)  # has every day of the calendar
    if date_of(text, evidence) != NOTHING or _days_within(_days_in(text, evidence), *leap):
        return NOTHING
    days = _days_within(_misread_days(text, evidence), start, end)
    for other in _rounded(text):
        full = date_of(other, evidence).value
        days += [full] if isinstance(full, date) else _days_within(_days_in(other, evidence), start, end)
    able = {day for day in days if start <= day <= end}
    return Parsed(able.pop()) if len(able) == 1 else NOTHING


def _rounded(text: str) -> Iterator[str]:
    """The text with one round figure as another."""
    for place, letter in enumerate(text):
        if letter in _ROUND:
            yield from (text[:place] + other + text[place + 1 :] for other in _ROUND if other != letter)


def _days_in(text: str, evidence: Evidence) -> list[tuple[int, int]]:
    """(month, day) of a text that leaves out the year."""
    return [*_written_days(text), *_numeric_days(text, evidence)]


def _days_within(pairs: Iterable[tuple[int, int]], first: date, last: date) -> list[date]:
    """The days of the calendar that these months and days are between two days."""
    years = range(first.year, last.year + 1)
    return [day for m, n in pairs for year in years if (day := _day(year, m, n)) and first <= day <= last]


def time_of(raw: str) -> Parsed:
    """A time of day; `am` and `pm` understood."""
    text = plain(raw).replace("\u00a0", " ")
    found = _TIME.search(text)
    if found:
        hour, minute, second, half = found.groups()
        return Parsed(_time(int(hour), int(minute), int(second or 0), half))
    short = _HOUR.search(text)
    return Parsed(_time(int(short.group(1)), 0, 0, short.group(2))) if short else NOTHING


def _time(hour: int, minute: int, second: int, half: str | None) -> time:
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return time(hour, minute, second)


@cache
def _months() -> Mapping[str, int]:
    """Names and abbreviations of months in sixteen languages; one that means two months is left out."""
    names: dict[str, int] = {"sept": 9, "juill": 7}
    clashes: set[str] = set()
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    key = name.lower().strip(".")
                    if not key.isdigit() and names.setdefault(key, number) != number:
                        clashes.add(key)
    return {name: number for name, number in names.items() if name not in clashes}


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """With the month in letters: day-month-year, month-day-year, year-month-day, then day-month and month-day."""
    names = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    month = rf"(?P<month>{names})(?![^\W\d_])\.?"
    day = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th|er|º|ª|\.)?(?!\d)"
    year = r"(?P<year>(?:19|20)\d{2}|['’]?\d{2})(?!\d)"
    gap = r"[ ,./\-]*(?:(?:de|of|del) )?"
    forms = (
        rf"(?<![\d.,]){day}{gap}{month}{gap}{year}",
        rf"(?<![^\W\d_]){month}{gap}{day}(?:[ ,./\-]+|(?=['’])){year}",
        rf"(?<!\d)(?P<year>(?:19|20)\d{{2}}){gap}{month}{gap}{day}",
        rf"(?<!\d){day}{gap}{month}",
        rf"(?<![^\W\d_]){month}{gap}{day}",
    )
    return tuple(re.compile(form, re.I) for form in forms)


def _written(text: str) -> Iterator[tuple[date, bool]]:
    """Dates whose month is in letters, or that are compact: they read one way only."""
    day = None
    if han := _HAN.search(text):
        day = _day(_full_year(han.group(1)), int(han.group(2)), int(han.group(3)))
    elif found := next((f for pattern in _patterns()[:3] if (f := pattern.search(text))), None):
        year = _full_year(found.group("year").strip("'’"))
        day = _day(year, _months()[found.group("month").lower()], int(found.group("day")))
    elif compact := _COMPACT.search(text):
        day = _day(*map(int, compact.groups()))
    if day:
        yield day, True


def _numeric(text: str, evidence: Evidence) -> Iterator[tuple[date, bool]]:
    """The readings of the first numeric date in a text that is one, each with whether the document speaks for it."""
    for found in (hit for form in (_GLUED, _NUMERIC, _SPACED, _RUN_TOGETHER) for hit in form.finditer(text)):
        first, mark, second, last = found.groups() if found.re.groups == 4 else _without_mark(found)
        if not any(letter.isdigit() for letter in first + second) or not last[-1].isdigit():
            continue
        readings = _readings(mended(first), mark, mended(second), mended(last), evidence)
        if readings:
            likely = _likely(readings, mark, evidence)
            yield from ((day, likely is None or order == likely) for order, day in readings.items())
            return


def _without_mark(found: re.Match[str]) -> tuple[str, str, str, str]:
    first, second, last = found.groups()
    return first, " ", second, last


def _readings(first: str, mark: str, second: str, last: str, evidence: Evidence) -> dict[Order, date]:
    """Every order in which the three numbers are a day of the calendar."""
    if len(first) == 4:
        day = _day(int(first), int(second), int(last)) if len(last) <= 2 else None
        return {"ymd": day} if day else {}
    if len(first) == 3 or len(last) == 1:
        return {}
    year = _full_year(last)
    tried: dict[Order, date | None] = {
        "dmy": _day(year, int(second), int(first)),
        "mdy": _day(year, int(first), int(second)),
    }
    if len(last) == 2 and (evidence.order == "ymd" or (mark == "-" and evidence.order is None)):
        # Two digits of a year in front are rare, but nothing on such a date says otherwise.
        tried["ymd"] = _day(_full_year(first), int(second), int(last))
    return {order: day for order, day in tried.items() if day}


def _likely(readings: Mapping[Order, date], mark: str, evidence: Evidence) -> Order | None:
    """The order that the document speaks for; None where all readings stay equally likely."""
    if evidence.order in readings:
        return evidence.order
    return "dmy" if mark == "." and "dmy" in readings else None


def _written_days(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _patterns()[3:]:
        if found := pattern.search(text):
            yield _months()[found.group("month").lower()], int(found.group("day"))
            return


def _misread_days(text: str, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """(month, day) of `0105`, whose sign was not read, and of `Jut 01`, a month in which one letter is another."""
    if found := _NO_SIGN.fullmatch(text):
        yield from _numeric_days("/".join(found.groups()), evidence)
    elif found := _SHORT_MONTH.fullmatch(text):
        short, day = found.group(1).lower(), int(found.group(2))
        for name, month in _months().items():
            if len(name) == len(short) and sum(a != b for a, b in zip(name, short, strict=True)) == 1:
                yield month, day


def _numeric_days(text: str, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """(month, day) of `03/15`, both ways where the document does not say which."""
    if found := _NO_YEAR.search(text):
        first, second = map(int, found.groups())
        if evidence.order in ("mdy", "ymd", None):
            yield first, second
        if evidence.order in ("dmy", None) or first > 12:
            yield second, first


def _full_year(text: str) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year + 2000 <= date.today().year + _AHEAD else 1900)


def _day(year: int, month: int, day: int) -> date | None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
