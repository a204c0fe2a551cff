"""Finds the words that carry a value which is known only as a string: over lines, through typing errors."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

_NEARLY = 0.8
"""From this similarity on (Indel ratio of letters and digits) a stretch of words counts as the value."""

_SLACK = 0.35
"""A stretch may be longer than the value by this share: words that stand between its parts are dropped afterwards."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that carry a value: indexes in reading order, and how alike the texts are, 0..1."""

    words: tuple[int, ...]
    likeness: float

    @property
    def exact(self) -> bool:
        return self.likeness >= 1.0


def bare(text: str) -> str:
    """Only the letters and digits, in capitals: what the SROIE rules compare."""
    return re.sub(r"[\W_]+", "", text).upper()


def align(value: str, texts: Sequence[str], least: float = _NEARLY) -> Stretch | None:
    """The stretch of `texts` most like `value`, or None where nothing is at least `least` alike."""
    wanted = bare(value)
    bares = [bare(text) for text in texts]
    if not wanted:
        return None
    found = [trimmed(stretch, bares, wanted) for stretch in _candidates(bares, wanted)]
    best = max(found, key=_merit, default=None)
    return best if best is not None and best.likeness >= least else None


def _merit(stretch: Stretch) -> tuple[float, int, int]:
    """The likest first; of like ones the one with the fewest words left out, then the earliest."""
    first, last = stretch.words[0], stretch.words[-1]
    return stretch.likeness, len(stretch.words) - (last - first), -first


def _candidates(bares: Sequence[str], wanted: str, keep: int = 6) -> list[Stretch]:
    """The `keep` contiguous stretches most like the value, each from another first word."""
    best: list[Stretch] = []
    letters = set(wanted)
    for start, first in enumerate(bares):
        if first and first[0] in letters:
            best.extend(_from(start, bares, wanted))
    return sorted(best, key=lambda stretch: -stretch.likeness)[:keep]


def _from(start: int, bares: Sequence[str], wanted: str) -> list[Stretch]:
    """The best stretch that begins at `start`, and the best of those that end as the value ends."""
    text, best, ending = "", Stretch((start,), 0.0), Stretch((start,), 0.0)
    for end in range(start, len(bares)):
        text += bares[end]
        if len(text) > len(wanted) * (1 + _SLACK) + 12:
            break
        if len(text) >= len(wanted) * 0.6:
            likeness = Indel.normalized_similarity(text, wanted)
            stretch = Stretch(tuple(range(start, end + 1)), likeness)
            best = max(best, stretch, key=lambda one: one.likeness)
            if len(bares[end]) > 1 and wanted.endswith(bares[end]):
                ending = max(ending, stretch, key=lambda one: one.likeness)
    return [best] if ending.words == best.words else [best, ending]


def trimmed(stretch: Stretch, bares: Sequence[str], wanted: str) -> Stretch:
    """The stretch without the words that only make it less alike (a registration number between two lines)."""
    words, likeness = list(stretch.words), stretch.likeness
    while len(words) > 1:
        trials = [
            (Indel.normalized_similarity("".join(bares[w] for w in words if w != out), wanted), out) for out in words
        ]
        better, out = max(trials)
        if better < likeness or (better == likeness and bares[out]):
            break
        words.remove(out)
        likeness = better
        if not any(bares[w] == "" for w in words) and likeness == 1.0:
            break
    return Stretch(tuple(words), likeness)


def same(value: str, text: str) -> bool:
    """Equal by the rules of SROIE: letters and digits only, in capitals."""
    return bare(value) == bare(text)


def occurrences(value: str, texts: Sequence[str], longest: int = 4) -> list[tuple[int, ...]]:
    """Every place where up to `longest` neighbouring words together are `value`, as indexes."""
    wanted, found = bare(value), []
    for start in range(len(texts)):
        text = ""
        for end in range(start, min(start + longest, len(texts))):
            text += bare(texts[end])
            if text == wanted and bare(texts[start]):
                found.append(tuple(range(start, end + 1)))
                break
    return found


def without(indexes: Iterable[int], banned: Iterable[int]) -> tuple[int, ...]:
    """The indexes that are not banned, in their order."""
    out = set(banned)
    return tuple(index for index in indexes if index not in out)
