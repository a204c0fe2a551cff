"""What there is to tell of documents: thin, so that whoever wants more asks for it with a key of his own."""

import hashlib
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from recto.document.job import Job, Json
from recto.document.record import Record
from recto.document.review import Review
from recto.document.webhook import TEST, Event, EventType, stamp

HOLD: Final = 2.0
"""Seconds: a review is written just before the reading that comes of it, which who hears of it will want to see."""


def read_event(record: Record) -> Event:
    """A document was read: however often the record is written for the same job, it is the same event."""
    return event_of("document.read", record, "", pages=record.document.pages)


def failed_event(record: Record, job: Job) -> Event:
    """A document could not be read, by that claim of its job: tried again, it may fail again."""
    faults = record.reading.errors if record.reading else ()
    error: Json = {"code": faults[0].code, "title": faults[0].title} if faults else None
    return event_of("document.failed", record, f"{job.id}/{job.fence}", error=error)


def reviewed_event(record: Record, review: Review) -> Event:
    """A person accepted or rejected a document, or opened its review again."""
    event = event_of("document.reviewed", record, str(review.version), review=review.state)
    return replace(event, hold=HOLD)


def ping_event(owner: str) -> Event:
    """Says nothing but that messages arrive."""
    return Event(f"msg_{secrets.token_hex(16)}", TEST, owner, datetime.now(UTC), {})


def event_of(kind: EventType, record: Record, which: str, **more: Json) -> Event:
    """No name and no value of the document: file names and values are not for whoever hears of it first."""
    reading = record.reading
    data: dict[str, Json] = {
        "document_id": record.document.id,
        "status": record.state,
        "kind": reading.kind.kind if reading and reading.kind else None,
        "decision": reading.decision.outcome if reading and reading.decision else None,
        "job_id": record.job_id,
        **more,
    }
    since = stamp(record.created_at) if record.created_at else ""
    told = "\n".join((kind, record.owner, record.document.id, since, record.job_id or "", which))
    digest = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Event(f"msg_{digest}", kind, record.owner, datetime.now(UTC), data)
