"""What a worker promises, with real child processes that really die."""

import os
import signal
from dataclasses import replace

import pytest
from tests.support.jobs import QUICK, Debug, alive, notes, running, until, worker_process

from recto.document.job import Order
from recto.doors.worker import Worker
from recto.stores.jobs import SqlJobs
from recto.stores.sql import connect


@pytest.fixture
def queue(tmp_path):
    database = connect(f"sqlite:///{tmp_path / 'recto.db'}")
    yield SqlJobs(database)
    database.close()


@pytest.fixture
def worker(queue, tmp_path):
    def make(**plan):
        return Worker(queue, {"debug": Debug(tmp_path)}, replace(QUICK, **plan))

    return make


def order(queue, do="nothing", n=0, **more):
    return queue.order(Order("debug", {"do": do, "n": n}, **more))


def state(queue, job):
    return queue.job(job.id).state


def test_every_job_is_done_once_by_as_many_children_as_planned(queue, worker, tmp_path):
    jobs = [order(queue, n=n) for n in range(20)]
    worker(concurrency=2).run(once=True)
    assert {state(queue, job) for job in jobs} == {"done"}
    assert [n for n, _, _ in notes(tmp_path, "ended")] == list(range(20))


def test_jobs_of_other_kinds_are_left_alone(queue, worker):
    other = queue.order(Order("train", {}))
    worker().run(once=True)
    assert state(queue, other) == "queued"


def test_a_job_that_crashes_its_process_is_dead_after_its_attempts_and_the_rest_go_on(queue, worker, tmp_path):
    bad = order(queue, "crash", n=1, max_attempts=3)
    good = order(queue, n=2)
    with running(worker()):
        until(lambda: state(queue, bad) == "failed" and state(queue, good) == "done")
    job = queue.job(bad.id)
    assert job.error.code == "worker_died"
    assert "SIGSEGV" in job.error.detail
    assert [(n, attempt) for n, attempt, _ in notes(tmp_path, "began") if n == 1] == [(1, 1), (1, 2), (1, 3)]
    assert len(notes(tmp_path, "buried-worker_died")) == 1


def test_a_job_that_crashes_its_process_once_is_done_the_second_time(queue, worker):
    job = order(queue, "crash_once")
    with running(worker()):
        until(lambda: state(queue, job) == "done")
    assert queue.job(job.id).attempts == 2


def test_a_job_that_swallows_memory_is_ended_and_dead_after_its_attempts(queue, worker, tmp_path):
    bad = order(queue, "swallow", n=1, max_attempts=2)
    good = order(queue, n=2)
    with running(worker(most_bytes=256 * 1024 * 1024)):
        until(lambda: state(queue, bad) == "failed" and state(queue, good) == "done")
    assert queue.job(bad.id).error.code == "out_of_memory"
    assert len(notes(tmp_path, "buried-out_of_memory")) == 1


def test_a_job_that_falls_silent_is_ended(queue, worker):
    job = order(queue, "hang", max_attempts=1)
    # How it is buried is shown by others: a child that starts more slowly than this is taken for silent too.
    with running(worker(silence=0.5)):
        until(lambda: queue.job(job.id).error)
    assert queue.job(job.id).error.code == "timed_out"


def test_what_cannot_be_read_is_not_tried_again(queue, worker, tmp_path):
    job = order(queue, "damaged")
    worker().run(once=True)
    failed = queue.job(job.id)
    assert (failed.state, failed.attempts, failed.error.code) == ("failed", 1, "damaged")
    assert len(notes(tmp_path, "buried-damaged")) == 1


def test_a_fault_of_ours_is_tried_again_and_then_named(queue, worker):
    job = order(queue, "bug", max_attempts=2)
    with running(worker()):
        until(lambda: state(queue, job) == "failed")
    failed = queue.job(job.id)
    assert failed.attempts == 2
    assert "KeyError" in failed.error.detail


def test_cancelling_a_job_stops_the_process_that_works_on_it(queue, worker, tmp_path):
    job = order(queue, "hang")
    with running(worker()):
        until(lambda: notes(tmp_path, "began"))
        (_, _, pid) = notes(tmp_path, "began")[0]
        queue.cancel(job.id)
        until(lambda: not alive(pid))
        after = order(queue, n=2)
        until(lambda: state(queue, after) == "done")
    assert state(queue, job) == "cancelled"
    assert notes(tmp_path, "ended") == [(2, 1, notes(tmp_path, "ended")[0][2])]


def test_progress_can_be_watched_while_the_job_runs(queue, worker):
    job = order(queue, "pages")
    with running(worker()):
        until(lambda: queue.job(job.id).progress == {"page": 3})
    assert state(queue, job) == "queued"


def test_a_lease_is_renewed_for_as_long_as_the_job_takes(queue, worker, tmp_path):
    job = order(queue, "wait")
    with running(worker(lease=0.6)):
        until(lambda: notes(tmp_path, "began"))
        first = queue.job(job.id).lease_until
        until(lambda: queue.job(job.id).lease_until > first)
        (tmp_path / "go").touch()
        until(lambda: state(queue, job) == "done")
    assert queue.job(job.id).attempts == 1


def test_children_are_renewed_after_their_number_of_jobs(queue, worker, tmp_path):
    for n in range(4):
        order(queue, n=n)
    worker(child_jobs=2).run(once=True)
    pids = [pid for _, _, pid in notes(tmp_path, "ended")]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_child_that_holds_too_much_memory_is_renewed_after_its_job(queue, worker, tmp_path):
    for n in range(3):
        order(queue, n=n)
    worker(child_bytes=1).run(once=True)
    assert len({pid for _, _, pid in notes(tmp_path, "ended")}) == 3


def test_a_worker_that_is_stopped_finishes_what_it_began_and_claims_no_more(queue, tmp_path):
    begun, waiting = order(queue, "wait", n=1), order(queue, n=2)
    process = worker_process(str(queue.database.engine.url), tmp_path)
    until(lambda: notes(tmp_path, "began"))
    process.send_signal(signal.SIGTERM)
    (tmp_path / "go").touch()
    assert process.wait(120) == 0
    assert (state(queue, begun), state(queue, waiting)) == ("done", "queued")


def test_a_worker_that_is_stopped_twice_hands_its_job_back_untried(queue, tmp_path):
    job = order(queue, "hang")
    process = worker_process(str(queue.database.engine.url), tmp_path)
    until(lambda: notes(tmp_path, "began"))
    process.send_signal(signal.SIGTERM)
    until(lambda: notes(tmp_path, "stopping"))
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 0
    back = queue.job(job.id)
    assert (back.state, back.attempts) == ("queued", 0)
    assert queue.claim("next", ("debug",), 5).id == job.id


def test_a_killed_worker_leaves_no_process_behind_and_its_job_runs_again_at_once(queue, worker, tmp_path):
    job = order(queue, "wait")
    process = worker_process(str(queue.database.engine.url), tmp_path)
    until(lambda: notes(tmp_path, "began"))
    (_, _, child) = notes(tmp_path, "began")[0]
    process.kill()
    process.wait()
    until(lambda: not alive(child))
    (tmp_path / "go").touch()
    with running(worker()):  # its lease of ten minutes is not waited for
        until(lambda: state(queue, job) == "done")
    assert queue.job(job.id).attempts == 2


def test_a_child_killed_from_outside_costs_an_attempt_and_nothing_else(queue, worker, tmp_path):
    job = order(queue, "wait")
    with running(worker()):
        until(lambda: notes(tmp_path, "began"))
        os.kill(notes(tmp_path, "began")[0][2], signal.SIGKILL)
        (tmp_path / "go").touch()
        until(lambda: state(queue, job) == "done")
    assert queue.job(job.id).attempts == 2


def test_a_restarted_database_costs_no_job(postgres, tmp_path):
    queue = SqlJobs(connect(postgres.fresh()))
    job = queue.order(Order("debug", {"do": "wait"}))
    with running(Worker(queue, {"debug": Debug(tmp_path)}, QUICK)):
        until(lambda: notes(tmp_path, "began"))
        postgres.stop()
        (tmp_path / "go").touch()
        until(lambda: notes(tmp_path, "ended"))
        postgres.start()
        until(lambda: state(queue, job) == "done")
    assert queue.job(job.id).attempts == 1
    queue.database.close()
