"""Labels that look wrong: the model is sure of another one, the sums do not come out, or the place is an odd one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from recto.document.label import PLAIN
from recto.document.page import Words
from recto.document.reading import Tag
from recto.ports import Weigher
from recto.schemas.checks import check
from recto.schemas.fields import fields_of
from recto.training.example import Example

SURE: Final = 0.98
"""From this probability of another label on a disagreement is one."""

UNLIKELY: Final = 0.01
"""Below this probability a label is one that the model would never give."""

ENOUGH: Final = 50
"""So many labels of a kind are needed to say where they usually stand."""

FAR: Final = 3.0
"""A place is odd beyond so many interquartile ranges from the middle half: Tukey's outer fences."""

NARROW: Final = 0.05
"""The least interquartile range: labels that always stand in one place are granted this much."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A word (by index) whose label looks wrong, and why."""

    word: int
    why: str


def disagreements(example: Example, weigher: Weigher) -> Iterator[Suspicion]:
    """Words of which the model is sure that they carry another label."""
    (weighed,) = weigher.weigh([(example.words, example.kind)])
    for at, (tag, chances) in enumerate(zip(example.tags, weighed.chances, strict=True)):
        if tag is None:
            continue
        likely = by_label(chances)
        best = max(likely, key=lambda label: likely[label])
        given = Tag(tag).label
        spoken = best in (*example.labelled, PLAIN)
        if spoken and best != given and likely[best] >= SURE and likely.get(given, 0.0) <= UNLIKELY:
            yield Suspicion(at, f"the model is {likely[best]:.1%} sure of {best}")


def by_label(chances: Mapping[str, float]) -> dict[str, float]:
    """B and I of each label together."""
    summed: dict[str, float] = defaultdict(float)
    for tag, chance in chances.items():
        summed[Tag(tag).label] += chance
    return dict(summed)


def sums(example: Example) -> Iterator[Suspicion]:
    """Words of values that a check, made on the truth alone, finds to contradict each other."""
    tags = tuple(Tag(tag or PLAIN) for tag in example.tags)
    fields = fields_of(example.kind, example.words, tags)
    words = {item.name: item.words for item in fields if hasattr(item, "words")}
    for made in check(example.kind, fields, example.words):
        if made.outcome == "fail":
            for name in made.inputs:
                yield from (Suspicion(at, f"{made.name}: {made.detail}") for at in words.get(name, ()))


@dataclass(frozen=True)
class Habitat:
    """Where each label usually stands: the heights of its words among all words of their documents, 0 to 1, sorted."""

    heights: Mapping[tuple[str, str], np.ndarray]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> "Habitat":
        found: dict[tuple[str, str], list[float]] = defaultdict(list)
        for example in examples:
            for height, tag in zip(heights_of(example.words), example.tags, strict=True):
                if tag not in (None, PLAIN):
                    found[example.kind, Tag(str(tag)).label].append(height)
        return cls({key: np.sort(values) for key, values in found.items() if len(values) >= ENOUGH})

    def strays(self, example: Example) -> Iterator[Suspicion]:
        """Words whose label never stands nearly so high or so low."""
        for at, (height, tag) in enumerate(zip(heights_of(example.words), example.tags, strict=True)):
            label = Tag(tag or PLAIN).label
            usual = self.heights.get((example.kind, label))
            if usual is None:
                continue
            low, high = np.quantile(usual, [0.25, 0.75])
            reach = FAR * max(float(high - low), NARROW)
            if not low - reach <= height <= high + reach:
                where = f"{low:.0%} to {high:.0%}"
                yield Suspicion(at, f"it stands at {height:.0%} of the words, half of all {label} at {where}")


def heights_of(words: Words) -> list[float]:
    """Each word's place among the document's words from top to bottom, 0 to 1: paper is torn off at any length."""
    order = sorted(range(len(words)), key=lambda at: (words[at].page, words[at].line))
    places = {at: place / max(len(words) - 1, 1) for place, at in enumerate(order)}
    return [places[at] for at in range(len(words))]


def suspicions(example: Example, weigher: Weigher | None, habitat: Habitat) -> dict[int, str]:
    """Every reason, by word."""
    found: dict[int, list[str]] = defaultdict(list)
    ways = [disagreements(example, weigher)] if weigher else []
    for way in (*ways, sums(example), habitat.strays(example)):
        for suspicion in way:
            found[suspicion.word].append(suspicion.why)
    return {at: "; ".join(dict.fromkeys(reasons)) for at, reasons in sorted(found.items())}
