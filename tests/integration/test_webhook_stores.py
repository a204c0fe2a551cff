"""Webhooks and deliveries in both databases: nothing half written, nothing told twice, nothing left behind."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.support import aws

from recto.document.errors import Conflict, NotFound, StoreUnavailable
from recto.document.event import ping_event, read_event, reviewed_event
from recto.document.page import Document
from recto.document.reading import Reading
from recto.document.record import Query, Record
from recto.document.review import Review
from recto.document.signature import minted_secret
from recto.document.webhook import DELIVER, EVENT_TYPES, Attempt, Outcome, Webhook, new_id
from recto.stores.deliveries import SqlDeliveries
from recto.stores.jobs import SqlJobs
from recto.stores.records import SqlRecords
from recto.stores.reviews import SqlReviews
from recto.stores.sql import connect
from recto.stores.sqs import SqsQueue
from recto.stores.webhooks import SqlWebhooks

DOCUMENT = Document("a" * 64, "a.pdf", "application/pdf", 1)
RECORD = Record(DOCUMENT, "read", "shop", "job-1", Reading(DOCUMENT), datetime(2026, 1, 1, tzinfo=UTC))
LATER = timedelta(hours=1)


@pytest.fixture
def database(database_url):
    found = connect(database_url)
    yield found
    found.close()


@pytest.fixture
def webhooks(database):
    return SqlWebhooks(database)


@pytest.fixture
def deliveries(database):
    return SqlDeliveries(database)


def webhook(owner="shop", events=EVENT_TYPES):
    return Webhook(new_id(), owner, "https://example.com/", tuple(events), minted_secret())


def jobs(database, state="queued"):
    return SqlJobs(database).jobs(DELIVER, state)


def attempt(status=500):
    return Attempt(datetime.now(UTC), 0.1, status)


def test_an_event_goes_to_everyone_of_its_owner_who_wants_to_hear_of_it_with_a_job_each(database, webhooks, deliveries):
    first, second = (webhooks.add_one_of(webhook(), 9) for _ in range(2))
    deaf = webhooks.add_one_of(webhook(events=["document.failed"]), 9)
    off = webhooks.add_one_of(replace(webhook(), enabled=False), 9)
    other = webhooks.add_one_of(webhook("other"), 9)
    SqlRecords(database).save(RECORD, read_event(RECORD))
    counts = [deliveries.deliveries(one.id)[1] for one in (first, second, deaf, off, other)]
    assert counts == [1, 1, 0, 0, 0]
    ordered = {job.payload["delivery_id"] for job in jobs(database)}
    assert ordered == {deliveries.deliveries(one.id)[0][0].id for one in (first, second)}


def test_an_event_that_is_told_again_is_on_its_way_once(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 9)
    for _ in range(2):
        SqlRecords(database).save(RECORD, read_event(RECORD))
    assert deliveries.deliveries(one.id)[1] == len(jobs(database)) == 1
    SqlRecords(database).save(RECORD, read_event(replace(RECORD, job_id="job-2")))
    assert deliveries.deliveries(one.id)[1] == len(jobs(database)) == 2


def test_where_the_news_cannot_be_written_what_happened_is_not_written_either(database, webhooks):
    webhooks.add_one_of(webhook(), 9)
    with database.promising() as connection:
        connection.execute(sa.text("ALTER TABLE deliveries RENAME TO elsewhere"))
    with pytest.raises((sa.exc.DBAPIError, StoreUnavailable)):
        SqlRecords(database).save(RECORD, read_event(RECORD))
    assert SqlRecords(database).find(Query()).total == 0
    assert jobs(database) == []


def test_a_review_is_told_of_a_moment_after_it_is_written(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 9)
    review = Review(DOCUMENT.id, "shop", "accepted", 1)
    SqlReviews(database).write(review, reviewed_event(RECORD, review))
    with pytest.raises(Conflict):
        SqlReviews(database).write(review, reviewed_event(replace(RECORD, job_id="x"), review))
    ((delivery,), total) = deliveries.deliveries(one.id)
    assert (total, delivery.next_at - delivery.created_at) == (1, timedelta(seconds=2))
    assert [job.run_at for job in jobs(database)] == [delivery.next_at]


def test_a_try_and_the_job_of_the_next_one_are_written_once_whoever_writes(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 9)
    sent = deliveries.send(one, ping_event("shop"))
    outcome = Outcome("pending", datetime.now(UTC) + LATER, "500")
    with ThreadPoolExecutor(4) as many:
        noted = list(many.map(lambda _: deliveries.note(sent, attempt(), outcome), range(4)))
    assert sum(one is not None for one in noted) == 1
    after = deliveries.delivery(sent.id)
    assert (after.attempts, after.failures, after.turn, after.why) == (1, 1, 1, "500")
    assert [job.payload["turn"] for job in jobs(database)] == [1, 0]
    assert [one.number for one in deliveries.attempts(sent.id)] == [1]


def test_what_is_over_may_be_replayed_with_all_its_tries(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 9)
    sent = deliveries.send(one, ping_event("shop"))
    over = deliveries.note(sent, attempt(), Outcome("failed", why="500"))
    again = deliveries.replay(over)
    assert (again.state, again.failures, again.attempts, again.why) == ("pending", 0, 1, "")
    assert again.event_id == sent.event_id and again.started_at >= over.started_at
    assert deliveries.put(sent, Outcome("failed")) is None, "an older turn has no say"
    assert [job.payload["turn"] for job in jobs(database)] == [again.turn, sent.turn]


def test_what_is_put_off_waits_as_if_it_had_been_tried_and_its_log_is_empty(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 9)
    sent = deliveries.send(one, ping_event("shop"))
    later = deliveries.put(sent, Outcome("pending", datetime.now(UTC) + LATER))
    assert (later.attempts, later.failures, later.turn) == (0, 1, 1)
    assert deliveries.attempts(sent.id) == []
    assert SqlJobs(database).claim("ann", (DELIVER,), 5).payload["turn"] == 0
    assert SqlJobs(database).claim("ann", (DELIVER,), 5) is None


def test_a_success_is_remembered_and_a_disabled_webhook_says_why(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 9)
    good = attempt(200)
    deliveries.note(deliveries.send(one, ping_event("shop")), good, Outcome("delivered"))
    assert webhooks.webhook(one.id, "shop").succeeded_at == good.at
    rest = datetime.now(UTC) + LATER
    gone = Outcome("failed", why="410", disable="gone", rest=rest)
    deliveries.note(deliveries.send(one, ping_event("shop")), attempt(410), gone)
    seen = webhooks.webhook(one.id, "shop")
    assert (seen.enabled, seen.reason, seen.resting_until) == (False, "gone", rest)
    assert webhooks.change(one.id, "shop", enabled=True) == replace(
        webhooks.webhook(one.id, "shop"), enabled=True, reason="", resting_until=None
    )


def test_what_is_deleted_takes_its_deliveries_with_it_even_amid_them(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 9)
    sent = [deliveries.send(one, ping_event("shop")) for _ in range(20)]
    begun = threading.Barrier(2)

    def note_all():
        begun.wait()
        for each in sent:
            deliveries.note(each, attempt(), Outcome("failed", why="500"))

    with ThreadPoolExecutor(1) as other:
        noting = other.submit(note_all)
        begun.wait()
        webhooks.delete(one.id, "shop")
        noting.result(30)
    assert deliveries.deliveries(one.id) == ([], 0)
    assert deliveries.attempts(sent[0].id) == []
    with pytest.raises(NotFound):
        deliveries.send(one, ping_event("shop"))
    with pytest.raises(NotFound):
        deliveries.replay(sent[0])


def test_of_an_owner_there_are_never_more_than_so_many_though_all_come_at_once(webhooks):
    def add(_):
        try:
            return webhooks.add_one_of(webhook(), 3)
        except Conflict:
            return None

    with ThreadPoolExecutor(8) as many:
        added = list(many.map(add, range(12)))
    assert sum(one is not None for one in added) == len(webhooks.webhooks("shop")) == 3
    assert webhooks.webhooks("other") == []
    assert len(webhooks.webhooks(None)) == 3


def test_only_the_last_two_secrets_sign_and_the_older_of_them_for_a_time(webhooks):
    one = webhooks.add_one_of(webhook(), 3)
    second, third = minted_secret(), minted_secret()
    webhooks.rotate(one.id, "shop", second, LATER)
    seen = webhooks.rotate(one.id, "shop", third, LATER)
    assert seen.secrets_at(seen.old_until - timedelta(seconds=1)) == (third, second)
    assert seen.secrets_at(seen.old_until) == (third,)
    for secret in (one.secret, second, third):
        assert secret not in repr(seen)


def test_what_is_over_and_old_is_swept_and_nothing_else(database, webhooks, deliveries):
    one = webhooks.add_one_of(webhook(), 3)
    over, open_one = (deliveries.send(one, ping_event("shop")) for _ in range(2))
    deliveries.note(over, attempt(200), Outcome("delivered"))
    deliveries.sweep(over.created_at)
    assert deliveries.deliveries(one.id)[1] == 2
    deliveries.sweep(datetime.now(UTC) + LATER)
    assert [each.id for each in deliveries.deliveries(one.id)[0]] == [open_one.id]
    assert [job.payload["delivery_id"] for job in jobs(database)] == [open_one.id]


def test_a_delivery_needs_no_message_of_sqs_to_be_claimed(database, webhooks, deliveries, moto):
    client, url = aws.sqs(moto)
    queue = SqsQueue(SqlJobs(database), client, url, poll=0, late=0.0)
    sent = deliveries.send(webhooks.add_one_of(webhook(), 3), ping_event("shop"))
    assert queue.claim("ann", (DELIVER,), 5).payload["delivery_id"] == sent.id
