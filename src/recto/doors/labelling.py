"""A document beside what is said of its words: looked at and changed, for every door that shows or takes labels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from recto.app import App
from recto.document.errors import Conflict
from recto.document.label import Label
from recto.document.reading import Reading
from recto.document.record import Record
from recto.pipeline import kind_of
from recto.reading.labels import Seat, seated, unseated
from recto.schemas.catalog import labels_of
from recto.schemas.label_json import label_json, word_json
from recto.schemas.labelling import Change, Person, changed
from recto.schemas.masking import masked, masked_text


@dataclass(frozen=True)
class Board:
    """A document's reading, and the labels that hang on its places."""

    record: Record
    reading: Reading
    labels: tuple[Label, ...]

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        return seated(self.labels, self.reading.words)

    @cached_property
    def kinds(self) -> Mapping[int, str]:
        """The kind of each page, which differ where a file holds several documents."""
        parts = self.reading.parts or (self.reading,)
        return {page.number: kind_of(part) for part in parts for page in part.pages}

    @cached_property
    def shown(self) -> Reading:
        """The reading without the numbers that identify a person."""
        return masked(self.reading)

    def label_of(self, seat: Seat) -> dict[str, Any] | None:
        """The label's JSON with the word's text as it may be shown."""
        return label_json(seat.label) | {"text": self.shown.words[seat.index].text} if seat.label else None

    def changed(self, changes: Sequence[Change], by: str) -> tuple[Label, ...]:
        """The labels that come of the changes; see `labelling.changed`."""
        return changed(self.seats, self.reading.tags, self.kinds, changes, Person(by, datetime.now(UTC)))

    def rest(self, beside: Iterable[str] = ()) -> list[Change]:
        """Accept every word of which nothing is held, rejected or doubted yet."""
        known = {"VALID", "INVALID", "NEEDS_REVIEW"}
        open_ = [seat for seat in self.seats if seat.label is None or seat.label.status not in known]
        besides = set(beside)
        return [Change(seat.place.key, "accept") for seat in open_ if seat.place.key not in besides]


def board(app: App, document_id: str, owner: str) -> Board:
    """Raises NotFound where there is no such document, Conflict where it was not read (yet)."""
    record = app.records.load(document_id, owner)
    if record.reading is None or record.state != "read":
        raise Conflict(f"The document is {record.state}; only one that was read has words.")
    return Board(record, record.reading, app.labels.current(document_id, owner))


def board_json(of: Board) -> dict[str, Any]:
    """Every word with its label and what the model said of it."""
    return {
        "document": of.record.document.id,
        "name": of.record.document.name,
        "kind": kind_of(of.reading),
        "pages": [{"number": p.number, "width": p.width, "height": p.height} for p in of.reading.pages],
        "names": {kind: list(labels_of(kind)) for kind in sorted(set(of.kinds.values()))},
        "words": [word_of(of, seat) for seat in of.seats],
        "unseated": [label_json(one) | {"text": masked_text(one.place.text)} for one in unseated(of.labels, of.seats)],
    }


def word_of(of: Board, seat: Seat) -> dict[str, Any]:
    tags = of.reading.tags
    tag = tags[seat.index] if seat.index < len(tags) else None
    own = seat.label is not None and seat.label.place == seat.place
    return {
        "word": seat.place.key,
        "index": seat.index,
        **word_json(of.shown.words[seat.index]),
        "version": seat.label.version if seat.label and own else 0,
        "label": of.label_of(seat),
        "predicted": tag and {"label": tag.label, "begins": tag.begins, "confidence": tag.confidence},
    }


def undone(past: Sequence[Label], by: str) -> Label:
    """A word's label as it was before the last change, said again; of the only one, that nothing is said any more."""
    now, before = past[-1], past[-2] if len(past) > 1 else replace(past[-1], status="NONE")
    again = replace(before, at=datetime.now(UTC), by=by, source="person", reason=f"undoes version {now.version}")
    return again.after(now)
