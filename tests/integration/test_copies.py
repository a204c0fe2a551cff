"""Labels and jobs travel between SQL and DynamoDB and come back the same; jobs of DynamoDB are worked off."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.support import aws

from recto.document.box import Box
from recto.document.job import Order
from recto.document.label import Label, places_of
from recto.document.page import Word
from recto.document.reading import Fault
from recto.stores.copies import copy_jobs, copy_labels
from recto.stores.dynamo_jobs import DynamoJobs
from recto.stores.dynamo_labels import DynamoLabels
from recto.stores.jobs import SqlJobs
from recto.stores.labels import SqlLabels
from recto.stores.sql import connect

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOTAL, AMOUNT = places_of(tuple(Word(text, Box(0.1, 0.2, 0.3, 0.4), confidence=0.9) for text in ("TOTAL", "9.00")))


@pytest.fixture
def database(database_url):
    it = connect(database_url)
    yield it
    it.close()


def said(labels):
    return {
        (one.document_id, one.owner, label.word): labels.history(one.document_id, one.owner, label.word)
        for one in labels.labelled()
        for label in labels.current(one.document_id, one.owner)
    }


def test_labels_go_to_dynamodb_and_back_with_their_history(database, moto):
    here, far = SqlLabels(database), DynamoLabels(aws.dynamo(moto))
    first = Label(AMOUNT, "TAX", "model", "PENDING", NOON, confidence=0.25)
    here.write("a" * 64, "ann", [first, Label(TOTAL, "O", "import", "VALID", NOON, among=("TAX",))])
    here.write("a" * 64, "ann", [Label(AMOUNT, "GRAND_TOTAL", "person", "VALID", NOON, reason="é").after(first)])
    here.write("b" * 64, "", [first])
    assert copy_labels(here, far) == 4
    assert said(far) == said(here)
    assert copy_labels(here, far) == 0
    before = said(here)
    for one in here.labelled():
        here.forget(one.document_id, one.owner)
    assert copy_labels(far, here) == 4
    assert said(here) == before


def test_jobs_go_to_dynamodb_and_back_as_they_stand(database, moto):
    here, far = SqlJobs(database), DynamoJobs(aws.dynamo(moto))
    here.order(Order("export", {"to": "s3://x"}, owner="ann", priority=2, unique="once"))
    here.order(Order("export", {}, run_at=datetime.now(UTC) + timedelta(days=1)))
    here.order(Order("read", {}))
    here.settle(replace(here.claim("ann", ("read",), 60), state="failed", error=Fault("damaged", "t", "d")))
    here.claim("bob", ("export",), 60)
    assert copy_jobs(here, far, "export") == 2
    assert copy_jobs(here, far) == 1
    assert copy_jobs(here, far) == 0
    assert sorted(far.jobs(), key=str) == sorted(here.jobs(), key=str)
    assert far.order(Order("export", {}, unique="once")).payload == {"to": "s3://x"}
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM jobs")
    assert copy_jobs(far, here) == 3
    assert sorted(far.jobs(), key=str) == sorted(here.jobs(), key=str)


def test_the_command_line_copies_and_a_worker_works_off_what_dynamodb_holds(tmp_path, moto):
    name = f"recto-{os.getpid()}"
    url = f"sqlite:///{tmp_path / 'recto.db'}"
    queue = SqlJobs(connect(url))
    job = queue.order(Order("read", {"document_id": "deleted", "owner": ""}))
    environment = {
        **os.environ,
        "RECTO_HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": moto,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }

    def recto(*arguments):
        command = [sys.executable, "-c", "from recto.doors.cli import main; main()", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    assert recto("copy", "jobs", url, f"dynamodb://{name}") == "1 jobs copied\n"
    recto("worker", "--once", "--queue", f"dynamodb://{name}")
    far = DynamoJobs(replace(aws.dynamo(moto), name=name))
    assert (far.job(job.id).state, far.job(job.id).result) == ("done", {"document_id": "deleted", "deleted": True})
    queue.database.close()
