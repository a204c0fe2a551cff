"""Values that an engine states, found again among the words on the page. Places come from words only.

A value is looked for as a whole, letters and digits without case; money and dates by what they mean, whatever their
form; then with a few letters misread; then part by part over lines. Where it stands in several places the order in
which values are stated decides, and where that does not either, it is ambiguous.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from rapidfuzz import fuzz

from recto.document.page import Words
from recto.document.reading import Field, Grounding, Row, Table
from recto.schemas.captions import beside_caption, lines_in
from recto.schemas.catalog import schema_of
from recto.schemas.choice import parsed_as
from recto.schemas.place import boxes_of, raw_of
from recto.schemas.schema import FieldSpec, Type
from recto.schemas.values.dates import date_of
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import bare
from recto.schemas.values.money import unit_price_of

_ALIKE: Final = 85.0
"""Per cent of letters in common from which a text counts as misread rather than as another one."""

_SHORTEST_FUZZY: Final = 5
"""A shorter text that differs in a letter is another text."""

_LONGEST_DATE: Final = 5
"""Words in a written date: `the 4th of March 2018`."""

_NEAR_LINES: Final = 6
"""Parts of one value stand at most this many lines apart."""

_WRAPPED: Final = 2
"""Lines that a cell may stand off the line of its row."""

_REACH: Final = 60
"""Words that may stand in other columns between two lines of one."""

_NUMBER: Final = re.compile(r"^[^\w]*(?:[A-Za-z]{1,3})?[^\w]*\d[\d.,'’ ]*[^\w]*(?:[A-Za-z%]{0,3})$")
"""A word that is a number, with a sign, a currency or a unit at its ends."""

_NUMERIC: Final = frozenset({"money", "number", "quantity", "percentage"})


Place = tuple[int, ...]
LineKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Found:
    """Where a value stands: indexes into the words, none where it does not. `likeness` is 0..1, 1 for the same text."""

    words: tuple[int, ...] = ()
    grounding: Grounding = "not_found"
    likeness: float = 0.0


class Page:
    """The words of a document made ready to be searched again and again."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.plain = [bare(word.text) for word in words]
        self.evidence = Evidence.of(words)
        self.lines = lines_in(words)

    @cached_property
    def amounts(self) -> Mapping[Decimal, list[int]]:
        """The words that are numbers, by their value."""
        found: dict[Decimal, list[int]] = {}
        for index, word in enumerate(self.words):
            value = unit_price_of(word.text, self.evidence).value if _NUMBER.search(word.text) else None
            if isinstance(value, Decimal):
                found.setdefault(abs(value), []).append(index)
        return found

    def windows(self, text: str) -> Iterator[tuple[int, ...]]:
        """Runs of words that together are exactly this plain text."""
        for start, word in enumerate(self.plain):
            if not word or not text.startswith(word):
                continue
            length, end = len(word), start + 1
            while length < len(text) and end < len(self.plain) and text.startswith(self.plain[end], length):
                length += len(self.plain[end])
                end += 1
            if length == len(text):
                yield tuple(i for i in range(start, end) if self.plain[i])


def ground(value: str, words: Words, type_: Type = "text", after: int = -1) -> Found:
    """Where a stated value stands. Of several places the first behind the word `after` is taken, if that is given."""
    return ground_on(Page(words), value, type_, after)


def ground_on(page: Page, value: str, type_: Type = "text", after: int = -1, captions: Sequence[str] = ()) -> Found:
    """The same on words that were made ready; of several places those beside one of the captions are preferred."""
    found = places_of(page, value, type_)
    if len(found) > 1:
        named = [place for place in found if beside_caption(place, captions, page.lines, page.words)]
        return _one_of(named or found, page, value, after)
    if found:
        return _one_of(found, page, value, after)
    parts = _by_parts(page, value)
    return Found(parts, "grounded", _likeness(page, parts, value)) if parts else Found()


def places_of(page: Page, value: str, type_: Type) -> list[Place]:
    """Every place of a value by the strictest way of looking that finds any."""
    ways = _places(page, value, type_) if bare(value) else iter(())
    return next((found for way in ways if (found := list(dict.fromkeys(way)))), [])


def stated(kind: str, answer: Mapping[str, Any], words: Words) -> tuple[Field | Table, ...]:
    """The fields of an answer of the form of `json_schema(kind)`, typed and grounded; what it leaves out stays out.

    A value that no words carry keeps no confidence and says `not_found`.
    """
    schema, page = schema_of(kind), Page(words)
    items: list[Field | Table] = []
    for spec in schema.fields:
        if _is_text(answer.get(spec.name)):
            items.append(stated_field(spec, str(answer[spec.name]), page))
    for table in schema.tables:
        rows = answer.get(table.name) or []
        if isinstance(rows, Sequence) and rows:
            items.append(Table(table.name, tuple(_rows(table.columns, rows, page))))
    return tuple(items)


def stated_field(spec: FieldSpec, value: str, page: Page) -> Field:
    """One stated value as a field."""
    return _stated(spec, value, page, ground_on(page, value, spec.type, captions=spec.captions_in()))


def _stated(spec: FieldSpec, value: str, page: Page, found: Found) -> Field:
    """Its raw text is the page's where it was found, so that slips stay visible."""
    parsed = parsed_as(spec, value, page.evidence)
    doubt: Grounding = "ambiguous" if parsed.alternatives and found.words else found.grounding
    return Field(
        name=spec.name,
        value=parsed.value,
        type=spec.type,
        raw=raw_of(page.words, found.words) if found.words else value,
        grounding=doubt,
        currency=parsed.currency if spec.type == "money" else None,
        page=page.words[found.words[0]].page if found.words else None,
        boxes=boxes_of(page.words, found.words),
        words=found.words,
        alternatives=parsed.alternatives,
    )


def _rows(columns: Sequence[FieldSpec], rows: Sequence[Any], page: Page) -> Iterator[Row]:
    """Rows in the order stated. The line that most of a row's cells stand on, behind the row before, is the row's."""
    last: LineKey = (0, -1)
    for row in rows:
        if not isinstance(row, Mapping):
            continue
        texts = [(column, str(row[column.name])) for column in columns if _is_text(row.get(column.name))]
        places = [places_of(page, text, column.type) for column, text in texts]
        line = _line_of_row(page.words, places, last)
        cells = {}
        for (column, text), options in zip(texts, places, strict=True):
            found = _on_line(page, options, line, text) or ground_on(page, text, column.type)
            cells[column.name] = _stated(column, text, page, found)
        last = line or last
        if cells:
            yield Row(cells)


def _line_of_row(words: Words, cells: Iterable[Sequence[Place]], last: LineKey) -> LineKey | None:
    votes: Counter[LineKey] = Counter()
    for places in cells:
        votes.update({_line(words, place) for place in places} - {last})
    behind = {line: count for line, count in votes.items() if line > last}
    return min(behind, key=lambda line: (-behind[line], line), default=None)


def _on_line(page: Page, places: Sequence[Place], line: LineKey | None, value: str) -> Found | None:
    """The place on the row's line, or right below or above it where a text is wrapped."""
    near = [place for place in places if line and _line(page.words, place)[0] == line[0]]
    near = [place for place in near if line and abs(_line(page.words, place)[1] - line[1]) <= _WRAPPED]
    if not near or line is None:
        return None
    nearest = min(near, key=lambda place: abs(_line(page.words, place)[1] - line[1]))
    return Found(nearest, "grounded", _likeness(page, nearest, value))


def _line(words: Words, place: Place) -> LineKey:
    return words[place[0]].page, words[place[0]].line


def _is_text(value: object) -> bool:
    return isinstance(value, str | int | float | bool) and str(value).strip() != ""


def _places(page: Page, value: str, type_: Type) -> Iterator[Iterator[tuple[int, ...]]]:
    """Ways to look, the strictest first."""
    yield page.windows(bare(value))
    if type_ in _NUMERIC:
        yield _numbers(page, value)
        return
    if type_ == "date":
        yield _dates(page, value)
    if type_ not in ("time", "boolean", "year") and len(bare(value)) >= _SHORTEST_FUZZY:
        yield _misread(page, value)
        yield _wrapped(page, value)


def _numbers(page: Page, value: str) -> Iterator[tuple[int, ...]]:
    """The same amount in another form: `1,234.50` for `1234.5`, on one word or on several."""
    try:
        amount = abs(Decimal(re.sub(r"[^\d.\-]", "", value)))
    except ArithmeticError:
        return
    yield from ((index,) for index in page.amounts.get(amount, []))
    yield from page.windows(bare(f"{amount:.2f}"))


def _dates(page: Page, value: str) -> Iterator[tuple[int, ...]]:
    """The same day in another form: the shortest runs of a line that are it."""
    wanted = date_of(value, page.evidence).value
    if not isinstance(wanted, date):
        return
    used: set[int] = set()
    for size in range(1, _LONGEST_DATE + 1):
        for start in range(len(page.words) - size + 1):
            run = range(start, start + size)
            if not used & set(run) and _is_day(page, run, wanted):
                used |= set(run)
                yield tuple(run)


def _is_day(page: Page, run: range, wanted: date) -> bool:
    first, last = page.words[run[0]], page.words[run[-1]]
    text = " ".join(page.words[i].text for i in run)
    if (first.page, first.line) != (last.page, last.line) or not any(letter.isdigit() for letter in text):
        return False
    parsed = date_of(text, page.evidence)
    return parsed.value == wanted or wanted.isoformat() in parsed.alternatives


def _misread(page: Page, value: str) -> Iterator[tuple[int, ...]]:
    """The run of as many words, one more or one less, that is most alike; all that are as good as the best."""
    text, count = bare(value), len(value.split())
    scored: list[tuple[float, tuple[int, ...]]] = []
    for size in {max(1, count - 1), count, count + 1}:
        for start in range(len(page.plain) - size + 1):
            run = "".join(page.plain[start : start + size])
            if abs(len(run) - len(text)) <= len(text) // 5 + 1:
                score = fuzz.ratio(run, text, score_cutoff=_ALIKE)
                if score:
                    scored.append((score, tuple(i for i in range(start, start + size) if page.plain[i])))
    best = max((score for score, _ in scored), default=0.0)
    yield from (run for score, run in scored if score == best)


def _wrapped(page: Page, value: str) -> Iterator[tuple[int, ...]]:
    """A text that goes on in its column's next line, while the reading order goes on in the next column."""
    tokens = [token for token in map(bare, value.split()) if token]
    for start, word in enumerate(page.plain):
        if len(tokens) > 1 and word == tokens[0]:
            run = [start]
            for token in tokens[1:]:
                step = next((i for i in _next(page.words, run) if page.plain[i] == token), None)
                if step is None:
                    break
                run.append(step)
            if len(run) == len(tokens):
                yield tuple(run)


def _next(words: Words, run: Sequence[int]) -> Iterator[int]:
    """Where a column's text may go on: the next word, or words of the next lines that stand under its start."""
    first, last = words[run[0]], words[run[-1]]
    if run[-1] + 1 < len(words):
        yield run[-1] + 1
    for index in range(run[-1] + 1, min(run[-1] + _REACH, len(words))):
        word = words[index]
        if word.page != last.page or word.line > last.line + _WRAPPED:
            return
        if word.line > last.line and abs(word.box.left - first.box.left) < first.box.height:
            yield index


def _by_parts(page: Page, value: str) -> tuple[int, ...]:
    """A value over several lines or columns: each part found, all near each other, in their order."""
    parts = [part for part in re.split(r"[\n,;]+", value) if bare(part)]
    if len(parts) < 2:
        return ()
    found: list[int] = []
    for part in parts:
        places = [place for way in _places(page, part, "text") for place in way]
        near = [place for place in places if not found or _near(page.words, found, place)]
        if not near:
            return ()
        behind = [place for place in near if not found or place[0] > found[-1]]
        found += (behind or near)[0]
    return tuple(sorted(set(found)))


def _near(words: Words, found: Sequence[int], place: Sequence[int]) -> bool:
    one, other = words[found[-1]], words[place[0]]
    return one.page == other.page and abs(one.line - other.line) <= _NEAR_LINES


def _one_of(places: Sequence[tuple[int, ...]], page: Page, value: str, after: int) -> Found:
    behind = [place for place in places if place[0] > after]
    chosen = behind[0] if after >= 0 and behind else places[0]
    settled = len(places) == 1 or (after >= 0 and bool(behind))
    return Found(chosen, "grounded" if settled else "ambiguous", _likeness(page, chosen, value))


def _likeness(page: Page, place: Sequence[int], value: str) -> float:
    return fuzz.ratio("".join(page.plain[i] for i in place), bare(value)) / 100
