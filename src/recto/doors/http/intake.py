"""Taking a document in, so that a 202 can be believed: first the bytes, then the record, then the job, all durable.

A crash between two of these steps leaves a waiting record without a job, for which nobody was given a 202 yet.
`ordered` mends it: the same wait always orders under the same unique key, so it finds the job that is there or makes
the one that is missing. It runs for every waiting record when the server starts, and for one that is looked at.
"""

import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from recto.app import App
from recto.document.errors import Conflict, NotFound
from recto.document.job import Job, Order, Payload
from recto.document.page import Document
from recto.document.record import Query, Record

READ: Final = "read"
"""The kind of the job that reads a document; its payload is `{"document_id", "owner", …the wish}`."""
NO_WISH: Final[Payload] = {}


def accept(
    app: App, document: Document, data: bytes, owner: str, wish: Payload, xml: bytes = b""
) -> tuple[Record, str | None]:
    """The document's record and the id of its job: waiting to be read, or as it is where it is here already.

    One that failed before is tried again, one whose e-invoice beside it is another is read again by `xml`. What
    returns is on the disk. Raises Conflict where it is being read with another `xml` or none.
    """
    record = existing(app, document.id, owner)
    if record is None or record.state == "failed":
        # The last job's id stays on the record until the next one starts: it keeps the unique keys of two waits apart.
        last_job, attachment = (record.job_id, record.attachment) if record else (None, "")
        waiting = Record(document, "waiting", owner, last_job, None, datetime.now(UTC), attachment=attachment)
        app.blobs.put(waiting.blob, data)
        record = kept(app, attached(app, waiting, xml))
    elif xml and record.attachment != digest(xml):
        if record.state != "read":
            raise Conflict("The document is being read without this attachment; send it again when that is done.")
        record = kept(app, replace(attached(app, record, xml), state="waiting", reading=None))
    return record, job_of(app, record, wish)


def attached(app: App, record: Record, xml: bytes) -> Record:
    """With that e-invoice beside it, whose bytes are kept; as it is where none came."""
    if not xml:
        return record
    fuller = replace(record, attachment=digest(xml))
    app.blobs.put(fuller.attachment_blob, xml)
    return fuller


def kept(app: App, record: Record) -> Record:
    app.records.save(record)
    return app.records.load(record.document.id, record.owner)


def digest(xml: bytes) -> str:
    return hashlib.sha256(xml).hexdigest()


def again(app: App, record: Record, wish: Payload) -> str:
    """Orders another reading of a document that is here; says the job's id. Raises Conflict while it is being read."""
    if record.state in ("waiting", "reading"):
        raise Conflict("The document is being read; try again when it is done.")
    return ordered(app, kept(app, replace(record, state="waiting", reading=None)), wish).id


def existing(app: App, document_id: str, owner: str) -> Record | None:
    with suppress(NotFound):
        return app.records.load(document_id, owner)
    return None


def job_of(app: App, record: Record, wish: Payload = NO_WISH) -> str | None:
    """The id of the job that reads the document now, or read it last."""
    return ordered(app, record, wish).id if record.state == "waiting" else record.job_id


def ordered(app: App, record: Record, wish: Payload = NO_WISH) -> Job:
    """The job of a waiting record; asked for twice it is the same job."""
    document_id, owner = record.document.id, record.owner
    since = record.created_at.isoformat() if record.created_at else ""
    unique = f"{READ}/{owner}/{document_id}/{since}/{record.job_id or ''}"
    return app.queue.order(Order(READ, {"document_id": document_id, "owner": owner, **wish}, owner, unique=unique))


def mend(app: App) -> int:
    """Orders the jobs that a crash kept from being ordered; says how many records wait."""
    step = 200
    waiting: list[Record] = []
    while True:
        found = app.records.find(Query(state="waiting", limit=step, offset=len(waiting)))
        waiting.extend(found.records)
        if not found.records or len(waiting) >= found.total:
            break
    for record in waiting:
        ordered(app, record)
    return len(waiting)
