"""How the lines of a photographed page fall: by a slope that can change from its top to its bottom."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby, product
from typing import Final

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.reading.lines import in_lines, slope_of, slopes_of

FEWEST: Final = 12
"""Fewer words show no tilt."""
STEPS: Final = 8
STEP: Final = 0.0025
"""Slopes tried about the one that neighbouring words show, which stand level where OCR cut them from one strip."""
CHANGES: Final = tuple(hundredths / 100 for hundredths in range(-9, 10))
"""How much the slope can change from the top of the page to its bottom."""
BELIEVED: Final = 0.05
"""Changes are tried that differ by so much from the one that neighbouring words show."""
TELLING: Final = 24
"""So many neighbours or more show how the slope changes."""
BIN: Final = 0.35
"""Words stand on one line when they are in one bin of so many of their heights."""
NEARLY: Final = 0.97
"""Of tilts that gather the words nearly as well as the best the nearest is taken."""
CLEARER: Final = 1.06
"""A tilt is believed when it gathers the words on lines so much better than the plain slope."""


@dataclass(frozen=True, slots=True)
class Tilt:
    """Lines fall `slope` page heights per page width where they leave the page's left edge at the height `about`,
    and `change` more for each page height below: all lines meet in one point, as a camera sees level ones.
    """

    slope: float = 0.0
    change: float = 0.0
    about: float = 0.5

    def level(self, box: Box) -> Box:
        """The box where it would stand if lines ran level."""
        drop = box.center[1] - self.height(*box.center)
        return Box(box.left, box.top - drop, box.right, box.bottom - drop)

    def height(self, x: float, y: float) -> float:
        """Where the line through this point leaves the page's left edge."""
        return (y - (self.slope - self.change * self.about) * x) / (1 + self.change * x)


def in_tilted_lines(words: Sequence[Word]) -> Words:
    """As `in_lines`, where the slope of the lines changes down a page as well."""
    pages = groupby(sorted(words, key=lambda word: word.page), key=lambda word: word.page)
    return tuple(word for _, page in pages for word in _page_in_lines(list(page)))


def _page_in_lines(words: Sequence[Word]) -> Words:
    tilt = tilt_of(words)
    if not tilt.change and tilt.slope == slope_of(words):
        return in_lines(words)
    seen = {(word.text, tilt.level(word.box)): word for word in words}
    lined = in_lines([replace(word, box=box) for (_, box), word in seen.items()], slope=0.0)
    return tuple(replace(seen[word.text, word.box], line=word.line) for word in lined)


def tilt_of(words: Sequence[Word]) -> Tilt:
    """The tilt under which a page's words gather on the fewest lines (projection profile).

    A change of less than a word's height over the page parts no line, and is not looked for. A slope is, also where
    neighbours are level: OCR boxes the words of a strip at one height, and the strips of a row stand apart.
    """
    slope = slope_of(words)
    if len(words) < FEWEST:
        return Tilt(slope)
    tall = statistics.median(word.box.height for word in words)
    change = _change(words, slope)
    centers = [word.box.center for word in words]
    plain = Tilt(slope, about=statistics.median(y - slope * x for x, y in centers))
    tried = _tried(plain, change) if abs(change) >= tall else _sloped(plain)
    scores = {tilt: _gathered(centers, tilt, BIN * tall) for tilt in tried}
    if max(scores.values()) <= CLEARER * scores[plain]:
        return plain
    return next(tilt for tilt, score in scores.items() if score >= NEARLY * max(scores.values()))


def _change(words: Sequence[Word], slope: float) -> float:
    """By how much neighbours lower down fall more steeply: Tukey's resistant line through the outer thirds."""
    found = sorted((y - slope * x, steep) for x, y, steep in slopes_of(words))
    if len(found) < TELLING:
        return 0.0
    upper, lower = found[: len(found) // 3], found[-(len(found) // 3) :]
    away = statistics.median(y for y, _ in lower) - statistics.median(y for y, _ in upper)
    more = statistics.median(steep for _, steep in lower) - statistics.median(steep for _, steep in upper)
    return more / away if away else 0.0


def _sloped(plain: Tilt) -> list[Tilt]:
    """Tilts without a change, nearest to the plain slope first."""
    steps = sorted(range(-STEPS, STEPS + 1), key=abs)
    return [replace(plain, slope=plain.slope + step * STEP) for step in steps]


def _tried(plain: Tilt, change: float) -> list[Tilt]:
    """Nearest to what neighbours show first: one line more across gathers a table's rows as well."""
    changes = [each for each in CHANGES if not each or abs(each - change) <= BELIEVED]
    tried = [
        Tilt(plain.slope + step * STEP, each, plain.about) for each, step in product(changes, range(-STEPS, STEPS + 1))
    ]
    return sorted(tried, key=lambda tilt: abs(tilt.slope - plain.slope) + abs(tilt.change - change) / 4)


def _gathered(centers: Sequence[tuple[float, float]], tilt: Tilt, height: float) -> int:
    """How many pairs of words share a bin, in two rows of bins half a bin apart."""
    total = 0
    levels = [tilt.height(x, y) for x, y in centers]
    for offset in (0.0, 0.5):
        total += sum(count * count for count in Counter(int(y / height + offset) for y in levels).values())
    return total
