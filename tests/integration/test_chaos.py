"""Nothing that was accepted is lost, whoever is killed meanwhile: real workers, real databases, failing clouds.

The short form runs with all tests. `RECTO_CHAOS=200` (`make chaos`) takes 200 documents, kills a worker every two
seconds and restarts the database twice. The labeller is one that thinks nothing: what is tried here is the keeping.
"""

import contextlib
import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.support import aws
from tests.support.debug import debug_engine
from tests.support.faults import faulty
from tests.support.jobs import until
from tests.support.papers import text_pdf

from recto.app import Settings, install
from recto.document.page import Document
from recto.document.record import Query
from recto.doors.http.intake import accept

DOCUMENTS = int(os.environ.get("RECTO_CHAOS", "12"))
LONG = DOCUMENTS >= 100
WORKERS = 3 if LONG else 2
KILL_EVERY = float(os.environ.get("RECTO_CHAOS_KILL", "2"))  # a starved machine needs that to start a worker at all
PATIENCE = 1800 if LONG else 300

AMAZON = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ALLOW_HTTP": "true",
}


@dataclass
class Crew:
    """Workers as processes, of which the dead are replaced."""

    environment: dict
    log: Path
    processes: list = field(default_factory=list)
    killed: int = 0

    def hire(self):
        command = [sys.executable, "-c", "from recto.doors.cli import main; main()", "worker"]
        with self.log.open("ab") as log:
            self.processes.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))

    def kill_one(self, dice):
        victim = self.processes.pop(dice.randrange(len(self.processes)))
        victim.kill()
        victim.wait()
        self.killed += 1
        self.hire()

    def replace_ended(self):
        """Those that gave up by themselves, as where a cloud failed them at their start; an orchestrator does so."""
        ended = [process for process in self.processes if process.poll() is not None]
        for process in ended:
            self.processes.remove(process)
            self.hire()

    def dismiss(self):
        for process in self.processes:
            process.kill()
            process.wait()


@contextlib.contextmanager
def crew(environment, log):
    it = Crew({**os.environ, **debug_engine(), **environment}, log)
    try:
        for _ in range(WORKERS):
            it.hire()
        yield it
    finally:
        it.dismiss()


def paper(number):
    return text_pdf([f"STORE NUMBER {number}", "Receipt 2024-05-06", f"Tea 3.{number % 100:02d}", "Total 3.00"])


def brought(app, count):
    """The ids of as many documents, each accepted."""
    ids = []
    for number in range(count):
        data = paper(number)
        document = Document(hashlib.sha256(data).hexdigest(), f"{number}.pdf", "application/pdf", 1)
        accept(app, document, data, "key-1", {})
        ids.append(document.id)
    return ids


def read(app):
    return app.records.find(Query(state="read", limit=1)).total


def done(app):
    left = app.jobs.backlog(("read",))
    return DOCUMENTS - left.due - left.later - left.running - left.failed


def survives(app, environment, log, restart=None):
    """Accepts, lets the crew work while it is killed one by one, and looks at what came of it."""
    ids = brought(app, DOCUMENTS)
    dice, restarts = random.Random(7), 0
    with crew(environment, log) as workers:
        started = killed_at = time.monotonic()
        seen = 0
        while done(app) < DOCUMENTS:
            assert time.monotonic() - started < PATIENCE, log.read_text()[-3000:]
            threading.Event().wait(0.2)
            now = done(app)
            workers.replace_ended()
            due = time.monotonic() - killed_at >= KILL_EVERY if LONG else now >= seen + 4
            if due:
                workers.kill_one(dice)
                killed_at, seen = time.monotonic(), now
            if restart and restarts < (2 if LONG else 1) and now >= DOCUMENTS * (restarts + 1) // 3:
                restart()
                restarts += 1
    assert restart is None or restarts
    complete(app, ids)
    took = time.monotonic() - started
    print(
        f"{DOCUMENTS} documents in {took:.0f} s; {workers.killed} workers killed, the database stopped {restarts} times"
    )


def complete(app, ids):
    """Every document once, read, with its own words, by one job that is done."""
    found = app.records.find(Query(limit=10_000))
    assert sorted(record.document.id for record in found.records) == sorted(ids)
    assert {record.state for record in found.records} == {"read"}
    for number, document_id in enumerate(ids):
        words = [word.text for word in app.records.load(document_id, "key-1").reading.words]
        assert words[:3] == ["STORE", "NUMBER", str(number)]
    jobs = app.jobs.jobs("read", limit=10_000)
    assert sorted(str(job.payload["document_id"]) for job in jobs) == sorted(ids)
    assert {job.state for job in jobs} == {"done"}


def installation(tmp_path, **more):
    return install(Settings(home=tmp_path, **more))


def test_killed_workers_lose_nothing_on_sqlite(tmp_path):
    app = installation(tmp_path)
    survives(app, {"RECTO_HOME": str(tmp_path)}, tmp_path / "log")


def test_killed_workers_and_a_restarted_database_lose_nothing_on_postgresql(postgres, tmp_path):
    url = postgres.fresh()
    app = installation(tmp_path, database=url)
    survives(app, {"RECTO_HOME": str(tmp_path), "RECTO_DATABASE": url}, tmp_path / "log", restarting(app, postgres))


def test_killed_workers_lose_nothing_while_s3_and_sqs_fail_too(postgres, moto, tmp_path, monkeypatch):
    pytest.importorskip("obstore", reason="the extra `cloud` is not installed")
    url = postgres.fresh()
    _, queue = aws.sqs(moto, VisibilityTimeout="30")
    name, bucket = queue.rsplit("/", 1)[1], aws.bucket(moto)
    with faulty(moto) as endpoint:
        amazon = {**AMAZON, "AWS_ENDPOINT_URL": endpoint}
        for variable, value in amazon.items():
            monkeypatch.setenv(variable, value)
        where = {"database": url, "blobs": f"s3://{bucket}/recto", "queue": f"sqs://{name}"}
        app = installation(tmp_path, **where)
        environment = {f"RECTO_{key.upper()}": value for key, value in where.items()}
        survives(
            app, {**amazon, **environment, "RECTO_HOME": str(tmp_path)}, tmp_path / "log", restarting(app, postgres)
        )


def restarting(app, postgres):
    def restart():
        postgres.stop()
        postgres.start()
        until(lambda: reachable(app))

    return restart


def reachable(app):
    with contextlib.suppress(Exception):
        app.database.ping()
        return True
    return False
