"""What a worker does with a job of the kind `deliver`: one try to bring one message to one webhook.

What came of it is written together with the job of the next try. A worker that dies before that is followed by another
who tries again: the receiver may get a message twice, under the same `webhook-id`.
"""

import logging
import random
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from recto.app import App
from recto.document.errors import FetchFailed, ForbiddenUrl, NotFound, TimedOut
from recto.document.job import Job, Payload
from recto.document.reading import Fault
from recto.document.signature import signed_headers
from recto.document.webhook import TEST, Attempt, Delivery, Outcome, Webhook
from recto.doors.worker_hand import Report
from recto.settings import WebhookSettings

LOG: Final = logging.getLogger("recto.webhooks")

GONE: Final = 410
BUSY: Final = {429, 502, 503, 504}
"""Answers whose `Retry-After` is heeded."""
GROWTH: Final = 3.0
REST: Final = timedelta(minutes=1)
"""So long at most nothing is tried at a receiver that did not answer: a hand that waits for it does nothing else."""


@dataclass(frozen=True)
class DeliverHandler:
    """Tries what `{"delivery_id", "turn"}` names, unless a later turn has its own job or all of it is gone."""

    app: App

    def work(self, job: Job, report: Report) -> Payload:
        delivery = delivery_of(self.app, job)
        if delivery is None:
            return {"over": True}
        wait = wait_of(delivery.failures, "", self.app.settings.webhooks)
        try:
            webhook = self.app.webhooks.webhook(delivery.webhook_id)
        except NotFound:
            return {"over": True}
        if (outcome := not_now(webhook, datetime.now(UTC), wait)) is not None:
            self.app.deliveries.put(delivery, outcome)
            return {"delivery_id": delivery.id, "state": outcome.state}
        return self.tried(webhook, delivery)

    def tried(self, webhook: Webhook, delivery: Delivery) -> Payload:
        plan = self.app.settings.webhooks
        attempt, retry_after = self.attempt(webhook, delivery)
        outcome = outcome_of(webhook, delivery, attempt, wait_of(delivery.failures, retry_after, plan), plan)
        self.app.deliveries.note(delivery, attempt, outcome)
        self.app.deliveries.sweep(attempt.at - timedelta(days=plan.keep_days))
        LOG.info("webhook %s: %s is %s (%s)", webhook.id, delivery.event_id, outcome.state, attempt.status)
        if outcome.disable:
            LOG.warning("webhook %s of %s is disabled: %s", webhook.id, webhook.owner or "-", outcome.disable)
        return {"delivery_id": delivery.id, "state": outcome.state, "status": attempt.status}

    def attempt(self, webhook: Webhook, delivery: Delivery) -> tuple[Attempt, str]:
        """One try, and when the receiver wants the next one, in his words."""
        now, began = datetime.now(UTC), time.monotonic()
        body = delivery.body.encode("ascii")
        headers = signed_headers(webhook.secrets_at(now), delivery.event_id, int(now.timestamp()), body)
        try:
            reply = self.app.courier.send(webhook.url, body, {**headers, "Content-Type": "application/json"})
        except (ForbiddenUrl, FetchFailed, TimedOut) as error:
            return Attempt(now, time.monotonic() - began, error=str(error)), ""
        retry_after = reply.retry_after if reply.status in BUSY else ""
        return Attempt(now, time.monotonic() - began, reply.status, reply.text), retry_after

    def bury(self, job: Job) -> None:
        """A fault on our side, such as a missing key, is no reason to give up a message before its time."""
        assert job.error
        delivery, plan = delivery_of(self.app, job), self.app.settings.webhooks
        if delivery:
            tried = Attempt(datetime.now(UTC), 0.0, error=str(job.error.title))
            self.app.deliveries.put(delivery, later(delivery, tried, wait_of(delivery.failures, "", plan), plan))


def delivery_of(app: App, job: Job) -> Delivery | None:
    """What the job is to deliver; None where that is over, gone, or another job's turn."""
    with suppress(NotFound):
        delivery = app.deliveries.delivery(str(job.payload.get("delivery_id")))
        if delivery.state == "pending" and delivery.turn == job.payload.get("turn"):
            return delivery
    return None


def give_up(app: App, job: Job, fault: Fault) -> None:
    """The delivery of a job that a person took away says why; it may be replayed."""
    if delivery := delivery_of(app, job):
        app.deliveries.put(delivery, Outcome("failed", why=fault.title))


def not_now(webhook: Webhook, now: datetime, wait: float) -> Outcome | None:
    """What becomes of a delivery that is not tried now; None where it is."""
    if not webhook.enabled:
        return Outcome("failed", why="The webhook was disabled.")
    if webhook.resting_until is not None and now < webhook.resting_until:
        return Outcome("pending", max(webhook.resting_until, now + timedelta(seconds=wait)), "The receiver rests.")
    return None


def outcome_of(webhook: Webhook, delivery: Delivery, attempt: Attempt, wait: float, plan: WebhookSettings) -> Outcome:
    """Delivered, to be tried again, or given up; a webhook at which nothing arrives any more is disabled."""
    if attempt.succeeded:
        return Outcome("delivered")
    if attempt.status == GONE:
        return Outcome("failed", why="The receiver answered 410.", disable="The receiver answered 410: gone.")
    after = later(delivery, attempt, wait, plan)
    if after.next_at is None:
        silent = webhook.succeeded_at is None or webhook.succeeded_at < delivery.started_at
        disable = f"Nothing arrived for {span_text(plan.span)}." if silent and delivery.type != TEST else ""
        return replace(after, disable=disable)
    return replace(after, rest=min(after.next_at, attempt.at + REST)) if attempt.status is None else after


def later(delivery: Delivery, attempt: Attempt, wait: float, plan: WebhookSettings) -> Outcome:
    """The next try, the last one when the time is over; given up after that. A test is tried once."""
    end = delivery.started_at + timedelta(seconds=plan.span)
    if attempt.at >= end or delivery.type == TEST:
        return Outcome("failed", why=said_of(attempt))
    return Outcome("pending", min(attempt.at + timedelta(seconds=attempt.seconds + wait), end), said_of(attempt))


def said_of(attempt: Attempt) -> str:
    return attempt.error or f"The receiver answered {attempt.status}."


def span_text(seconds: float) -> str:
    return f"{seconds / 86_400:g} days"


def wait_of(failures: int, retry_after: str, plan: WebhookSettings) -> float:
    """Seconds to the next try: any length up to a bound that grows threefold (full jitter), or longer if asked to.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """
    bound = min(plan.longest, plan.first * GROWTH ** min(failures, 64))
    asked = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else 0.0
    return max(random.uniform(0, bound), min(asked, plan.longest))
