"""Fits the classifier of kinds: a softmax regression on made-up documents of every kind and on real receipts."""

from collections.abc import Sequence

import numpy as np
import torch

from recto.engines.classify.layout import Scales, features
from recto.training.example import Example


def fit_kinds(examples: Sequence[Example], kinds: Sequence[str], steps: int = 200, decay: float = 2e-3) -> Scales:
    """Weights by full-batch Adam on a cosine, each kind weighing alike, drawn to nothing by `decay`."""
    inputs = torch.from_numpy(np.stack([features(example.words) for example in examples]))  # (documents, features)
    truth = torch.tensor([list(kinds).index(example.kind) for example in examples])
    counts = torch.bincount(truth, minlength=len(kinds)).clamp(min=1)
    weights = torch.zeros(len(kinds), inputs.shape[1], requires_grad=True)
    optimiser = torch.optim.Adam([weights], lr=0.05)
    fall = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    for _ in range(steps):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(inputs @ weights.T, truth, weight=len(truth) / (len(kinds) * counts))
        (loss + decay * weights[:, :-1].square().sum() / len(kinds)).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        fall.step()
    return Scales(tuple(kinds), weights.detach().numpy(), 1.0)


def with_temperature(scales: Scales, examples: Sequence[Example]) -> Scales:
    """The same weights at the temperature that makes held-out documents likeliest."""
    inputs = np.stack([features(example.words) for example in examples])
    scores = torch.from_numpy(inputs @ scales.weights.T.astype(np.float32))
    truth = torch.tensor([scales.kinds.index(example.kind) for example in examples])
    tried = [0.25 * 1.15**step for step in range(25)]
    losses = [float(torch.nn.functional.cross_entropy(scores / t, truth)) for t in tried]
    return Scales(scales.kinds, scales.weights, tried[int(np.argmin(losses))])
