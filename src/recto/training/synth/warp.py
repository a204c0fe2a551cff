"""How a page lies on its image: margins, a turn, the perspective of a camera; boxes follow it."""

import math
from dataclasses import dataclass

from recto.document.box import Box
from recto.training.example import Quality
from recto.training.synth.chance import Chance

Matrix = tuple[float, float, float, float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Warp:
    """A projective map from the paper (0..1 each way) to the image (0..1), and the image's shape, width by height."""

    matrix: Matrix
    aspect: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, e, f, g, h, i = self.matrix
        scale = g * x + h * y + i
        return (a * x + b * y + c) / scale, (d * x + e * y + f) / scale

    def box(self, box: Box) -> Box:
        """The upright rectangle around where the box's corners come to lie."""
        corners = [self.point(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys)).clipped()


def warp_of(quality: Quality, aspect: float, chance: Chance) -> Warp:
    """A drawn warp for paper of that shape: none when clean, a slight turn when scanned, a camera's view on a photo."""
    if quality == "clean":
        return Warp((1, 0, 0, 0, 1, 0, 0, 0, 1), aspect)
    if quality == "scan":
        return _placed(chance.gauss(0, 0.6), (0, 0, 0, 0), _scan_margins(chance), aspect)
    tilt = tuple(chance.gauss(0, 0.012) for _ in range(4))
    return _placed(chance.gauss(0, 2.2), (tilt[0], tilt[1], tilt[2], tilt[3]), _photo_margins(chance), aspect)


Four = tuple[float, float, float, float]


def _scan_margins(chance: Chance) -> Four:
    wide = chance.choice((0.0, 0.0, 0.02, 0.15))
    return 0.005 + wide * chance.random(), 0.005, 0.005 + wide * chance.random(), 0.005 + wide * chance.random()


def _photo_margins(chance: Chance) -> Four:
    """Left, top, right, bottom, as shares of the paper; a little below 0 where the paper runs out of the picture."""
    reach = chance.choice((0.02, 0.08, 0.2, 0.35))
    return (
        chance.uniform(0.0, reach * 1.5),
        chance.uniform(0.0, reach),
        chance.uniform(0.0, reach * 1.5),
        chance.uniform(0.0, reach),
    )


def _placed(degrees: float, tilt: Four, margins: Four, aspect: float) -> Warp:
    """The paper turned by `degrees`, each corner moved by `tilt`, then set into an image with `margins` around it."""
    turn = math.radians(degrees)
    corners = []
    for (x, y), moved in zip(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), tilt, strict=True):
        u, v = (x - 0.5) * aspect, y - 0.5
        corners.append(
            (u * math.cos(turn) - v * math.sin(turn) + moved * aspect, u * math.sin(turn) + v * math.cos(turn) + moved)
        )
    xs, ys = [u for u, _ in corners], [v for _, v in corners]
    left, top = min(xs) - margins[0] * aspect, min(ys) - margins[1]
    wide = max(xs) + margins[2] * aspect - left
    high = max(ys) + margins[3] - top
    unit = [((u - left) / wide, (v - top) / high) for u, v in corners]
    return Warp(_square_to(unit), wide / high)


def _square_to(quad: list[tuple[float, float]]) -> Matrix:
    """The projective map of the unit square to a quad (Heckbert 1989, section 2.2.3)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    det = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det
    return (x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1.0)
