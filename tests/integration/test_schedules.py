"""Schedules from the command line to the job, by whichever worker is there."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tests.support.jobs import QUICK, Debug, notes, running, until
from typer.testing import CliRunner

from recto.document.job import Order
from recto.document.schedule import Schedule
from recto.doors.cli.main import program
from recto.doors.worker import Worker
from recto.stores.jobs import SqlJobs
from recto.stores.schedules import SqlSchedules
from recto.stores.sql import connect


@pytest.fixture
def database(database_url, clock):
    it = connect(database_url, clock)
    yield it
    it.close()


def said(home, *arguments):
    done = CliRunner().invoke(program, ["jobs", *arguments], env={"RECTO_HOME": str(home)})
    return done.exit_code, done.output


def test_however_many_workers_there_are_a_time_is_one_job(database, clock, tmp_path):
    queue, schedules = SqlJobs(database), SqlSchedules(database)
    schedules.put(Schedule("each minute", "* * * * *", "debug", {"n": 1}))
    clock.move(60)
    workers = [Worker(queue, {"debug": Debug(tmp_path)}, QUICK, schedules) for _ in range(3)]
    for worker in workers:
        worker.order_scheduled()
    with running(workers[0]):
        until(lambda: notes(tmp_path, "ended"))
    assert [job.payload["scheduled_for"] for job in queue.jobs()] == ["2026-01-01T00:01:00+00:00"]


def test_a_worker_killed_between_the_job_and_the_next_time_makes_no_second_job(database, clock, tmp_path):
    queue, schedules = SqlJobs(database), SqlSchedules(database)
    schedules.put(Schedule("each minute", "* * * * *", "debug"))
    clock.move(60)
    (ripe,) = schedules.due()
    first = queue.order(ripe.order)  # and here it was killed
    Worker(queue, {"debug": Debug(tmp_path)}, QUICK, schedules).order_scheduled()
    assert [job.id for job in queue.jobs()] == [first.id]
    assert schedules.due() == []


def test_schedules_are_made_shown_and_ended_by_the_command_line(tmp_path):
    status, told = said(tmp_path, "schedule", "nightly", "30 2 * * *", "export", "--payload", '{"to": "s3://x"}')
    assert (status, told[:17]) == (0, "nightly: next at "), told
    assert "30 2 * * *" in said(tmp_path, "schedules")[1]
    assert said(tmp_path, "unschedule", "nightly")[0] == 0
    assert "nightly" not in said(tmp_path, "schedules")[1]


@pytest.mark.parametrize("payload", ["[1]", "nonsense"])
def test_a_payload_that_is_no_object_is_refused(tmp_path, payload):
    status, _ = said(tmp_path, "schedule", "a", "* * * * *", "export", "--payload", payload)
    assert status


def test_a_delayed_job_is_listed_with_the_time_when_it_is_due(tmp_path):
    queue = SqlJobs(connect(f"sqlite:///{tmp_path / 'recto.db'}"))
    later = datetime.now(UTC) + timedelta(days=3)
    job = queue.order(Order("export", {}, run_at=later))
    queue.database.close()
    told = json.loads(said(tmp_path, "show", job.id)[1])
    assert told["run_at"][:16] == later.isoformat()[:16]
    assert f"{later:%H:%M:%S}" in said(tmp_path, "list")[1].replace("\n", "")
