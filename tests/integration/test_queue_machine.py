"""The queue against a model of it, over whatever order of events hypothesis thinks up."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from recto.document.errors import Conflict
from recto.document.job import Order
from recto.stores.jobs import SqlJobs
from recto.stores.sql import connect

KINDS = ("read", "train")
LEASE = 10


@dataclass
class Known:
    """What the model knows of a job. `holder` is the claim that may settle it."""

    kind: str
    priority: int
    due: datetime
    state: str = "queued"
    attempts: int = 0
    fence: int = 0
    holder: str | None = None
    order: int = field(default=0)


class QueueMachine(RuleBasedStateMachine):
    """Workers claim, renew, settle, die and come back late, while time passes and people cancel and retry."""

    claims = Bundle("claims")
    database = None  # given by the test, one for all runs: each begins with an empty table

    def __init__(self):
        super().__init__()
        self.time = datetime(2026, 1, 1, tzinfo=UTC)
        self.queue = SqlJobs(replace(self.database, clock=lambda: self.time))
        with self.database.writing() as connection:
            connection.exec_driver_sql("DELETE FROM jobs")
        self.known = {}
        self.unique = {}

    def due(self, kinds):
        """What may be claimed, the most urgent first."""
        ready = [
            (-known.priority, known.due, job_id)
            for job_id, known in self.known.items()
            if known.state in ("queued", "running") and known.due <= self.time and known.kind in kinds
        ]
        return sorted(ready)

    @rule(
        kind=st.sampled_from(KINDS),
        priority=st.integers(-1, 1),
        wait=st.sampled_from([0, 5, 30]),
        unique=st.sampled_from([None, None, "a", "b"]),
    )
    def order(self, kind, priority, wait, unique):
        run_at = self.time + timedelta(seconds=wait)
        job = self.queue.order(Order(kind, {}, priority=priority, run_at=run_at, unique=unique))
        if unique in self.unique:
            assert job.id == self.unique[unique]
            return
        assert job.id not in self.known
        self.known[job.id] = Known(kind, priority, run_at)
        if unique:
            self.unique[unique] = job.id

    @rule(target=claims, worker=st.sampled_from(["ann", "bob"]), kinds=st.sampled_from([KINDS, ("read",)]))
    def claim(self, worker, kinds):
        job = self.queue.claim(worker, kinds, LEASE)
        expected = self.due(kinds)
        if not expected:
            assert job is None
            return None
        best = [job_id for priority, due, job_id in expected if (priority, due) == expected[0][:2]]
        assert job.id in best
        known = self.known[job.id]
        known.state, known.holder = "running", worker
        known.attempts += 1
        known.fence += 1
        known.due = self.time + timedelta(seconds=LEASE)
        assert (job.attempts, job.fence, job.worker) == (known.attempts, known.fence, worker)
        return job

    def mine(self, job):
        known = self.known[job.id]
        return known.state == "running" and known.fence == job.fence and known.holder == job.worker

    def settle(self, job, wait):
        """Whether the queue took it, which must be so exactly where the model says that the job is the worker's."""
        mine = self.mine(job)
        try:
            self.queue.settle(job, wait)
        except Conflict:
            assert not mine
            return False
        assert mine
        self.known[job.id].state = job.state
        self.known[job.id].due = self.time + timedelta(seconds=wait)
        return True

    @rule(job=claims, progress=st.integers(0, 9))
    def renew(self, job, progress):
        if job:
            self.settle(replace(job, progress={"page": progress}), LEASE)

    @rule(job=consumes(claims), state=st.sampled_from(["done", "failed"]))
    def finish(self, job, state):
        if job and self.settle(replace(job, state=state, result={"by": job.fence}), 0):
            assert self.queue.job(job.id).result == {"by": job.fence}

    @rule(job=consumes(claims), wait=st.sampled_from([0, 7]))
    def put_back(self, job, wait):
        if job:
            self.settle(replace(job, state="queued"), wait)

    @rule(worker=st.sampled_from(["ann", "bob"]))
    def die(self, worker):
        """Its leases end; what it still says later is too late only once another has claimed."""
        self.queue.release(worker)
        for known in self.known.values():
            if known.state == "running" and known.holder == worker:
                known.due = self.time

    @rule(seconds=st.sampled_from([1, 6, 11]))
    def wait(self, seconds):
        self.time += timedelta(seconds=seconds)

    @rule(data=st.data())
    def cancel_one(self, data):
        if not self.known:
            return
        job_id = data.draw(st.sampled_from(sorted(self.known)))
        known = self.known[job_id]
        if known.state in ("queued", "running"):
            self.queue.cancel(job_id)
            known.state = "cancelled"
            known.fence += 1
        else:
            with pytest.raises(Conflict):
                self.queue.cancel(job_id)

    @rule(data=st.data())
    def retry_one(self, data):
        if not self.known:
            return
        job_id = data.draw(st.sampled_from(sorted(self.known)))
        known = self.known[job_id]
        if known.state in ("failed", "cancelled"):
            self.queue.retry(job_id)
            known.state, known.attempts, known.due = "queued", 0, self.time
        else:
            with pytest.raises(Conflict):
                self.queue.retry(job_id)

    @invariant()
    def nothing_is_lost_and_nothing_is_made_up(self):
        seen = {job.id: (job.state, job.fence, job.attempts) for job in self.queue.jobs(limit=1000)}
        assert seen == {job_id: (known.state, known.fence, known.attempts) for job_id, known in self.known.items()}

    @invariant()
    def the_backlog_is_what_is_there(self):
        backlog = self.queue.backlog()
        states = [known.state for known in self.known.values()]
        assert backlog.due + backlog.later == states.count("queued")
        assert (backlog.running, backlog.failed) == (states.count("running"), states.count("failed"))


def test_the_queue_does_what_its_model_does_whatever_happens(database_url):
    database = connect(database_url)
    machine = type("Machine", (QueueMachine,), {"database": database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    database.close()
