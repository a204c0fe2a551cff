"""Where something stands on a page: a rectangle in page-relative units, origin at the top left."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle whose sides are shares of the page's width and height, each 0..1."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def union(self, other: Self) -> "Box":
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def intersection(self, other: Self) -> "Box":
        """What both cover; its area is 0 where they do not meet."""
        return Box(
            max(self.left, other.left),
            max(self.top, other.top),
            min(self.right, other.right),
            min(self.bottom, other.bottom),
        )

    def iou(self, other: Self) -> float:
        """Intersection over union, 0..1."""
        shared = self.intersection(other).area if self.meets(other) else 0.0
        total = self.area + other.area - shared
        return shared / total if total > 0 else 0.0

    def meets(self, other: Self) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def clipped(self) -> "Box":
        """The part of it that lies on the page."""
        return Box(*(min(1.0, max(0.0, side)) for side in self.sides))

    @property
    def sides(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom), each 0..1."""
        return self.left, self.top, self.right, self.bottom

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> "Box":
        """The smallest box that holds all of `boxes`, of which there is at least one."""
        lefts, tops, rights, bottoms = zip(*(box.sides for box in boxes), strict=True)
        return cls(min(lefts), min(tops), max(rights), max(bottoms))
