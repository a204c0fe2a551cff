"""The loss of partly known truth: where a source says only what a word is not, the rest shares the probability."""

from collections import Counter

import torch
from torch.nn.functional import cross_entropy

from recto.engines.label.space import Space
from recto.training.batches import Batch
from recto.training.mixture import Mixture

_NEVER = -1e4


def tag_loss(logits: torch.Tensor, batch: Batch, weights: torch.Tensor | None, smoothing: float) -> torch.Tensor:
    """Mean loss over words. `logits` (batch, words, tags); `weights` (tags,) or None.

    A known tag costs -log p(tag). An unknown one costs -log of the summed probability of all tags that are allowed:
    the marginal likelihood of partial annotation (Tsuboi et al. 2008), without transitions.
    """
    logits = logits.masked_fill(~batch.possible[:, None, :], _NEVER)
    logs = torch.log_softmax(logits, dim=-1)  # (batch, words, tags)
    known, open_ = batch.targets >= 0, batch.targets == -1
    target = batch.targets.clamp(min=0)
    hit = logs.gather(-1, target[..., None])[..., 0]  # (batch, words)
    if smoothing:
        possible = batch.possible[:, None, :].float()
        spread = (logs * possible).sum(-1) / possible.sum(-1)
        hit = (1 - smoothing) * hit + smoothing * spread
    if weights is not None:
        hit = hit * weights[target]
    within = torch.logsumexp(logs.masked_fill(~batch.allowed[:, None, :], _NEVER), dim=-1)  # (batch, words)
    loss = -(hit * known + within * open_) * batch.weights[:, None]
    return loss.sum() / (known | open_).sum().clamp(min=1)


def kind_loss(logits: torch.Tensor, batch: Batch) -> torch.Tensor:
    """Mean cross entropy of the kind where it is known. `logits` (batch, kinds)."""
    known = batch.kinds >= 0
    if not bool(known.any()):
        return logits.sum() * 0
    return cross_entropy(logits[known], batch.kinds[known])


def class_weights(mixture: Mixture, space: Space, clip: float) -> torch.Tensor | None:
    """(tags,): the inverse square root of how often a tag stands in the first epoch, 1 in the mean, at most `clip`.

    None where `clip` is 0: all tags alike.
    """
    if not clip:
        return None
    times = Counter(tag for example in mixture.epoch(0, 0) for tag in example.tags if tag is not None)
    counts = torch.tensor([float(times[tag] or 1) for tag in space.tags])
    weights = counts.mean().sqrt() / counts.sqrt()
    return (weights / weights.mean()).clamp(max=clip, min=1 / clip)
