"""`/v1/documents/{id}/labels`: what is said of each word, by whom, and what was said before."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from recto.app import App
from recto.document.errors import NotFound
from recto.document.label import Status
from recto.doors.http.caller import Here, Owner, needs
from recto.doors.http.documents import DocumentId
from recto.doors.http.sample import SUBTOTAL, TOTAL, body
from recto.doors.labelling import board, board_json, undone
from recto.doors.learning import doubted, suggested, to_label
from recto.schemas.label_json import instant_text, label_json
from recto.schemas.labelling import Change, Deed
from recto.schemas.masking import masked_text

router = APIRouter(prefix="/v1", tags=["labels"])

MAY = [needs("review")]
WordKey = Annotated[
    str, InPath(max_length=64, description="The word's key, as the list of labels gives it.", examples=[TOTAL])
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Said(_Strict):
    """What is done to one word. Without a `version` it is done whatever version there is."""

    version: int | None = Field(None, ge=0, description="The version that was seen; 0 where the word had no label.")
    reason: str = Field("", max_length=500, description="Why.")


class Given(Said):
    """A label for a word."""

    label: str = Field(min_length=1, max_length=100, description="A label of the kind, an alias, `O`, or a BIO tag.")
    begins: bool | None = Field(None, description="Whether it begins a value; by the word before it where not told.")


class OneOfMany(Said):
    """One change among several."""

    word: str = Field(max_length=64)
    deed: Deed = "set"
    label: str = Field("", max_length=100)
    begins: bool | None = None


class Many(_Strict):
    """Changes that are made together: all of them or none (of a store that can only do 40 at once: in such groups)."""

    changes: list[OneOfMany] = Field(default_factory=list, max_length=5000)
    accept_rest: bool = Field(False, description="Accept every word that is neither among them nor decided yet.")


SAID: Final[Any] = body(
    plain=("Whatever was said of it before", {}),
    first=("Where nobody has said anything, with the reason", {"version": 0, "reason": "It stands below the sum."}),
)
GIVEN: Final[Any] = body(
    label=("The word carries the total", {"label": "GRAND_TOTAL"}),
    none=("It carries nothing, and nobody said anything before", {"label": "O", "version": 0}),
)
MANY: Final[Any] = body(
    two=(
        "Two words, with a reason",
        {
            "changes": [
                {"word": TOTAL, "label": "GRAND_TOTAL"},
                {"word": SUBTOTAL, "deed": "doubt", "reason": "Printed twice."},
            ]
        },
    ),
    rest=("All that the model says", {"accept_rest": True}),
)


@router.get("/labels")
def labelled(
    app: Here, owner: Owner, status: Status | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> dict[str, Any]:
    """The documents with labels, the last labelled first: how many labels of each status they have."""
    found = app.labels.labelled(owner, status, limit)
    documents = [
        {"document": one.document_id, "counts": dict(one.counts), "at": one.at and instant_text(one.at)}
        for one in found
    ]
    return {"documents": documents}


@router.get("/labels/queue")
def unlabelled(app: Here, owner: Owner, limit: Annotated[int, Query(ge=1, le=1000)] = 50) -> dict[str, Any]:
    """The documents that nobody labelled, those first from which a model learns most."""
    found = to_label(app, owner)
    documents = [{"document": one.document, "name": one.name, "worth": one.worth} for one in found[:limit]]
    return {"documents": documents, "total": len(found)}


@router.post("/labels/suggest", dependencies=MAY)
def suggest(app: Here, owner: Owner, limit: Annotated[int, Query(ge=1, le=100)] = 10) -> dict[str, int]:
    """Keeps the model's labels as PENDING ones on the first of them."""
    return {"documents": suggested(app, owner, limit)}


@router.post("/labels/check", dependencies=MAY)
def look_over(app: Here, owner: Owner, persons: bool = False) -> dict[str, Any]:
    """Marks labels that look wrong as NEEDS_REVIEW with the reason; what people said only with `persons`."""
    return {"marked": doubted(app, owner, persons)}


@router.get("/documents/{document_id}/labels")
def show(app: Here, owner: Owner, document_id: DocumentId) -> dict[str, Any]:
    """Every word with its label, its version and what the model says of it."""
    return board_json(board(app, document_id, owner))


@router.put("/documents/{document_id}/labels/{word}", dependencies=MAY)
def put(
    app: Here, owner: Owner, document_id: DocumentId, word: WordKey, given: Annotated[Given, GIVEN]
) -> dict[str, Any]:
    """Gives a word a label, which holds from now on. 409 where someone was faster."""
    change = Change(word, "set", given.version, given.label, given.begins, given.reason)
    return written(app, owner, document_id, [change])[0]


@router.post("/documents/{document_id}/labels", dependencies=MAY)
def change_many(app: Here, owner: Owner, document_id: DocumentId, many: Annotated[Many, MANY]) -> dict[str, Any]:
    """Changes many words at once."""
    changes = [Change(**one.model_dump()) for one in many.changes]
    return {"labels": written(app, owner, document_id, changes, many.accept_rest)}


@router.post("/documents/{document_id}/labels/{word}/undo", dependencies=MAY)
def undo(app: Here, owner: Owner, document_id: DocumentId, word: WordKey) -> dict[str, Any]:
    """Says again what was said of the word before the last change."""
    past = app.labels.history(document_id, owner, word)
    if not past:
        raise NotFound(f"Nothing was said of word {word}.")
    label = undone(past, owner)
    app.labels.write(document_id, owner, [label])
    return label_json(label) | {"text": masked_text(label.place.text)}


@router.post("/documents/{document_id}/labels/{word}/{deed}", dependencies=MAY)
def judge(
    app: Here,
    owner: Owner,
    document_id: DocumentId,
    word: WordKey,
    deed: Literal["accept", "reject", "doubt", "clear"],
    said: Annotated[Said, SAID],
) -> dict[str, Any]:
    """Says of the label that a word has, or else of the model's: it holds, it does not, or someone should look."""
    return written(app, owner, document_id, [Change(word, deed, said.version, reason=said.reason)])[0]


@router.get("/documents/{document_id}/labels/{word}/history")
def history(app: Here, owner: Owner, document_id: DocumentId, word: WordKey) -> dict[str, Any]:
    """Everything that was said of a word, the first first."""
    past = app.labels.history(document_id, owner, word)
    return {"labels": [label_json(label) | {"text": masked_text(label.place.text)} for label in past]}


def written(app: App, owner: str, document_id: str, changes: list[Change], rest: bool = False) -> list[dict[str, Any]]:
    """Makes the changes; the labels that are there now, in the words' order."""
    of = board(app, document_id, owner)
    every = [*changes, *(of.rest(change.word for change in changes) if rest else ())]
    labels = of.changed(every, owner)
    app.labels.write(document_id, owner, labels)
    text = {seat.place.key: of.shown.words[seat.index].text for seat in of.seats}
    return [label_json(label) | {"text": text[label.word]} for label in labels]
