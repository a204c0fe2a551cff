"""`recto.Client.webhooks`: where a server tells what happens, changed from another program."""

from collections.abc import Mapping, Sequence
from typing import Any

from recto.doors.client_wire import ServerWire

Told = Mapping[str, Any]
"""JSON as docs/webhooks.md describes it."""
PATH = "/v1/webhooks"


class Webhooks:
    """Those of the key's owner. Every method raises the RectoError that the server's problem names."""

    def __init__(self, wire: ServerWire) -> None:
        self._wire = wire

    def list(self) -> Sequence[Told]:
        """All of them, the newest first, without their secrets."""
        told: Sequence[Told] = self._wire.get(PATH)["webhooks"]
        return told

    def create(self, url: str, events: Sequence[str] = (), description: str = "") -> Told:
        """Be told there of those events, or of all; its `secret` is shown in this answer only."""
        wanted = {"url": url, "description": description, **({"events": [*events]} if events else {})}
        return self._told("POST", "", wanted)

    def show(self, webhook_id: str) -> Told:
        """One of them."""
        return self._told("GET", f"/{webhook_id}")

    def change(self, webhook_id: str, **changes: Any) -> Told:
        """`url`, `events`, `description` or `enabled`; what is not named stays."""
        return self._told("PATCH", f"/{webhook_id}", changes)

    def rotate(self, webhook_id: str, grace_seconds: int | None = None) -> Told:
        """A new `secret`, shown in this answer only; the old one signs beside it for the time of grace."""
        return self._told("POST", f"/{webhook_id}/rotate", {"grace_seconds": grace_seconds})

    def test(self, webhook_id: str) -> Told:
        """The delivery of a message that is tried once. Raises Conflict where the webhook is disabled."""
        return self._told("POST", f"/{webhook_id}/test")

    def deliveries(self, webhook_id: str, *, state: str | None = None, limit: int = 50) -> Sequence[Told]:
        """What was sent or is to be, the newest first; at most 200."""
        told: Sequence[Told] = self._wire.get(f"{PATH}/{webhook_id}/deliveries", state=state, limit=limit)["deliveries"]
        return told

    def delivery(self, webhook_id: str, delivery_id: str) -> Told:
        """One of them with its body, and every try to bring it."""
        return self._told("GET", f"/{webhook_id}/deliveries/{delivery_id}")

    def replay(self, webhook_id: str, delivery_id: str) -> Told:
        """Sends a message again under the same `webhook-id`. Raises Conflict where the webhook is disabled."""
        return self._told("POST", f"/{webhook_id}/deliveries/{delivery_id}/replay")

    def delete(self, webhook_id: str) -> None:
        """Be told no more there."""
        self._wire.delete(f"{PATH}/{webhook_id}")

    def _told(self, method: str, path: str, body: Any = None) -> Told:
        told: Told = self._wire.asked(method, PATH + path, body, {})
        return told
