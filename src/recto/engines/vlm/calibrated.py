"""Token odds to measured confidence, by a curve that was fitted on documents whose truth is known."""

import json
from functools import cached_property
from pathlib import Path

from recto.document.errors import EngineUnavailable
from recto.engines.label.calibration import Calibration


class Curves:
    """The curves in a file of the form of `Calibration`, by kind or field path, `*` for the rest; none without a file.

    Odds of tokens say how sure a model is of its own words, not how often they are right: without a curve that was
    measured there is no confidence to show.
    """

    def __init__(self, path: str = "") -> None:
        self.path = path

    def confidence(self, name: str, odds: float | None) -> float | None:
        curves = self._calibration.curves or {}
        if odds is None or (name not in curves and "*" not in curves):
            return None
        return self._calibration.measured([name], [odds])[0]

    @cached_property
    def _calibration(self) -> Calibration:
        if not self.path:
            return Calibration()
        try:
            return Calibration.from_json(json.loads(Path(self.path).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise EngineUnavailable(f"the calibration {Path(self.path).name} cannot be read: {wrong}") from wrong
