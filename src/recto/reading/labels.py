"""Labels to the words of a reading: by the place they hang on, where OCR has cut or spelled the words anew as well."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from recto.document.box import Box
from recto.document.label import Label, Place, places_of
from recto.document.page import Words

_COVERED: Final = 0.5
"""A label belongs to a word where the two share at least this part of the smaller one's area."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A word of a reading with what is said of it. `place` is what a new label of it hangs on: its label's, if any.

    Of several words that a label covers (OCR has cut the labelled word) the first one has its place, and the others,
    which go on with it, have their own.
    """

    index: int
    place: Place
    label: Label | None = None


def seated(labels: Iterable[Label], words: Words) -> tuple[Seat, ...]:
    """A seat for each word, in the words' order.

    A label whose place is exactly a word's is that word's. A word without one takes the label that covers it best.
    """
    places = places_of(words)
    known = {label.word: label for label in labels}
    exact = {place.key for place in places}
    loose = _by_page(label for key, label in known.items() if key not in exact)
    seats, used = [], set[str]()
    for index, place in enumerate(places):
        label = known.get(place.key) or _covering(place.box, loose[place.page])
        if label is None:
            seats.append(Seat(index, place))
        elif label.word in used:
            seats.append(Seat(index, place, replace(label, begins=False)))
        else:
            used.add(label.word)
            seats.append(Seat(index, label.place, label))
    return tuple(seats)


def unseated(labels: Iterable[Label], seats: Sequence[Seat]) -> tuple[Label, ...]:
    """The labels whose place carries no word of this reading."""
    here = {seat.label.word for seat in seats if seat.label}
    return tuple(label for label in labels if label.word not in here)


def _by_page(labels: Iterable[Label]) -> dict[int, list[Label]]:
    pages: dict[int, list[Label]] = defaultdict(list)
    for label in labels:
        pages[label.place.page].append(label)
    return pages


def _covering(box: Box, labels: Sequence[Label]) -> Label | None:
    """The label that shares the largest part of the word, if it is large enough."""
    touching = (label for label in labels if label.place.box.meets(box))
    best = max(touching, key=lambda label: _shared(box, label.place.box), default=None)
    return best if best is not None and _shared(box, best.place.box) >= _COVERED else None


def _shared(one: Box, other: Box) -> float:
    """What both cover as a share of the smaller one."""
    smaller = min(one.area, other.area)
    return one.intersection(other).area / smaller if smaller > 0 else 0.0
