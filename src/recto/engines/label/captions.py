"""Captions: where the words of a schema are printed, and the value that stands beside or below each."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from recto.document.box import Box
from recto.engines.label.rows import Cell, Row
from recto.schemas.schema import Schema

LONGEST: Final = 9
"""Words of the longest caption."""
BELOW: Final = 3
"""A value stands at most this many rows below its caption."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption where it is printed: the fields that it can name, and its words by position in the row."""

    names: tuple[str, ...]
    key: str
    row: int
    cell: int
    start: int
    stop: int
    marked: bool
    """Whether a colon or a number sign follows it, or it fills its cell: it can be nothing else."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value could stand: positions of words in a row, nearest first among several."""

    row: int
    start: int
    stop: int
    side: str
    """`right` in the same row, `below` in a lower one."""


def compact(text: str) -> str:
    """Letters and digits alone, lower case, without accents: kerning splits words, so spaces say nothing."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return "".join(letter for letter in bare if letter.isalnum())


def captions_of(schema: Schema, extra: Mapping[str, Sequence[str]] | None = None) -> dict[str, tuple[str, ...]]:
    """Every caption of the schema's single fields, compact, with the fields that it names in the schema's order."""
    found: dict[str, list[str]] = {}
    for spec in schema.fields:
        for caption in (*spec.captions_in(), *(extra or {}).get(spec.name, ())):
            names = found.setdefault(compact(caption), [])
            if spec.name not in names:
                names.append(spec.name)
    return {key: tuple(names) for key, names in found.items() if key}


def find(rows: Sequence[Row], known: Mapping[str, tuple[str, ...]], inner: Collection[str] = ()) -> list[Caption]:
    """All captions on the rows, the longest at each place, from left to right.

    One inside a cell without a colon counts where it names one of `inner`.
    """
    return [caption for number, row in enumerate(rows) for caption in _in_row(row, number, known, inner)]


def _in_row(row: Row, number: int, known: Mapping[str, tuple[str, ...]], inner: Collection[str]) -> Iterable[Caption]:
    base = 0
    for place, cell in enumerate(row.cells):
        at = 0
        while at < len(cell.texts):
            stop, key = _longest(cell, at, known)
            if stop:
                marked = cell.texts[stop - 1].endswith((":", "#", "°")) or stop == len(cell.texts)
                marked = marked or cell.texts[stop].startswith((":", "#"))
                if at == 0 or marked or known[key][0] in inner:
                    yield Caption(known[key], key, number, place, base + at, base + stop, marked)
                at = stop
            else:
                at += 1
        base += len(cell.texts)


def _longest(cell: Cell, at: int, known: Mapping[str, tuple[str, ...]]) -> tuple[int, str]:
    """Where the longest caption that begins at word `at` ends, and its key; (0, "") for none."""
    key, best = "", (0, "")
    for stop in range(at, min(len(cell.texts), at + LONGEST)):
        key += compact(cell.texts[stop])
        if key in known:
            best = (stop + 1, key)
    return best


def places(rows: Sequence[Row], caption: Caption, others: Iterable[Caption]) -> list[Place]:
    """Where its value can stand: the rest of its cell, the cells to its right, the cells below it."""
    row = rows[caption.row]
    ends = [other.start for other in others if other.row == caption.row and other.start >= caption.stop]
    limit = min(ends, default=len(row.texts))
    found = []
    rest = _skip_signs(row, caption.stop, limit)
    if rest < limit:
        found.append(Place(caption.row, rest, limit, "right"))
    return [*found, *_below(rows, caption)]


def _skip_signs(row: Row, start: int, stop: int) -> int:
    """Past colons and number signs that stand alone."""
    while start < stop and not any(letter.isalnum() for letter in row.texts[start]):
        start += 1
    return start


def _below(rows: Sequence[Row], caption: Caption) -> Iterable[Place]:
    """Cells of the next rows that stand under the caption, left sides together or one over the other."""
    box = _box(rows[caption.row], caption)
    for number in range(caption.row + 1, min(len(rows), caption.row + 1 + BELOW)):
        row = rows[number]
        if row.page != rows[caption.row].page or row.box.top - box.bottom > 4 * box.height:
            return
        base = 0
        for cell in row.cells:
            shared = min(cell.box.right, box.right) - max(cell.box.left, box.left)
            if shared > 0.3 * min(cell.box.width, box.width):
                yield Place(number, base, base + len(cell.texts), "below")
            base += len(cell.texts)


def _box(row: Row, caption: Caption) -> Box:
    return row.cells[caption.cell].box
