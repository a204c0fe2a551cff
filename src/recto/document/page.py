"""Documents, their pages, and the words and pixels on them."""

from dataclasses import dataclass
from typing import Literal

from recto.document.box import Box

Turn = Literal[0, 90, 180, 270]
Source = Literal["clean", "scan", "photo"]
TextLayer = Literal["good", "none", "garbage", "invisible", "stamp"]


@dataclass(frozen=True, slots=True)
class Document:
    """One file that came in. `id` is the SHA-256 of its bytes in hexadecimal."""

    id: str
    name: str
    media_type: str
    pages: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands: `page` counts from 1, `line` from 0 on its page.

    `confidence` is the OCR engine's own, 0..1, or None where the text was given (a PDF's text layer).
    """

    text: str
    box: Box
    page: int = 1
    line: int = 0
    confidence: float | None = None


Words = tuple[Word, ...]
"""The words of one document in reading order, all pages in one tuple."""


@dataclass(frozen=True, slots=True)
class Raster:
    """The pixels of a page: RGB, 8 bits a channel, rows from the top; `len(pixels) == width * height * 3`."""

    width: int
    height: int
    pixels: bytes


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured of a page's pixels.

    `contrast` is that of ink to paper, 0..1. `sharpness` is how much of that contrast the steepest edges cross within
    a pixel: about 1 where letters are crisp, under 0.5 where they are blurred. `letter_height` is the middle height
    of what looks like letters, in pixels of the raster; None where nothing does. `blank` is a page without ink.
    """

    source: Source
    contrast: float
    sharpness: float
    letter_height: float | None
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `width` and `height` are those of the page as shown, in points (PDF) or pixels (image).

    `turn` is how far, clockwise, the stored page was turned to stand upright; boxes are on the upright page.
    `text_layer` says what its own text is worth; `words` holds that text when it is good. `quality` is None where the
    page was not drawn, because its own text is good or because it could not be read.
    """

    number: int
    width: float
    height: float
    text_layer: TextLayer = "none"
    words: Words = ()
    turn: Turn = 0
    quality: Quality | None = None
