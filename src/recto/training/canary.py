"""Documents that are read again after a promotion: which of their values are others now, and which decisions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from recto.document.page import Words
from recto.document.reading import Field, Tags
from recto.document.record import Record
from recto.pipeline import kind_of
from recto.ports import Labeller
from recto.schemas.fields import fields_of
from recto.schemas.values import canonical


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that one model reads so and another one otherwise; None where it reads none. Tables by their rows."""

    document: str
    name: str
    field: str
    before: str | None
    after: str | None


def differences(records: Iterable[Record], before: Labeller, after: Labeller) -> tuple[int, list[Difference]]:
    """How many documents were compared, on the words of their readings, and every value that changed."""
    found, count = [], 0
    for record in records:
        count += 1
        found += list(of_record(record, before, after))
    return count, found


def of_record(record: Record, before: Labeller, after: Labeller) -> Iterator[Difference]:
    reading = record.reading
    for part in (reading.parts or (reading,)) if reading else ():
        asked = [(part.words, kind_of(part))]
        old, new = (values(kind_of(part), part.words, each.label(asked)[0]) for each in (before, after))
        for name in sorted({*old, *new}):
            if old.get(name) != new.get(name):
                yield Difference(record.document.id, record.document.name, name, old.get(name), new.get(name))


def values(kind: str, words: Words, tags: Tags) -> dict[str, str | None]:
    """Each field's value in canonical form; of a table how many rows it has."""
    items = fields_of(kind, words, tags)
    return {item.name: canonical(item.value) if isinstance(item, Field) else f"{len(item.rows)} rows" for item in items}


def report(count: int, found: Sequence[Difference]) -> dict[str, Any]:
    """As it is kept with the promotion."""
    changed = {difference.document for difference in found}
    return {"documents": count, "changed": len(changed), "differences": [asdict(one) for one in found]}
