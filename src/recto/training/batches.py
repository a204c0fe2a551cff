"""Examples to tensors: features and targets of each window, batches of windows of like length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from recto.engines.label.features import Features, Pieces, Window, featurise, windows_of
from recto.engines.label.space import Space
from recto.engines.label.windows import PAD, framed
from recto.training.augment import moved
from recto.training.example import Example


@dataclass(frozen=True, slots=True)
class Sample:
    """One window of one example: token arrays with [CLS] and [SEP], a target for each word.

    `owner` (tokens,) is the word of each token, -1 for the special ones. `targets` (words,) is the tag's output, -1
    where the truth does not say (then the tag is one of `allowed`), -2 where the word is not to be learned from.
    `allowed` and `possible` (tags,) bool. `kind` is the kind's number or -1.
    """

    ids: np.ndarray
    boxes: np.ndarray
    types: np.ndarray
    owner: np.ndarray
    targets: np.ndarray
    allowed: np.ndarray
    possible: np.ndarray
    kind: int
    weight: float = 1.0

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples side by side: (batch, tokens) and (batch, words), padded to the longest of them."""

    ids: torch.Tensor
    boxes: torch.Tensor
    types: torch.Tensor
    attention: torch.Tensor
    owner: torch.Tensor
    targets: torch.Tensor
    allowed: torch.Tensor
    possible: torch.Tensor
    kinds: torch.Tensor
    weights: torch.Tensor


def samples_of(example: Example, pieces: Pieces, space: Space, tokens: int, rng: random.Random | None) -> list[Sample]:
    """The windows of one example; with `rng` on boxes that tremble."""
    if not example.words:
        return []
    words = example.words if rng is None else moved(example.words, rng)
    features = featurise(words, pieces)
    targets = targets_of(example, space)
    possible = space.mask_of(example.kind)
    allowed = possible & ~space.mask(example.labelled)
    allowed[0] = True
    kind = space.kinds.index(example.kind) if example.kind in space.kinds else -1
    made = []
    for window in windows_of(features, tokens - 2):
        arrays = tokens_of(features, window)
        first_page = kind if example.words[window.first].page == 1 and window.first == 0 else -1
        made.append(Sample(*arrays, targets[window.first : window.last], allowed, possible, first_page))
    return made


def tokens_of(features: Features, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """ids, boxes, types and owner of one window with its special tokens around."""
    counts = np.diff(features.starts[window.first : window.last + 1])
    owner = np.repeat(np.arange(window.last - window.first), counts)
    return *framed(features, window), np.concatenate([[-1], owner, [-1]])


def targets_of(example: Example, space: Space) -> np.ndarray:
    """(words,): the tag's output, -1 where the truth is None, -2 where it says nothing."""
    targets = np.array([-1 if tag is None or not space.known(tag) else space.number(tag) for tag in example.tags])
    targets[list(example.ignored)] = -2
    return targets


def batches_of(samples: Sequence[Sample], budget: int, rng: random.Random) -> list[list[Sample]]:
    """Batches of like length with at most `budget` tokens each, padding counted, in random order."""
    ordered = sorted(samples, key=lambda sample: (len(sample), rng.random()))
    batches: list[list[Sample]] = [[]]
    for sample in ordered:
        if batches[-1] and len(sample) * (len(batches[-1]) + 1) > budget:
            batches.append([])
        batches[-1].append(sample)
    rng.shuffle(batches)
    return [batch for batch in batches if batch]


def collate(samples: Sequence[Sample]) -> Batch:
    """Samples to padded tensors."""
    return Batch(
        ids=_padded([s.ids for s in samples], PAD),
        boxes=_padded([s.boxes for s in samples], 0),
        types=_padded([s.types for s in samples], 0),
        attention=_padded([np.ones(len(s), dtype=np.int64) for s in samples], 0),
        owner=_padded([s.owner for s in samples], -1),
        targets=_padded([s.targets for s in samples], -2),
        allowed=torch.from_numpy(np.stack([s.allowed for s in samples])),
        possible=torch.from_numpy(np.stack([s.possible for s in samples])),
        kinds=torch.tensor([s.kind for s in samples]),
        weights=torch.tensor([s.weight for s in samples], dtype=torch.float32),
    )


def _padded(arrays: Sequence[np.ndarray], fill: int) -> torch.Tensor:
    longest = max(len(array) for array in arrays)
    out = np.full((len(arrays), longest, *arrays[0].shape[1:]), fill, dtype=np.int64)
    for row, array in zip(out, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(out)


def in_batches(samples: Sequence[Sample], budget: int, rng: random.Random) -> Iterator[Batch]:
    """The samples as tensors, a batch at a time."""
    for batch in batches_of(samples, budget, rng):
        yield collate(batch)
