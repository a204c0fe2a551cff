"""Captions on the page: where the words stand that are printed beside a value or above a column."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from recto.document.box import Box
from recto.document.page import Words
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values.letters import bare
from recto.schemas.values.money import is_amount


@dataclass(frozen=True, slots=True)
class Line:
    """One visual line: indexes of its words from left to right."""

    page: int
    words: tuple[int, ...]


def lines_in(words: Words) -> list[Line]:
    """The lines of a document in reading order."""
    grouped = groupby(range(len(words)), key=lambda i: (words[i].page, words[i].line))
    return [Line(page, tuple(sorted(line, key=lambda i: words[i].box.left))) for (page, _), line in grouped]


def caption_at(line: Line, captions: Iterable[str], words: Words) -> tuple[int, ...]:
    """The words of the longest of these captions that stands in the line; none where none does."""
    texts = [bare(words[i].text) for i in line.words]
    for caption in _bared(tuple(captions)):
        for start in range(len(texts)):
            end = _end(caption, texts, start)
            if end > start:
                return line.words[start:end]
    return ()


@lru_cache(maxsize=4096)
def _bared(captions: tuple[str, ...]) -> tuple[str, ...]:
    """The captions without case and signs, the longest first."""
    return tuple(sorted({bare(caption) for caption in captions} - {""}, key=lambda text: (-len(text), text)))


def _end(caption: str, texts: Sequence[str], start: int) -> int:
    """Where a caption ends that begins at a text, 0 where none does."""
    length, end = 0, start
    while end < len(texts) and length < len(caption) and caption.startswith(texts[end], length):
        length += len(texts[end])
        end += 1
    return end if length == len(caption) else 0


def begins_with(line: Line, captions: Iterable[str], words: Words) -> bool:
    """Whether the line's first words are one of these captions, and no longer one stands behind them."""
    keys = _bared(tuple(captions))
    first = bare(words[line.words[0]].text)
    if not any(key.startswith(first) for key in keys):
        return False
    caption = caption_at(line, captions, words)
    return bool(caption) and caption[0] == line.words[0]


def total_captions(schema: Schema) -> tuple[str, ...]:
    """The captions of single amounts: a line that begins with one is no row of a table."""
    return tuple(caption for spec in schema.fields if spec.type == "money" for caption in spec.captions_in())


def amounts_in(line: Line, words: Words) -> list[int]:
    """The words of a line that are amounts of money with their decimals."""
    return [i for i in line.words if is_amount(words[i].text)]


def amounts_beside(spec: FieldSpec, lines: Sequence[Line], words: Words, taken: frozenset[int]) -> Iterator[int]:
    """The amounts to the right of the field's caption, the last line first; words taken otherwise don't count."""
    for line in reversed(lines):
        caption = caption_at(line, spec.captions_in(), words)
        if caption and not taken & set(caption):
            left = words[caption[-1]].box.left
            right = [i for i in amounts_in(line, words) if i not in taken and words[i].box.left > left]
            yield from right[-1:]


def columns_at(line: Line, columns: Iterable[FieldSpec], words: Words) -> Iterator[tuple[str, Box]]:
    """(column's name, box of its caption) for the captions in a line of heads, each word used once."""
    used: set[int] = set()
    ordered = sorted(columns, key=lambda column: -max((len(c) for c in column.captions_in()), default=0))
    for column in ordered:
        rest = Line(line.page, tuple(i for i in line.words if i not in used))
        caption = caption_at(rest, column.captions_in(), words)
        if caption:
            used |= set(caption)
            yield column.name, Box.around(words[i].box for i in caption)


def beside_caption(place: Sequence[int], captions: Iterable[str], lines: Sequence[Line], words: Words) -> bool:
    """Whether one of these captions stands to the left of a place on its line, or right above it."""
    number = next((n for n, line in enumerate(lines) if place[0] in line.words), None)
    if number is None:
        return False
    own, first = lines[number], words[place[0]]
    left = Line(own.page, tuple(i for i in own.words if words[i].box.right <= first.box.left + 1e-9))
    if caption_at(left, captions, words):
        return True
    upper = lines[number - 1] if number and lines[number - 1].page == own.page else None
    if upper is None:
        return False
    last = words[place[-1]]
    above = tuple(i for i in upper.words if words[i].box.left < last.box.right and words[i].box.right > first.box.left)
    return bool(caption_at(Line(upper.page, above), captions, words))
