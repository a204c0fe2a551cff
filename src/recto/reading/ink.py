"""Where there is ink on a page, seen in a small grey picture of it. In the reading process."""

from recto.reading.glyphs import Sides
from recto.reading.pdfpage import PdfPage

CONTRAST = 56
"""Steps of grey between the darkest and the lightest point of a place with print on it; paper and shadow have less."""

FAINT = 24
"""The same for a word, whose place is known, so that less is enough: small print is a few grey points."""

CELL = 12
"""Pixels on the side of the squares that a page is divided into: about a line's height."""

ROWS = 3
"""Of every so many rows one is looked at: strokes are higher than that."""


class Ink:
    """A grey picture, a byte a pixel, asked for contrast."""

    def __init__(self, pixels: bytes, width: int, height: int) -> None:
        self.pixels = pixels
        self.width = width
        self.height = height

    @classmethod
    def of(cls, page: PdfPage, long_side: int) -> "Ink":
        width, height = page.fitted(long_side, long_side * long_side)
        return cls(page.colored(width, height)[1::3], width, height)  # green is the grey that an eye sees

    def under(self, sides: Sides) -> bool:
        """Whether there is print in this share of the page."""
        left, top, right, bottom = sides
        x, end = int(left * self.width), int(right * self.width) + 1
        rows = range(int(top * self.height), min(self.height, int(bottom * self.height) + 1))
        return self.contrast(x, min(end, self.width), rows) >= FAINT

    def contrast(self, x: int, end: int, rows: range) -> int:
        pixels = b"".join(self.pixels[y * self.width + x : y * self.width + end] for y in rows)
        return max(pixels) - min(pixels) if pixels else 0

    def explained(self, boxes: list[Sides]) -> float:
        """The share of the squares with print that one of the boxes lies on, 0..1; 1 for a page without print."""
        inked = {
            (column, row)
            for row in range(self.height // CELL)
            for column in range(self.width // CELL)
            if self.contrast(column * CELL, column * CELL + CELL, range(row * CELL, row * CELL + CELL, ROWS))
            >= CONTRAST
        }
        told = {cell for sides in boxes for cell in self.cells(sides)}
        return len(inked & told) / len(inked) if inked else 1.0

    def inked(self, column: int, row: int) -> bool:
        rows = range(row * CELL, row * CELL + CELL, ROWS)
        return self.contrast(column * CELL, column * CELL + CELL, rows) >= CONTRAST

    def cells(self, sides: Sides) -> list[tuple[int, int]]:
        """The squares that a box touches."""
        left, top, right, bottom = sides
        columns = range(int(left * self.width) // CELL, int(right * self.width) // CELL + 1)
        rows = range(int(top * self.height) // CELL, int(bottom * self.height) // CELL + 1)
        return [(column, row) for row in rows for column in columns]
