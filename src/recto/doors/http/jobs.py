"""`/v1/jobs`: how far the work is."""

from typing import Any

from fastapi import APIRouter

from recto.document.errors import NotFound
from recto.document.job import JobState
from recto.doors.http.caller import Here, Owner
from recto.doors.http.links import job_json

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


@router.get("")
def look(app: Here, owner: Owner, kind: str | None = None, state: JobState | None = None) -> dict[str, Any]:
    """The newest hundred jobs."""
    return {"jobs": [job_json(job) for job in app.jobs.jobs(kind, state, owner)]}


@router.get("/{job_id}")
def show(app: Here, owner: Owner, job_id: str) -> dict[str, Any]:
    """One job: its state, its progress, and its error where it failed."""
    job = app.jobs.job(job_id)
    if job.owner != owner:
        raise NotFound(f"No job {job_id}.")
    return job_json(job)
