"""Labels to the truth of a document, and a truth from elsewhere to labels. Only VALID labels are ground truth."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from recto.document.label import PLAIN, Label, places_of
from recto.document.reading import Reading
from recto.document.record import Record
from recto.pipeline import kind_of
from recto.reading.labels import Seat, seated
from recto.schemas.catalog import labels_of
from recto.training.align import bare
from recto.training.example import Example


def examples_of(record: Record, labels: Sequence[Label]) -> list[Example]:
    """The document as an example, or each of the documents that its file holds; none where nothing valid is known."""
    reading = record.reading
    if reading is None:
        return []
    found = (example_of(name, part, labels) for name, part in named_parts(record))
    return [example for example in found if example is not None]


def named_parts(record: Record) -> list[tuple[str, Reading]]:
    """Each document of the file with its name as an example: the file's id, and the page that it begins on.

    Of several that begin on one page the further ones have a number behind it.
    """
    assert record.reading is not None
    if not record.reading.parts:
        return [(record.document.id, record.reading)]
    seen: Counter[int] = Counter()
    named = []
    for part in record.reading.parts:
        page = part.pages[0].number
        seen[page] += 1
        name = f"{record.document.id}/{page}" + (f".{seen[page]}" if seen[page] > 1 else "")
        named.append((name, part))
    return named


def example_of(name: str, reading: Reading, labels: Sequence[Label]) -> Example | None:
    """One document's words with their truth; None where nothing valid is known of any of them.

    Words without a valid label are `ignored`. `labelled` are the labels that the truth speaks of: all of the kind's,
    unless some words are known only not to carry a few of them.
    """
    kind, seats = kind_of(reading), seated(labels, reading.words)
    known = set(labels_of(kind)) | {PLAIN}
    valid = [seat for seat in seats if valid_in(seat, known)]
    if not valid:
        return None
    silent = {seat.index for seat in seats} - {seat.index for seat in valid}
    tags = tuple(None if seat.index in silent else tag_of(seat) for seat in seats)
    return Example(
        id=name,
        kind=kind,
        words=reading.words,
        tags=tags,
        labelled=spoken_of(valid, kind),
        group=group_of(reading, tags) or name,
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


def group_of(reading: Reading, tags: Sequence[str | None]) -> str:
    """The vendor as printed, so that a split does not part one; empty where no vendor is known."""
    names = [word.text for word, tag in zip(reading.words, tags, strict=True) if tag and "MERCHANT_NAME" in tag]
    vendor = reading.field("merchant_name") or reading.field("vendor_name")
    return bare(" ".join(names)) or bare(vendor.raw if vendor else "")


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
