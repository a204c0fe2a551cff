"""The model's outputs: one BIO tag set over the labels of every kind, and the kinds themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Space:
    """What each output stands for. Outputs 0..len(tags)-1 are tags of a word, the rest kinds (read off [CLS]).

    `labels` gives each kind's labels; the union of all has one order, that of their first appearance.
    """

    labels: Mapping[str, tuple[str, ...]]

    @cached_property
    def union(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(label for labels in self.labels.values() for label in labels))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self.labels)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """`O`, then B- and I- of every label: label n of the union has 1 + 2n and 2 + 2n."""
        return ("O", *(f"{side}-{label}" for label in self.union for side in "BI"))

    @cached_property
    def outputs(self) -> int:
        return len(self.tags) + len(self.kinds)

    @property
    def names(self) -> tuple[str, ...]:
        """A name for every output: the tags, then `kind:` and each kind."""
        return (*self.tags, *(f"kind:{kind}" for kind in self.kinds))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {tag: number for number, tag in enumerate(self.tags)}

    def number(self, tag: str) -> int:
        """The output of a tag; KeyError for one that the model does not know."""
        return self._numbers[tag]

    def known(self, tag: str) -> bool:
        return tag in self._numbers

    def mask(self, labels: Sequence[str]) -> np.ndarray:
        """(tags,) bool: `O` and the tags of these labels."""
        mask = np.zeros(len(self.tags), dtype=bool)
        mask[0] = True
        for label in labels:
            if f"B-{label}" in self._numbers:
                mask[[self._numbers[f"B-{label}"], self._numbers[f"I-{label}"]]] = True
        return mask

    def mask_of(self, kind: str) -> np.ndarray:
        """(tags,) bool: what a word of this kind can carry; everything for a kind that the model does not know."""
        return self.mask(self.labels.get(kind, self.union))
