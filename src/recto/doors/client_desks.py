"""`recto.Client.labels` and `.reviews`: what people say of documents, said by another program."""

from collections.abc import Mapping, Sequence
from typing import Any

from recto.doors.client_wire import ServerWire

Told = Mapping[str, Any]
"""JSON as docs/labels.md and docs/review.md describe it."""


class Labels:
    """What is said of each word of a document. Every method raises the RectoError that the server's problem names."""

    def __init__(self, wire: ServerWire) -> None:
        self._wire = wire

    def show(self, document_id: str) -> Told:
        """Every word with its key, its label, its version and what the model says of it."""
        told: Told = self._wire.get(f"/v1/documents/{document_id}/labels")
        return told

    def change(self, document_id: str, changes: Sequence[Told], accept_rest: bool = False) -> Sequence[Told]:
        """Changes words together, each `{"word", "label"}` or `{"word", "deed"}`, with the `version` that was seen.

        Raises Conflict where someone was faster; then nothing is changed.
        """
        many = {"changes": list(changes), "accept_rest": accept_rest}
        told: Sequence[Told] = self._wire.post(f"/v1/documents/{document_id}/labels", json=many)["labels"]
        return told

    def history(self, document_id: str, word: str) -> Sequence[Told]:
        """Everything that was said of a word, the first first."""
        told: Sequence[Told] = self._wire.get(f"/v1/documents/{document_id}/labels/{word}/history")["labels"]
        return told


class Reviews:
    """The documents that a person must see. A step names the `version` that was seen.

    Every method raises the RectoError that the server's problem names, Conflict where someone was faster.
    """

    def __init__(self, wire: ServerWire) -> None:
        self._wire = wire

    def list(self, kind: str | None = None, *, limit: int = 50, offset: int = 0) -> Sequence[Told]:
        """The open ones, the likeliest to be wrong first."""
        told: Sequence[Told] = self._wire.get("/v1/review", kind=kind, limit=limit, offset=offset)["documents"]
        return told

    def show(self, document_id: str) -> Told:
        """The reading with its words and their labels, and how far its review is."""
        told: Told = self._wire.get(f"/v1/review/{document_id}")
        return told

    def correct(self, document_id: str, version: int, fields: Sequence[Told], words: Sequence[Told] = ()) -> Told:
        """Values (`{"name", "value"}`, and where they stand) and words (`{"word", "text"}`) that are otherwise."""
        return self._step(document_id, "corrections", version, fields=list(fields), words=list(words))

    def decide(self, document_id: str, version: int, accept: bool, reason: str = "") -> Told:
        """Accepts the document, so that it goes on and its labels hold, or rejects it."""
        return self._step(document_id, "decision", version, accept=accept, reason=reason)

    def undo(self, document_id: str, version: int) -> Told:
        """Goes back one step."""
        return self._step(document_id, "undo", version)

    def _step(self, document_id: str, deed: str, version: int, **said: Any) -> Told:
        told: Told = self._wire.post(f"/v1/review/{document_id}/{deed}", json={"version": version, **said})
        return told
