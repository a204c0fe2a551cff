"""Curves as SVG draws them: numbers to places in a picture, with ticks at round numbers."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH, HEIGHT = 520, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 14, 12, 30
"""Room around the plot, in the picture's own units."""

STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line in the picture, and what it says."""

    x: float
    y: float
    said: str


@dataclass(frozen=True, slots=True)
class Line:
    """A named line; `path` is what SVG's `d` takes."""

    name: str
    path: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of `WIDTH` x `HEIGHT`: lines, and ticks as (place, text)."""

    title: str
    lines: tuple[Line, ...]
    across: tuple[tuple[float, str], ...]
    up: tuple[tuple[float, str], ...]
    diagonal: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high` onto the places from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def chart(title: str, series: Sequence[tuple[str, Sequence[Point]]], top: float | None = None, unit: str = "") -> Chart:
    """Lines over whole numbers (epochs). The height begins at 0 and ends at `top`, or where the highest point is."""
    xs = [x for _, points in series for x, _ in points]
    ys = [y for _, points in series for _, y in points]
    across = Scale(0, max([*xs, 1.0]), LEFT, WIDTH - RIGHT)
    up = Scale(0, top or max([*ys, 1e-9]) * 1.05, HEIGHT - BOTTOM, TOP)
    return Chart(
        title,
        tuple(line(name, points, across, up, unit) for name, points in series if points),
        tuple((across(tick), f"{tick:g}") for tick in ticks(across.high) if tick == int(tick)),
        tuple((up(tick), f"{tick:g}") for tick in ticks(up.high)),
    )


def reliability(bins: Sequence[tuple[float, float, int]]) -> Chart:
    """How often a word is right (up) at each confidence (across); on the diagonal confidence says what it means."""
    across, up = Scale(0, 1, LEFT, WIDTH - RIGHT), Scale(0, 1, HEIGHT - BOTTOM, TOP)
    dots = tuple(Dot(across(sure), up(right), f"{sure:.2f}: {right:.3f} right of {n}") for sure, right, n in bins)
    marks = tuple((tick, f"{tick:g}") for tick in (0.0, 0.25, 0.5, 0.75, 1.0))
    return Chart(
        "Share of words that are right, by their confidence",
        (Line("right", path_of([(dot.x, dot.y) for dot in dots]), dots),),
        tuple((across(tick), said) for tick, said in marks),
        tuple((up(tick), said) for tick, said in marks),
        path_of([(across(0), up(0)), (across(1), up(1))]),
    )


def line(name: str, points: Sequence[Point], across: Scale, up: Scale, unit: str) -> Line:
    dots = tuple(Dot(across(x), up(min(y, up.high)), f"{unit}{x:g}: {y:.4g}") for x, y in points)
    return Line(name, path_of([(dot.x, dot.y) for dot in dots]), dots)


def path_of(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in points) if points else ""


def ticks(high: float, wanted: int = 5) -> Iterator[float]:
    """Round numbers from 0 up to `high`, about so many."""
    raw = high / wanted
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in STEPS if power * factor >= raw * 0.999)
    for number in range(int(high / step + 1e-9) + 1):
        yield round(number * step, 10)
