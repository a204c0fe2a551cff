"""The JSON of documents and jobs as this door gives it: the reading's own JSON, with state, job and links."""

from datetime import datetime
from typing import Any

from recto.document.job import Job
from recto.document.reading import Fault, Reading
from recto.document.record import Record
from recto.schemas.json import Names, reading_json


def links_of(document_id: str) -> dict[str, str]:
    own = f"/v1/documents/{document_id}"
    return {"self": own, "original": f"{own}/original", "events": f"{own}/events", "page": f"/documents/{document_id}"}


def beside(record: Record) -> dict[str, str]:
    """The link of the e-invoice beside the document, where there is one."""
    return {"attachment": f"/v1/documents/{record.document.id}/attachment"} if record.attachment else {}


def accepted_json(record: Record, job_id: str | None) -> dict[str, Any]:
    """A document that was taken in."""
    document = record.document
    return {
        "id": document.id,
        "name": document.name,
        "state": record.state,
        "job_id": job_id,
        "links": {**links_of(document.id), **({"job": f"/v1/jobs/{job_id}"} if job_id else {})},
    }


def record_json(record: Record, *, words: bool = False, names: Names = "recto", reveal: bool = False) -> dict[str, Any]:
    """The reading's JSON (DESIGN.md, section 7) with `state`, `job_id`, times and links beside it."""
    document = record.document
    reading = record.reading or Reading(document)
    return {
        **reading_json(reading, words, names, reveal),
        "state": record.state,
        "job_id": record.job_id,
        "created_at": instant(record.created_at),
        "updated_at": instant(record.updated_at),
        "links": links_of(document.id) | beside(record),
    }


def job_json(job: Job) -> dict[str, Any]:
    """A job without its payload, which may name what another key brought."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "progress": dict(job.progress),
        "result": None if job.result is None else dict(job.result),
        "error": fault_json(job.error),
        "created_at": instant(job.created_at),
        "updated_at": instant(job.updated_at),
    }


def fault_json(fault: Fault | None) -> dict[str, str] | None:
    return None if fault is None else {"code": fault.code, "title": fault.title, "detail": fault.detail}


def instant(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, ending in Z."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
