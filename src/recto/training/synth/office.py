"""An office page: letterheads, address windows, captions with values, and tables that go on over pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from recto.training.synth.chance import Chance, Look
from recto.training.synth.sheet import Align, Font, Part, Sheet, Text, parts_of, wrapped

LETTER = (612.0, 792.0)
"""US letter, in points."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: where its text stands (`x` is its left end, right end or middle, in points)."""

    header: str
    x: float
    align: Align = "left"


@dataclass(slots=True)
class Office:
    """A sheet with margins and two fonts, filled from the top; what does not fit goes on a new page."""

    sheet: Sheet
    look: Look
    font: Font
    left: float = 40.0
    right: float = 572.0
    bottom: float = 750.0
    head: Callable[["Office"], None] | None = None

    @property
    def pitch(self) -> float:
        """The distance of two lines, in points."""
        return self.font.size * self.look.between("pitch", 1.18, 1.5)

    def down(self, lines: float = 1.0) -> None:
        self.sheet.y += self.pitch * lines

    def room(self, lines: float) -> None:
        """A new page, with its running head, where fewer than that many lines are left."""
        if self.sheet.y + self.pitch * lines > self.bottom:
            self.sheet.feed(self.look.between("top", 36, 60))
            if self.head:
                self.head(self)

    def text(self, text: Text, x: float | None = None, align: Align = "left", font: Font | None = None) -> None:
        """A line of its own at `x`, the left margin by default."""
        self.room(1)
        self.down()
        self.sheet.put(self.left if x is None else x, self.sheet.y, text, font or self.font, align)

    def block(self, lines: Sequence[str], label: str, x: float, y: float, font: Font | None = None) -> float:
        """Lines below each other that carry one label together; returns the base line below them."""
        for number, line in enumerate(lines):
            self.sheet.put(x, y, Part(line, label, more=number > 0), font or self.font)
            y += self.pitch
        return y

    def pairs(self, rows: Sequence[tuple[str, Text]], x: float, end: float, dotted: bool = False) -> None:
        """Captions at `x` with their values ending at `end`."""
        for caption, value in rows:
            self.room(1)
            self.down()
            reach = self.sheet.put(x, self.sheet.y, caption, self.font)
            if dotted:
                self._dots(reach, end - self.width(value))
            able, wide = end - reach - self.font.size, self.width(value)
            font = self.font.drawn_in(max(0.5, able / wide)) if wide > able > 0 else self.font
            self.sheet.put(end, self.sheet.y, value, font, "right")

    def _dots(self, start: float, end: float) -> None:
        count = int((end - start - 6) / self.font.width("."))
        if count > 3:
            self.sheet.draw(start + 3, self.sheet.y, "." * count, self.font)

    def width(self, text: Text) -> float:
        """How wide a line of text is, in points."""
        return self.font.width(" ".join(part.text.strip() for part in parts_of(text)))

    def header(self, columns: Sequence[Column]) -> None:
        """The captions of a table, on a bar, over a line, or plain."""
        self.down(1.3)
        style = self.look.pick("header", ("line", "bar", "plain", "both"))
        y = self.sheet.y
        if style in ("bar", "both"):
            self.sheet.fill(self.left - 2, y - self.font.size, self.right + 2, y + self.font.size * 0.4)
        reach = 0.0
        for column in columns:
            if column.header:
                font = self._narrowed(column, reach)
                reach = self.sheet.put(column.x, y, column.header, font, column.align)
        if style in ("line", "both"):
            self.sheet.line(self.left, y + 3, self.right, y + 3)

    def _narrowed(self, column: Column, reach: float) -> Font:
        """The font of a head: drawn in where it would run over the head before it, which ends at `reach`."""
        font = self.font.bold()
        wide, able = font.width(column.header), column.x - reach - 5
        return font.drawn_in(able / wide) if column.align == "right" and 0.4 * wide < able < wide else font

    def row(self, columns: Sequence[Column], cells: Sequence[Text], widths: Sequence[float]) -> None:
        """One row; a cell wider than its width in `widths` (0: any) goes on below, its label going on with it."""
        stacks = [
            stacked(cell, self.font, width) if width else [parts_of(cell)]
            for cell, width in zip(cells, widths, strict=True)
        ]
        start = self.sheet.y
        for column, stack in zip(columns, stacks, strict=True):
            for depth, line in enumerate(stack):
                self.sheet.put(column.x, start + self.pitch * (depth + 1), line, self.font, column.align)
        self.sheet.y = start + self.pitch * max(len(stack) for stack in stacks)


def stacked(cell: Text, font: Font, width: float) -> list[tuple[Part, ...]]:
    """A cell in lines no wider than `width`; every line after the first goes on with the cell's label."""
    parts = parts_of(cell)
    if len(parts) != 1:
        return [parts]
    (part,) = parts
    lines = wrapped(part.text, font, width) or [""]
    return [(Part(line, part.label, more=part.more or number > 0),) for number, line in enumerate(lines)]


def office(look: Look, chance: Chance, size: tuple[float, float] = LETTER) -> Office:
    """An empty office page in the template's face and size."""
    face = look.pick("face", ("sans", "sans", "sans", "serif", "narrow", "serif", "mono", "courier"))
    letter = look.between("letter", 7.4, 10.2) * (0.86 if face in ("mono", "courier") else 1.0)
    margin = look.between("margin", 30, 62)
    sheet = Sheet(*size, y=look.between("top", 30, 60))
    return Office(sheet, look, Font(face, letter), margin, size[0] - margin, size[1] - look.between("foot", 34, 64))
