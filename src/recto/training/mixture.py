"""What one epoch sees: every merchant a few times, and made-up documents drawn anew."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from recto.training.augment import Donor, donors, varied
from recto.training.example import Example, Quality
from recto.training.synth import generate

_QUALITIES: tuple[Quality, ...] = ("clean", "scan", "photo")


@dataclass(frozen=True)
class Mixture:
    """Real examples and how many made-up ones of each kind an epoch has.

    A group with more than `cap` documents gives the square root of the surplus: one merchant in ten receipts would
    otherwise be learned by heart. `vary` draws other looks of each document.
    """

    real: Sequence[Example]
    made: Mapping[str, int] = field(default_factory=dict)
    cap: int = 6
    vary: bool = True

    @cached_property
    def _pool(self) -> dict[str, list[Donor]]:
        pool = donors(self.real)
        if "receipt" not in self.made:
            return pool
        drawn = donors([generate("receipt", seed, held_out=False).example for seed in range(600)])
        return {label: [*own, *drawn.get(label, [])[: len(own)]] for label, own in pool.items()}

    def epoch(self, number: int, seed: int, share: int = 0, shares: int = 1) -> Iterator[Example]:
        """The examples of an epoch; of several processes each takes its `share`. The same for the same numbers."""
        order = random.Random(f"{seed}/{number}")
        chosen: list[Example | tuple[str, int]] = [*self._chosen(order)]
        for kind, count in self.made.items():
            chosen.extend((kind, seed + number * 100_003 + at) for at in range(count))
        order.shuffle(chosen)
        for at, item in enumerate(chosen):
            if at % shares == share:
                yield self._drawn(item, random.Random(f"{seed}/{number}/{at}"))

    def _chosen(self, rng: random.Random) -> Iterator[Example]:
        groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
        for example in self.real:
            groups[example.group, example.source].append(example)
        for _, group in sorted(groups.items()):
            count = len(group) if len(group) <= self.cap else int((self.cap * len(group)) ** 0.5)
            yield from rng.sample(group, count)

    def _drawn(self, item: Example | tuple[str, int], rng: random.Random) -> Example:
        if isinstance(item, Example):
            return varied(item, self._pool, rng) if self.vary else item
        kind, seed = item
        example = generate(kind, seed, quality=rng.choice(_QUALITIES), held_out=False).example
        return varied(example, {}, rng) if self.vary else example

    def texts(self) -> Iterator[str]:
        """Words to learn a vocabulary from: all real ones, and some hundred made-up documents'."""
        for example in self.real:
            yield from (word.text for word in example.words)
        for kind, count in self.made.items():
            for seed in range(min(600, 2 * count)):
                yield from (word.text for word in generate(kind, seed, held_out=False).example.words)
