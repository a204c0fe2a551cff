"""Paper to set text on: every word is placed by its font's real widths, so boxes are exact before anything is drawn."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from recto.document.box import Box
from recto.document.page import Word

Align = Literal["left", "right", "center"]

ASCENT, DESCENT = 0.76, 0.22
"""How far a word's box reaches above and below its base line, in font sizes."""


@dataclass(frozen=True, slots=True)
class Font:
    """A face of `fonts/`, its size in points, and how far it is drawn out sideways."""

    face: str = "sans"
    size: float = 10.0
    stretch: float = 1.0

    def width(self, text: str) -> float:
        """The advance of a text, in points."""
        return _advance(self.face, text) * self.size * self.stretch / 1000

    def bold(self) -> "Font":
        """The same in bold, where the face has one."""
        face = f"{self.face}-bold"
        return Font(face if face in _all_metrics() else self.face, self.size, self.stretch)

    def drawn_in(self, factor: float) -> "Font":
        """The same, narrower."""
        return Font(self.face, self.size, self.stretch * factor)

    def sized(self, factor: float) -> "Font":
        return Font(self.face, self.size * factor, self.stretch)


@lru_cache(maxsize=65536)
def _advance(face: str, text: str) -> int:
    """The advance of a text in a face, in thousandths of the font size."""
    other, advances = _metrics(face)
    return sum(advances.get(letter, other) for letter in text)


@cache
def _all_metrics() -> Mapping[str, Mapping[str, object]]:
    found: Mapping[str, Mapping[str, object]] = json.loads(
        (files("recto.training.synth") / "fonts" / "metrics.json").read_text(encoding="utf-8")
    )
    return found


@cache
def _metrics(face: str) -> tuple[int, dict[str, int]]:
    """The usual advance and the others, in thousandths of the font size. Magnetic figures are all as wide as high."""
    if face == "micr":
        return 1000, {}
    entry = _all_metrics()[face]
    other, advances = entry["other"], entry["advances"]
    assert isinstance(other, int) and isinstance(advances, dict)
    return other, advances


@dataclass(frozen=True, slots=True)
class Part:
    """Text with the label that it carries; `more` continues the span before it instead of beginning one."""

    text: str
    label: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class Ink:
    """One word on the paper: left end and base line in points, its tag, and whether it is part of the truth.

    What is `drawn_only` (dotted rules, a signature) is seen on the image but is no word.
    """

    text: str
    tag: str
    page: int
    x: float
    y: float
    width: float
    font: Font
    drawn_only: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A line (`line`), an outlined (`frame`) or a filled (`fill`) rectangle, in points; `gray` 0 (black) to 255."""

    kind: Literal["line", "frame", "fill", "bars"]
    page: int
    left: float
    top: float
    right: float
    bottom: float
    gray: int = 0
    weight: float = 0.7


Text = str | Part | Sequence[Part]


def parts_of(text: Text) -> tuple[Part, ...]:
    if isinstance(text, str):
        return (Part(text),)
    return (text,) if isinstance(text, Part) else tuple(text)


@dataclass(slots=True)
class Sheet:
    """Pages of one size, filled word by word. A height of 0 means: as long as what stands on it (a till roll)."""

    width: float
    height: float
    page: int = 1
    y: float = 0.0
    inks: list[Ink] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

    def put(self, x: float, y: float, text: Text, font: Font, align: Align = "left") -> float:
        """Set a line of text at base line `y` from, to or around `x`; returns its right end."""
        parts = [part for part in parts_of(text) if part.text.strip()]
        space = font.width(" ")
        pieces = [piece for number, part in enumerate(parts) for piece in _pieces(part, number, space, font)]
        width = sum(gap + wide for _, _, gap, wide in pieces)
        if width > self.width - 2:
            return self.put(x, y, text, font.drawn_in(0.97 * (self.width - 2) / width), align)
        at = max(1.0, min(x - {"left": 0.0, "right": width, "center": width / 2}[align], self.width - 1 - width))
        for word, tag, gap, wide in pieces:
            at += gap
            self.inks.append(Ink(word, tag, self.page, at, y, wide, font))
            at += wide
        return at

    def draw(self, x: float, y: float, text: str, font: Font) -> None:
        """Text that is seen but is no word of the truth."""
        self.inks.append(Ink(text, "O", self.page, x, y, font.width(text), font, drawn_only=True))

    def line(self, left: float, top: float, right: float, bottom: float, weight: float = 0.7) -> None:
        self.shapes.append(Shape("line", self.page, left, top, right, bottom, weight=weight))

    def frame(self, left: float, top: float, right: float, bottom: float, weight: float = 0.7) -> None:
        self.shapes.append(Shape("frame", self.page, left, top, right, bottom, weight=weight))

    def fill(self, left: float, top: float, right: float, bottom: float, gray: int = 225) -> None:
        self.shapes.append(Shape("fill", self.page, left, top, right, bottom, gray=gray))

    def bars(self, left: float, top: float, right: float, bottom: float) -> None:
        """A bar code."""
        self.shapes.append(Shape("bars", self.page, left, top, right, bottom))

    def feed(self, y: float = 0.0) -> None:
        """Go on at the top of a new page."""
        self.page += 1
        self.y = y

    def finish(self, foot: float = 0.0) -> None:
        """Cut a till roll below its last line."""
        if not self.height:
            self.height = max(self.y, max((ink.y + ink.font.size for ink in self.inks), default=0.0)) + foot

    def lines(self) -> Iterator[tuple[int, int, list[Ink]]]:
        """(page, line on it, its words from left to right), in reading order."""
        ordered = sorted((ink for ink in self.inks if not ink.drawn_only), key=lambda ink: (ink.page, ink.y))
        number, row = 0, list[Ink]()
        for ink in ordered:
            if row and (ink.page != row[0].page or ink.y - row[0].y > 0.45 * min(ink.font.size, row[0].font.size)):
                yield row[0].page, number, sorted(row, key=lambda ink: ink.x)
                number, row = (number + 1 if ink.page == row[0].page else 0), []
            row.append(ink)
        if row:
            yield row[0].page, number, sorted(row, key=lambda ink: ink.x)

    def words(self) -> tuple[tuple[Word, ...], tuple[str, ...]]:
        """The words of all pages in reading order with their BIO tags."""
        words, tags = [], []
        for page, number, row in self.lines():
            for ink in row:
                words.append(Word(ink.text, self._box(ink), page=page, line=number))
                tags.append(ink.tag)
        return tuple(words), tuple(_mended(tags))

    def _box(self, ink: Ink) -> Box:
        top, bottom = ink.y - ASCENT * ink.font.size, ink.y + DESCENT * ink.font.size
        return Box(
            ink.x / self.width, top / self.height, (ink.x + ink.width) / self.width, bottom / self.height
        ).clipped()


def _pieces(part: Part, number: int, space: float, font: Font) -> Iterator[tuple[str, str, float, float]]:
    """(word, tag, gap before it, width) of a part; leading spaces widen the gap."""
    lead = len(part.text) - len(part.text.lstrip(" "))
    for place, word in enumerate(part.text.split()):
        gap = space if place or number else 0.0
        gap += lead * space if not place else 0.0
        yield word, _tag(part, place), gap, font.width(word)


def _tag(part: Part, place: int) -> str:
    if not part.label:
        return "O"
    return f"{'I' if place or part.more else 'B'}-{part.label}"


def _mended(tags: Iterable[str]) -> Iterator[str]:
    """No span begins with I-: the rest of one that another column parts keeps its I-."""
    seen: set[str] = set()
    for tag in tags:
        label = tag[2:]
        yield f"B-{label}" if tag.startswith("I-") and label not in seen else tag
        if label:
            seen.add(label)


def wrapped(text: str, font: Font, width: float) -> list[str]:
    """The text in lines no wider than `width` points; a word that is wider alone stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def cut(text: str, font: Font, width: float) -> str:
    """As much of the text as fits into `width` points, as tills cut long names."""
    while text and font.width(text) > width:
        text = text[:-1]
    return text.rstrip()
