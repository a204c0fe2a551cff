"""Tables from spans: cells on one visual row make a row, wrapped descriptions join it, pages follow each other."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from recto.document.box import Box
from recto.document.page import Words
from recto.document.reading import Field, Row, Span
from recto.schemas.choice import parsed_as
from recto.schemas.place import placed, raw_of
from recto.schemas.schema import FieldSpec, TableSpec
from recto.schemas.values.evidence import Evidence

_SHARED = 0.5
"""Two lines are one visual row when they share this much of the lower one's height."""

_NARROW = 3
"""Tables of so many columns stand several times beside each other: codes with amounts, checks paid, captions."""

_TEXT = frozenset({"text", "name"})


@dataclass(slots=True)
class _Band:
    """A visual row under construction: its spans by column. `above` are lines that were joined from higher up."""

    page: int
    box: Box
    cells: dict[str, list[Span]] = field(default_factory=dict)

    def take(self, other: "_Band") -> None:
        """Have the cells of another band too, in reading order."""
        for name, spans in other.cells.items():
            self.cells[name] = sorted([*self.cells.get(name, []), *spans], key=lambda span: min(span.words))


def rows_from(table: TableSpec, spans: Iterable[Span], words: Words, evidence: Evidence) -> tuple[Row, ...]:
    """The rows that spans with the labels of this table's columns make."""
    columns = {tag: column for column in table.columns for tag in column.tags}
    own = [span for span in spans if span.label in columns]
    bands = _bands(own, columns, words)
    rows = _joined([part for band in bands for part in _apart(band, table, words)], table)
    specs = {column.name: column for column in table.columns}
    made = [Row(_cells(row, specs, words, evidence)) for row in rows]
    return tuple(_day_kept(made, table.anchor) if specs[table.anchor].type == "date" else made)


def _day_kept(rows: Sequence[Row], anchor: str) -> Iterator[Row]:
    """Rows with the day of the row above where theirs shows none: entries of one day say it once."""
    day: Field | None = None
    for row in rows:
        day = row.cells.get(anchor, day)
        yield row if day is None or anchor in row.cells else Row({anchor: day, **row.cells})


def _bands(spans: Sequence[Span], columns: Mapping[str, FieldSpec], words: Words) -> list[_Band]:
    """Spans by visual row, from the top of the first page down. A span over several lines stands on its first."""
    keyed = sorted(spans, key=lambda span: (words[min(span.words)].page, words[min(span.words)].line))
    lines: list[_Band] = []
    for (page, _), group in groupby(keyed, key=lambda s: (words[min(s.words)].page, words[min(s.words)].line)):
        members = list(group)
        line = _Band(page, Box.around(words[_first_line(span, words)].box for span in members))
        for span in members:
            line.cells.setdefault(columns[span.label].name, []).append(span)
        lines.append(line)
    lines.sort(key=lambda line: (line.page, line.box.center[1]))
    return _merged(lines)


def _apart(band: _Band, table: TableSpec, words: Words) -> list[_Band]:
    """The rows of a narrow table that stand beside each other: one begins where a column comes again."""
    if len(table.columns) > _NARROW or len(band.cells.get(table.anchor, ())) < 2:
        return [band]
    cells = sorted(
        ((words[min(span.words)].box.left, name, span) for name, spans in band.cells.items() for span in spans),
        key=lambda cell: cell[0],
    )
    parts = [_Band(band.page, band.box)]
    for _, name, span in cells:
        if name in parts[-1].cells:
            parts.append(_Band(band.page, band.box))
        parts[-1].cells[name] = [span]
    return parts


def _first_line(span: Span, words: Words) -> int:
    return min(span.words, key=lambda i: (words[i].page, words[i].line, i))


def _merged(lines: Sequence[_Band]) -> list[_Band]:
    """Lines at one height are one visual row, even where the reading order tells them apart."""
    bands: list[_Band] = []
    for line in lines:
        before = bands[-1] if bands else None
        if before and before.page == line.page and _beside(before, line):
            before.take(line)
            before.box = before.box.union(line.box)
        else:
            bands.append(line)
    return bands


def _beside(one: _Band, other: _Band) -> bool:
    shared = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
    return shared > _SHARED * min(one.box.height, other.box.height) and not set(one.cells) & set(other.cells)


def _raised(bands: Sequence[_Band], table: TableSpec) -> list[_Band]:
    """An anchor that is printed a line below the rest of its row is taken up to it."""
    raised: list[_Band] = []
    for band in bands:
        if raised and _completes(raised[-1], band, table):
            raised[-1].take(band)
        else:
            raised.append(band)
    return raised


def _completes(upper: _Band, band: _Band, table: TableSpec) -> bool:
    lacks = table.anchor in band.cells and table.anchor not in upper.cells and len(upper.cells) >= 3
    near = upper.page == band.page and band.box.top - upper.box.bottom < band.box.height
    return lacks and near and not set(upper.cells) & set(band.cells)


def _joined(found: Sequence[_Band], table: TableSpec) -> list[_Band]:
    """The bands that are rows, each with the bands that go with it."""
    bands = _raised(found, table)
    heads = [_is_row(band, table) for band in bands]
    if not any(heads):
        return list(bands)
    rows = [index for index, head in enumerate(heads) if head]
    above_first = _described_above(bands, rows)
    for index, band in enumerate(bands):
        if not heads[index]:
            _home(bands, rows, index, above_first).take(band)
    return [bands[index] for index in rows]


def _is_row(band: _Band, table: TableSpec) -> bool:
    """A row has its anchor, or an amount with a text beside it (several entries of a day show the day once)."""
    if table.anchor in band.cells:
        return True
    types = {column.type for column in table.columns if column.name in band.cells}
    return "money" in types and bool(types & _TEXT) and not _only_price(band)


def _only_price(band: _Band) -> bool:
    """`2 x 4.50` below a name is part of a row whose total stands elsewhere."""
    return not set(band.cells) - {"quantity", "price", "unit_price", "description", "quantity_unit", "unit"}


def _described_above(bands: Sequence[_Band], rows: Sequence[int]) -> bool:
    """Whether this table names an item on the line before its amounts: rows with amounts alone, names between.

    Where nothing stands above the first and a name below the last, each is named below.
    """
    bare = sum(1 for index in rows if "description" not in bands[index].cells)
    if bare == len(rows) and rows[0] == 0 and rows[-1] + 1 < len(bands):
        return False
    return bare * 2 > len(rows) or (rows[0] > 0 and "description" not in bands[rows[0]].cells)


def _home(bands: Sequence[_Band], rows: Sequence[int], index: int, above_first: bool) -> _Band:
    """The row that a band without one of its own belongs to."""
    band = bands[index]
    place = bisect(rows, index)
    upper, lower = (rows[place - 1] if place else None), (rows[place] if place < len(rows) else None)
    if upper is None or lower is None:
        chosen = upper if lower is None else lower
        return bands[chosen if chosen is not None else rows[0]]
    free_above = not set(band.cells) & set(bands[upper].cells)
    free_below = not set(band.cells) & set(bands[lower].cells)
    if free_above != free_below and (free_above or above_first):
        return bands[upper if free_above else lower]
    return bands[lower if above_first else upper]


def _cells(band: _Band, specs: Mapping[str, FieldSpec], words: Words, evidence: Evidence) -> dict[str, Field]:
    ordered = [name for name in specs if name in band.cells]
    return {name: _cell(specs[name], band.cells[name], words, evidence) for name in ordered}


def _cell(spec: FieldSpec, spans: Sequence[Span], words: Words, evidence: Evidence) -> Field:
    """Texts of one row are joined; of several values the surest is taken, the rightmost of equals."""
    if spec.type in _TEXT:
        indexes = tuple(sorted({i for span in spans for i in span.words}))
        sureties = [span.confidence for span in spans]
        surety = None if None in sureties else min(s for s in sureties if s is not None)
        return placed(spec.name, spec.type, parsed_as(spec, raw_of(words, indexes), evidence), words, indexes, surety)
    best = max(spans, key=lambda span: (span.confidence or 0.0, words[span.words[-1]].box.right))
    parsed = parsed_as(spec, raw_of(words, best.words), evidence)
    return placed(spec.name, spec.type, parsed, words, best.words, best.confidence)
