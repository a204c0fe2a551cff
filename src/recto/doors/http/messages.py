"""What owners' programs are sent, in the OpenAPI document: the messages of webhooks, which nobody calls here."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from recto.document.record import RecordState
from recto.document.review import ReviewState
from recto.document.webhook import TEST

router = APIRouter(tags=["webhooks"])


class _Message(BaseModel):
    """Signed by Standard Webhooks: docs/webhooks.md."""

    timestamp: datetime = Field(description="When it happened.")


class About(BaseModel):
    """The document that it is about; `GET /v1/documents/{document_id}` tells the rest."""

    document_id: str
    status: RecordState
    kind: str | None
    decision: str | None
    job_id: str | None


class AboutRead(About):
    """A document that was read."""

    pages: int


class Why(BaseModel):
    """An error by its code, which stays the same."""

    code: str
    title: str


class AboutFailed(About):
    """A document that could not be read."""

    error: Why | None


class AboutReviewed(About):
    """A document that a person looked at."""

    review: ReviewState


class ReadMessage(_Message):
    """A document was read."""

    type: Literal["document.read"]
    data: AboutRead


class FailedMessage(_Message):
    """A document could not be read."""

    type: Literal["document.failed"]
    data: AboutFailed


class ReviewedMessage(_Message):
    """A person accepted or rejected a document, or took that back."""

    type: Literal["document.reviewed"]
    data: AboutReviewed


class TestMessage(_Message):
    """Messages arrive."""

    type: Literal["webhook.test"]
    data: dict[str, str]


@router.post("document.read", status_code=204)
def document_read(message: ReadMessage) -> None:
    """A document was read, for the first time or anew."""


@router.post("document.failed", status_code=204)
def document_failed(message: FailedMessage) -> None:
    """A document could not be read, or the reading was cancelled."""


@router.post("document.reviewed", status_code=204)
def document_reviewed(message: ReviewedMessage) -> None:
    """A person accepted or rejected a document, or took that back."""


@router.post(TEST, status_code=204)
def webhook_test(message: TestMessage) -> None:
    """Somebody asked for a test."""
