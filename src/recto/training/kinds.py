"""Fits the classifier of kinds: a softmax regression on made-up documents of every kind and on real receipts."""

from collections.abc import Sequence

import numpy as np
import torch

from recto.engines.classify.layout import BUCKETS, Scales, features
from recto.engines.classify.rules import evidence
from recto.training.example import Example

_SAY = 4.0
"""What a unit of the rules' evidence (its logarithm) weighs before any document is seen; measured on 0, 2, 4."""


def fit_kinds(examples: Sequence[Example], kinds: Sequence[str], steps: int = 300, decay: float = 2e-3) -> Scales:
    """Weights by full-batch Adam on a cosine, each kind weighing alike.

    The rules' evidence begins with its say and is drawn back to it, the words to nothing: so what the generator never
    drew is told as the rules tell it.
    """
    inputs = torch.from_numpy(np.stack([features(example.words) for example in examples]))  # (documents, features)
    truth = torch.tensor([list(kinds).index(example.kind) for example in examples])
    counts = torch.bincount(truth, minlength=len(kinds)).clamp(min=1)
    prior = believed(kinds, inputs.shape[1])
    weights = prior.clone().requires_grad_()
    optimiser = torch.optim.Adam([weights], lr=0.05)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(inputs @ weights.T, truth, weight=len(truth) / (len(kinds) * counts))
        penalty = (weights - prior)[:, :-1].square().sum()
        (loss + decay * penalty / len(kinds)).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        fall.step()
    return Scales(tuple(kinds), weights.detach().numpy(), 1.0)


def believed(kinds: Sequence[str], columns: int) -> torch.Tensor:
    """(kinds, columns): weights that follow the rules alone, `other` where they see nothing."""
    weights = torch.zeros(len(kinds), columns)
    for at, kind in enumerate(evidence(())):
        if kind in kinds:
            weights[list(kinds).index(kind), BUCKETS + at] = _SAY
    return weights


def with_temperature(scales: Scales, examples: Sequence[Example]) -> Scales:
    """The same weights at the temperature that makes held-out documents likeliest."""
    inputs = np.stack([features(example.words) for example in examples])
    scores = torch.from_numpy(inputs @ scales.weights.T.astype(np.float32))
    truth = torch.tensor([scales.kinds.index(example.kind) for example in examples])
    tried = [0.25 * 1.15**step for step in range(25)]
    losses = [float(torch.nn.functional.cross_entropy(scores / t, truth)) for t in tried]
    return Scales(scales.kinds, scales.weights, tried[int(np.argmin(losses))])
