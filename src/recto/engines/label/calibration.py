"""From the network's numbers to measured confidence: a temperature, then a curve fitted on held-out documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Calibration:
    """`temperature` divides the logits; `curves` map what was decoded to how often that was right.

    A curve is a rising line through points (confidence as decoded, share that was right), one for each group of labels
    (`O`, a label's name); `receipt/O` goes before `O` on receipts, and so for every kind and label. The curve `*`
    serves the labels without one of their own. Without any curve, confidence stays as decoded.
    """

    temperature: float = 1.0
    curves: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] | None = None

    def chances(self, logits: np.ndarray) -> np.ndarray:
        """Softmax over the last axis at this temperature; float64, rows sum to 1."""
        scaled = logits.astype(np.float64) / self.temperature
        powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))

    def measured(
        self, labels: Sequence[str], confidences: Sequence[float | None], kind: str = ""
    ) -> list[float | None]:
        """The share that was right at such a confidence for such a label on documents of this kind."""
        if not self.curves:
            return list(confidences)
        return [self._one(label, value, kind) for label, value in zip(labels, confidences, strict=True)]

    def _one(self, label: str, value: float | None, kind: str) -> float | None:
        curves = self.curves or {}
        curve = curves.get(f"{kind}/{label}") or curves.get(label) or curves.get("*")
        if value is None or curve is None:
            return value
        return float(np.interp(value, curve[0], curve[1]))

    def as_json(self) -> dict[str, Any]:
        curves = {name: [list(x), list(y)] for name, (x, y) in (self.curves or {}).items()}
        return {"temperature": self.temperature, "curves": curves}

    @classmethod
    def from_json(cls, stated: Mapping[str, Any]) -> "Calibration":
        curves = {name: (tuple(x), tuple(y)) for name, (x, y) in stated.get("curves", {}).items()}
        return cls(float(stated["temperature"]), curves or None)
