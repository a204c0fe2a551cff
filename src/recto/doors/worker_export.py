"""What a worker does with a job of the kind `export`: what was read, to Parquet in a store of blobs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from recto.app import App
from recto.document.errors import BadRequest, NotFound
from recto.document.job import Job, Payload
from recto.document.reading import Reading
from recto.document.record import Query
from recto.doors.worker_hand import Report
from recto.stores.blobs import blobs_at
from recto.stores.parquet import TABLES, parquet

EXPORT: Final = "export"
PART: Final = 200
"""Documents in a file: as many as are held at once."""


@dataclass(frozen=True)
class ExportHandler:
    """Writes `{"to": url, "kind"?, "reveal"?}` of the job's owner, of everybody where it has none.

    The newest first, three tables a part as `recto bulk` writes them; `source` is the document's name. Done again it
    writes the same files anew.
    """

    app: App

    def work(self, job: Job, report: Report) -> Payload:
        to, kind = job.payload.get("to"), job.payload.get("kind")
        if not isinstance(to, str):
            raise BadRequest("An export says where `to`: the URL of a folder or a bucket.")
        sink = blobs_at(to)
        rest = self.readings(job.owner or None, str(kind) if kind else None)
        count = part = 0
        while some := list(islice(rest, PART)):
            for table in TABLES:
                key = f"{table}/{part:06}.parquet"
                sink.delete(key)
                sink.put(key, parquet(some, table, reveal=job.payload.get("reveal") is True))
            count, part = count + len(some), part + 1
            report({"documents": count})
        return {"to": to, "documents": count, "parts": part}

    def readings(self, owner: str | None, kind: str | None) -> Iterator[tuple[str, Reading]]:
        """Each once, though documents that come meanwhile move the list; without those that are deleted meanwhile."""
        seen: set[tuple[str, str]] = set()
        offset = 0
        while found := self.app.records.find(Query(None, kind, "read", None, owner, PART, offset)).records:
            offset += len(found)
            for record in found:
                if (place := (record.document.id, record.owner)) not in seen:
                    seen.add(place)
                    yield from self.whole(*place)

    def whole(self, document_id: str, owner: str) -> Iterator[tuple[str, Reading]]:
        try:
            record = self.app.records.load(document_id, owner)
        except NotFound:
            return
        if record.reading:
            yield record.document.name, record.reading

    def bury(self, job: Job) -> None:
        """The job itself is the record of it."""
