"""Weights that make a label's confidence the confidence of a value, fitted on documents with known truth.

Two logistic functions are multiplied (`recto.schemas.assurance`): the chance that a value's words were read right,
fitted on receipts whose true texts are known, and the chance that they were labelled right, fitted on documents that
the labeller has not seen, given the first. Each group's weights are drawn towards those of the group above it (a
path's to its type's, a type's to all fields'), so that few documents decide little.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz.distance import Levenshtein

from recto.schemas.assurance import Signals, chance, weights_of, word_signals
from recto.schemas.values.letters import bare
from recto.training.example import Example
from recto.training.outcome import Outcome, Value

Weights = dict[str, float]
ByGroup = Mapping[str, Weights]

PRIOR: Mapping[str, float] = {"always": 0.0, "label": 1.0, "again": 0.5, "confirmed": 0.5, "failed": -0.5}
"""Without any documents a value is as sure as its labels."""

READ: Mapping[str, float] = {"always": 3.0}
"""Without any documents words are read right nineteen times in twenty."""

PULL, FEWEST = 2.0, 25
"""How strongly weights are drawn towards those above, and how many values a group of its own must have."""

STEPS, RATE = 400, 0.05

STRETCH = 0.1
"""A text that differs from the truth by a larger share of its letters (or more than two) is another text."""


@dataclass(frozen=True)
class Fitted:
    """Weights as a bundle keeps them: `kinds` by kind and path, `types` by type for every kind, `*` for the rest."""

    letters: Weights = field(default_factory=dict)
    types: ByGroup = field(default_factory=dict)
    kinds: Mapping[str, ByGroup] = field(default_factory=dict)

    def confidence(self, kind: str, value: Value) -> float:
        """How likely the value is right; 0 where nothing was measured."""
        if not value.labels:
            return 0.0
        weights = weights_of({**self.types, **self.kinds.get(kind, {})}, value.path, value.field.type)
        return chance(value.labels, weights) * read_chance(value, self.letters)


@dataclass(frozen=True, slots=True)
class Case:
    """Something of known truth: what speaks for it, a chance that it is multiplied by, and whether it is right."""

    parts: tuple[Signals, ...]
    given: float
    right: bool


def fitted(outcomes: Sequence[Outcome], letters: Weights) -> Fitted:
    """Weights of labels from these documents, whose words were read with these weights of letters."""
    cases: dict[tuple[str, str, str], list[Case]] = defaultdict(list)
    for one in outcomes:
        for value in one.values:
            if value.right is not None and value.labels:
                case = Case((value.labels,), read_chance(value, letters), value.right)
                cases[one.example.kind, value.path, value.field.type].append(case)
    everything = fit([case for some in cases.values() for case in some], PRIOR)
    types = {"*": everything}
    for type_ in sorted({key[2] for key in cases}):
        types[type_] = fit([case for key, some in cases.items() if key[2] == type_ for case in some], everything)
    kinds: dict[str, dict[str, Weights]] = defaultdict(dict)
    for (kind, path, type_), some in sorted(cases.items()):
        if len(some) >= FEWEST:
            kinds[kind][path] = fit(some, types[type_])
    return Fitted(letters, types, dict(kinds))


def read_chance(value: Value, letters: Weights) -> float:
    """How likely all words of a value were read right; certain where nothing was measured."""
    return 1.0 if not letters else math.prod(chance(signals, letters) for signals in value.letters)


def letters_of(examples: Iterable[Example]) -> Weights:
    """The weights of letters from documents on the words of OCR whose true texts are known; none without any."""
    cases = [case for example in examples for case in texts_of(example)]
    return fit(cases, READ) if cases else {}


def texts_of(example: Example) -> Iterable[Case]:
    """Each name and address of a receipt as it was read, right if no letter differs.

    The tags show its words. One that lacks or has words of others is left out: it is a slip of the alignment.
    """
    for label, name in (("MERCHANT_NAME", "merchant_name"), ("ADDRESS_LINE", "merchant_address")):
        words = [word for word, tag in zip(example.words, example.tags, strict=True) if (tag or "")[2:] == label]
        read, truth = bare(" ".join(word.text for word in words)), bare(str(example.fields.get(name, "")))
        if words and Levenshtein.distance(read, truth) <= max(2, STRETCH * len(truth)):
            parts = (word_signals(word) for word in words if word.confidence is not None and bare(word.text))
            yield Case(tuple(parts), 1.0, read == truth)


def fit(cases: Sequence[Case], above: Mapping[str, float]) -> Weights:
    """The weights under which the cases are likeliest, drawn towards `above`; Adam on the logarithm of the chance.

    A case is right when each of its parts is, and what it is given holds: the product of their chances.
    """
    names = sorted({name for case in cases for part in case.parts for name in part} | set(above))
    start = np.array([above.get(name, 0.0) for name in names])
    rows = np.array([[part.get(name, 0.0) for name in names] for case in cases for part in case.parts])
    owner = np.repeat(np.arange(len(cases)), [len(case.parts) for case in cases])  # (parts,) the case of each part
    given = np.log(np.clip([case.given for case in cases], 1e-6, 1.0))
    right = np.array([case.right for case in cases])
    weights, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for step in range(1, STEPS + 1) if len(rows) else ():
        slope = gradient(weights, rows, owner, given, right) + PULL * (weights - start)
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        weights = weights - RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-9)
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


def gradient(
    weights: np.ndarray, rows: np.ndarray, owner: np.ndarray, given: np.ndarray, right: np.ndarray
) -> np.ndarray:
    """Of the cases' cost, (weights,)."""
    scores = rows @ weights  # (parts,)
    whole = np.bincount(owner, -np.logaddexp(0, -scores), len(right)) + given  # (cases,) logarithm of the chance
    chances = np.clip(np.exp(whole), 1e-9, 1 - 1e-6)
    outer = np.where(right, -1.0, chances / (1 - chances))  # (cases,)
    return np.asarray(rows.T @ (outer[owner] / (1 + np.exp(scores))))
