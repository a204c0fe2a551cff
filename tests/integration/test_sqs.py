"""What SQS adds to the table of jobs, and that losing it loses nothing."""

import json
from dataclasses import replace

import pytest
from tests.support import aws
from tests.support.jobs import until

from recto.document.job import Order
from recto.stores.jobs import SqlJobs
from recto.stores.sql import connect
from recto.stores.sqs import SqsQueue

NEVER = 1e6


@pytest.fixture
def jobs(tmp_path):
    database = connect(f"sqlite:///{tmp_path / 'recto.db'}")
    yield SqlJobs(database)
    database.close()


@pytest.fixture
def queue(jobs, moto):
    client, url = aws.sqs(moto)
    return SqsQueue(jobs, client, url, poll=0, late=NEVER)


def messages(queue, visible=True):
    name = "ApproximateNumberOfMessages" + ("" if visible else "NotVisible")
    answer = queue.client.get_queue_attributes(QueueUrl=queue.url, AttributeNames=[name])
    return int(answer["Attributes"][name])


def test_a_message_carries_the_id_of_the_job_and_nothing_else(queue):
    job = queue.order(Order("read", {"document_id": "secret"}))
    (message,) = queue.client.receive_message(QueueUrl=queue.url)["Messages"]
    assert message["Body"] == job.id


def test_a_job_is_claimed_by_its_message_and_the_message_goes_when_the_job_is_done(queue):
    ordered = queue.order(Order("read", {}))
    job = queue.claim("ann", ("read",), 30)
    assert job.id == ordered.id
    assert (messages(queue), messages(queue, visible=False)) == (0, 1)
    queue.settle(replace(job, state="done"))
    assert (messages(queue), messages(queue, visible=False)) == (0, 0)


def test_a_message_stays_out_of_sight_for_as_long_as_the_lease_is_renewed(queue):
    queue.order(Order("read", {}))
    job = queue.claim("ann", ("read",), 3)
    queue.settle(job, 600)
    with pytest.raises(AssertionError):
        until(lambda: messages(queue), 4)


def test_a_job_put_back_comes_again_by_its_message(queue):
    queue.order(Order("read", {}))
    queue.settle(replace(queue.claim("ann", ("read",), 600), state="queued"))
    until(lambda: messages(queue))
    assert queue.claim("bob", ("read",), 30).attempts == 2


def test_a_message_told_twice_is_worked_on_once(queue):
    job = queue.order(Order("read", {}))
    queue.client.send_message(QueueUrl=queue.url, MessageBody=job.id)
    queue.settle(replace(queue.claim("ann", ("read",), 30), state="done"))
    assert queue.claim("bob", ("read",), 30) is None
    assert (messages(queue), messages(queue, visible=False)) == (0, 0)


def test_a_message_about_no_job_is_thrown_away(queue):
    queue.client.send_message(QueueUrl=queue.url, MessageBody="nonsense")
    assert queue.claim("ann", ("read",), 30) is None
    assert (messages(queue), messages(queue, visible=False)) == (0, 0)


def test_a_job_whose_message_was_lost_is_claimed_when_it_is_overdue(queue, jobs):
    job = jobs.order(Order("read", {}))
    assert queue.claim("ann", ("read",), 30) is None
    queue.late = 0.0
    assert queue.claim("ann", ("read",), 30).id == job.id


def test_without_sqs_jobs_are_still_taken_and_done(jobs):
    gone = SqsQueue(jobs, aws.client("sqs", "http://127.0.0.1:1"), "http://127.0.0.1:1/q", poll=0, late=0.0)
    ordered = gone.order(Order("read", {}))
    job = gone.claim("ann", ("read",), 30)
    assert job.id == ordered.id
    gone.settle(replace(job, state="done"))
    assert jobs.job(job.id).state == "done"


def test_a_message_that_is_never_dealt_with_ends_in_the_redrive_queue(jobs, moto):
    client, dead = aws.sqs(moto)
    attributes = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = {"deadLetterTargetArn": attributes["QueueArn"], "maxReceiveCount": "2"}
    _, url = aws.sqs(moto, VisibilityTimeout="0", RedrivePolicy=json.dumps(policy))
    queue = SqsQueue(jobs, client, url, poll=0, late=NEVER)
    job = queue.order(Order("train", {}))
    for _ in range(4):
        assert queue.claim("ann", ("read",), 0) is None
    assert client.receive_message(QueueUrl=dead)["Messages"][0]["Body"] == job.id
