"""Examples from Recto's own database: the documents of which people have said what is true. Only VALID labels count."""

from recto.document.errors import NotFound
from recto.document.label import Label, Labelled
from recto.document.record import Record
from recto.ports import LabelledDocuments, Labels, Records
from recto.training.example import Example
from recto.training.truth import examples_of

MANY = 100_000
"""More documents than one run trains on."""


def examples(labels: Labels, documents: LabelledDocuments, records: Records, owner: str | None = None) -> list[Example]:
    """All documents with a VALID label, of one owner or of everybody, in the order of their ids.

    A document that was deleted while its labels stayed is left out.
    """
    found = sorted(documents.labelled(owner, "VALID", MANY), key=lambda one: (one.document_id, one.owner))
    return [example for one in found for example in _of(one, labels, records)]


def _of(one: Labelled, labels: Labels, records: Records) -> list[Example]:
    try:
        record: Record = records.load(one.document_id, one.owner)
    except NotFound:
        return []
    said: tuple[Label, ...] = labels.current(one.document_id, one.owner)
    return examples_of(record, said)
