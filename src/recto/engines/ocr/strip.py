"""A strip of text on a page: a rectangle, slightly turned, that holds one run of words; and the pixels within it."""

from dataclasses import dataclass, replace
from math import cos, radians, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from recto.document.box import Box
from recto.document.page import Raster

Image = NDArray[np.uint8]
"""Pixels as the models take them: (height, width, 3), blue first."""

_STRAIGHT = 0.004
"""A strip whose far end rises by less than this share of its width is cut out without turning, which is faster."""


def image_of(page: Raster) -> Image:
    """The page's pixels, blue first, without a copy where none is needed."""
    rgb = np.frombuffer(page.pixels, np.uint8).reshape(page.height, page.width, 3)
    return np.ascontiguousarray(rgb[:, :, ::-1])


@dataclass(frozen=True, slots=True)
class Strip:
    """A turned rectangle in pixels of the page: its middle, its length along the text, its height, its angle.

    `angle` is in degrees, clockwise as seen on the page, and within -45..135: at 90 the text runs downwards.
    """

    x: float
    y: float
    width: float
    height: float
    angle: float = 0.0

    def cut(self, image: Image, height: int, width: int) -> Image:
        """The strip's pixels, set straight and scaled to `height` x `width`."""
        if abs(sin(radians(self.angle))) < _STRAIGHT:
            return self._cut_straight(image, height, width)
        corners = np.array([self.point(0, 0), self.point(1, 0), self.point(0, 1)], np.float32)
        onto = np.array([(0, 0), (width, 0), (0, height)], np.float32)
        matrix = cv2.getAffineTransform(corners, onto)
        straight = cv2.warpAffine(
            image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(straight, np.uint8)

    def _cut_straight(self, image: Image, height: int, width: int) -> Image:
        top, left = max(0, round(self.y - self.height / 2)), max(0, round(self.x - self.width / 2))
        bottom, right = round(self.y + self.height / 2), round(self.x + self.width / 2)
        part = image[top : max(bottom, top + 1), left : max(right, left + 1)]
        way = cv2.INTER_AREA if part.shape[0] > 1.5 * height else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(part, (width, height), interpolation=way), np.uint8)

    def point(self, along: float, down: float) -> tuple[float, float]:
        """The page's pixel at these shares (0..1) of the strip's length and height."""
        dx, dy = (along - 0.5) * self.width, (down - 0.5) * self.height
        c, s = cos(radians(self.angle)), sin(radians(self.angle))
        return self.x + dx * c - dy * s, self.y + dx * s + dy * c

    def box(self, left: float, right: float, top: float, bottom: float) -> tuple[float, float, float, float]:
        """The upright rectangle in pixels (left, top, right, bottom) around a part of the strip given in shares."""
        xs, ys = zip(*(self.point(x, y) for x in (left, right) for y in (top, bottom)), strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def moved(self, x: float, y: float) -> "Strip":
        """The same strip on the page of which this one's page is a part that begins at `x`, `y`."""
        return replace(self, x=self.x + x, y=self.y + y)


def relative(box: tuple[float, float, float, float], width: int, height: int) -> Box:
    """Pixels to shares of the page, cut at its edges."""
    left, top, right, bottom = box
    return Box(left / width, top / height, right / width, bottom / height).clipped()
