"""Documents that were decided for review: the queue of them, a person's corrections, and the way back.

A step first takes the next version of the document's review, so that of two people only one goes on; then it writes the
labels that come of it, then the reading. A crash in between leaves a step that changed nothing, and can be undone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from recto.app import App
from recto.document.box import Box
from recto.document.errors import Conflict, NotFound
from recto.document.event import reviewed_event
from recto.document.job import Json, Payload
from recto.document.label import PLAIN, Label
from recto.document.page import Raster, Turn, Word
from recto.document.reading import OUTSIDE, Decision, Field, Reading
from recto.document.record import Query, Record
from recto.document.review import Review, ReviewState
from recto.document.webhook import Event
from recto.doors.labelling import Board, board, undone
from recto.doors.parts import (
    Part,
    corrected_file,
    failing,
    gone_through,
    labels_of_fixes,
    one_of,
    pair_at,
    parts_of,
    with_joined,
    with_words_of,
)
from recto.pipeline import Stopwatch, kind_of, pages_of
from recto.reading.paper import opened
from recto.reading.raster import turned
from recto.schemas.catalog import schema_of
from recto.schemas.corrections import Fix, Spelling
from recto.schemas.json import reading_from_json, reading_json
from recto.schemas.labelling import Change

STEPS: Final = 50
"""So many steps can be undone."""

QUEUE: Final = 1000
"""So many documents, from the newest, are put in order."""

REGION_SIDE: Final = 2400
"""Pixels on the long side of a page that a region is cut out of."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does something to a review, and why: the version that he saw, the seconds since his last deed."""

    by: str
    version: int
    seconds: float = 0.0
    reason: str = ""


def queue(app: App, owner: str, kind: str | None = None) -> list[tuple[Record, Review, float]]:
    """The open documents, the least sure of a mistake last: record, review and how likely something in it is wrong."""
    found = app.records.find(Query(decision="review", state="read", owner=owner, kind=kind, limit=QUEUE)).records
    known = {review.document_id: review for review in app.reviews.reviews(owner)}
    entries = [
        (record, known.get(record.document.id, Review(record.document.id, owner)), doubt(record.reading))
        for record in found
        if record.reading is not None
    ]
    # An accepted one that is for review again was read anew since.
    waiting = (one for one in entries if one[1].state != "rejected")
    return sorted(waiting, key=lambda one: (-one[2], one[0].document.id))


def doubt(reading: Reading) -> float:
    """How likely the least sure of its required values is wrong, 0 to 1: it ranks documents best (decision 0131).

    Where the kind requires nothing, of all single values. One that is missing is sure to be; a confidence that was
    never measured counts one half; what a person gave is not doubted. Of several documents the most doubtful one
    counts.
    """
    if reading.parts:
        return max(doubt(part) for part in reading.parts)
    required = [spec.name for spec in schema_of(kind_of(reading)).fields if spec.required]
    names = required or [item.name for item in reading.fields if isinstance(item, Field)]
    return 1 - min((sureness(reading.field(name)) for name in names), default=0.0)


def sureness(field: Field | None) -> float:
    if field is None:
        return 0.0
    if field.confidence is None:
        return 1.0 if field.vouched else 0.5
    return field.confidence


def correct(
    app: App, document_id: str, owner: str, deed: Deed, fixes: Sequence[Fix], spellings: Sequence[Spelling] = ()
) -> Review:
    """Writes what a person corrects: the reading, and VALID labels on the words of each value. Raises Conflict."""
    of = board(app, document_id, owner)
    after = corrected_file(of.reading, fixes, spellings)
    changes = [change_of(of, at, tag) for at, tag in labels_of_fixes(after, of.reading, fixes).items()]
    labels = of.changed(changes, deed.by)
    return step(app, of, deed, after, labels, len(fixes) + len(spellings))


def add_words(
    app: App, document_id: str, owner: str, deed: Deed, words: Sequence[Word], part: int | None = None
) -> Review:
    """Words of one page that OCR had not seen become words of the reading, or of that part of it."""
    of = board(app, document_id, owner)
    after = with_words_of(of.reading, words[0].page, words, part)
    return step(app, of, deed, after, (), len(words))


def join(app: App, document_id: str, owner: str, deed: Deed, number: int) -> Review:
    """A document of the file (from 0) and the one before it become one, which is labelled and checked anew.

    It is of the kind of the one before, where that is known. Raises NotFound, BadRequest for the first one.
    """
    of = board(app, document_id, owner)
    before, after = pair_at(of.reading, number)
    kind = next((kind for kind in (kind_of(before), kind_of(after)) if kind != "other"), "other")
    one = app.renewed().reader.thought(one_of(before, after), kind, b"", Stopwatch())
    why = replace(deed, reason=f"joined {pages_of(before)} with {pages_of(after)}")
    return step(app, of, why, with_joined(of.reading, number, one), (), 0)


def change_of(of: Board, at: int, tag: str) -> Change:
    seat = of.seats[at]
    return Change(seat.place.key, "set", label=tag)


def settle(app: App, document_id: str, owner: str, deed: Deed, accepted: bool) -> Review:
    """Accepted, a document goes on as if it had gone straight through, and its labels hold; or it is rejected.

    A check that does not hold is overruled by that: the reading and the history say so, with the deed's reason.
    """
    of = board(app, document_id, owner)
    if not accepted:
        said = replace(of.reading.decision or Decision("review"), outcome="review")
        rejected = replace(
            of.reading, decision=replace(said, reasons=(*said.reasons, f"rejected: {deed.reason}".rstrip(": ")))
        )
        return step(app, of, deed, rejected, (), 0, "rejected")
    return step(app, of, deed, gone_through(of.reading, deed.reason), accepted_labels(of, deed.by), 0, "accepted")


def accepted_labels(of: Board, by: str) -> tuple[Label, ...]:
    """What a person says by accepting: the words of each value carry its label, and no other word carries one of them.

    Of words that the model gives such a label but that are no field's, nothing is said: a total may stand twice. What
    was said of a word before stays.
    """
    return tuple(label for part in parts_of(of.reading) for label in accepted_part(of, part, by))


def accepted_part(of: Board, part: Part, by: str) -> Iterator[Label]:
    """The same of one document of the file."""
    held = {part.start + at for field in part.reading.every_field() for at in field.words}
    spoken, now = tuple(sorted(labels_of_values(part.reading))), datetime.now(UTC)
    for seat in of.seats[part.start : part.start + len(part.reading.words)]:
        tag = of.reading.tags[seat.index] if seat.index < len(of.reading.tags) else OUTSIDE
        before = seat.label if seat.label and seat.label.place == seat.place else None
        if before is not None and before.status in ("VALID", "INVALID"):
            continue
        if tag.label in spoken and seat.index in held:
            said = Label(seat.place, tag.label, "person", "VALID", now, begins=tag.begins, by=by)
            yield said.after(before)
        elif spoken and tag.label not in spoken and seat.index not in held:
            said = Label(seat.place, PLAIN, "person", "VALID", now, by=by, among=spoken)
            yield said.after(before)


def labels_of_values(reading: Reading) -> set[str]:
    """The labels of the fields and columns that the document has."""
    schema = schema_of(kind_of(reading))
    names = [(item.name, item) for item in reading.fields]
    paths = [name for name, item in names if isinstance(item, Field)]
    paths += [f"{name}.{c}" for name, t in names if not isinstance(t, Field) for row in t.rows for c in row.cells]
    return {tag for path in paths if (spec := schema.spec(path)) for tag in spec.tags}


def step(
    app: App,
    of: Board,
    deed: Deed,
    after: Reading,
    labels: Sequence[Label],
    corrections: int,
    state: ReviewState = "open",
) -> Review:
    """Takes the next version, then writes labels and reading. Raises Conflict where another version was seen."""
    before = app.reviews.review(of.record.document.id, of.record.owner)
    if before.version != deed.version:
        raise Conflict(f"The review has version {before.version}, not {deed.version}: someone else changed it.")
    back: Payload = {
        "reading": kept(of.reading),
        "state": before.state,
        "words": [label.word for label in labels],
        "said": said(of, deed, corrections, state),
    }
    review = replace(
        before,
        state=state,
        version=before.version + 1,
        seconds=before.seconds + deed.seconds,
        corrections=before.corrections + corrections,
        by=deed.by,
        past=(*before.past, back)[-STEPS:],
        at=datetime.now(UTC),
    )
    app.reviews.write(review, news_of(before, review, replace(of.record, reading=after)))
    app.labels.write(of.record.document.id, of.record.owner, labels)
    app.records.save(replace(of.record, reading=after))
    return review


def said(of: Board, deed: Deed, corrections: int, state: ReviewState) -> dict[str, Json]:
    """A step of the history: who did what, when and why, and which failing checks were overruled by it."""
    return {
        "state": state,
        "by": deed.by,
        "at": datetime.now(UTC).isoformat(),
        "corrections": corrections,
        "reason": deed.reason,
        "overruled": list(failing(of.reading)) if state == "accepted" else [],
    }


def history(review: Review) -> list[dict[str, Any]]:
    """The steps that can be undone, the first one first; those of before there was a history are left out."""
    steps: Iterable[Mapping[str, Any]] = review.past
    return [step["said"] for step in steps if "said" in step]


def news_of(before: Review, review: Review, record: Record) -> Event | None:
    """What there is to tell of a step: that a person settled the document, or took that back."""
    return None if before.state == review.state == "open" else reviewed_event(record, review)


def kept(reading: Reading) -> Any:
    return reading_json(reading, words=True, reveal=True)


def undo(app: App, document_id: str, owner: str, deed: Deed) -> Review:
    """Goes back one step: the reading as it was, and each label that the step wrote as it was. Raises Conflict."""
    record, before = app.records.load(document_id, owner), app.reviews.review(document_id, owner)
    if before.version != deed.version:
        raise Conflict(f"The review has version {before.version}, not {deed.version}: someone else changed it.")
    if not before.past:
        raise NotFound("There is nothing to undo.")
    last: Mapping[str, Any] = before.past[-1]
    review = replace(
        before,
        state=last["state"],
        version=before.version + 1,
        seconds=before.seconds + deed.seconds,
        by=deed.by,
        past=before.past[:-1],
    )
    restored = replace(record, reading=reading_from_json(last["reading"]))
    app.reviews.write(review, news_of(before, review, restored))
    pasts = [app.labels.history(document_id, owner, word) for word in last["words"]]
    app.labels.write(document_id, owner, [undone(past, deed.by) for past in pasts if past])
    app.records.save(restored)
    return review


def region(app: App, document_id: str, owner: str, page: int, box: Box, password: str | None) -> tuple[Word, ...]:
    """What OCR reads in a region of a page, boxes in shares of the page. Raises NotFound for the page."""
    record = app.records.load(document_id, owner)
    known = record.reading.pages if record.reading else ()
    turn: Turn = next((one.turn for one in known if one.number == page), 0)
    with opened(app.blobs.get(record.blob), record.document.name, app.limits, password) as paper:
        if not 1 <= page <= paper.document.pages:
            raise NotFound(f"The document has {paper.document.pages} pages.")
        whole = turned(paper.raster(page, REGION_SIDE), turn)
    part, real = cut(whole, box)
    (sight,) = app.ocr.read([part])
    return tuple(replace(word, page=page, box=within(word.box, real)) for word in sight.words)


def cut(raster: Raster, box: Box) -> tuple[Raster, Box]:
    """The part of the raster in the box, a little more on each side, and where exactly it was cut."""
    play = 0.005
    left, right = int((box.left - play) * raster.width), round((box.right + play) * raster.width)
    top, bottom = int((box.top - play) * raster.height), round((box.bottom + play) * raster.height)
    left, top = max(0, left), max(0, top)
    right, bottom = max(left + 1, min(raster.width, right)), max(top + 1, min(raster.height, bottom))
    rows = (raster.pixels[(y * raster.width + left) * 3 : (y * raster.width + right) * 3] for y in range(top, bottom))
    real = Box(left / raster.width, top / raster.height, right / raster.width, bottom / raster.height)
    return Raster(right - left, bottom - top, b"".join(rows)), real


def within(box: Box, outer: Box) -> Box:
    """A box in shares of a part of the page, in shares of the page."""
    return Box(
        outer.left + box.left * outer.width,
        outer.top + box.top * outer.height,
        outer.left + box.right * outer.width,
        outer.top + box.bottom * outer.height,
    )


def figures(reviews: Iterable[Review]) -> dict[str, Any]:
    """How many documents people settled, and how long each took them."""
    settled = [review for review in reviews if review.state != "open"]
    seconds = sorted(review.seconds for review in settled if review.seconds)
    return {
        "accepted": sum(review.state == "accepted" for review in settled),
        "rejected": sum(review.state == "rejected" for review in settled),
        "corrections": sum(review.corrections for review in settled),
        "seconds": {"mean": sum(seconds) / len(seconds), "median": seconds[len(seconds) // 2]} if seconds else None,
    }
