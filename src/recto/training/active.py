"""Which documents a person should label next: those from which a model learns most.

A document is worth the labels that its model is unsure of, summed over its words; of several by one vendor, each
further one is worth half as much, since they teach the same.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recto.document.reading import Reading
from recto.document.record import Record
from recto.training.truth import group_of


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that nobody labelled: how much it is worth, and whose it is (its vendor as printed)."""

    document: str
    name: str
    worth: float
    group: str


def unsure(reading: Reading) -> float:
    """How many of its words' labels are wrong, if their confidence is right; the words themselves without one."""
    known = [tag.confidence for tag in reading.tags if tag.confidence is not None]
    return sum(1 - confidence for confidence in known) + (len(reading.tags) - len(known)) * 0.5


def most_useful(records: Iterable[Record]) -> list[Candidate]:
    """The documents in the order in which they should be labelled."""
    found = [
        Candidate(record.document.id, record.document.name, unsure(record.reading), group(record.reading))
        for record in records
        if record.reading is not None and record.reading.tags
    ]
    return spread(sorted(found, key=lambda one: (-one.worth, one.document)))


def group(reading: Reading) -> str:
    return group_of(reading, [tag.name for tag in reading.tags])


def spread(ordered: Sequence[Candidate]) -> list[Candidate]:
    """The same, each further one of a vendor worth half of what it would be."""
    seen: Counter[str] = Counter()
    worth: list[tuple[float, int, Candidate]] = []
    for at, one in enumerate(ordered):
        worth.append((-one.worth * 0.5 ** seen[one.group], at, one))
        seen[one.group] += bool(one.group)
    return [one for _, _, one in sorted(worth, key=lambda entry: entry[:2])]
