"""`recto worker`, `recto jobs` and a worker's health, as an operator meets them."""

import contextlib
import json
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import replace

import pytest
from tests.support import aws
from tests.support.jobs import QUICK, Debug, notes, running, until

from recto.document.job import Order
from recto.doors.worker import Worker
from recto.doors.worker_health import Health, health_on
from recto.stores.jobs import SqlJobs
from recto.stores.sql import connect


@pytest.fixture
def queue(tmp_path):
    database = connect(f"sqlite:///{tmp_path / 'recto.db'}")
    yield SqlJobs(database)
    database.close()


def recto(tmp_path, *arguments, **environment):
    """What the command line prints, and its status."""
    done = subprocess.run(
        [sys.executable, "-c", "from recto.doors.cli import main; main()", *arguments],
        env={"RECTO_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@contextlib.contextmanager
def watched(queue, folder):
    """The port of the health of a running worker."""
    worker = Worker(queue, {"debug": Debug(folder)}, QUICK)
    with running(worker), health_on(("127.0.0.1", 0), Health(worker, queue)) as port:
        yield port


def test_a_dead_job_is_listed_shown_and_tried_again_from_the_command_line(queue, tmp_path):
    job = queue.order(Order("read", {"document_id": "gone", "owner": "", "password": "s3cret"}, max_attempts=1))
    failed = replace(queue.claim("ann", ("read",), 30), state="failed")
    queue.settle(failed)
    assert job.id in recto(tmp_path, "jobs", "list", "--state", "failed")[1]
    status, line = recto(tmp_path, "jobs", "show", job.id)
    assert status == 0
    shown = json.loads(line)
    assert (shown["state"], shown["attempts"], shown["payload"]["password"]) == ("failed", 1, "…")
    assert recto(tmp_path, "jobs", "retry", "--failed")[0] == 0
    assert queue.job(job.id).state == "queued"
    assert recto(tmp_path, "jobs", "cancel", job.id)[0] == 0
    assert queue.job(job.id).state == "cancelled"


def test_a_job_that_is_not_there_is_an_error_in_one_sentence(queue, tmp_path):
    status, said = recto(tmp_path, "jobs", "cancel", "nothing")
    assert status == 2
    assert "[not_found]" in said
    assert "Traceback" not in said


def test_a_worker_told_to_run_once_ends_when_nothing_is_due(queue, tmp_path):
    job = queue.order(Order("read", {"document_id": "deleted", "owner": "key-1"}))
    status, said = recto(tmp_path, "worker", "--once")
    assert status == 0, said
    assert queue.job(job.id).result == {"document_id": "deleted", "deleted": True}


def test_autoscale_tells_how_many_workers_the_backlog_asks_for(queue, tmp_path):
    for _ in range(50):
        queue.order(Order("read", {}))
    asked = ("autoscale", "--workers", "2", "--seconds-per-job", "3", "--wait", "60", "--most", "5")
    status, said = recto(tmp_path, *asked)
    assert status == 0, said
    figures = json.loads(said)
    assert (figures["due"], figures["backlog_per_worker"], figures["wished"]) == (50, 25.0, 3)


def test_autoscale_puts_its_figures_into_cloudwatch(queue, tmp_path, moto):
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    status, said = recto(tmp_path, "autoscale", "--namespace", "Recto", AWS_ENDPOINT_URL=moto, **keys)
    assert status == 0, said
    metrics = aws.client("cloudwatch", moto).list_metrics(Namespace="Recto")["Metrics"]
    assert {metric["MetricName"] for metric in metrics} == {"Due", "BacklogPerWorker", "OldestSeconds", "Wished"}


def test_a_worker_asked_for_jobs_of_an_unknown_kind_refuses(tmp_path):
    status, said = recto(tmp_path, "worker", "--once", "--kinds", "read,dance")
    assert status == 2
    assert "dance" in said


def test_a_workers_health_tells_what_it_does_and_how_much_waits(queue, tmp_path):
    queue.order(Order("debug", {"do": "wait"}))
    queue.order(Order("debug", {}))
    with watched(queue, tmp_path) as port:
        until(lambda: notes(tmp_path, "began"))
        assert get(port, "/live") == get(port, "/ready") == (200, "ok\n")
        metrics = dict(line.rsplit(" ", 1) for line in get(port, "/metrics")[1].splitlines())
        assert metrics["recto_worker_children_busy"] == "1"
        assert metrics['recto_queue_jobs{state="due"}'] == "1"
        assert metrics['recto_queue_jobs{state="running"}'] == "1"
        assert get(port, "/nothing")[0] == 404
        (tmp_path / "go").touch()
        until(lambda: 'outcome="done"} 2' in get(port, "/metrics")[1])


def test_a_worker_is_not_ready_while_its_database_is_down_but_alive(postgres, tmp_path):
    queue = SqlJobs(connect(postgres.fresh()))
    with watched(queue, tmp_path) as port:
        postgres.stop()
        status, said = get(port, "/ready")
        assert (status, get(port, "/live")[0]) == (503, 200)
        assert "The store cannot be reached." in said
        postgres.start()
        until(lambda: get(port, "/ready")[0] == 200)
    queue.database.close()
