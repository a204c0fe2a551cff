"""Labelled documents into an installation: each becomes a record with its words, and its labels beside it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from recto.app import App, named
from recto.document.errors import BadRequest, NotFound
from recto.document.label import Label
from recto.document.page import Document, Page, Words
from recto.document.reading import Engine, Reading
from recto.document.record import Query, Record
from recto.pipeline import Stopwatch, kind_of
from recto.reading.labels import seated
from recto.reading.media import media_type
from recto.schemas.catalog import labels_of
from recto.schemas.label_studio import Task, config_of, labels_from, task_from, task_json, words_from

WORDS_ONLY: Final = "application/vnd.recto.words+json"
"""The media type of a document of which there is no file, only its words."""


def take_in(app: App, one: Any, owner: str) -> tuple[Record, int]:
    """The record of an `Incoming` document, made where there is none, and how many labels were written."""
    record = existing(app, one.id, owner)
    if record is None:
        kind_of_file = media_type(one.data) if not one.data.startswith(b"{") else WORDS_ONLY
        document = Document(one.id, one.name, kind_of_file, len(one.pages))
        record = kept(app, document, one.data, understood(app, document, one.kind, one.words, one.pages), owner)
    return record, written(app, record, one.labels)


def existing(app: App, document_id: str, owner: str) -> Record | None:
    with suppress(NotFound):
        return app.records.load(document_id, owner)
    return None


def understood(app: App, document: Document, kind: str, words: Words, pages: Sequence[Page]) -> Reading:
    """What our engines make of the given words."""
    reading = Reading(document, tuple(pages), words, engines={"ocr": Engine("import", "1")})
    watch = Stopwatch()
    return app.reader.thought(reading, kind, b"", watch)


def kept(app: App, document: Document, data: bytes, reading: Reading, owner: str) -> Record:
    record = Record(document, "read", owner, reading=reading)
    app.blobs.put(record.blob, data)
    app.records.save(record)
    return record


def written(app: App, record: Record, labels: Iterable[Label]) -> int:
    """Writes those that say something new and nothing against a person's word; says how many."""
    merged = named("recto.training.label_files:merged")
    new = merged(app.labels.current(record.document.id, record.owner), labels)
    app.labels.write(record.document.id, record.owner, new)
    return len(new)


def take_tasks(app: App, path: Path, owner: str, by: str) -> Iterator[tuple[Record, int]]:
    """Label Studio's export: a JSON list of tasks. Raises BadRequest, UnknownLabel."""
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise BadRequest(f"{path.name}: {wrong}") from wrong
    for task in map(task_from, stated if isinstance(stated, list) else [stated]):
        record = existing(app, task.document_id, owner) or from_task(app, task, owner)
        if record.reading is not None:
            yield record, written(app, record, labels_from(task, record.reading.words, by))


def from_task(app: App, task: Task, owner: str) -> Record:
    """A document of which only the task knows the words."""
    words = words_from(task)
    if not words:
        raise BadRequest(f"Document {task.document_id!r} is not here, and its task has no texts.")
    one = named("recto.training.label_files:wordy")(task.document_id, task.kind, words)
    return take_in(app, one, owner)[0]


def labelled_records(app: App, owner: str, everything: bool = False) -> Iterator[tuple[Record, tuple[Label, ...]]]:
    """Each document with valid labels (or every one that was read) and its labels."""
    ids = [found.document_id for found in app.labels.labelled(owner, "VALID", 1_000_000)]
    for document_id in read_ids(app, owner) if everything else ids:
        record = existing(app, document_id, owner)
        if record is not None and record.state == "read" and record.reading is not None:
            yield record, app.labels.current(document_id, owner)


def read_ids(app: App, owner: str) -> Iterator[str]:
    """The ids of all documents that were read, the newest first."""
    offset = 0
    while True:
        found = app.records.find(Query(state="read", owner=owner, limit=500, offset=offset)).records
        yield from (record.document.id for record in found)
        offset += len(found)
        if len(found) < 500:
            return


def task_of(record: Record, labels: Sequence[Label]) -> dict[str, Any]:
    """The document as a task of Label Studio's."""
    reading = record.reading
    assert reading is not None
    seats = seated(labels, reading.words)
    return task_json(record.document.id, kind_of(reading), reading.pages, reading.words, seats, reading.tags)


def interface(kinds: Iterable[str]) -> str:
    """The labelling interface for documents of these kinds."""
    return config_of(list(dict.fromkeys(label for kind in sorted(set(kinds)) for label in labels_of(kind))))
