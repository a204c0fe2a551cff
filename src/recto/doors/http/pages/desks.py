"""`/review`, `/labels`, `/inspect`: lists of documents, and one document on its desk, whose scripts ask the API."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from recto.document.errors import NotFound
from recto.document.reading import Reading
from recto.document.record import Query as Wanted
from recto.document.record import Record
from recto.doors.http.caller import Here, Owner
from recto.doors.http.documents import DocumentId
from recto.doors.http.pages.families import kind_said, label_of
from recto.doors.http.pages.routes import PageNumber, on_desk, page
from recto.doors.http.pages.views import reasons_of
from recto.doors.learning import to_label
from recto.doors.parts import Part, parts_of
from recto.doors.promoting import installed
from recto.doors.reviewing import figures, queue
from recto.pipeline import kind_of, pages_of
from recto.schemas.catalog import schema_of
from recto.schemas.masking import masked
from recto.schemas.spoken import spoken

router = APIRouter(include_in_schema=False)

LISTED = 100
"""Documents in a list; the next ones come when these are done."""


@router.get("/review")
def reviews(request: Request, app: Here, owner: Owner) -> Response:
    """The documents that a person must see, the likeliest to be wrong first."""
    found = queue(app, owner)
    entries = [(record, score, reasons_of(masked(reading_of(record)))) for record, _, score in found[:LISTED]]
    return page(
        request, "review_list.html", entries=entries, total=len(found), done=figures(app.reviews.reviews(owner))
    )


def reading_of(record: Record) -> Reading:
    return record.reading or Reading(record.document)


@router.get("/labels")
def labels(request: Request, app: Here, owner: Owner) -> Response:
    """The documents with labels, and those that nobody labelled, the most useful first."""
    labelled = app.labels.labelled(owner, None, LISTED)
    named = {one.document_id: app.records.load(one.document_id, owner).document.name for one in labelled}
    todo = to_label(app, owner)
    return page(request, "labels_list.html", labelled=labelled, named=named, todo=todo[:LISTED], waiting=len(todo))


@router.get("/inspect")
def inspections(request: Request, app: Here, owner: Owner) -> Response:
    """The documents whose truth is known, and those that could be looked at as well."""
    labelled = app.labels.labelled(owner, "VALID", LISTED)
    known = [(one, app.records.load(one.document_id, owner).document.name) for one in labelled]
    ids = {one.document_id for one in labelled}
    read = app.records.find(Wanted(state="read", owner=owner, limit=LISTED)).records
    others = [record.document for record in read if record.document.id not in ids]
    return page(request, "inspect_list.html", known=known, others=others)


@router.get("/review/{document_id}")
def review(request: Request, app: Here, owner: Owner, document_id: DocumentId, number: PageNumber = 1) -> Response:
    """A document's fields to be corrected, accepted, rejected."""
    record = app.records.load(document_id, owner)
    reading = reading_of(record)
    forms = [form_of(part, bool(reading.parts)) for part in parts_of(reading)]
    return desk(request, app, "review.html", record, number, forms=forms)


@dataclass(frozen=True, slots=True)
class Form:
    """What can be corrected in one of the documents of a file; `title` is empty where the file holds one.

    `fields` are (name, spoken, required), `tables` (name, spoken, [(column, spoken)]).
    """

    number: int
    title: str
    fields: tuple[tuple[str, str, bool], ...]
    tables: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


def form_of(part: Part, several: bool) -> Form:
    kind = kind_of(part.reading)
    schema = schema_of(kind)
    return Form(
        part.number,
        f"{spoken(pages_of(part.reading))}: {kind_said(kind)}" if several else "",
        tuple((spec.name, label_of(kind, spec.name), spec.required) for spec in schema.fields),
        tuple(
            (
                table.name,
                table.label or label_of(kind, table.name),
                tuple((c.name, label_of(kind, f"{table.name}.{c.name}")) for c in table.columns),
            )
            for table in schema.tables
        ),
    )


@router.get("/labels/{document_id}")
def labelling(request: Request, app: Here, owner: Owner, document_id: DocumentId, number: PageNumber = 1) -> Response:
    """A document's words, to be labelled on the page."""
    return desk(request, app, "labels.html", app.records.load(document_id, owner), number)


@router.get("/inspect/{document_id}")
def inspection(request: Request, app: Here, owner: Owner, document_id: DocumentId, number: PageNumber = 1) -> Response:
    """A document's predictions beside the truth."""
    record = app.records.load(document_id, owner)
    return desk(request, app, "inspect.html", record, number, models=installed(app))


def desk(request: Request, app: Here, template: str, record: Record, number: int, **shown: Any) -> Response:
    """A page of the document on its desk. Raises NotFound where it has not been read."""
    if record.reading is None or record.state != "read":
        raise NotFound("The document has not been read.")
    return page(request, template, record=record, **on_desk(record.reading, number), **shown)
