"""Token odds to measured confidence, by a curve that was fitted on documents whose truth is known."""

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from recto.document.errors import EngineUnavailable

Curve = tuple[tuple[float, float], ...]
"""Points (odds, share that was right), the odds rising."""


class Curves:
    """The curves in a file, `{"curves": {"receipt": [[odds…], [share right…]], "*": …}}`; none without a file.

    Odds of tokens say how sure a model is of its own words, not how often they are right: without a curve that was
    measured there is no confidence to show.
    """

    def __init__(self, path: str = "") -> None:
        self.path = path

    def confidence(self, name: str, odds: float | None) -> float | None:
        """By the curve of that kind or field path, else by `*`. Raises EngineUnavailable for a file that is none."""
        curve = self._curves.get(name, self._curves.get("*"))
        return None if odds is None or curve is None else along(curve, odds)

    @cached_property
    def _curves(self) -> Mapping[str, Curve]:
        if not self.path:
            return {}
        try:
            stated = json.loads(Path(self.path).read_text(encoding="utf-8"))["curves"]
            return {str(name): points(*columns) for name, columns in stated.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise EngineUnavailable(f"the calibration {Path(self.path).name} cannot be read: {wrong}") from wrong


def points(odds: Sequence[float], shares: Sequence[float]) -> Curve:
    """Raises ValueError for what is no rising curve of shares."""
    curve = tuple((float(x), float(y)) for x, y in zip(odds, shares, strict=True))
    if not curve or any(not 0 <= y <= 1 for _, y in curve) or any(a[0] >= b[0] for a, b in pairwise(curve)):
        raise ValueError("a curve is rising odds beside shares of 0 to 1")
    return curve


def along(curve: Curve, odds: float) -> float:
    """Straight between the points, level beyond the first and the last."""
    for (left, low), (right, high) in pairwise(curve):
        if odds <= right:
            share = max(0.0, (odds - left) / (right - left))
            return low + share * (high - low)
    return curve[-1][1]
