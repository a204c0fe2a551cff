"""`/v1/jobs`: how far the work is, and an end to it."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from fastapi import APIRouter

from recto.app import App
from recto.document.errors import Cancelled, NotFound
from recto.document.event import failed_event
from recto.document.job import Job, JobState
from recto.document.reading import Reading
from recto.document.webhook import DELIVER
from recto.doors.http.caller import Here, Owner
from recto.doors.http.intake import READ
from recto.doors.http.links import job_json
from recto.doors.worker_deliver import give_up

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("")
def look(app: Here, owner: Owner, kind: str | None = None, state: JobState | None = None) -> dict[str, Any]:
    """The newest hundred jobs."""
    return {"jobs": [job_json(job) for job in app.jobs.jobs(kind, state, owner)]}


@router.get("/{job_id}")
def show(app: Here, owner: Owner, job_id: str) -> dict[str, Any]:
    """One job: its state, its progress, and its error where it failed."""
    return job_json(own(app, owner, job_id))


@router.post("/{job_id}/cancel")
def cancel(app: Here, owner: Owner, job_id: str) -> dict[str, Any]:
    """Takes a job out of the queue, or from the process that works on it, which is ended within 3 seconds.

    Its document says `cancelled` and may be read another time.
    """
    own(app, owner, job_id)
    job = app.jobs.cancel(job_id)
    if job.kind == READ:
        put_down(app, job)
    if job.kind == DELIVER:
        give_up(app, job, Cancelled().fault)
    return job_json(job)


def own(app: App, owner: str, job_id: str) -> Job:
    """Raises NotFound for that of another owner too."""
    job = app.jobs.job(job_id)
    if job.owner != owner:
        raise NotFound(f"No job {job_id}.")
    return job


def put_down(app: App, job: Job) -> None:
    """The document of a job that was taken away no longer waits."""
    with suppress(NotFound):
        record = app.records.load(str(job.payload["document_id"]), job.owner)
        if record.state in ("waiting", "reading"):
            reading = Reading(record.document, errors=(Cancelled().fault,))
            failed = replace(record, state="failed", job_id=job.id, reading=reading)
            app.records.save(failed, failed_event(failed, job))
