"""Measured confidence: a temperature for the network, curves for what was decoded, from held-out documents."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from recto.engines.label.calibration import Calibration
from recto.engines.label.decode import decoded
from recto.engines.label.features import featurise
from recto.engines.label.layout import LayoutModel
from recto.engines.label.windows import word_logits
from recto.training.example import Example

_LEAST = 60
"""A label with fewer words among the held-out documents has no curve of its own."""

_KNOTS = 12


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
    """A curve for `O`, for each label with enough words, and `*` for the rest."""
    pairs: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for example, logits in seen:
        chances = model.bundle.calibration.chances(logits)
        tags = decoded(chances, example.words, model.bundle.space, model.bundle.habits)
        for at, (true, tag) in enumerate(zip(example.tags, tags, strict=True)):
            if at in example.ignored or tag.confidence is None:
                continue
            right = tag.label not in example.labelled if true is None else tag.label == (true[2:] or "O")
            for name in (tag.label,) if tag.label == "O" else (tag.label, "*"):
                pairs[name].append((tag.confidence, right))
    return {name: rising(found) for name, found in sorted(pairs.items()) if len(found) >= _LEAST or name in ("O", "*")}


def rising(pairs: Sequence[tuple[float, bool]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """A rising line through (confidence, share right): groups of equal size, pooled where they would fall.

    The pool-adjacent-violators method (Ayer et al. 1955). Half a right and half a wrong answer are added to each
    pool, so that no confidence is ever 0 or 1.
    """
    ordered = sorted(pairs)
    size = max(1, -(-len(ordered) // _KNOTS))
    blocks: list[tuple[float, float, float]] = []  # (sum of confidence, sum right, count)
    for start in range(0, len(ordered), size):
        group = ordered[start : start + size]
        blocks.append((sum(c for c, _ in group), sum(r for _, r in group) + 0.5, len(group)))
        while len(blocks) > 1 and _share(blocks[-2]) >= _share(blocks[-1]):
            last, before = blocks.pop(), blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    points = sorted({round(block[0] / block[2], 5): round(_share(block), 5) for block in blocks}.items())
    return tuple(x for x, _ in points), tuple(y for _, y in points)


def _share(block: tuple[float, float, float]) -> float:
    return min(0.9995, block[1] / (block[2] + 1.0))
