"""Labels to the truth of a document, and a truth from elsewhere to labels. Only VALID labels are ground truth."""

from collections.abc import Sequence
from datetime import datetime

from recto.document.label import PLAIN, Label, places_of
from recto.document.record import Record
from recto.reading.labels import Seat, seated
from recto.schemas.catalog import labels_of
from recto.training.align import bare
from recto.training.example import Example


def example_of(record: Record, labels: Sequence[Label]) -> Example | None:
    """The document as an example; None where it has no reading or nothing valid is known of any of its words.

    Words without a valid label are `ignored`. `labelled` are the labels that the truth speaks of: all of the kind's,
    unless some words are known only not to carry a few of them.
    """
    reading = record.reading
    if reading is None or reading.kind is None:
        return None
    kind, seats = reading.kind.kind, seated(labels, reading.words)
    known = set(labels_of(kind)) | {PLAIN}
    valid = [seat for seat in seats if valid_in(seat, known)]
    if not valid:
        return None
    silent = {seat.index for seat in seats} - {seat.index for seat in valid}
    tags = tuple(None if seat.index in silent else tag_of(seat) for seat in seats)
    return Example(
        id=record.document.id,
        kind=kind,
        words=reading.words,
        tags=tags,
        labelled=spoken_of(valid, kind),
        group=group_of(record, tags),
        source="labels",
        quality="scan",
        ignored=tuple(sorted(silent)),
    )


def valid_in(seat: Seat, known: set[str]) -> bool:
    """Whether the word's truth is known, in labels that the kind has (it may have been another kind before)."""
    return seat.label is not None and seat.label.status == "VALID" and seat.label.name in known


def tag_of(seat: Seat) -> str | None:
    """The truth as a tag; None where it says only what the word is not."""
    assert seat.label
    return None if seat.label.name == PLAIN and seat.label.among else seat.label.tag


def spoken_of(valid: Sequence[Seat], kind: str) -> tuple[str, ...]:
    """The labels of which every word with a truth is known to carry it or not."""
    known = labels_of(kind)
    partial = [set(seat.label.among) for seat in valid if seat.label and seat.label.among]
    return tuple(label for label in known if all(label in among for among in partial))


def group_of(record: Record, tags: Sequence[str | None]) -> str:
    """The vendor as printed, so that a split does not part one; the document where no vendor is known."""
    assert record.reading
    names = [word.text for word, tag in zip(record.reading.words, tags, strict=True) if tag and "MERCHANT_NAME" in tag]
    vendor = record.reading.field("merchant_name") or record.reading.field("vendor_name")
    return bare(" ".join(names)) or bare(vendor.raw if vendor else "") or record.document.id


def labels_from(example: Example, by: str, at: datetime) -> tuple[Label, ...]:
    """The truth of an example as VALID labels of its words, for a document that has exactly these words."""
    everything = set(example.labelled) >= set(labels_of(example.kind))
    among = () if everything else example.labelled
    places, ignored = places_of(example.words), set(example.ignored)
    return tuple(
        Label(
            place=place,
            name=tag[2:] or PLAIN if tag else PLAIN,
            source="import",
            status="VALID",
            at=at,
            begins=tag is None or tag[0] != "I",
            by=by,
            among=among if tag is None else (),
        )
        for index, (place, tag) in enumerate(zip(places, example.tags, strict=True))
        if index not in ignored and (tag is not None or among)
    )
