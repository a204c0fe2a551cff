"""Numbers that say how good labels are: entities, words, calibration, and how far to trust them."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 of what was found; `support` is how much there was to find."""

    precision: float
    recall: float
    f1: float
    support: int

    @classmethod
    def of(cls, right: int, found: int, there: int) -> "Score":
        precision, recall = right / found if found else 0.0, right / there if there else 0.0
        f1 = 2 * right / (found + there) if found + there else 0.0
        return cls(precision, recall, f1, there)


@dataclass(frozen=True, slots=True)
class Counts:
    """Right, found and there, by label, of one document or of many."""

    right: Counter[str]
    found: Counter[str]
    there: Counter[str]

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.right + other.right, self.found + other.found, self.there + other.there)

    @property
    def score(self) -> Score:
        """All labels together (micro)."""
        return Score.of(self.right.total(), self.found.total(), self.there.total())

    @property
    def by_label(self) -> dict[str, Score]:
        labels = sorted(set(self.found) | set(self.there))
        return {label: Score.of(self.right[label], self.found[label], self.there[label]) for label in labels}


NOTHING = Counts(Counter(), Counter(), Counter())


def entities(tags: Sequence[str | None]) -> set[tuple[int, int, str]]:
    """(first, last, label) of every entity in BIO tags, read as seqeval's default mode reads them; None is `O`."""
    found, start = set(), None
    plain = [tag or "O" for tag in tags]
    for at, tag in enumerate([*plain, "O"]):
        before = plain[at - 1] if at else "O"
        if start is not None and (tag == "O" or tag[0] == "B" or tag[2:] != before[2:]):
            found.add((start, at - 1, before[2:]))
            start = None
        if tag != "O" and start is None:
            start = at
    return found


def entity_counts(truth: Sequence[str | None], guess: Sequence[str], labelled: Sequence[str]) -> Counts:
    """Entities found exactly. Labels that the truth does not speak of count for nothing."""
    there, found = entities(spoken(truth, labelled)), entities(spoken(guess, labelled))
    return Counts(*(Counter(label for _, _, label in group) for group in (there & found, found, there)))


def word_counts(truth: Sequence[str | None], guess: Sequence[str], labelled: Sequence[str]) -> Counts:
    """The same word by word, B and I alike: for truths whose boxes are whole entities (WildReceipt)."""
    right, found, there = Counter[str](), Counter[str](), Counter[str]()
    for (wanted, given), count in confusions(truth, guess, labelled).items():
        there[wanted] += count * (wanted != "O")
        found[given] += count * (given != "O")
        right[wanted] += count * (wanted == given != "O")
    return Counts(right, found, there)


def confusions(truth: Sequence[str | None], guess: Sequence[str], labelled: Sequence[str]) -> Counter[tuple[str, str]]:
    """How often a word of one label was given another; labels of which the truth does not speak are `O`."""
    pairs = zip(spoken(truth, labelled), spoken(guess, labelled), strict=True)
    return Counter((true[2:] or "O", given[2:] or "O") for true, given in pairs)


def spoken(tags: Sequence[str | None], labelled: Sequence[str]) -> list[str]:
    """The tags of which the truth speaks; `O` for the others, also where a single word of theirs is known."""
    return [tag if tag and tag[2:] in labelled else "O" for tag in tags]


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 15) -> float:
    """ECE with equal-width bins (Guo et al. 2017): the mean distance of confidence and accuracy, weighted by size."""
    sure, good = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    if not len(sure):
        return 0.0
    slot = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(sure[slot == b].mean() - good[slot == b].mean()) * (slot == b).sum() for b in set(slot.tolist())]
    return float(sum(gaps) / len(sure))


def auroc_of_errors(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """How well low confidence points at errors: the chance that a right answer is surer than a wrong one."""
    sure, good = np.asarray(confidences, dtype=float), np.asarray(right, dtype=bool)
    if good.all() or not good.any():
        return None
    order = np.argsort(sure, kind="stable")
    ranks = np.empty(len(sure))
    values, start = sure[order], 0
    for end in range(1, len(values) + 1):
        if end == len(values) or values[end] != values[start]:
            ranks[order[start:end]] = (start + end + 1) / 2
            start = end
    positives = int(good.sum())
    return float((ranks[good].sum() - positives * (positives + 1) / 2) / (positives * (len(sure) - positives)))


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean confidence, accuracy, words) of each bin that has words."""
    sure, good = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    slot = np.minimum((sure * bins).astype(int), bins - 1)
    return [
        (float(sure[slot == b].mean()), float(good[slot == b].mean()), int((slot == b).sum()))
        for b in sorted(set(slot.tolist()))
    ]


def coverage(confidences: Sequence[float], right: Sequence[bool]) -> dict[str, dict[str, float]]:
    """For some thresholds: the share of answers at least that sure, and how many of those are right."""
    sure, good = np.asarray(confidences, dtype=float), np.asarray(right, dtype=float)
    out = {}
    for least in (0.5, 0.7, 0.8, 0.9, 0.95, 0.99):
        kept = sure >= least
        out[str(least)] = {
            "coverage": float(kept.mean()) if len(sure) else 0.0,
            "accuracy": float(good[kept].mean()) if kept.any() else 0.0,
        }
    return out


def interval(parts: Sequence[T], measure: Callable[[Sequence[T]], float], draws: int = 500) -> tuple[float, float]:
    """The 95 % bootstrap interval of a measure over documents, drawn anew with a fixed seed."""
    if not parts:
        return 0.0, 0.0
    rng = random.Random(0)
    values = sorted(measure(rng.choices(parts, k=len(parts))) for _ in range(draws))
    return values[int(0.025 * draws)], values[int(0.975 * draws)]
