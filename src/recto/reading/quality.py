"""How well a page can be read from its pixels: where they come from, contrast, sharpness, the height of letters."""

from collections.abc import Iterator
from typing import Any, Final

from recto.document.page import Quality, Raster, Source, Words

SHADED: Final = 0.15
"""Spread of the paper's brightness over the page from which on it was photographed. By this and by colour 31 of 40
photographed receipts are told as such, and 2 of 40 scanned ones are mistaken for them.
"""

COLOURED: Final = 0.1
"""Mean saturation from which on it was photographed: a table, a hand and warm light are in the picture."""

ONE_VALUE: Final = 0.4
"""Share of pixels of exactly the same grey from which on a page was drawn by a program, or cleaned by one."""

TILE: Final = 32
"""Pixels on the side of the squares in which the brightness of paper is measured, on a page of OVERVIEW pixels."""

OVERVIEW: Final = 1000

INK: Final = 20
"""Steps of grey by which ink differs from the paper around it; less is a shadow or the back shining through."""

SPECKS: Final = 30
"""Pixels of ink, single specks not counted, that a page may have and still be blank: less than two small letters."""

LOW: Final = 8
"""Pixels that letters are high at least. Of 206 made-up pages 13 have lower ones; of the words of their values 86 %
were read right, of the others' 94 %.
"""

DOUBTED: Final = 0.93
"""The mean confidence that OCR has in the words of a page at least. 33 of 215 made-up documents are under it; of the
words of their values 87 % were read right, of the others' 95 %. None of 626 receipts is.
"""

BLURRED: Final = 0.2
"""The sharpness of a page at least: under it OCR finds hardly anything it could doubt."""


def quality_of(raster: Raster) -> Quality:
    """The quality of a page as rendered for OCR."""
    import cv2
    import numpy

    colors = numpy.frombuffer(raster.pixels, numpy.uint8).reshape(raster.height, raster.width, 3)  # (height, width, 3)
    grey = cv2.cvtColor(colors, cv2.COLOR_RGB2GRAY)  # (height, width)
    dark, light = (float(value) for value in numpy.percentile(grey, (0.5, 95)))
    steepest = float(numpy.percentile(steepness(grey), 99.5))
    return Quality(
        source_of(colors, grey),
        round((light - dark) / 255, 3),
        round(min(1.0, 2 * steepest / max(light - dark, 1.0)), 3),
        letter_height(grey),
        blank(grey),
    )


def blank(grey: Any) -> bool:
    """Whether the page has no ink: nowhere is a pixel darker or lighter than what lies around it, but for specks."""
    import cv2

    smooth = cv2.medianBlur(grey, 3)
    paper = cv2.blur(smooth, (63, 63))
    return int((cv2.absdiff(smooth, paper) > INK).sum()) <= SPECKS


def quality_faults(quality: Quality, words: Words) -> Iterator[str]:
    """Why much of a page may not have been read, in words. `words` are those of the page."""
    if quality.blank:
        return
    sure = [word.confidence for word in words if word.confidence is not None]
    if sure and sum(sure) / len(sure) < DOUBTED:
        yield f"OCR doubts its words (confidence {sum(sure) / len(sure):.2f}, under {DOUBTED}); others may be missing"
    if quality.letter_height is not None and quality.letter_height < LOW:
        yield f"its letters are {quality.letter_height:.0f} pixels high, less than {LOW}"
    if quality.sharpness < BLURRED:
        yield f"it is blurred (sharpness {quality.sharpness:.2f}, under {BLURRED})"


def steepness(grey: Any) -> Any:
    """Steps of grey a pixel, at each pixel: half of a step edge's height. (height, width) to the same."""
    import cv2

    across, down = (cv2.Sobel(grey, cv2.CV_32F, *axis) / 8 for axis in ((1, 0), (0, 1)))
    return cv2.magnitude(across, down)


def source_of(colors: Any, grey: Any) -> Source:
    """Drawn by a program, scanned or photographed, by the evenness of the paper."""
    import cv2
    import numpy

    saturation = float(cv2.cvtColor(colors, cv2.COLOR_RGB2HSV)[..., 1].mean()) / 255
    if numpy.bincount(grey.ravel()).max() >= ONE_VALUE * grey.size:
        return "clean"
    return "photo" if shading(grey) >= SHADED or saturation >= COLOURED else "scan"


def shading(grey: Any) -> float:
    """The spread of the paper's brightness over the page, 0..1."""
    import cv2
    import numpy

    scale = OVERVIEW / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    rows, columns = (max(1, side // TILE) for side in small.shape)
    tiles = [part for row in numpy.array_split(small, rows) for part in numpy.array_split(row, columns, axis=1)]
    paper = [numpy.percentile(tile, 80) for tile in tiles]
    low, high = numpy.percentile(paper, (10, 90))
    return float(high - low) / 255


def letter_height(grey: Any, least: int = 5) -> float | None:
    """The middle height in pixels of the dark blots that are of a letter's shape; None for fewer than `least`."""
    import cv2
    import numpy

    ink = cv2.adaptiveThreshold(grey, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    width, height, area = (stats[1:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    shaped = (
        (height >= 4) & (height <= grey.shape[0] / 10) & (width <= 3 * height) & (area >= 6) & (4 * width >= height)
    )
    return float(numpy.median(height[shaped])) if shaped.sum() >= least else None
