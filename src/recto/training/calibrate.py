"""Measured confidence: a temperature for the network, curves for what was decoded, from held-out documents."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recto.engines.label.calibration import Calibration
from recto.engines.label.decode import decoded
from recto.engines.label.features import featurise
from recto.engines.label.layout import LayoutModel, opinion_of
from recto.engines.label.windows import word_logits
from recto.schemas.catalog import labels_of
from recto.training.evaluation import rights, sure
from recto.training.example import Example
from recto.training.splits import fold_of

_LEAST = 60
"""A label with fewer words among the held-out documents has no curve of its own."""

_KNOTS = np.linspace(-11.5, 11.5, 47)
"""Log odds at which the curves are kept."""


def calibrated(model: LayoutModel, examples: Sequence[Example]) -> Calibration:
    """The calibration of a model by documents that it was not trained on."""
    seen = [(example, _logits(model, example)) for example in examples if example.words]
    temperature = best_temperature(model, seen)
    calibration = Calibration(temperature)
    tempered = LayoutModel(replace(model.bundle, calibration=calibration), model.pieces, model.network)
    return replace(calibration, curves=_curves(tempered, seen))


def _logits(model: LayoutModel, example: Example) -> np.ndarray:
    """(words, tags): the network's outputs, those of other kinds at -1e4."""
    logits, _ = word_logits(model.network, featurise(example.words, model.pieces), model.bundle.tokens)
    space = model.bundle.space
    return np.where(space.mask_of(example.kind)[None], logits[:, : len(space.tags)], -1e4)


def best_temperature(model: LayoutModel, seen: Sequence[tuple[Example, np.ndarray]]) -> float:
    """The temperature at which the truth is likeliest; an unknown tag counts by all tags that it may be."""
    tried = [0.5 * 1.08**step for step in range(28)]
    return min(tried, key=lambda temperature: sum(_cost(model, e, logits / temperature) for e, logits in seen))


def _cost(model: LayoutModel, example: Example, logits: np.ndarray) -> float:
    space = model.bundle.space
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances = powers / powers.sum(axis=1, keepdims=True)
    allowed = ~space.mask(example.labelled)
    allowed[0] = True
    cost = 0.0
    for at, tag in enumerate(example.tags):
        if at in example.ignored:
            continue
        p = chances[at, allowed].sum() if tag is None or not space.known(tag) else chances[at, space.number(tag)]
        cost -= float(np.log(max(p, 1e-9)))
    return cost


def _curves(
    model: LayoutModel, seen: Sequence[tuple[Example, np.ndarray]]
) -> dict[str, tuple[tuple[float, ...], tuple[float, ...]]]:
    """A curve for `O`, for each label with enough words, and `*` for the rest.

    That a word carries no label is known where the truth knows every label of the kind: a truth of four labels calls a
    product without one right. A kind with such documents has a curve of its own for `O`.
    """
    pairs: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for example, logits in seen:
        chances = model.bundle.calibration.chances(logits)
        opinion = opinion_of(example.words, example.kind, model.bundle.habits)
        tags = decoded(chances, example.words, model.bundle.space, model.bundle.habits, opinion)
        whole = (f"{example.kind}/O",) if set(labels_of(example.kind)) <= set(example.labelled) else ()
        for tag, right in zip(tags, rights(example, tags), strict=True):
            if right is None or tag.confidence is None:
                continue
            for name in ("O", *whole) if tag.label == "O" else (tag.label, "*"):
                pairs[name].append((tag.confidence, right))
    return {name: rising(found) for name, found in sorted(pairs.items()) if len(found) >= _LEAST or name in ("O", "*")}


def rising(pairs: Sequence[tuple[float, bool]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A rising curve through (confidence, whether right): a logistic function of the confidence's log odds.

    After Platt (1999), by Newton's method, drawn towards leaving the confidence as it is, so that few words decide
    little. Given as points, never 0 or 1, with no two alike: what ranked errors before still ranks them.
    """
    odds = _odds(np.array([confidence for confidence, _ in pairs]))
    right = np.array([float(good) for _, good in pairs])
    slope, shift = 1.0, 0.0
    for _ in range(30):
        chance = 1 / (1 + np.exp(-(slope * odds + shift)))
        weight = chance * (1 - chance)
        gradient = np.array([(odds * (chance - right)).sum() + slope - 1, (chance - right).sum() + shift])
        curvature = np.array(
            [[(weight * odds * odds).sum() + 1, (weight * odds).sum()], [(weight * odds).sum(), weight.sum() + 1]]
        )
        step = np.linalg.solve(curvature, gradient)
        slope, shift = max(0.05, slope - step[0]), shift - step[1]
    points = 1 / (1 + np.exp(-_KNOTS))
    shares = 1 / (1 + np.exp(-(slope * _KNOTS + shift)))
    return tuple(round(float(x), 6) for x in points), tuple(round(float(y), 6) for y in shares)


def _odds(confidence: np.ndarray) -> np.ndarray:
    clipped = np.clip(confidence, 1e-5, 1 - 1e-5)
    return np.asarray(np.log(clipped / (1 - clipped)))


def cross_fitted(model: LayoutModel, examples: Sequence[Example]) -> list[tuple[float, bool]]:
    """(confidence, right) of each word, by a calibration that was fitted on the other half of the groups.

    Halves by the group's name alone would be those of the split: all receipts that it holds out would fall into one.
    """
    halves = [[e for e in examples if fold_of(f"half of {e.group}", 2) == half] for half in (0, 1)]
    pairs = []
    for fitted_on, judged_on in (halves, halves[::-1]):
        bundle = replace(model.bundle, calibration=calibrated(model, fitted_on))
        other = LayoutModel(bundle, model.pieces, model.network)
        for example in judged_on:
            pairs.extend(sure(example, other.tags(example.words, example.kind)))
    return pairs
