"""Seeded draws: what changes from document to document, and what a template holds fast."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")


class Chance(random.Random):
    """Draws that are the same for the same seed, on every machine."""

    def maybe(self, share: float) -> bool:
        """True in `share` (0..1) of the cases."""
        return self.random() < share

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.random() * len(options))]

    def some(self, options: Sequence[T], most: int) -> list[T]:
        """Up to `most` different options, in drawn order."""
        return self.sample(list(options), min(len(options), self.randint(0, most)))

    def weighted(self, weights: Mapping[str, float]) -> str:
        """A key, drawn by its weight."""
        return self.choices(list(weights), list(weights.values()))[0]


@lru_cache(maxsize=8192)
def _share(group: str, key: str) -> float:
    digest = hashlib.blake2b(f"{group}/{key}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(frozen=True, slots=True)
class Look:
    """The choices of one template: each is drawn from the group's name and the choice's own, so it never changes."""

    group: str

    def share(self, key: str) -> float:
        """A number 0..1 that belongs to this template and key."""
        return _share(self.group, key)

    def maybe(self, key: str, share: float) -> bool:
        """True for `share` (0..1) of the templates."""
        return self.share(key) < share

    def pick(self, key: str, options: Sequence[T]) -> T:
        return options[int(self.share(key) * len(options))]

    def between(self, key: str, low: float, high: float) -> float:
        return low + self.share(key) * (high - low)

    def weighted(self, key: str, weights: Mapping[str, float]) -> str:
        """An option, by its weight among the templates."""
        left = self.share(key) * sum(weights.values())
        for option, weight in weights.items():
            left -= weight
            if left < 0:
                return option
        return next(iter(weights))
