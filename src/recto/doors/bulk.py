"""Folders and buckets of any size to Parquet, in parts: each is read by a job, and is there whole or not at all.

The manifest is written as the input is listed, a part after the other, so neither the listing nor the readings are ever
held together. A part whose readings are written is done: whoever starts the same bulk again, here or elsewhere, goes on
with the others.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Final

from recto.app import App
from recto.document.errors import (
    EngineUnavailable,
    NotFound,
    OutOfMemory,
    RectoError,
    StoreUnavailable,
    TimedOut,
    Unavailable,
    WorkerDied,
)
from recto.document.job import Job, Json, Payload
from recto.document.page import Document
from recto.document.reading import Fault, Reading
from recto.doors.worker_hand import Report
from recto.stores.blobs import blobs_at
from recto.stores.files import FileBlobs
from recto.stores.objects import ObjectBlobs
from recto.stores.parquet import TABLES, parquet

DEADLY: Final = (WorkerDied.code, OutOfMemory.code, TimedOut.code)


def silent(_said: Payload) -> None:
    """Where nobody asks how far a part is."""


@dataclass(frozen=True)
class Bulk:
    """Where the bytes come from and where the tables go, as URLs of stores of blobs; `size` documents are a part."""

    app: App
    source: str
    sink: str
    size: int = 64
    words: bool = True
    reveal: bool = False

    @property
    def there(self) -> FileBlobs | ObjectBlobs:
        """The store of the tables."""
        return blobs_at(self.sink)

    def parts(self) -> Iterator[int]:
        """The numbers of the parts that are not done, each in the manifest when it is given."""
        sink = self.there
        done = {part_of(key) for key in sink.keys("readings/")}
        known = sorted(part_of(key) for key in sink.keys("manifest/"))
        yield from (number for number in known if number not in done)
        if "manifest.complete" in set(sink.keys("")):
            return
        last = self.manifest(known[-1])[-1] if known else ""
        fresh = (key for key in blobs_at(self.source).keys("") if key > last and wanted(key))
        number = known[-1] + 1 if known else 0
        while keys := list(islice(fresh, self.size)):
            sink.put(f"manifest/{number:06}.json", json.dumps(keys).encode())
            yield number
            number += 1
        sink.put("manifest.complete", b"")

    def manifest(self, part: int) -> list[str]:
        """The keys of a part."""
        keys: list[str] = json.loads(self.there.get(f"manifest/{part:06}.json"))
        return keys

    def read_part(self, part: int, killers: frozenset[str] = frozenset(), report: Report = silent) -> dict[str, int]:
        """Reads a part and writes its tables; counts what came of it. `killers` are left out, with an error."""
        sourced = []
        left_out: list[Json] = [*sorted(killers)]
        for key in self.manifest(part):
            report({"key": key, "killers": left_out})
            sourced.append((key, dead(key) if key in killers else self.read(key)))
        self.write(part, sourced)
        failed = sum(bool(reading.errors) for _, reading in sourced)
        return {"documents": len(sourced), "failed": failed, "pages": sum(len(one.pages) for _, one in sourced)}

    def read(self, key: str) -> Reading:
        """An error of ours is part of the reading, so that the others go on."""
        try:
            data = blobs_at(self.source).get(key)
        except NotFound as error:
            return failed(key, error.fault)
        try:
            return self.app.read(data, PurePosixPath(key).name)
        except (EngineUnavailable, StoreUnavailable):
            raise  # not the document's fault: its part is read again, or by the next run
        except RectoError as error:
            return failed(key, error.fault, hashlib.sha256(data).hexdigest())

    def write(self, part: int, sourced: list[tuple[str, Reading]]) -> None:
        """The readings last. What an earlier attempt left is written again, so that all three tables are of one."""
        for table in TABLES:
            if table != "words" or self.words:
                key = f"{table}/{part:06}.parquet"
                self.there.delete(key)
                self.there.put(key, parquet(sourced, table, self.reveal))


@dataclass(frozen=True)
class PartHandler:
    """A part as a job. The document that was being read when the process died is left out the next time."""

    bulk: Bulk

    def work(self, job: Job, report: Report) -> Payload:
        said: Any = job.progress
        killers = frozenset(said.get("killers", ()))
        if job.error and job.error.code in DEADLY and "key" in said:
            killers |= {said["key"]}
        try:
            counts: dict[str, Any] = dict(self.bulk.read_part(int(str(job.payload["part"])), killers, report))
        except StoreUnavailable as error:
            # For the worker that would be no attempt, and the run would go on for as long as a disk is full.
            raise Unavailable(error.detail) from error
        return counts

    def bury(self, job: Job) -> None:
        """Its manifest is there and its readings are not: that is the record of it."""


def dead(key: str) -> Reading:
    return failed(key, WorkerDied("It was left out after that.").fault)


def failed(key: str, fault: Fault, document_id: str = "") -> Reading:
    return Reading(Document(document_id, PurePosixPath(key).name, "", 0), errors=(fault,))


def part_of(key: str) -> int:
    return int(PurePosixPath(key).stem)


def wanted(key: str) -> bool:
    """Not hidden, as `.DS_Store` is."""
    return not any(piece.startswith(".") for piece in key.split("/"))
