"""What every queue of jobs promises. A stranger's queue passes when the fixture `queue` gives it."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.support import aws

from recto.document.errors import Conflict, NotFound
from recto.document.job import Backlog, Order
from recto.document.reading import Fault
from recto.stores.dynamo_jobs import DynamoJobs
from recto.stores.jobs import SqlJobs
from recto.stores.sql import connect
from recto.stores.sqs import SqsQueue


class Carried(SqsQueue):
    """A queue carried by SQS together with its table. `late` is 0 because SQS does not know the test's clock."""

    def __getattr__(self, name):
        return getattr(self.table, name)


@pytest.fixture(params=["sqlite", "postgresql", "sqlite sqs", "postgresql sqs", "dynamodb"])
def queue(request, empty_database, clock):
    if request.param == "dynamodb":
        yield DynamoJobs(aws.dynamo(request.getfixturevalue("moto"), clock))
        return
    sort, _, carrier = request.param.partition(" ")
    database = connect(empty_database(sort), clock)
    if not carrier:
        yield SqlJobs(database)
    else:
        client, url = aws.sqs(request.getfixturevalue("moto"))
        yield Carried(SqlJobs(database), client, url, poll=0, late=0.0)
    database.close()


def claim(queue, worker="ann", kinds=("read",), seconds=30):
    return queue.claim(worker, kinds, seconds)


def test_an_ordered_job_is_claimed_with_all_that_was_ordered(queue):
    ordered = queue.order(Order("read", {"document_id": "a\0b"}, owner="key-1", priority=3))
    job = claim(queue)
    assert (job.id, job.kind, job.payload) == (ordered.id, "read", {"document_id": "a\0b"})
    assert (job.owner, job.priority, job.state, job.worker) == ("key-1", 3, "running", "ann")
    assert (job.attempts, job.fence) == (1, 1)


def test_a_claimed_job_is_nobody_elses_until_its_lease_ends(queue, clock):
    queue.order(Order("read", {}))
    first = claim(queue, "ann", seconds=30)
    clock.move(29)
    assert claim(queue, "bob") is None
    clock.move(1)
    second = claim(queue, "bob")
    assert (second.id, second.attempts, second.fence) == (first.id, 2, 2)


def test_a_renewed_lease_keeps_the_job(queue, clock):
    queue.order(Order("read", {}))
    job = claim(queue, seconds=30)
    clock.move(20)
    queue.settle(replace(job, progress={"page": 2}), 30)
    clock.move(20)
    assert claim(queue, "bob") is None
    assert queue.job(job.id).progress == {"page": 2}


def test_whoever_lost_the_job_cannot_settle_it(queue, clock):
    queue.order(Order("read", {}))
    late = claim(queue, "ann", seconds=1)
    clock.move(2)
    new = claim(queue, "bob")
    with pytest.raises(Conflict):
        queue.settle(replace(late, state="done", result={"by": "ann"}))
    queue.settle(replace(new, state="done", result={"by": "bob"}))
    assert queue.job(new.id).result == {"by": "bob"}


def test_the_same_worker_cannot_settle_with_an_older_fence(queue, clock):
    queue.order(Order("read", {}))
    late = claim(queue, "ann", seconds=1)
    clock.move(2)
    claim(queue, "ann")
    with pytest.raises(Conflict):
        queue.settle(replace(late, state="done"))


def test_a_settled_job_is_never_claimed_again(queue, clock):
    for state in ("done", "failed", "cancelled"):
        queue.order(Order("read", {}))
        queue.settle(replace(claim(queue), state=state))
    clock.move(10_000)
    assert claim(queue) is None


def test_a_job_put_back_waits_as_long_as_it_was_told(queue, clock):
    queue.order(Order("read", {}))
    queue.settle(replace(claim(queue), state="queued", error=Fault("error", "t", "d")), 10)
    clock.move(9)
    assert claim(queue) is None
    clock.move(1)
    again = claim(queue)
    assert (again.attempts, again.error) == (2, Fault("error", "t", "d"))


def test_a_job_claimed_more_often_than_it_may_be_tried_comes_back_spent(queue, clock):
    queue.order(Order("read", {}, max_attempts=2))
    spent = []
    for _ in range(3):
        spent.append(claim(queue, seconds=1).spent)
        clock.move(2)
    assert spent == [False, False, True]


def test_orders_with_one_unique_key_are_one_job_even_when_it_is_done(queue):
    first = queue.order(Order("read", {"n": 1}, unique="a"))
    assert queue.order(Order("read", {"n": 2}, unique="a")) == first
    queue.settle(replace(claim(queue), state="done"))
    assert queue.order(Order("read", {"n": 3}, unique="a")).id == first.id
    assert claim(queue) is None


def test_orders_without_a_key_are_each_a_job(queue):
    assert queue.order(Order("read", {})).id != queue.order(Order("read", {})).id


def test_the_urgent_come_first_and_then_the_earliest(queue, clock):
    if isinstance(queue, SqsQueue):
        pytest.skip("SQS knows no priorities")
    for name, priority in (("early", 0), ("late", 0), ("urgent", 5)):
        queue.order(Order("read", {"name": name}, priority=priority))
        clock.move(1)
    assert [claim(queue).payload["name"] for _ in range(3)] == ["urgent", "early", "late"]


def test_a_job_for_later_is_not_claimed_before(queue, clock):
    queue.order(Order("read", {}, run_at=clock() + timedelta(seconds=60)))
    assert claim(queue) is None
    clock.move(60)
    assert claim(queue)


def test_only_the_kinds_asked_for_are_claimed(queue):
    queue.order(Order("train", {}))
    assert claim(queue) is None
    assert claim(queue, kinds=("read", "train")).kind == "train"


def test_the_leases_of_a_dead_worker_can_be_ended_and_only_those(queue):
    queue.order(Order("read", {}))
    queue.order(Order("read", {}))
    lost, kept = claim(queue, "ann"), claim(queue, "bob")
    assert sorted(queue.holders()) == ["ann", "bob"]
    queue.release("ann")
    assert claim(queue, "cid").id == lost.id
    assert claim(queue, "cid") is None
    queue.settle(replace(kept, state="done"))


def test_a_cancelled_job_is_taken_from_its_worker(queue):
    queue.order(Order("read", {}))
    job = claim(queue)
    assert queue.cancel(job.id).state == "cancelled"
    with pytest.raises(Conflict):
        queue.settle(job, 30)
    assert claim(queue, "bob") is None


def test_a_waiting_job_can_be_cancelled_and_a_settled_one_not(queue):
    job = queue.order(Order("read", {}))
    queue.cancel(job.id)
    assert claim(queue) is None
    with pytest.raises(Conflict, match="cancelled"):
        queue.cancel(job.id)


def test_a_failed_job_tried_again_has_all_its_attempts_and_no_error(queue):
    queue.order(Order("read", {}, max_attempts=1))
    queue.settle(replace(claim(queue), state="failed", error=Fault("damaged", "t", "d")))
    again = queue.retry(queue.jobs(state="failed")[0].id)
    assert (again.state, again.attempts, again.error) == ("queued", 0, None)
    assert claim(queue).fence == 2


def test_a_job_that_runs_or_is_done_cannot_be_tried_again(queue):
    job = queue.order(Order("read", {}))
    running = claim(queue)
    with pytest.raises(Conflict, match="running"):
        queue.retry(job.id)
    queue.settle(replace(running, state="done"))
    with pytest.raises(Conflict, match="done"):
        queue.retry(job.id)


def test_jobs_are_listed_newest_first_by_kind_state_and_owner(queue, clock):
    for number, owner in enumerate(("x", "y", "x")):
        queue.order(Order("read", {"n": number}, owner=owner))
        clock.move(1)
    queue.order(Order("train", {"n": 9}))
    assert [job.payload["n"] for job in queue.jobs("read")] == [2, 1, 0]
    assert [job.payload["n"] for job in queue.jobs(owner="x")] == [2, 0]
    assert [job.payload["n"] for job in queue.jobs(limit=1)] == [9]
    claim(queue)
    assert [job.payload["n"] for job in queue.jobs(state="running")] == [0]


def test_the_backlog_counts_what_is_due_for_later_running_and_dead(queue, clock):
    assert queue.backlog() == Backlog(0, 0, 0, 0, 0.0)
    for _ in range(4):
        queue.order(Order("read", {}))
    queue.order(Order("read", {}, run_at=clock() + timedelta(seconds=60)))
    queue.order(Order("train", {}))
    queue.settle(replace(claim(queue), state="failed"))
    queue.settle(replace(claim(queue), state="done"))
    claim(queue)
    clock.move(5)
    assert queue.backlog(("read",)) == Backlog(due=1, later=1, running=1, failed=1, oldest=5.0)
    assert queue.backlog().due == 2


@pytest.mark.parametrize("act", ["job", "cancel", "retry"])
def test_a_job_that_is_not_there_is_not_found(queue, act):
    with pytest.raises(NotFound):
        getattr(queue, act)("nothing")


def test_many_claim_at_once_and_each_job_goes_to_exactly_one(queue):
    jobs, workers = 60, 6
    ordered = {queue.order(Order("read", {})).id for _ in range(jobs)}
    claimed = []

    def work(name):
        while job := queue.claim(name, ("read",), 60):
            claimed.append(job.id)
            queue.settle(replace(job, state="done"))

    threads = [threading.Thread(target=work, args=(f"worker-{n}",)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(ordered)


def test_many_order_one_key_at_once_and_get_one_job(queue):
    ids = []
    threads = [
        threading.Thread(target=lambda: ids.append(queue.order(Order("read", {}, unique="only")).id)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1
