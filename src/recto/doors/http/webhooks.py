"""`/v1/webhooks`: where an owner wants to hear of what happens to his documents, and what came of it."""

from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from recto.document.webhook import EVENT_TYPES, Attempt, Delivery, DeliveryState, EventType, Webhook
from recto.doors import webhooks
from recto.doors.http.caller import Here, Owner
from recto.doors.http.sample import body

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

WebhookId = Annotated[str, InPath(pattern="^[0-9a-f]{16}$", description="The id of a webhook.")]
DeliveryId = Annotated[str, InPath(pattern="^[0-9a-f]{32}$", description="The id of a delivery.")]
Url = Annotated[str, Field(min_length=1, max_length=2000, description="http or https, at a public address.")]
Events = Annotated[list[EventType], Field(min_length=1, max_length=len(EVENT_TYPES), description="What to hear of.")]
Text = Annotated[str, Field(max_length=500, pattern="^[^\x00]*$", description="For people.")]
SHOWN_URL: Final = "https://example.com/recto"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewWebhook(_Strict):
    """Where to, and what of."""

    url: Url
    events: Events = Field(default_factory=lambda: list(EVENT_TYPES))
    description: Text = ""


class Changes(_Strict):
    """What is to be otherwise; what is not named stays."""

    url: Url | None = None
    events: Events | None = None
    description: Text | None = None
    enabled: bool | None = Field(None, description="Whether messages are sent; true again after it was disabled.")


class Rotation(_Strict):
    """How long both secrets sign."""

    grace_seconds: int | None = Field(None, ge=0, le=30 * 86_400, description="A day, if the settings do not say else.")


class WebhookShown(BaseModel):
    """A webhook without its secret."""

    id: str
    url: str
    events: list[str]
    description: str
    enabled: bool
    reason: str = Field(description="Why it is disabled; empty otherwise.")
    rotating_until: datetime | None = Field(description="Until then the secret before the last one signs too.")
    last_success_at: datetime | None
    created_at: datetime
    updated_at: datetime


class WebhookMade(WebhookShown):
    """A webhook with its secret, which is shown this once."""

    secret: str = Field(description="`whsec_` and base64: what signatures are checked with.")


class WebhookList(BaseModel):
    """All webhooks of an owner, the newest first."""

    webhooks: list[WebhookShown]


class DeliveryShown(BaseModel):
    """A message to a webhook, and how far it is."""

    id: str
    webhook_id: str
    message_id: str = Field(description="What the receiver sees as `webhook-id`.")
    type: str
    state: DeliveryState
    attempts: int
    why: str = Field(description="What went wrong at the last try.")
    next_attempt_at: datetime | None
    created_at: datetime
    updated_at: datetime


class AttemptShown(BaseModel):
    """A try: what was answered, or what went wrong."""

    number: int
    at: datetime
    seconds: float
    status: int | None
    response: str = Field(description="The first kilobyte of the answer.")
    error: str


class DeliveryWhole(DeliveryShown):
    """A message with its body, and every try to bring it."""

    body: str
    log: list[AttemptShown]


class DeliveryList(BaseModel):
    """Deliveries, the newest first."""

    deliveries: list[DeliveryShown]
    total: int
    limit: int
    offset: int


class Page(_Strict):
    """Which of the deliveries."""

    state: DeliveryState | None = Field(None, description="How far they are.")
    limit: int = Field(50, ge=1, le=200, description="At most this many.")
    offset: int = Field(0, ge=0, le=10_000_000, description="After leaving out this many.")


CREATE: Final[Any] = body(
    all=("Everything that happens", {"url": SHOWN_URL}),
    some=(
        "Only what people decide",
        {"url": f"{SHOWN_URL}?shop=7", "events": ["document.reviewed"], "description": "The shop"},
    ),
)
CHANGE: Final[Any] = body(
    pause=("Nothing more for now", {"enabled": False}),
    again=("Again, after it was disabled", {"enabled": True}),
    move=("Elsewhere, and only what people decide", {"url": f"{SHOWN_URL}/2", "events": ["document.reviewed"]}),
)
ROTATE: Final[Any] = body(
    hour=("The old secret signs for an hour more", {"grace_seconds": 3600}),
    usual=("For as long as the settings say", {}),
)


@router.get("")
def look(app: Here, owner: Owner) -> WebhookList:
    """All of them, without their secrets."""
    return WebhookList(webhooks=[shown(one) for one in app.webhooks.webhooks(owner)])


@router.post("", status_code=201)
def create(app: Here, owner: Owner, response: Response, wanted: Annotated[NewWebhook, CREATE]) -> WebhookMade:
    """Messages go there from now on, signed with the secret that is in this answer and in no later one."""
    webhook = webhooks.create(app, owner, wanted.url, wanted.events, wanted.description)
    response.headers["Location"] = f"/v1/webhooks/{webhook.id}"
    return made(webhook, response)


@router.get("/{webhook_id}")
def show(app: Here, owner: Owner, webhook_id: WebhookId) -> WebhookShown:
    """One of them."""
    return shown(app.webhooks.webhook(webhook_id, owner))


@router.patch("/{webhook_id}")
def change(app: Here, owner: Owner, webhook_id: WebhookId, changes: Annotated[Changes, CHANGE]) -> WebhookShown:
    """Changes what is named. `enabled: true` lets one that was disabled hear again, from now on."""
    return shown(webhooks.change(app, owner, webhook_id, **changes.model_dump(exclude_none=True)))


@router.delete("/{webhook_id}", status_code=204)
def delete(app: Here, owner: Owner, webhook_id: WebhookId) -> Response:
    """Nothing goes there any more; what was on its way is forgotten, and its log with it."""
    app.webhooks.delete(webhook_id, owner)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate")
def rotate(
    app: Here, owner: Owner, response: Response, webhook_id: WebhookId, wish: Annotated[Rotation, ROTATE]
) -> WebhookMade:
    """A new secret, in this answer and in no later one. The old one signs beside it for the time of grace."""
    return made(webhooks.rotate(app, owner, webhook_id, wish.grace_seconds), response)


@router.post("/{webhook_id}/test", status_code=202)
def ping(app: Here, owner: Owner, webhook_id: WebhookId) -> DeliveryShown:
    """Sends a message of the type `webhook.test`, which is tried once. 409 where the webhook is disabled."""
    return delivery_shown(webhooks.ping(app, owner, webhook_id))


@router.get("/{webhook_id}/deliveries")
def deliveries(app: Here, owner: Owner, webhook_id: WebhookId, page: Annotated[Page, Query()]) -> DeliveryList:
    """What was sent or is to be, the newest first."""
    app.webhooks.webhook(webhook_id, owner)
    found, total = app.deliveries.deliveries(webhook_id, page.state, page.limit, page.offset)
    listed = [delivery_shown(one) for one in found]
    return DeliveryList(deliveries=listed, total=total, limit=page.limit, offset=page.offset)


@router.get("/{webhook_id}/deliveries/{delivery_id}")
def delivery(app: Here, owner: Owner, webhook_id: WebhookId, delivery_id: DeliveryId) -> DeliveryWhole:
    """One message with its body, and every try to bring it."""
    app.webhooks.webhook(webhook_id, owner)
    found = app.deliveries.delivery(delivery_id, webhook_id)
    log = [attempt_shown(one) for one in app.deliveries.attempts(delivery_id)]
    return DeliveryWhole(**delivery_shown(found).model_dump(), body=found.body, log=log)


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202)
def replay(app: Here, owner: Owner, webhook_id: WebhookId, delivery_id: DeliveryId) -> DeliveryShown:
    """Sends a message again, under the same `webhook-id`. 409 where the webhook is disabled."""
    return delivery_shown(webhooks.replay(app, owner, webhook_id, delivery_id))


def shown(webhook: Webhook) -> WebhookShown:
    return WebhookShown(**told(webhook))


def made(webhook: Webhook, response: Response) -> WebhookMade:
    response.headers["Cache-Control"] = "no-store"
    return WebhookMade(**told(webhook), secret=webhook.secret)


def told(webhook: Webhook) -> dict[str, Any]:
    alike = ("id", "url", "description", "enabled", "reason", "created_at", "updated_at")
    return {
        **{name: getattr(webhook, name) for name in alike},
        "events": list(webhook.events),
        "rotating_until": webhook.old_until,
        "last_success_at": webhook.succeeded_at,
    }


def delivery_shown(delivery: Delivery) -> DeliveryShown:
    alike = ("id", "webhook_id", "type", "state", "attempts", "why", "created_at", "updated_at")
    return DeliveryShown(
        **{name: getattr(delivery, name) for name in alike},
        message_id=delivery.event_id,
        next_attempt_at=delivery.next_at,
    )


def attempt_shown(attempt: Attempt) -> AttemptShown:
    alike = ("number", "at", "seconds", "status", "response", "error")
    return AttemptShown(**{name: getattr(attempt, name) for name in alike})
