"""Fields, rows, places and decisions by kind, on documents of known truth: what `recto evaluate --fields` prints."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recto.ports import Labeller
from recto.schemas.assurance import chance, weights_of
from recto.schemas.catalog import schema_of
from recto.training.example import Example
from recto.training.outcome import Outcome, Value, outcomes
from recto.training.thresholds import NEVER, WANTED, Straight, Trial, least, straight

NORMAL = 1.96
"""Standard deviations that hold 95 % of a normal distribution."""

OVERLAP = 0.5
"""From this intersection over union on a box is where it should be."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a field was right, read and true."""

    right: int = 0
    read: int = 0
    true: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.read + other.read, self.true + other.true)

    def as_json(self) -> dict[str, Any]:
        """`recall` is the share of true values that were read exactly, with its 95 % interval."""
        return {
            "precision": self.right / max(self.read, 1),
            "recall": self.right / max(self.true, 1),
            "interval": wilson(self.right, self.true),
            "read": self.read,
            "support": self.true,
        }


@dataclass
class KindReport:
    """The outcomes of one kind."""

    trials: list[Trial]
    fields: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def as_json(self, shipped: float | None, wanted: float) -> dict[str, Any]:
        rights, reads, trues = (sum(column) for column in zip(*(t.outcome.rows for t in self.trials), strict=True))
        boxes = [(box, true) for trial in self.trials for _, box, true in trial.outcome.boxes()]
        placed = [box is not None and any(box.iou(one) > OVERLAP for one in true) for box, true in boxes]
        picked = least(self.trials, wanted)
        whole = Tally(*(sum(getattr(t, name) for t in self.fields.values()) for name in ("right", "read", "true")))
        return {
            "documents": len(self.trials),
            "all": whole.as_json(),
            "fields": {path: tally.as_json() for path, tally in sorted(self.fields.items())},
            "rows": {"f1": 2 * rights / max(reads + trues, 1), "support": trues},
            "placement": {"share": sum(placed) / max(len(placed), 1), "support": len(placed)},
            "shipped": told(straight(self.trials, NEVER if shipped is None else shipped), shipped),
            "picked": told(straight(self.trials, picked), picked),
            "curve": [told(straight(self.trials, gate), gate) for gate in gates(self.trials)],
        }


def told(found: Straight, threshold: float | None) -> dict[str, Any]:
    """A threshold with what goes through at it; the intervals are of documents and of values."""
    return {
        "threshold": threshold,
        "share": found.share,
        "share_interval": wilson(found.through, found.documents),
        "error": found.error,
        "error_interval": wilson(found.wrong, found.values),
        "values": found.values,
        "wrong": found.wrong,
    }


def passing(labeller: Labeller, examples: Sequence[Example], wanted: float = WANTED) -> dict[str, Any]:
    """By kind: every field, its rows and places, and what goes through as shipped and at the threshold for `wanted`.

    Confidence and thresholds are the labeller's own. A threshold that is picked on the documents it is told for is
    flattered; `thresholds.held` is not.
    """
    kinds: dict[str, KindReport] = {}
    for one in outcomes(labeller, examples):
        trial = Trial(one, tuple(confidence(labeller, one, value) for value in one.values))
        report = kinds.setdefault(trial.kind, KindReport([]))
        report.trials.append(trial)
        for path, tally in tallies(one):
            report.fields[path] += tally
    return {
        kind: report.as_json(labeller.assurance(kind).thresholds.get("*"), wanted)
        for kind, report in sorted(kinds.items())
    }


def confidence(labeller: Labeller, one: Outcome, value: Value) -> float:
    """As the labeller's own weights have it."""
    assurance = labeller.assurance(one.example.kind)
    if not value.labels:
        return 0.0
    if not assurance.weights:
        return value.field.confidence or 0.0
    weights = weights_of(assurance.weights, value.path, value.field.type)
    read = math.prod(chance(signals, assurance.letters) for signals in value.letters) if assurance.letters else 1.0
    return chance(value.labels, weights) * read


def tallies(one: Outcome) -> Iterator[tuple[str, Tally]]:
    """Of one document: single fields and columns whose truth is known; values that stand on no word count, too."""
    for value in one.values:
        if value.right is not None:
            yield value.path, Tally(int(value.right), 1, 0)
    derived = {path for path, spec in schema_of(one.example.kind).every_spec() if spec.derived}
    for name, truth in one.example.fields.items():
        if isinstance(truth, str) and truth and name not in derived:
            yield name, Tally(true=1)
        elif isinstance(truth, list):
            yield from ((f"{name}.{column}", Tally(true=1)) for row in truth for column in row)


def gates(trials: Sequence[Trial], most: int = 12) -> list[float]:
    """The thresholds at which one document more goes through, thinned out."""
    every = sorted({trial.gate for trial in trials if trial.gate >= 0})
    step = max(1, math.ceil(len(every) / most))
    return every[::step]


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    share, square = right / count, NORMAL**2 / count
    middle, reach = share + square / 2, NORMAL * math.sqrt(share * (1 - share) / count + square / count / 4)
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))


def draw(found: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Error against coverage, a line for each kind."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 5))
    for kind, report in found.items():
        if report["curve"]:
            points = [(100 * at["share"], 100 * at["error"]) for at in report["curve"]]
            axes.plot(*zip(*points, strict=True), marker=".", label=kind)
    axes.set_xlabel("documents that go straight through, %")
    axes.set_ylabel("wrong values among those vouched for, %")
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
