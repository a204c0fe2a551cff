"""From which confidence a value is vouched for: the least at which few enough that go through are wrong."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from recto.engines.label.bundle import digest_of
from recto.training.assurance import Fitted, fitted
from recto.training.outcome import Outcome
from recto.training.splits import fold_of

WANTED = 0.02
"""The share of wrong values among those that pass."""

NEVER = 1.01
"""Above every confidence: nothing was measured at which few enough were wrong."""

ONE_SIDED = 1.64
"""Standard deviations that a normal distribution exceeds once in twenty."""

FEWEST = 10
"""Documents that must go through for a threshold of a kind's own: values of one document go right or wrong together."""

FOLDS = 5
"""Groups fall into so many parts; each is judged by weights that were fitted on the others."""


@dataclass(frozen=True)
class Trial:
    """A document's outcome with the confidence of each of its values, in their order."""

    outcome: Outcome
    confidences: tuple[float, ...]

    @property
    def kind(self) -> str:
        return self.outcome.example.kind

    @property
    def pictured(self) -> bool:
        """Whether its words were read by OCR."""
        return any(word.confidence is not None for word in self.outcome.example.words)

    @cached_property
    def gate(self) -> float:
        """The highest threshold at which the document still goes straight through; below 0 where it never does."""
        required = [sure for value, sure in self.values() if value.required]
        return -1.0 if self.outcome.blocked else min(required, default=-1.0)

    def values(self) -> Iterator[tuple[Any, float]]:
        yield from zip(self.outcome.values, self.confidences, strict=True)

    def passed(self, threshold: float) -> tuple[int, int]:
        """(wrong, all) of the values that are vouched for and whose truth is known, were it to go through."""
        rights = [v.right for v, sure in self.values() if v.right is not None and not v.doubted and sure >= threshold]
        return rights.count(False), len(rights)


@dataclass(frozen=True, slots=True)
class Straight:
    """How documents fare at a threshold: how many there were, how many went through, and the values vouched for."""

    documents: int
    through: int
    values: int
    wrong: int

    @property
    def share(self) -> float:
        return self.through / max(self.documents, 1)

    @property
    def error(self) -> float:
        return self.wrong / max(self.values, 1)

    def __add__(self, other: "Straight") -> "Straight":
        return Straight(
            self.documents + other.documents,
            self.through + other.through,
            self.values + other.values,
            self.wrong + other.wrong,
        )


def crossed(outcomes: Sequence[Outcome], letters: dict[str, float]) -> list[Trial]:
    """Each document with confidences by weights that were fitted on the other folds of groups."""
    trials = []
    for fold in range(FOLDS):
        others = [one for one in outcomes if fold_of(one.example.group, FOLDS) != fold]
        here = [one for one in outcomes if fold_of(one.example.group, FOLDS) == fold]
        if here:
            trials += tried(here, fitted(others, letters))
    return trials


def tried(outcomes: Sequence[Outcome], weights: Fitted) -> list[Trial]:
    return [Trial(one, tuple(weights.confidence(one.example.kind, value) for value in one.values)) for one in outcomes]


def straight(trials: Sequence[Trial], threshold: float) -> Straight:
    """What goes through at that threshold."""
    through = [trial.passed(threshold) for trial in trials if trial.gate >= threshold]
    wrong, values = (sum(column) for column in zip(*through, strict=True)) if through else (0, 0)
    return Straight(len(trials), len(through), values, wrong)


def least(trials: Sequence[Trial], wanted: float = WANTED) -> float:
    """The least threshold at which at most `wanted` of the values that pass are wrong, with one more than seen.

    The one more is for what so few documents cannot show: where fewer than 50 values pass, none may at 2 %.
    """
    for threshold in sorted({trial.gate for trial in trials if trial.gate >= 0}):
        found = straight(trials, threshold)
        if (found.wrong + 1) / (found.values + 1) <= wanted:
            return threshold
    return NEVER


def thresholds(trials: Sequence[Trial], wanted: float = WANTED) -> dict[str, float]:
    """By kind, on documents that were read from pictures where there are any: others are read more easily.

    Confidence is measured alike for all kinds, so that a kind of which too little was seen takes the threshold of all
    together, unless what was seen of it speaks against that.
    """
    pictured = [trial for trial in trials if trial.pictured] or list(trials)
    kinds = sorted({trial.kind for trial in trials})
    parts = {kind: [trial for trial in pictured if trial.kind == kind] for kind in kinds}
    common = shared(parts, wanted)
    return {kind: of_kind(some, common, wanted) for kind, some in parts.items()}


def shared(parts: Mapping[str, Sequence[Trial]], wanted: float) -> float:
    """The threshold of all kinds together, but for those that fare worse at it than the others do."""
    kept = dict(parts)
    while True:
        common = least([trial for some in kept.values() for trial in some], wanted)
        odd = [kind for kind, some in kept.items() if not bears(straight(some, common), wanted)]
        if not odd or len(odd) == len(kept):
            return common
        kept = {kind: some for kind, some in kept.items() if kind not in odd}


def of_kind(trials: Sequence[Trial], common: float, wanted: float) -> float:
    """The kind's own threshold where enough was seen of it, else the least from the common one on that it bears."""
    own = least(trials, wanted)
    if straight(trials, own).through >= FEWEST:
        return own
    tried = [common, *sorted(trial.gate for trial in trials if trial.gate > common)]
    return next((gate for gate in tried if bears(straight(trials, gate), wanted)), NEVER)


def bears(found: Straight, wanted: float) -> bool:
    """Whether no more values are wrong than chance makes of `wanted` in one of twenty such samples (Poisson)."""
    expected = found.values * wanted
    return found.wrong <= expected + ONE_SIDED * math.sqrt(expected)


def by_source(trials: Sequence[Trial]) -> Mapping[tuple[str, str], list[Trial]]:
    parts: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        parts.setdefault((trial.kind, trial.outcome.example.source), []).append(trial)
    return parts


def held(trials: Sequence[Trial], wanted: float = WANTED) -> dict[tuple[str, str], Straight]:
    """By kind and source, each fold of groups at the threshold that the other folds give: an honest expectation."""
    found: dict[tuple[str, str], Straight] = {}
    for fold in range(FOLDS):
        others = [trial for trial in trials if fold_of(trial.outcome.example.group, FOLDS) != fold]
        here = [trial for trial in trials if fold_of(trial.outcome.example.group, FOLDS) == fold]
        chosen = thresholds(others, wanted)
        for key, some in by_source(here).items():
            found[key] = found.get(key, Straight(0, 0, 0, 0)) + straight(some, chosen.get(key[0], NEVER))
    return found


def write_thresholds(
    folder: Path, found: Mapping[str, float], weights: Fitted, ocr: str, wanted: float = WANTED
) -> str:
    """Into the bundle, whose digest changes with it; returns the digest."""
    stated = {
        "wanted_error": wanted,
        "ocr": ocr,
        "letters": weights.letters,
        "weights": {"*": weights.types, **weights.kinds},
        "kinds": {kind: {"*": round(threshold, 4)} for kind, threshold in found.items()},
    }
    (folder / "thresholds.json").write_text(json.dumps(stated, indent=1) + "\n", encoding="utf-8")
    digest = digest_of(folder)
    (folder / "digest.txt").write_text(digest + "\n", encoding="utf-8")
    return digest
