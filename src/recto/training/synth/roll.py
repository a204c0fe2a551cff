"""A till roll: lines of text set one under the other, captions left and amounts right, in one template's manner."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import MoneyFormat
from recto.training.synth.lexicon import entries, table
from recto.training.synth.sheet import Align, Font, Part, Sheet, Text, parts_of

Cell = tuple[float, Align, Text]
"""Where a cell of a row stands (0 the left margin, 1 the right one), how it is aligned, and its text."""


@dataclass(slots=True)
class Roll:
    """The roll under the print head. `language` picks the captions."""

    sheet: Sheet
    look: Look
    chance: Chance
    font: Font
    left: float
    right: float
    money: MoneyFormat
    language: str
    fields: dict[str, object] = field(default_factory=dict)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def pitch(self) -> float:
        """From one base line to the next, in points."""
        return self.font.size * self.look.between("pitch", 1.08, 1.55)

    def case(self, text: Text) -> tuple[Part, ...]:
        """The text in the template's case."""
        return tuple(Part(cased(self.look, part.text), part.label, part.more) for part in parts_of(text))

    def caption(self, key: str, fixed: bool = True) -> str:
        """The template's word for something, in its language; with `fixed` off, drawn anew each time."""
        own = table("captions").get(self.language, {})
        options = entries(own.get(key) or table("captions")["en"][key])
        return self.look.pick(f"caption {key}", options) if fixed else self.chance.pick(options)

    def text(self, text: Text, align: Align = "left", scale: float = 1.0, bold: bool = False) -> None:
        """A line of text, broken where the roll ends."""
        font = self.font.sized(scale)
        font = font.bold() if bold else font
        at = {"left": self.left, "center": (self.left + self.right) / 2, "right": self.right}[align]
        for line in broken(self.case(text), font, self.width):
            self.sheet.y += self.pitch * scale
            self.sheet.put(at, self.sheet.y, line, font, align)

    def row(self, cells: Sequence[Cell], bold: bool = False, scale: float = 1.0) -> None:
        """Cells side by side on one line."""
        font = (self.font.bold() if bold else self.font).sized(scale)
        self.sheet.y += self.pitch * scale
        taken = -1.0
        for share, align, text in cells:
            parts = self.case(text)
            at, wide = self.left + share * self.width, width_of(parts, font)
            start = at - {"left": 0.0, "right": wide, "center": wide / 2}[align]
            if start < taken and align == "right" and at - taken > 0.72 * wide:
                taken = self.sheet.put(at, self.sheet.y, parts, font.drawn_in((at - taken) / wide), align)
                continue
            if start < taken:
                self.sheet.y += self.pitch * scale  # no room beside the cell before: it goes on below
            taken = self.sheet.put(at, self.sheet.y, parts, font, align) + font.width(" ")

    def pair(self, caption: Text, value: Text, bold: bool = False, scale: float = 1.0) -> None:
        """A caption with its value, where this template puts them; on two lines where one is too short."""
        colon = self.look.pick("colon", ("", "", ":", " :"))
        said = [*parts_of(caption)]
        if colon and not said[-1].text.rstrip().endswith(":"):
            last = said.pop()
            said += [Part(last.text, last.label), Part(":")] if colon == " :" else [Part(last.text + ":", last.label)]
        place = self.look.pick("pairs", ("edges", "edges", "edges", "edges", "right", "middle"))
        font = (self.font.bold() if bold else self.font).sized(scale)
        taken = width_of((*said, *parts_of(value)), font)
        if taken > self.width:
            self.text(tuple(said), bold=bold, scale=scale)
            self.row([(1.0, "right", value)], bold, scale)
        elif place == "right":
            self.row([(0.68, "right", tuple(said)), (1.0, "right", value)], bold, scale)
        elif place == "middle" and taken < 0.8 * self.width:
            self.row([(0.12, "left", tuple(said)), (0.92, "right", value)], bold, scale)
        else:
            self.row([(0.0, "left", tuple(said)), (1.0, "right", value)], bold, scale)

    def rule(self, key: str = "rule") -> None:
        """What parts two blocks: dashes, a drawn line, stars or only room. Dashes are rarely read as a word."""
        style = self.look.pick(key, ("-", "-", "=", "*", "line", "gap", "_", ".", "none"))
        if style == "line":
            self.sheet.y += self.pitch * 0.5
            self.sheet.line(self.left, self.sheet.y, self.right, self.sheet.y)
        elif style == "gap":
            self.gap(0.6)
        elif style != "none":
            self._dashes(style)

    def _dashes(self, sign: str) -> None:
        count = int(self.width / max(self.font.width(sign), 1.0))
        self.sheet.y += self.pitch
        if self.chance.maybe(0.12):
            self.sheet.put(self.left, self.sheet.y, sign * count, self.font)
        else:
            self.sheet.draw(self.left, self.sheet.y, sign * count, self.font)

    def gap(self, lines: float = 1.0) -> None:
        self.sheet.y += self.pitch * lines


def cased(look: Look, text: str) -> str:
    """The text in a template's case: capitals throughout, as it is, or with its capitals made small."""
    if look.maybe("upper", 0.42):
        return text.upper()
    if look.maybe("small", 0.3) and text.isupper() and len(text) > 4 and not any(sign.isdigit() for sign in text):
        return text.title()
    return text


def width_of(text: Text, font: Font) -> float:
    """How wide a text is set, in points."""
    return sum(font.width(part.text + " ") for part in parts_of(text)) - font.width(" ")


def broken(parts: Sequence[Part], font: Font, width: float) -> list[list[Part]]:
    """Labelled text in lines no wider than `width`; what goes on in the next line continues its span."""
    lines: list[list[Part]] = [[]]
    used = 0.0
    for part in parts:
        for place, word in enumerate(part.text.split()):
            wide = font.width(word + " ")
            if lines[-1] and used + wide - font.width(" ") > width:
                lines.append([])
                used = 0.0
            lead = " " * (len(part.text) - len(part.text.lstrip(" "))) if not place else ""
            lines[-1].append(Part(lead + word, part.label, part.more or place > 0))
            used += wide
    return [line for line in lines if line]
