"""Where text stands on a page: the PP-OCR detector (differentiable binarization) on ONNX Runtime.

The network answers with a map of how likely each pixel lies in the shrunken core of a line of text. Cores are found
as blobs, each is given the smallest turned rectangle, and the rectangle is grown back by what training shrank.
Source of the method: Liao et al., Real-time Scene Text Detection with Differentiable Binarization, AAAI 2020.
"""

from dataclasses import dataclass
from math import atan2, ceil, cos, degrees, hypot, radians, sin
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from recto.engines.ocr.strip import Image, Strip
from recto.reading.quality import letter_height

_CORE = 0.2
"""A pixel with at least this probability belongs to a core."""

_GROW = 1.45
"""A core is grown by this times its area over its outline."""

_SMALLEST = 1.5
"""Cores thinner than this many pixels of the map are specks."""

_STEP = 32
"""The network halves its input five times, so its sides are multiples of this."""

_TALL = 3.0
"""A strip this many times as high as wide is text that runs downwards."""


_FEW = 12
"""A glance that finds fewer strips than this is followed by one twice as close: the print may be too small for it."""

_NOT_WORTH = 1.4
"""A closer look that is not at least this much closer is not taken."""

_WIDEST = 3200
"""A closer look is at most this many pixels wide."""

_LINE = 2.0
"""A strip is about this many times as high as the letters in it."""

_MERGED = 4.0
"""Strips this many times as high as letters hold several lines: the glance ran them together."""

_ENOUGH = 30
"""So few blobs of a letter's shape say nothing of how high the letters are."""

_NEAR = 0.7
"""A glance with this share of the page's pixels on a side, or more, runs no lines together that can be read."""

_LARGEST = 2.0
"""A page is enlarged at most this much: beyond, blur is all that grows."""

_MARGIN = 0.03
"""What is left around the text when the page is looked at closely, as a share of the page."""


@dataclass(frozen=True, slots=True)
class Detector:
    """Finds strips of text. `session` is an ONNX Runtime session of the network.

    A glance at the page with `glance` pixels on its short side tells where on it there is text and how high it is.
    That part is then looked at closely, scaled so that its strips are `height` pixels high; what is longer than `long`
    pixels is looked at in overlapping tiles. Strips less likely than `least` are dropped.
    """

    session: Any
    glance: int = 512
    height: int = 24
    long: int = 1280
    least: float = 0.3

    def find(self, image: Image) -> list[Strip]:
        """The strips of text on the page, in no order, in the page's pixels."""
        height, width = image.shape[:2]
        scale = min(_LARGEST, self.glance / min(height, width), 4 * self.glance / width)
        strips = self._tiled(image, scale)
        if len(strips) < _FEW and scale < _LARGEST:
            scale = min(_LARGEST, 2 * scale)
            strips = self._tiled(image, scale)
        if not strips:
            return []
        line = line_height(strips, image) if scale < _NEAR else median(strip.height for strip in strips)
        closer = min(_LARGEST, self.height / line)
        if closer < scale * _NOT_WORTH:
            return strips
        left, top, right, bottom = around(strips, image, line)
        found = self._tiled(image[top:bottom, left:right], min(closer, _WIDEST / (right - left)))
        return [strip.moved(left, top) for strip in found]

    def _tiled(self, image: Image, scale: float) -> list[Strip]:
        height = image.shape[0]
        most = self.long / scale
        strips: list[Strip] = []
        for top, bottom in tiles(height, round(most)):
            part = [strip.moved(0, top) for strip in self._find(image[top:bottom], scale)]
            strips.extend(_owned(part, top, bottom, height, most))
        return strips

    def _find(self, image: Image, scale: float) -> list[Strip]:
        height, width = image.shape[:2]
        size = (_stepped(width * scale), _stepped(height * scale))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        pixels = (small.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]  # (1, 3, height, width)
        (answer,) = self.session.run(None, {"x": pixels})
        return cores(answer[0, 0], width / size[0], height / size[1], self.least)


def line_height(strips: list[Strip], image: Image) -> float:
    """How high one line of text is, in pixels: the middle height of the strips, if they hold one line each.

    Small print far away in a large picture runs together, so that a strip holds a whole paragraph. The page's letters,
    which need no network to be seen, tell the one from the other.
    """
    strip = median(strip.height for strip in strips)
    letter = letter_height(image[:, :, 1], _ENOUGH)
    return strip if letter is None or strip < _MERGED * letter else _LINE * letter


def around(strips: list[Strip], image: Image, line: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the part of the page that holds all strips, all else of their size, and a margin.

    A glance misses small print, so blobs of ink about as high as the letters of a `line` so high count as text too.
    """
    height, width = image.shape[:2]
    boxes = [strip.box(0.0, 1.0, 0.0, 1.0) for strip in strips]
    letter = line / 2
    boxes.extend(_blobs(image, 0.4 * letter, 2.5 * letter))
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    margin = _MARGIN * max(width, height)
    return (
        max(0, int(min(lefts) - margin)),
        max(0, int(min(tops) - margin)),
        min(width, int(max(rights) + margin)),
        min(height, int(max(bottoms) + margin)),
    )


def _blobs(image: Image, least: float, most: float) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of the connected ink that is between `least` and `most` pixels high."""
    ink = cv2.threshold(image[:, :, 1], 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    blobs = cv2.connectedComponentsWithStats(ink)[2][1:]  # (blobs, 5): left, top, width, height, area
    high = blobs[(blobs[:, 3] >= least) & (blobs[:, 3] <= most)]
    return [(left, top, left + width, top + height) for left, top, width, height, _ in high.tolist()]


def tiles(height: int, most: int) -> list[tuple[int, int]]:
    """Rows (top, bottom) of tiles about `most` high that cover the page and overlap by an eighth of that."""
    if height <= most * 1.25:
        return [(0, height)]
    overlap = most // 8
    count = ceil((height - overlap) / (most - overlap))
    step = (height - overlap) / count
    return [(round(n * step), min(height, round(n * step + step + overlap))) for n in range(count)]


def _owned(strips: list[Strip], top: int, bottom: int, height: int, most: float) -> list[Strip]:
    """The strips of one tile whose middle is not nearer to the neighbour's: each overlap is shared in halves."""
    half = most / 16
    first = top + half if top > 0 else 0.0
    last = bottom - half if bottom < height else float(height)
    return [strip for strip in strips if first <= strip.y < last]


def cores(chances: NDArray[np.float32], across: float, down: float, least: float) -> list[Strip]:
    """Strips from the network's map (height, width), whose pixels are `across` x `down` pixels of the page."""
    mask = (chances > _CORE).astype(np.uint8)
    mask = cv2.dilate(mask, np.ones((2, 2), np.uint8))
    outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    strips = []
    for outline in outlines:
        (x, y), (width, height), angle = cv2.minAreaRect(outline)
        if min(width, height) < _SMALLEST or _chance(chances, outline) < least:
            continue
        grow = width * height * _GROW / (width + height)  # both sides together: twice area * ratio / outline
        strips.append(_stretched(Strip(x, y, width + grow, height + grow, angle), across, down))
    return strips


def _chance(chances: NDArray[np.float32], outline: NDArray[np.int32]) -> float:
    """The mean probability within a blob."""
    left, top, width, height = cv2.boundingRect(outline)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [outline - np.array((left, top), np.int32)], 1)
    return float(cv2.mean(chances[top : top + height, left : left + width], mask)[0])


def _stretched(strip: Strip, across: float, down: float) -> Strip:
    """The strip in pixels of the page, its angle brought to -45..45, or to 45..135 where text runs downwards."""
    c, s = cos(radians(strip.angle)), sin(radians(strip.angle))
    width = strip.width * hypot(c * across, s * down)
    height = strip.height * hypot(s * across, c * down)
    angle = degrees(atan2(s * down, c * across))
    if angle > 45:
        width, height, angle = height, width, angle - 90
    elif angle < -45:
        width, height, angle = height, width, angle + 90
    if height > _TALL * width:
        width, height, angle = height, width, angle + 90
    return Strip(strip.x * across, strip.y * down, width, height, angle)


def _stepped(side: float) -> int:
    return max(_STEP, round(side / _STEP) * _STEP)
