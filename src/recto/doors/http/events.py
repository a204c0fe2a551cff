"""`/v1/documents/{id}/events`: server-sent events while a document is read.

Each event is `state`, its data the JSON `{"state", "progress", "job_id"}`; the stream ends when the document is read or
failed. A stream lasts at most STREAM_SECONDS, so that a server that stops is not held up; a browser connects again.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from recto.app import App
from recto.document.errors import NotFound
from recto.document.record import Record
from recto.doors.http.caller import Here, Owner
from recto.doors.http.documents import DocumentId
from recto.doors.http.intake import job_of

router = APIRouter(prefix="/v1/documents", tags=["documents"])

STREAM_SECONDS: Final = 20.0
LOOK_SECONDS: Final = 0.3
OVER: Final = ("read", "failed")


@router.get("/{document_id}/events", response_class=StreamingResponse)
def events(app: Here, owner: Owner, document_id: DocumentId) -> StreamingResponse:
    """The document's state and progress, again whenever they change."""
    first = standing(app, app.records.load(document_id, owner))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(changes(app, document_id, owner, first), 200, headers, "text/event-stream")


async def changes(app: App, document_id: str, owner: str, first: dict[str, Any]) -> AsyncIterator[str]:
    """The events from the first one on. The stores are looked at in a thread, a few times a second."""
    end = time.monotonic() + STREAM_SECONDS
    now = first
    yield "retry: 500\n" + event("state", now)
    while now["state"] not in OVER and time.monotonic() < end:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            newer = await asyncio.to_thread(lambda: standing(app, app.records.load(document_id, owner)))
        except NotFound:
            yield event("gone", {})
            return
        if newer != now:
            now = newer
            yield event("state", now)


def standing(app: App, record: Record) -> dict[str, Any]:
    """Where the document stands: its state, and what its worker last said."""
    job_id = job_of(app, record)
    return {"state": record.state, "progress": progress_of(app, job_id), "job_id": job_id}


def progress_of(app: App, job_id: str | None) -> dict[str, Any]:
    if job_id is None:
        return {}
    try:
        return dict(app.jobs.job(job_id).progress)
    except NotFound:
        return {}


def event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"
