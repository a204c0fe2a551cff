"""What an owner does with webhooks, whichever door he comes by."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from recto.app import App
from recto.document.errors import BadRequest, Conflict, FetchFailed, Unavailable
from recto.document.event import ping_event
from recto.document.signature import minted_secret
from recto.document.webhook import EVENT_TYPES, Delivery, EventType, Webhook, new_id


def create(app: App, owner: str, url: str, events: Sequence[str], description: str = "") -> Webhook:
    """With its secret, which is shown this once. Raises ForbiddenUrl, BadRequest, Conflict, Unavailable."""
    of_this_house(app)
    allowed(app, url)
    webhook = Webhook(new_id(), owner, url, known(events), minted_secret(), description)
    return app.webhooks.add_one_of(webhook, app.settings.webhooks.most)


def change(app: App, owner: str, webhook_id: str, **changes: Any) -> Webhook:
    """With other `url`, `events`, `description` or `enabled`. Raises NotFound, ForbiddenUrl, BadRequest."""
    if "url" in changes:
        allowed(app, changes["url"])
    if "events" in changes:
        changes["events"] = list(known(changes["events"]))
    if changes.get("enabled") is False:
        changes["reason"] = "Disabled by its owner."
    return app.webhooks.change(webhook_id, owner, **changes)


def rotate(app: App, owner: str, webhook_id: str, grace: int | None = None) -> Webhook:
    """With a new secret, which is shown this once; the old one signs beside it for `grace` seconds."""
    lasts = app.settings.webhooks.grace if grace is None else grace
    return app.webhooks.rotate(webhook_id, owner, minted_secret(), timedelta(seconds=lasts))


def ping(app: App, owner: str, webhook_id: str) -> Delivery:
    """Sends a message that is a test. It is tried once."""
    return app.deliveries.send(listening(app, owner, webhook_id), ping_event(owner))


def replay(app: App, owner: str, webhook_id: str, delivery_id: str) -> Delivery:
    """Sends a message again, under the same `webhook-id`. Raises NotFound, Conflict."""
    listening(app, owner, webhook_id)
    return app.deliveries.replay(app.deliveries.delivery(delivery_id, webhook_id))


def listening(app: App, owner: str, webhook_id: str) -> Webhook:
    """Raises Conflict for one that is disabled."""
    webhook = app.webhooks.webhook(webhook_id, owner)
    if not webhook.enabled:
        raise Conflict(f"The webhook is disabled: {webhook.reason} Enable it first.")
    return webhook


def of_this_house(app: App) -> None:
    """An event and its deliveries are one transaction, so jobs must lie where records do. Raises Unavailable."""
    if app.settings.queue.startswith("dynamodb://"):
        raise Unavailable("Webhooks need the jobs in the database: the queue is `database` or `sqs://…`.")


def allowed(app: App, url: str) -> None:
    """Raises ForbiddenUrl. What does not resolve now may do so later, and is looked at again before each try."""
    with suppress(FetchFailed):
        app.courier.guard.checked(url)


def known(events: Sequence[str]) -> tuple[EventType, ...]:
    """Each once, in our order. Raises BadRequest for one that there is not, or for none."""
    if unknown := set(events) - set(EVENT_TYPES):
        raise BadRequest(f"There is no event {', '.join(sorted(unknown))}; there are {', '.join(EVENT_TYPES)}.")
    if not events:
        raise BadRequest(f"Name at least one event: {', '.join(EVENT_TYPES)}.")
    return tuple(one for one in EVENT_TYPES if one in events)
