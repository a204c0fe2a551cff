"""Pages with what was read from them drawn upon: each word in its box, in the colour of its label.

Numbers that identify a person are painted over unless they may be seen.
"""

from collections.abc import Iterator
from typing import Final

from recto.document.limits import Limits
from recto.document.page import Raster
from recto.document.reading import Reading
from recto.reading.overlay import drawn, veiled
from recto.reading.paper import opened
from recto.reading.raster import encoded, turned
from recto.schemas.masking import masked

SIDE: Final = 1600
"""Pixels on the long side of a page that is drawn for a person."""


def overlays(
    data: bytes, reading: Reading, limits: Limits, password: str | None = None, reveal: bool = False
) -> Iterator[tuple[int, bytes]]:
    """Each page's number and a PNG of it, a page at a time, drawn from the document's bytes."""
    with opened(data, reading.document.name, limits, password) as paper:
        for page in reading.pages:
            raster = turned(paper.raster(page.number, SIDE), page.turn)
            yield page.number, overlaid(raster, reading, page.number, reveal)


def overlay(picture: bytes, reading: Reading, number: int, limits: Limits, reveal: bool = False) -> bytes:
    """The same for one page, upon a picture of it that is upright, such as a server draws."""
    with opened(picture, reading.document.name, limits) as paper:
        return overlaid(paper.raster(1, SIDE), reading, number, reveal)


def overlaid(raster: Raster, reading: Reading, number: int, reveal: bool) -> bytes:
    """A PNG of the page with the reading's boxes and labels."""
    shown = (reading if reveal else masked(reading)).words
    here = [index for index, word in enumerate(reading.words) if word.page == number]
    words = tuple(reading.words[index] for index in here)
    tags = tuple(reading.tags[index] for index in here)
    return encoded(drawn(veiled(raster, words, tuple(shown[index] for index in here)), words, tags), "image/png")
