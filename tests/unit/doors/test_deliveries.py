"""When a message is tried again, when it is given up, and what that means for its webhook."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recto.document.webhook import TEST, Attempt, Delivery, Webhook
from recto.doors.worker_deliver import not_now, outcome_of, wait_of
from recto.settings import WebhookSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAN = WebhookSettings()
WEBHOOK = Webhook("a" * 16, "shop", "https://example.com/", ("document.read",), "whsec_x")
DELIVERY = Delivery(
    "b" * 32, WEBHOOK.id, "shop", "msg_1", "document.read", "{}", "pending", 0, 0, 0, "", NOW, NOW, NOW, NOW
)
DAY = timedelta(days=1)


def tried(status=None, after=timedelta(), **changes):
    attempt = Attempt(NOW + after, 0.5, status, error="" if status else "Nobody there.")
    return outcome_of(replace(WEBHOOK, **changes), DELIVERY, attempt, 30.0, PLAN)


def tries_in_three_days():
    """How often a message is tried where every try fails at once."""
    count, at = 1, 0.0
    while at < PLAN.span:
        at = min(PLAN.span, at + wait_of(count - 1, "", PLAN))
        count += 1
    return count


def test_the_bound_of_the_wait_grows_threefold_up_to_twelve_hours_and_the_wait_is_anywhere_below():
    for failures, bound in [(0, 10), (1, 30), (4, 810), (7, 21_870), (8, 43_200), (10_000, 43_200)]:
        waits = [wait_of(failures, "", PLAN) for _ in range(400)]
        assert 0 <= min(waits) < 0.1 * bound
        assert 0.9 * bound < max(waits) <= bound


def test_three_days_hold_about_twenty_tries():
    counts = sorted(tries_in_three_days() for _ in range(200))
    assert 15 <= counts[100] <= 25
    assert counts[0] > 10


@pytest.mark.parametrize(("asked", "at_least"), [("120", 120), ("1000000", 43_200), ("soon", 0), ("-5", 0), ("", 0)])
def test_who_says_when_to_come_again_is_not_asked_before(asked, at_least):
    assert at_least <= wait_of(0, asked, PLAN) <= 43_200


@pytest.mark.parametrize("status", [200, 201, 299])
def test_every_2xx_is_a_success(status):
    assert tried(status).state == "delivered"


@pytest.mark.parametrize("status", [100, 301, 400, 404, 429, 500, None])
def test_everything_else_is_tried_again(status):
    outcome = tried(status)
    assert (outcome.state, outcome.next_at) == ("pending", NOW + timedelta(seconds=30.5))
    assert outcome.why and not outcome.disable


def test_the_last_try_is_made_when_the_time_is_over_and_not_before():
    assert tried(500, 3 * DAY - timedelta(seconds=1)).next_at == NOW + 3 * DAY
    assert tried(500, 3 * DAY).state == "failed"


def test_a_message_that_is_given_up_disables_its_webhook_only_if_nothing_else_arrived_meanwhile():
    assert tried(500, 3 * DAY).disable == "Nothing arrived for 3 days."
    assert tried(500, 3 * DAY, succeeded_at=NOW - DAY).disable
    assert not tried(500, 3 * DAY, succeeded_at=NOW + DAY).disable


def test_a_test_is_tried_once_and_disables_nothing():
    attempt = Attempt(NOW, 0.5, 500)
    outcome = outcome_of(WEBHOOK, replace(DELIVERY, type=TEST), attempt, 30.0, PLAN)
    assert (outcome.state, outcome.disable) == ("failed", "")


def test_a_receiver_that_did_not_answer_rests_for_a_minute_at_most_and_one_that_did_not_at_all():
    assert tried(None).rest == NOW + timedelta(seconds=30.5)
    long = outcome_of(WEBHOOK, DELIVERY, Attempt(NOW, 15.0), 4000.0, PLAN)
    assert long.rest == NOW + timedelta(minutes=1)
    assert tried(500).rest is None


def test_while_a_receiver_rests_nothing_is_tried_there_and_the_next_try_is_as_far_as_after_one_in_vain():
    resting = replace(WEBHOOK, resting_until=NOW + timedelta(seconds=10))
    assert not_now(resting, NOW, 3.0).next_at == resting.resting_until
    assert not_now(resting, NOW, 300.0).next_at == NOW + timedelta(seconds=300)
    assert not_now(resting, NOW + timedelta(seconds=10), 3.0) is None
    assert not_now(replace(WEBHOOK, enabled=False), NOW, 3.0).state == "failed"
