"""`/v1/documents`: files in, readings out."""

import asyncio
import tempfile
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from recto.app import App
from recto.document.errors import BadRequest, Conflict, NotFound, RectoError, UnknownKind
from recto.document.job import Payload
from recto.document.page import Document
from recto.document.record import Query as Wanted
from recto.document.record import Record, RecordState
from recto.doors.http.caller import Here, Owner, Reveal, Who
from recto.doors.http.intake import accept, again, job_of
from recto.doors.http.keyring import Caller
from recto.doors.http.links import accepted_json, record_json
from recto.doors.http.problems import answer, documented, headers_of, status_of
from recto.doors.http.quota import Quota
from recto.doors.http.sample import RECEIPT_ID, answered, body, named
from recto.doors.http.uploads import Form, Upload, einvoice_in, received
from recto.doors.inspecting import Pool
from recto.reading.media import media_type
from recto.schemas.catalog import kinds
from recto.schemas.json import Names
from recto.schemas.masking import masked
from recto.stores.seal import shut_text

router = APIRouter(prefix="/v1/documents", tags=["documents"])

DocumentId = Annotated[
    str, InPath(pattern="^[0-9a-f]{64}$", description="The SHA-256 of the file's bytes.", examples=[RECEIPT_ID])
]
Decided = Literal["straight_through", "review"]


TAKEN: Final = {
    "documents": [
        {
            "id": RECEIPT_ID,
            "name": "receipt.pdf",
            "state": "waiting",
            "job_id": "5d1e0c2f6a8b4c7d9e0f1a2b3c4d5e6f",
            "links": {"self": f"/v1/documents/{RECEIPT_ID}"},
        }
    ],
    "errors": [],
}
UPLOAD: Final = answered(202, TAKEN) | {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}},
                        "attachment": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "E-invoices beside the files: XML, named as their documents are.",
                        },
                        "kind": {"type": "string", "description": "What they are, where it is known."},
                        "password": {"type": "string", "description": "What opens them."},
                    },
                },
                "examples": named(
                    {
                        "file": ("A file", {"file": ["receipt.pdf"]}),
                        "known": ("A file of a kind that is known", {"file": ["receipt.pdf"], "kind": "receipt"}),
                        "beside": (
                            "An invoice with its e-invoice beside it",
                            {"file": ["invoice.pdf"], "attachment": ["invoice.xml"]},
                        ),
                    }
                ),
            }
        },
    }
}
"""The form, for the OpenAPI document: the route reads its stream itself, so nothing else tells of it."""


@router.post("", status_code=202, openapi_extra=UPLOAD, responses=documented(415))
async def bring(request: Request, app: Here, caller: Who) -> Response:
    """Takes one or more files (multipart/form-data, any field names) to be read in the background.

    Answers 202 once the bytes and the jobs are on disk. Files that are refused stand under `errors`; where none was
    taken, the answer is the first one's problem. The form field `kind` tells what the documents are, `password` what
    opens them. A file in a field named `attachment` is the e-invoice beside a document (XRechnung: CII or UBL 2.1):
    of several each belongs to the document of its name (`r17.pdf`, `r17.xml`).
    """
    with tempfile.TemporaryDirectory(prefix="recto-") as folder:
        form = await received(request, Path(folder), app.limits.file_bytes)
        taken, refused = await asyncio.to_thread(take_all, app, form, Quota(app, request.app.state.queued, caller))
    errors = [{"name": upload.name, **as_error(error)} for upload, error in refused]
    if not taken:
        first = refused[0][1]
        return answer(request, first.fault, status_of(first), headers_of(first), errors=errors)
    return JSONResponse({"documents": taken, "errors": errors}, 202)


def take_all(app: App, form: Form, quota: Quota) -> tuple[list[dict[str, Any]], list[tuple[Upload, RectoError]]]:
    """What was taken in and what was refused, each in the order of the files."""
    taken, refused = [], []
    wish = wish_of(app, form)
    for upload, attachment in form.pairs():
        try:
            quota.ask_for_pages()
            with quota.job():
                taken.append(take(app, upload, attachment, quota.caller.owner, wish))
        except RectoError as error:
            refused.append((upload, error))
    return taken, refused


def take(app: App, upload: Upload, attachment: Upload | None, owner: str, wish: Payload) -> dict[str, Any]:
    """Takes one document in, with the e-invoice beside it. Raises what is wrong with either."""
    if upload.fault:
        raise upload.fault
    xml = einvoice_in(attachment) if attachment else b""
    data = upload.path.read_bytes()
    document = Document(upload.id, upload.name, media_type(data), 0)
    return accepted_json(*accept(app, document, data, owner, wish, xml))


def wish_of(app: App, form: Form) -> Payload:
    """What the form says of its documents. Raises UnknownKind, and BadRequest for an e-invoice beside another kind."""
    if form.attachments and form.fields.get("kind", "") not in ("", "invoice"):
        raise BadRequest("An attachment is the e-invoice of an invoice, and `kind` says that it is none.")
    return {**known_kind(form.fields.get("kind", "")), **kept_password(app, form.fields.get("password", ""))}


def kept_password(app: App, password: str) -> Payload:
    """`{"password": …}` under seal, or nothing where none is given: a job's payload lies in the database."""
    return {"password": shut_text(app.vault, password)} if password else {}


def known_kind(kind: str) -> Payload:
    """`{"kind": …}`, or nothing where none is named. Raises UnknownKind."""
    if kind and kind not in kinds():
        raise UnknownKind(f"{kind!r}; the kinds are {', '.join(kinds())}.")
    return {"kind": kind} if kind else {}


def as_error(error: RectoError) -> dict[str, str]:
    return {"code": error.code, "title": error.title, "detail": error.detail}


class Search(BaseModel):
    """Which documents: every condition that is given holds."""

    text: str | None = Field(None, max_length=200, description="Looked for in names, field values and words.")
    kind: str | None = Field(None, max_length=100, description="One of the kinds of document.")
    state: RecordState | None = Field(None, description="How far it is.")
    decision: Decided | None = Field(None, description="Straight through, or to a person.")
    limit: int = Field(50, ge=1, le=200, description="At most this many.")
    offset: int = Field(0, ge=0, le=10_000_000, description="After leaving out this many.")

    def query(self, owner: str) -> Wanted:
        return Wanted(**{**self.model_dump(), "text": self.text or None, "kind": self.kind or None}, owner=owner)


@router.get("")
def search(app: Here, owner: Owner, reveal: Reveal, wanted: Annotated[Search, Query()]) -> dict[str, Any]:
    """Documents, newest first, with their fields but without their words."""
    found = app.records.find(wanted.query(owner))
    documents = [record_json(record, reveal=reveal) for record in found.records]
    return {"documents": documents, "total": found.total, "limit": wanted.limit, "offset": wanted.offset}


@router.get("/{document_id}")
def show(
    app: Here, owner: Owner, reveal: Reveal, document_id: DocumentId, words: bool = False, names: Names = "recto"
) -> dict[str, Any]:
    """Everything that was read from a document: docs/fields.md describes it. While it is read, the pages so far."""
    record = app.records.load(document_id, owner)
    if record.state == "reading":
        record = replace(record, reading=app.so_far(record.document))
    return {**record_json(record, words=words, names=names, reveal=reveal), "job_id": job_of(app, record)}


class Again(BaseModel):
    """How a document is to be read another time."""

    model_config = ConfigDict(extra="forbid")

    kind: str | None = Field(None, description="What it is, where a person knows.")
    password: SecretStr | None = Field(None, description="What opens it.")


AGAIN: Final[Any] = body(
    newer=("By the engines as they are now", {}),
    known=("As the kind that it is", {"kind": "receipt"}),
)


@router.post("/{document_id}/read", status_code=202)
def read_again(
    request: Request, app: Here, caller: Who, document_id: DocumentId, wish: Annotated[Again, AGAIN]
) -> dict[str, Any]:
    """Reads a document another time: as another kind, with its password, or by newer engines."""
    record = app.records.load(document_id, caller.owner)
    password = kept_password(app, wish.password.get_secret_value() if wish.password else "")
    quota = Quota(app, request.app.state.queued, caller)
    quota.ask_for_pages()
    with quota.job():
        job_id = again(app, record, {**known_kind(wish.kind or ""), **password})
    return accepted_json(replace(record, state="waiting"), job_id)


@router.get(
    "/{document_id}/original",
    response_class=Response,
    responses={200: {"description": "The file.", "content": {"*/*": {}}}},
)
def original(app: Here, caller: Who, document_id: DocumentId) -> Response:
    """The file as it came: nothing in it is painted over.

    A key needs the scope `see-sensitive` for one that holds numbers which identify a person, or was not read yet.
    """
    record = app.records.load(document_id, caller.owner)
    return as_it_came(app, caller, record, record.blob, record.document.name, record.document.media_type)


@router.get(
    "/{document_id}/attachment",
    response_class=Response,
    responses={200: {"description": "The e-invoice.", "content": {"application/xml": {}}}},
)
def attachment(app: Here, caller: Who, document_id: DocumentId) -> Response:
    """The e-invoice that came beside the document, as it came; 404 where none did.

    A key needs the scope that `original` asks for.
    """
    record = app.records.load(document_id, caller.owner)
    if not record.attachment:
        raise NotFound("No e-invoice came beside the document.")
    name = f"{Path(record.document.name).stem}.xml"
    answer = as_it_came(app, caller, record, record.attachment_blob, name, "application/xml")
    answer.headers["Cache-Control"] = "no-store"  # another may come in its place
    return answer


def as_it_came(app: App, caller: Caller, record: Record, key: str, name: str, media: str) -> Response:
    """A file that was brought. Raises Forbidden for a key that may not see all that is in it."""
    if caller.key_id and (record.reading is None or masked(record.reading) != record.reading):
        caller.must("see-sensitive")
    headers = {
        # A name that a browser saves under, in the one form that every character survives (RFC 6266).
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(name, safe='')}",
        # It came from outside: it may be looked at, and nothing in it may run.
        "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'",
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{key.rpartition("/")[2]}"',
    }
    return Response(app.blobs.get(key), 200, headers, media)


@router.delete("/{document_id}", status_code=204)
def remove(app: Here, owner: Owner, document_id: DocumentId) -> Response:
    """Forgets a document: its record, its bytes and what was seen of it. Work on it is stopped."""
    record = app.records.load(document_id, owner)
    if job_id := job_of(app, record):
        with suppress(Conflict, NotFound):  # over already
            app.jobs.cancel(job_id)
    app.records.delete(document_id, owner)
    app.labels.forget(document_id, owner)
    app.reviews.forget(document_id, owner)
    Pool(app, owner).forget(document_id)
    app.blobs.delete(record.blob)
    for key in chain(app.blobs.keys(record.attachments), app.blobs.keys(pictures_of(document_id))):
        app.blobs.delete(key)
    if not app.records.held(document_id):
        app.memory.forget(document_id)
    return Response(status_code=204)


def pictures_of(document_id: str) -> str:
    """The prefix of the blobs that are pictures of its pages."""
    return f"pages/{document_id}/"
