"""`/v1/review`: the documents that a person must see, worst first, and what he does about them."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from recto.document.box import Box
from recto.document.errors import NotFound
from recto.document.page import Word
from recto.document.record import Record
from recto.document.review import Review
from recto.doors.http.caller import Here, Owner, needs
from recto.doors.http.documents import DocumentId
from recto.doors.http.images import password_of
from recto.doors.http.links import instant, record_json
from recto.doors.http.sample import CASH, TEA, TOTAL, body
from recto.doors.labelling import board, board_json
from recto.doors.reviewing import Deed, add_words, correct, doubt, figures, history, join, queue, region, settle, undo
from recto.schemas.corrections import Fix, Spelling
from recto.schemas.masking import masked_text

router = APIRouter(prefix="/v1/review", tags=["review"])
MAY = [needs("review")]

Side = Annotated[float, Field(ge=0, le=1)]
Sides = tuple[Side, Side, Side, Side]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Step(_Strict):
    """What every step says: the version that was seen, and the seconds that a person spent since his last step."""

    version: int = Field(ge=0)
    seconds: float = Field(0.0, ge=0, le=86_400)


class GivenValue(_Strict):
    """A value as a person says it. `words` are the keys of the words that carry it, as the list of labels has them."""

    name: str = Field(max_length=200, description="A field, or a table.")
    value: str = Field(max_length=5000, description="As printed, or canonical; empty: the document has none.")
    row: int | None = Field(None, ge=0, description="The row of a table; a new one where none is named.")
    column: str = Field("", max_length=200)
    words: list[str] = Field(default_factory=list, max_length=1000)
    part: int | None = Field(None, ge=0, description="Of a file of several documents, which one, from 0.")


class GivenText(_Strict):
    """A word that OCR misread."""

    word: str = Field(max_length=64)
    text: str = Field(min_length=1, max_length=500)


class Corrections(Step):
    """Values and words that are other than they were read."""

    fields: list[GivenValue] = Field(default_factory=list, max_length=500)
    words: list[GivenText] = Field(default_factory=list, max_length=500)


class Joined(Step):
    """A document of a file of several that belongs to the one before it."""

    part: int = Field(ge=0, description="Which one, from 0.")


class Outcome(Step):
    """What becomes of the document."""

    accept: bool
    reason: str = Field("", max_length=500, description="Why; of failing checks that are overruled, why they may be.")


class Region(_Strict):
    """A part of a page; the box is left, top, right, bottom as shares of the page."""

    page: int = Field(1, ge=1)
    box: Sides


class GivenWord(_Strict):
    """A word that OCR had not seen."""

    text: str = Field(min_length=1, max_length=500)
    box: Sides


class GivenWords(Step):
    """Words for one page."""

    page: int = Field(1, ge=1)
    words: list[GivenWord] = Field(min_length=1, max_length=500)
    part: int | None = Field(None, ge=0, description="Of several documents on that page, which one, from 0.")


CORRECTIONS: Final[Any] = body(
    value=(
        "A value, and the word that carries it",
        {"version": 0, "seconds": 12.5, "fields": [{"name": "total", "value": "9.00", "words": [TOTAL]}]},
    ),
    cell=(
        "A value in the first row of a table",
        {
            "version": 0,
            "fields": [{"name": "items", "row": 0, "column": "description", "value": "Jasmine tea", "words": [TEA]}],
        },
    ),
    word=("A word that was misread", {"version": 0, "words": [{"word": CASH, "text": "CARD"}]}),
)
WORDS: Final[Any] = body(
    word=("A word", {"version": 0, "page": 1, "words": [{"text": "Table 7", "box": [0.12, 0.3, 0.2, 0.312]}]})
)
OUTCOME: Final[Any] = body(
    accept=("It is right as it stands", {"version": 0, "seconds": 20, "accept": True}),
    overrule=("Though a check fails", {"version": 0, "accept": True, "reason": "The shop rounds each line."}),
    reject=("It does not belong here", {"version": 0, "accept": False, "reason": "Of another customer."}),
)
JOIN: Final[Any] = body(part=("The second document is the rest of the first", {"version": 0, "part": 1}))
BACK: Final[Any] = body(step=("The step that led to the version 1", {"version": 1}))
REGION: Final[Any] = body(box=("The line of the total", {"page": 1, "box": [0.1, 0.205, 0.3, 0.232]}))


@router.get("")
def waiting(
    app: Here,
    owner: Owner,
    kind: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """The open documents, the likeliest to be wrong first."""
    found = queue(app, owner, kind)
    documents = [entry(*one) for one in found[offset : offset + limit]]
    return {"documents": documents, "total": len(found), "limit": limit, "offset": offset}


@router.get("/figures")
def counted(app: Here, owner: Owner) -> dict[str, Any]:
    """How many documents people settled, and how long each took."""
    return {**figures(app.reviews.reviews(owner)), "open": len(queue(app, owner))}


@router.get("/{document_id}")
def show(app: Here, owner: Owner, document_id: DocumentId) -> dict[str, Any]:
    """The document's reading with its words and their labels, and how far its review is."""
    return standing(app, owner, document_id)


@router.post("/{document_id}/corrections", dependencies=MAY)
def change(
    app: Here, owner: Owner, document_id: DocumentId, given: Annotated[Corrections, CORRECTIONS]
) -> dict[str, Any]:
    """Corrects values and words; the words of a value get its label, which holds. 409 where someone was faster."""
    at = {seat.place.key: seat.index for seat in board(app, document_id, owner).seats}

    def index(key: str) -> int:
        if key not in at:
            raise NotFound(f"No word {key} in this document.")
        return at[key]

    fixes = [Fix(f.name, f.value.strip(), f.row, f.column, tuple(map(index, f.words)), f.part) for f in given.fields]
    spellings = [Spelling(index(one.word), one.text) for one in given.words]
    correct(app, document_id, owner, deed(owner, given), fixes, spellings)
    return standing(app, owner, document_id)


@router.post("/{document_id}/words", dependencies=MAY)
def add(app: Here, owner: Owner, document_id: DocumentId, given: Annotated[GivenWords, WORDS]) -> dict[str, Any]:
    """Adds words that OCR had not seen, such as those of a region that was read again."""
    words = [Word(one.text, Box(*one.box), given.page) for one in given.words]
    add_words(app, document_id, owner, deed(owner, given), words, given.part)
    return standing(app, owner, document_id)


@router.post("/{document_id}/join", dependencies=MAY)
def one_document(app: Here, owner: Owner, document_id: DocumentId, given: Annotated[Joined, JOIN]) -> dict[str, Any]:
    """Makes one document of two that a file was wrongly parted into; it is labelled, checked and decided anew.

    What was corrected in either of them is read anew too; the labels of words that a person gave stay.
    """
    join(app, document_id, owner, deed(owner, given), given.part)
    return standing(app, owner, document_id)


@router.post("/{document_id}/decision", dependencies=MAY)
def decide(app: Here, owner: Owner, document_id: DocumentId, given: Annotated[Outcome, OUTCOME]) -> dict[str, Any]:
    """Accepts the document, so that it goes on and its labels hold, or rejects it.

    Failing checks do not keep it from being accepted: `history` tells which were overruled, by whom and why.
    """
    settle(app, document_id, owner, replace(deed(owner, given), reason=given.reason.strip()), given.accept)
    return standing(app, owner, document_id)


@router.post("/{document_id}/undo", dependencies=MAY)
def back(app: Here, owner: Owner, document_id: DocumentId, given: Annotated[Step, BACK]) -> dict[str, Any]:
    """Goes back one step."""
    undo(app, document_id, owner, deed(owner, given))
    return standing(app, owner, document_id)


@router.post("/{document_id}/region")
def read_region(app: Here, owner: Owner, document_id: DocumentId, given: Annotated[Region, REGION]) -> dict[str, Any]:
    """What OCR reads in a box that was drawn on a page. Nothing is changed."""
    password = password_of(app, app.records.load(document_id, owner))
    words = region(app, document_id, owner, given.page, Box(*given.box), password)
    shown = [
        {"text": masked_text(word.text), "box": list(word.box.sides), "confidence": word.confidence, "line": word.line}
        for word in words
    ]
    return {"words": shown, "text": masked_text(" ".join(word.text for word in words))}


def deed(owner: str, given: Step) -> Deed:
    return Deed(owner, given.version, given.seconds)


def standing(app: Here, owner: str, document_id: str) -> dict[str, Any]:
    of = board(app, document_id, owner)
    review = app.reviews.review(document_id, owner)
    return {
        **entry(of.record, review, doubt(of.reading)),
        "can_undo": len(review.past),
        "history": [{**step, "reason": masked_text(step["reason"])} for step in history(review)],
        "reading": record_json(of.record),
        "labels": board_json(of),
    }


def entry(record: Record, review: Review, score: float) -> dict[str, Any]:
    """A document in the queue."""
    reading = record.reading
    decision = reading.decision if reading else None
    return {
        "document": record.document.id,
        "name": record.document.name,
        "kind": reading.kind.kind if reading and reading.kind else None,
        "score": score,
        "reasons": [masked_text(reason) for reason in decision.reasons] if decision else [],
        "state": review.state,
        "version": review.version,
        "seconds": review.seconds,
        "corrections": review.corrections,
        "by": review.by,
        "at": instant(review.at),
    }
