"""An OCR engine around an OCR engine: pages that lie on their side, stand on their head or slant are read all the same.

The page is read as it is, which costs nothing when it stands upright. Only where that reading looks wrong (words
higher than wide, letters that the engine is unsure of, hardly any words) a part of the page is tried in other turns.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import atan, cos, degrees, radians, sin
from statistics import median
from typing import Final

import cv2
import numpy as np

from recto.document.box import Box
from recto.document.page import Raster, Turn, Word
from recto.document.reading import Engine
from recto.engines.ocr.strip import relative
from recto.ports import Ocr, Sight
from recto.reading.lines import slope_of

_TURNS: Final[tuple[Turn, ...]] = (90, 180, 270)

_SURE = 0.88
"""A page whose letters have at least this mean confidence stands upright."""

_FEW = 12
"""A page with fewer letters than this says nothing of how it stands."""

_BETTER = 1.25
"""Another turn must be this much more legible before the page is turned."""

_WINDOW = 0.5
"""The part of the page that is tried in other turns, as a share of its width and of its height."""


class Upright:
    """Reads with `ocr`; turns by 90, 180 and 270 degrees are found, slants over `slant` degrees are straightened.

    RapidOCR reads slanting lines as they are, so little is gained below 8 degrees; Tesseract wants 1 or 2.

    Boxes are given on the page turned by `Sight.turn` alone, as a person sees it: a straightened page's boxes are
    turned back to where the words stand.
    """

    def __init__(self, ocr: Ocr, slant: float = 8.0, steepest: float = 20.0) -> None:
        self.ocr = ocr
        self.slant = slant
        self.steepest = steepest

    @property
    def engine(self) -> Engine:
        inner = self.ocr.engine
        return replace(inner, name=f"{inner.name}-upright")

    def read(self, pages: Sequence[Raster]) -> list[Sight]:
        """The words of each page, in order, on the upright page."""
        sights = self.ocr.read(pages)
        sights = self._turned(pages, sights)
        return self._straightened(pages, sights)

    def _turned(self, pages: Sequence[Raster], sights: Sequence[Sight]) -> list[Sight]:
        """Pages that stand better in another turn are read again in it."""
        doubtful = [n for n, sight in enumerate(sights) if doubted(sight, pages[n])]
        found = dict(zip(doubtful, self._turns([(pages[n], sights[n]) for n in doubtful]), strict=True))
        again = [n for n in doubtful if found[n]]
        seen = self.ocr.read([turned(pages[n], found[n]) for n in again])
        mended = {n: replace(sight, turn=found[n]) for n, sight in zip(again, seen, strict=True)}
        return [mended.get(n, sight) for n, sight in enumerate(sights)]

    def _turns(self, readings: Sequence[tuple[Raster, Sight]]) -> list[Turn]:
        """The most legible turn of each page, tried on the part of it where the most words were found."""
        windows = [window(page, sight.words) for page, sight in readings]
        tried = [(n, turn) for n in range(len(windows)) for turn in (0, *_TURNS)]
        seen = self.ocr.read([turned(windows[n], turn) for n, turn in tried])
        score = {
            key: legibility(sight, turned(windows[key[0]], key[1])) for key, sight in zip(tried, seen, strict=True)
        }
        return [self._best({turn: score[n, turn] for turn in (0, *_TURNS)}) for n in range(len(windows))]

    def _best(self, scores: dict[Turn, float]) -> Turn:
        best = max(_TURNS, key=lambda turn: scores[turn])
        return best if scores[best] > _BETTER * scores[0] else 0

    def _straightened(self, pages: Sequence[Raster], sights: Sequence[Sight]) -> list[Sight]:
        """Slanting pages are read again straight, where that reads at least as well."""
        angles = [slant_of(sight, turned(page, sight.turn)) for page, sight in zip(pages, sights, strict=True)]
        slanting = [n for n, angle in enumerate(angles) if self.slant < abs(angle) < self.steepest]
        straight = [straightened(turned(pages[n], sights[n].turn), angles[n]) for n in slanting]
        mended = {}
        for n, page, sight in zip(slanting, straight, self.ocr.read(straight), strict=True):
            if legibility(sight, page) >= legibility(sights[n], turned(pages[n], sights[n].turn)):
                upright = turned(pages[n], sights[n].turn)
                words = tuple(replace(word, box=_back(word.box, page, upright, angles[n])) for word in sight.words)
                mended[n] = Sight(words, sights[n].turn)
        return [mended.get(n, sight) for n, sight in enumerate(sights)]


def doubted(sight: Sight, page: Raster) -> bool:
    """Whether a reading looks as if the page did not stand upright."""
    letters = sum(len(word.text) for word in sight.words)
    if letters < _FEW:
        return True
    sure = sum((word.confidence or 0.0) * len(word.text) for word in sight.words) / letters
    return sure < _SURE or _tall(sight.words, page) > 0.5


def legibility(sight: Sight, page: Raster) -> float:
    """How much was read how surely: letters weighed by their confidence above a coin's, on words wider than high."""
    weighed = sum(max(0.0, (word.confidence or 0.0) - 0.5) * len(word.text) for word in sight.words)
    return weighed * (1.0 - _tall(sight.words, page))


def _tall(words: Sequence[Word], page: Raster) -> float:
    """The share of words of three letters or more that are higher than wide."""
    long = [word.box for word in words if len(word.text) >= 3]
    return sum(box.height * page.height > box.width * page.width for box in long) / len(long) if long else 0.0


def window(page: Raster, words: Sequence[Word]) -> Raster:
    """The part of the page around the middle of its words; around its own middle where it has none."""
    centers = [word.box.center for word in words] or [(0.5, 0.5)]
    x, y = median(x for x, _ in centers), median(y for _, y in centers)
    left, top = (min(max(0.0, middle - _WINDOW / 2), 1.0 - _WINDOW) for middle in (x, y))
    pixels = _pixels(page)[
        int(top * page.height) : int((top + _WINDOW) * page.height) + 1,
        int(left * page.width) : int((left + _WINDOW) * page.width) + 1,
    ]
    return _raster(pixels)


def turned(page: Raster, turn: Turn) -> Raster:
    """The page turned clockwise."""
    return _raster(np.rot90(_pixels(page), -turn // 90)) if turn else page


def slant_of(sight: Sight, page: Raster) -> float:
    """By how many degrees the lines fall to the right, on a page as it was read; 0 where too few words tell."""
    if len(sight.words) < 8:
        return 0.0
    return degrees(atan(slope_of(sight.words) * page.height / page.width))


def straightened(page: Raster, angle: float) -> Raster:
    """The page turned against its slant, on a larger sheet in the shade of its border so that no corner is lost."""
    pixels = _pixels(page)
    c, s = cos(radians(angle)), abs(sin(radians(angle)))
    width, height = round(page.width * c + page.height * s), round(page.width * s + page.height * c)
    matrix = cv2.getRotationMatrix2D((page.width / 2, page.height / 2), angle, 1.0)
    matrix[:, 2] += (width - page.width) / 2, (height - page.height) / 2
    border = [float(shade) for shade in np.median(np.concatenate((pixels[0], pixels[-1])), axis=0)]
    sheet = cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=border)
    return _raster(np.asarray(sheet, np.uint8))


def _back(box: Box, straight: Raster, page: Raster, angle: float) -> Box:
    """Where a box of the straightened page stands on the page that slants."""
    c, s = cos(radians(angle)), sin(radians(angle))
    xs, ys = [], []
    for x, y in ((x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)):
        dx, dy = (x - 0.5) * straight.width, (y - 0.5) * straight.height
        xs.append(page.width / 2 + dx * c - dy * s)
        ys.append(page.height / 2 + dx * s + dy * c)
    return relative((min(xs), min(ys), max(xs), max(ys)), page.width, page.height)


def _pixels(page: Raster) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.frombuffer(page.pixels, np.uint8).reshape(page.height, page.width, 3)


def _raster(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]") -> Raster:
    return Raster(pixels.shape[1], pixels.shape[0], np.ascontiguousarray(pixels).tobytes())
