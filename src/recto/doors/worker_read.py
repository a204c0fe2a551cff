"""What a worker does with a job of the kind `read`: bytes from the blobs, a reading, a record."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from recto.app import App
from recto.document.errors import NotFound
from recto.document.event import failed_event, read_event
from recto.document.job import Job, Payload
from recto.document.reading import Reading
from recto.document.record import Record
from recto.doors.worker_hand import Handler, Report
from recto.pipeline import Wish
from recto.stores.seal import open_text

READ: Final = "read"


@dataclass(frozen=True)
class ReadHandler:
    """Reads the document that the payload names: `{"document_id", "owner", "kind"?, "password"?}`.

    The password is under seal.

    A document that was deleted meanwhile is nobody's any more, so nothing is written of it.
    """

    app: App

    def work(self, job: Job, report: Report) -> Payload:
        document_id, owner = named(job)
        try:
            record = self.app.records.load(document_id, owner)
        except NotFound:
            return {"document_id": document_id, "deleted": True}
        if record.state == "read" and record.job_id == job.id:
            return {"document_id": document_id}  # a worker was killed after the record and before the job was settled
        self.app.records.save(replace(record, state="reading", job_id=job.id))
        reading = self.app.read(
            self.app.blobs.get(record.blob),
            record.document.name,
            self.wish_of(job, record),
            lambda page, pages: report({"page": page, "pages": pages}),
        )
        self.keep(record, job, reading)
        if self.app.settings.gateway.pages_a_day:
            self.app.usage.add_pages(owner, reading.document.pages, datetime.now(UTC))
        return {"document_id": document_id, "pages": reading.document.pages}

    def wish_of(self, job: Job, record: Record) -> Wish:
        given: Mapping[str, Any] = job.payload
        password = given.get("password")
        return Wish(
            kind=given.get("kind"),
            password=open_text(self.app.vault, password) if password else None,
            beside=self.app.blobs.get(record.attachment_blob) if record.attachment else b"",
        )

    def keep(self, record: Record, job: Job, reading: Reading) -> None:
        """Unless it was deleted while it was read."""
        with suppress(NotFound):
            self.app.records.load(record.document.id, record.owner)
            read = replace(record, document=reading.document, state="read", job_id=job.id, reading=reading)
            self.app.records.save(read, read_event(read))

    def bury(self, job: Job) -> None:
        """The record says why it could not be read."""
        assert job.error
        with suppress(NotFound):
            record = self.app.records.load(*named(job))
            if record.state == "failed" and record.job_id == job.id:
                return  # a worker was killed after this and before the job was settled
            reading = Reading(record.document, errors=(job.error,))
            failed = replace(record, state="failed", job_id=job.id, reading=reading)
            self.app.records.save(failed, failed_event(failed, job))


def named(job: Job) -> tuple[str, str]:
    return str(job.payload["document_id"]), str(job.payload["owner"])


def read_handler(app: App) -> dict[str, Handler]:
    """The handlers of an installation: `Worker(app.queue, read_handler(app))`."""
    return {READ: ReadHandler(app)}
