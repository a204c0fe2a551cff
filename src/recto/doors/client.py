"""`recto.Client`: a server of Recto from another Python program."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from recto.document.errors import Cancelled, NotFound, RectoError
from recto.document.page import Document
from recto.document.reading import Engine, Fault, Guess, Reading
from recto.document.record import Record
from recto.doors.client_desks import Labels, Reviews
from recto.doors.client_webhooks import Webhooks
from recto.doors.client_wire import ServerWire, errors_by_code
from recto.engines.wire.http import Passing, full_jitter
from recto.ports import Verdict
from recto.schemas.json import reading_from_json

File = str | Path | bytes | IO[bytes]
"""A path, the bytes themselves, or a file opened in binary, read from its beginning."""

OVER: Final = ("read", "failed")


@dataclass(frozen=True, slots=True)
class Extracted:
    """What `POST /v1/extract` found: `data` are canonical values by field name, `reading` says where they stand."""

    data: Mapping[str, Any]
    kind: str
    confidence: float | None
    pages: int
    reading: Reading


class Client:
    """Asks one server. Threads may share it; `with Client(…) as client:` closes its connections at the end.

    `key` is an API key, where the server wants one. One try may take `timeout` seconds, a call with all its tries
    `patience`: while the server is away or busy it is asked again, after pauses with full jitter or as long as its
    `Retry-After` says. Nothing is done twice. Every method raises the RectoError that the server's problem names, and
    Unavailable where no server answers.
    """

    def __init__(self, url: str, key: str | None = None, *, timeout: float = 60.0, patience: float = 120.0) -> None:
        self._wire = ServerWire(url, key or "", timeout, patience)

    def __repr__(self) -> str:
        return f"Client({self._wire.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections; the client cannot be used any more."""
        self._wire.close()

    def read(
        self, file: File, *, name: str = "", kind: str = "", password: str = "", attachment: File | None = None
    ) -> Reading:
        """Brings a document, waits until it is read, and gives its reading with every word.

        `name` is what it is called (a path's own name by default), `kind` what it is, where that is known, `password`
        what opens it, `attachment` the e-invoice beside it (XRechnung). Numbers that identify a person are masked
        unless the key has the scope `see-sensitive`. Raises the document's own error where it could not be read.
        """
        brought = self.upload(file, name=name, kind=kind, password=password, attachment=attachment)
        record = self.wait(brought)
        if brought.state == "read" and kind and kind != kind_in(record):  # it was here already, as something else
            record = self.wait(self.read_again(record, kind=kind, password=password))
        return reading_in(record)

    def upload(
        self, file: File, *, name: str = "", kind: str = "", password: str = "", attachment: File | None = None
    ) -> Record:
        """Brings a document to be read in the background; its bytes and its job are on the server's disk then.

        Raises Conflict where it is there already and is being read without this `attachment`.
        """
        fields = {key: value for key, value in (("kind", kind), ("password", password)) if value}
        with ExitStack() as stack:
            files = {"file": opened(file, name, stack), **beside(attachment, stack)}
            told = self._wire.post("/v1/documents", files=files, data=fields)["documents"][0]
        return taken(told)

    def read_again(self, document: Record | str, *, kind: str = "", password: str = "") -> Record:
        """Has a document that is there read another time. Raises Conflict while it is being read."""
        wish = {key: value for key, value in (("kind", kind), ("password", password)) if value}
        return taken(self._wire.post(f"/v1/documents/{id_of(document)}/read", json=wish))

    def wait(self, document: Record | str) -> Record:
        """The document, given by itself or its id, once it is read or has failed, however long that takes.

        A server that is restarted meanwhile is waited for, `patience` seconds at most. Raises NotFound where the
        document is deleted.
        """
        document_id = id_of(document)
        while self._wire.persist(lambda: self._stands(document_id)) not in OVER:
            pass  # the stream of events lasted its seconds, and another one follows
        return self.document(document_id)

    def _stands(self, document_id: str) -> str:
        """The document's last state in one stream of events, which the server ends after some seconds.

        One that breaks off after it began is an answer too: the time for the next begins anew.
        """
        state = ""
        try:
            for line in self._wire.lines(f"/v1/documents/{document_id}/events"):
                if line == "event: gone":
                    raise NotFound(f"The document {document_id} was deleted.")
                if line.startswith("data: "):
                    state = json.loads(line.removeprefix("data: ")).get("state", state)
        except Passing:
            if not state:
                raise
            # A line that is cut each time is not asked without a pause.
            time.sleep(next(full_jitter(1.0)).total_seconds())
        if not state:
            raise Passing("the stream of events ended before it began.")
        return state

    def document(self, document: Record | str) -> Record:
        """A document with its reading and every word; while it is read, with the pages so far."""
        return record_of(self._wire.get(f"/v1/documents/{id_of(document)}", words=True))

    def documents(
        self, text: str | None = None, *, kind: str | None = None, state: str | None = None, decision: str | None = None
    ) -> Iterator[Record]:
        """All documents for which every given condition holds, newest first, without their words.

        They are fetched by the hundred as they are asked for; `text` is looked for in names, values and words.
        """
        offset, total = 0, 1
        while offset < total:
            asked = {"text": text, "kind": kind, "state": state, "decision": decision}
            found = self._wire.get("/v1/documents", **asked, limit=100, offset=offset)
            yield from map(record_of, found["documents"])
            offset, total = offset + 100, found["total"]

    def original(self, document: Record | str) -> bytes:
        """The file as it came."""
        return self._wire.sent("GET", f"/v1/documents/{id_of(document)}/original").content

    def attachment(self, document: Record | str) -> bytes:
        """The e-invoice that came beside the document. Raises NotFound where none did."""
        return self._wire.sent("GET", f"/v1/documents/{id_of(document)}/attachment").content

    def page(self, document: Record | str, number: int = 1, width: int = 1280) -> bytes:
        """The picture of a page, upright, about so many pixels wide (160 to 2560).

        Numbers that identify a person are painted over unless the key has the scope `see-sensitive`.
        """
        path = f"/v1/documents/{id_of(document)}/pages/{number}/image"
        return self._wire.sent("GET", path, params={"width": width}).content

    def delete(self, document: Record | str) -> None:
        """Forgets a document and all that came of it."""
        self._wire.delete(f"/v1/documents/{id_of(document)}")

    def classify(
        self, file: File | None = None, *, urls: Sequence[str] = (), documents: Sequence[str] = (), prompt: str = ""
    ) -> Verdict:
        """Of which kind a document is: a file, URLs that the server fetches, or ids of documents that it has."""
        told = self._asked("/v1/classify", file, {"image_urls": urls, "documents": documents, "prompt": prompt})
        return Verdict(Guess(told["type"], told["confidence"]), told["reasoning"], Engine(**told["engine"]))

    def extract(
        self,
        file: File | None = None,
        *,
        urls: Sequence[str] = (),
        documents: Sequence[str] = (),
        kind: str = "",
        prompt: str = "",
        attachment: File | None = None,
    ) -> Extracted:
        """What stands on a document, while the caller waits; without `kind` its first page decides what it is.

        `attachment` is the e-invoice beside the file (XRechnung), which is an invoice then.
        """
        asked = {"image_urls": urls, "documents": documents, "doc_type": kind, "prompt": prompt}
        told = self._asked("/v1/extract", file, asked, attachment)
        shown = {
            key: value for key, value in told.items() if key in ("fields", "parts", "checks", "decision", "engines")
        }
        document = {"id": "", "name": "", "media_type": "", "pages": told["page_count"]}
        reading = reading_from_json({"document": document, **shown})
        return Extracted(told["data"], told["doc_type"], told["confidence"], told["page_count"], reading)

    def _asked(self, path: str, file: File | None, asked: Mapping[str, Any], attachment: File | None = None) -> Any:
        wanted = {key: value for key, value in asked.items() if value}
        if file is None:
            return self._wire.post(path, json=wanted)
        with ExitStack() as stack:
            files = {"file": opened(file, "", stack), **beside(attachment, stack)}
            return self._wire.post(path, files=files, data=wanted)

    def jobs(self, *, kind: str | None = None, state: str | None = None) -> Sequence[Mapping[str, Any]]:
        """The newest hundred jobs of the key's owner: `kind` such as `read`, `state` such as `queued`."""
        told: Sequence[Mapping[str, Any]] = self._wire.get("/v1/jobs", kind=kind, state=state)["jobs"]
        return told

    def job(self, job_id: str) -> Mapping[str, Any]:
        """A job: its state, progress, result and error."""
        told: Mapping[str, Any] = self._wire.get(f"/v1/jobs/{job_id}")
        return told

    def cancel(self, job_id: str) -> Mapping[str, Any]:
        """Takes a job out of the queue, or from the process that works on it. Raises Conflict where it is over."""
        told: Mapping[str, Any] = self._wire.post(f"/v1/jobs/{job_id}/cancel")
        return told

    def models(self) -> Mapping[str, Any]:
        """Which engines answer there, pinned, and which kinds they know."""
        told: Mapping[str, Any] = self._wire.get("/v1/models")
        return told

    def capacity(self) -> Mapping[str, Any]:
        """How much is waiting there, and what would be refused."""
        told: Mapping[str, Any] = self._wire.get("/v1/capacity")
        return told

    def health(self) -> Mapping[str, Any]:
        """The state of the server, its engines and its workers."""
        told: Mapping[str, Any] = self._wire.get("/health")
        return told

    @property
    def labels(self) -> Labels:
        """What is said of the words of documents."""
        return Labels(self._wire)

    @property
    def reviews(self) -> Reviews:
        """The documents that a person must see."""
        return Reviews(self._wire)

    @property
    def webhooks(self) -> Webhooks:
        """Where the owner of the key is told of what happens."""
        return Webhooks(self._wire)

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The JSON of any other route, such as `ask("GET", "/v1/review", limit=10)`; None where there is none.

        Retries and errors are those of every method.
        """
        return self._wire.asked(method, path, body, query)


def id_of(document: Record | str) -> str:
    return document if isinstance(document, str) else document.document.id


def kind_in(record: Record) -> str:
    return record.reading.kind.kind if record.reading and record.reading.kind else ""


def taken(told: Mapping[str, Any]) -> Record:
    """A document that was taken in, of which its id, name, state and job are known."""
    return Record(Document(told["id"], told["name"], "", 0), told["state"], job_id=told["job_id"])


def opened(file: File, name: str, stack: ExitStack) -> tuple[str, IO[bytes] | bytes]:
    """The name and the bytes of a file, or the open file itself, which is streamed and closed with the stack."""
    if isinstance(file, bytes):
        return name or "document", file
    if isinstance(file, str | Path):
        return name or Path(file).name, stack.enter_context(opened_path(Path(file)))
    # What cannot be read twice, such as a pipe, is held in memory: a request may have to be sent again.
    return name or Path(str(getattr(file, "name", "document"))).name, file if file.seekable() else file.read()


def beside(attachment: File | None, stack: ExitStack) -> dict[str, tuple[str, IO[bytes] | bytes]]:
    """The part of a form that an e-invoice is, where there is one."""
    return {} if attachment is None else {"attachment": opened(attachment, "", stack)}


def opened_path(path: Path) -> IO[bytes]:
    """Raises NotFound."""
    try:
        return path.open("rb")
    except OSError as error:
        raise NotFound(f"{path}: {error.strerror}.") from error


def record_of(told: Mapping[str, Any]) -> Record:
    """A record from its JSON."""
    return Record(
        document=Document(**told["document"]),
        state=told["state"],
        job_id=told["job_id"],
        reading=reading_from_json(told),
        created_at=_moment(told.get("created_at")),
        updated_at=_moment(told.get("updated_at")),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def reading_in(record: Record) -> Reading:
    """The reading of a document that was read. Raises the error that it failed with."""
    if record.state == "read" and record.reading is not None:
        return record.reading
    faults = record.reading.errors if record.reading else ()
    raise error_in(faults[0]) if faults else Cancelled(record.document.name)


def error_in(fault: Fault) -> RectoError:
    """The error that a fault was made of."""
    return errors_by_code().get(fault.code, RectoError)(fault.detail)
