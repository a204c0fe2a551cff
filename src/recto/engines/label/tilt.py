"""How the lines of a photographed page fall: by a slope that can change from its top to its bottom."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from recto.document.box import Box
from recto.document.page import Word
from recto.reading.lines import slope_of

STEPS: Final = 8
STEP: Final = 0.0025
"""Slopes tried about the one that neighbouring words show, which stand level where OCR cut them from one strip."""
CHANGES: Final = (0.0, 0.01, -0.01, 0.02, -0.02, 0.03, -0.03, 0.045, -0.045)
"""How much the slope can change from the top of the page to its bottom."""
BIN: Final = 0.35
"""Words stand on one line when they are in one bin of so many of their heights."""
NEARLY: Final = 0.94
"""Of tilts that gather the words nearly as well as the best the nearest is taken."""
CLEARER: Final = 1.06
"""A tilt is believed when it gathers the words on lines so much better than the plain slope."""


@dataclass(frozen=True, slots=True)
class Tilt:
    """Lines fall `slope` page heights per page width half way down, `change` more at the foot than at the top."""

    slope: float = 0.0
    change: float = 0.0

    def level(self, box: Box) -> Box:
        """The box where it would stand if lines ran level."""
        x, y = box.center
        drop = (self.slope + self.change * (y - 0.5)) * x
        return Box(box.left, box.top - drop, box.right, box.bottom - drop)


def tilt_of(words: Sequence[Word]) -> Tilt:
    """The tilt under which a page's words gather on the fewest lines (projection profile); none for level words."""
    plain = Tilt(slope_of(words))
    if not plain.slope or len(words) < 12:
        return plain
    centers = [word.box.center for word in words]
    height = BIN * statistics.median(word.box.height for word in words)
    scores = {tilt: _gathered(centers, tilt, height) for tilt in _tried(plain.slope)}
    if max(scores.values()) <= CLEARER * scores[plain]:
        return plain
    return next(tilt for tilt, score in scores.items() if score >= NEARLY * max(scores.values()))


def _tried(slope: float) -> list[Tilt]:
    """Nearest to the plain slope first: one line more across gathers a table's rows as well."""
    tried = [Tilt(slope + step * STEP, change) for change, step in product(CHANGES, range(-STEPS, STEPS + 1))]
    return sorted(tried, key=lambda tilt: abs(tilt.slope - slope) + abs(tilt.change) / 4)


def _gathered(centers: Sequence[tuple[float, float]], tilt: Tilt, height: float) -> int:
    """How many pairs of words share a bin, in two rows of bins half a bin apart."""
    total = 0
    levels = [y - (tilt.slope + tilt.change * (y - 0.5)) * x for x, y in centers]
    for offset in (0.0, 0.5):
        total += sum(count * count for count in Counter(int(y / height + offset) for y in levels).values())
    return total
