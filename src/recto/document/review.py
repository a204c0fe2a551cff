"""A person's look at a document that was decided for review: how far it is, how long it took, what can be undone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from recto.document.job import Payload

ReviewState = Literal["open", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Review:
    """A document's review. `version` counts its changes, 0 before the first; `seconds` is the time that people gave it.

    `past` holds, for each step that can be undone, what there was before it, the last step last. `corrections` counts
    the values and words that were changed. `by` is the key that changed it last.
    """

    document_id: str
    owner: str
    state: ReviewState = "open"
    version: int = 0
    seconds: float = 0.0
    corrections: int = 0
    by: str = ""
    past: tuple[Payload, ...] = ()
    at: datetime | None = None
