"""What the store keeps of a document that came in, and how documents are looked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from recto.document.page import Document
from recto.document.reading import Reading

RecordState = Literal["waiting", "reading", "read", "failed"]


@dataclass(frozen=True, slots=True)
class Record:
    """A document with its state and, once read, its reading. `owner` is the id of the key that brought it.

    `attachment` is the SHA-256 of the e-invoice that came beside it (XRechnung), empty where none did.
    """

    document: Document
    state: RecordState
    owner: str = ""
    job_id: str | None = None
    reading: Reading | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    attachment: str = ""

    @property
    def blob(self) -> str:
        """The key of its bytes. Each owner has bytes of his own, which nobody else can delete."""
        return "/".join(part for part in ("documents", self.owner, self.document.id) if part)

    @property
    def attachments(self) -> str:
        """The prefix of the keys of what came beside it, now and before."""
        return "/".join(part for part in ("attachments", self.owner, self.document.id) if part) + "/"

    @property
    def attachment_blob(self) -> str:
        """The key of the e-invoice beside it."""
        return self.attachments + self.attachment


@dataclass(frozen=True, slots=True)
class Query:
    """Which records: all conditions that are not None hold; `text` is looked for in names, field values and words."""

    text: str | None = None
    kind: str | None = None
    state: RecordState | None = None
    decision: Literal["straight_through", "review"] | None = None
    owner: str | None = None
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One page of records, newest first, without their words, and how many there are in all."""

    records: tuple[Record, ...]
    total: int
