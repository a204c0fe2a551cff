"""Full disks, read-only folders, clocks that jump: a clear error, a red light, and nothing accepted is lost."""

import hashlib
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace

import httpx2 as httpx
import pytest
from tests.support.debug import debug_engine
from tests.support.papers import text_pdf
from tests.support.recto import recto_serve, until

from recto.app import Settings, install
from recto.document.errors import Conflict, StoreUnavailable
from recto.document.job import Order
from recto.document.page import Document
from recto.document.record import Query
from recto.doors.http.intake import accept
from recto.stores.jobs import SqlJobs
from recto.stores.sql import REST_SECONDS, connect


@contextmanager
def small_disk(folder, megabytes):
    """A disk of that size, with a way to make it read-only."""
    folder.mkdir()
    size = f"size={megabytes}m"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("only root may mount a small disk")
    try:
        yield lambda how: subprocess.run(["mount", "-o", f"remount,{how},{size}", folder], check=True)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def paper(number):
    return text_pdf([f"STORE NUMBER {number}", "Receipt 2024-05-06", "Total 3.00"])


def bring(served, number):
    return httpx.post(f"{served.url}/v1/documents", files={"file": (f"{number}.pdf", paper(number))}, timeout=60)


def ready(served):
    return httpx.get(f"{served.url}/ready", timeout=60)


def test_on_a_full_disk_uploads_are_refused_by_name_and_what_was_accepted_is_read_when_there_is_room(tmp_path):
    with small_disk(tmp_path / "disk", 24), recto_serve(tmp_path / "disk") as served:
        accepted = [bring(served, number).json()["documents"][0]["id"] for number in range(3)]
        ballast = tmp_path / "disk" / "ballast"
        fill(ballast)
        refused = bring(served, 9)
        assert refused.status_code == 503, refused.text
        assert refused.json()["code"] == "store_unavailable"
        assert ready(served).status_code == 503
        ballast.unlink()
        until(lambda: ready(served).status_code == 200, 60, served.log)
        until(lambda: states(served, accepted) == {"read"}, 120, served.log)
        assert bring(served, 9).status_code == 202


def fill(path):
    """To the last byte."""
    with path.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with pytest.raises(OSError, match="No space"):
                while True:
                    file.write(bytes(size))


def states(served, ids):
    return {httpx.get(f"{served.url}/v1/documents/{one}", timeout=60).json()["state"] for one in ids}


def test_a_read_only_folder_is_a_clear_error_and_a_red_light(tmp_path):
    with small_disk(tmp_path / "disk", 24) as remount:
        app = install(Settings(home=tmp_path / "disk"))
        accept(app, document(1), paper(1), "", {})
        app.database.close()
        remount("ro")
        app = install(Settings(home=tmp_path / "disk"))
        with pytest.raises(StoreUnavailable):
            app.blobs.ping()
        with pytest.raises(StoreUnavailable):
            app.database.ping()
        with pytest.raises(StoreUnavailable):
            accept(app, document(2), paper(2), "", {})
        remount("rw")
        app = install(Settings(home=tmp_path / "disk"))
        app.blobs.ping()
        app.database.ping()
        assert app.records.find(Query()).total == 1
        assert app.queue.claim("ann", ("read",), 30).payload["document_id"] == document(1).id
        app.database.close()


def test_without_its_database_a_server_is_not_ready_and_refuses_and_then_goes_on(postgres, tmp_path):
    database = postgres.fresh()
    with recto_serve(tmp_path, RECTO_DATABASE=database, **debug_engine()) as served:
        accepted = bring(served, 1).json()["documents"][0]["id"]
        postgres.stop()
        refused, light = bring(served, 2), ready(served)
        assert (refused.status_code, light.status_code) == (503, 503)
        assert light.json()["code"] == refused.json()["code"] == "store_unavailable"
        assert httpx.get(f"{served.url}/live", timeout=60).status_code == 200
        postgres.start()
        until(lambda: ready(served).status_code == 200, 60, served.log)
        until(lambda: states(served, [accepted]) == {"read"}, 120, served.log)
        assert bring(served, 2).status_code == 202


def test_a_server_without_a_worker_leaves_what_is_uploaded_to_others(tmp_path):
    with recto_serve(tmp_path, "--no-worker", **debug_engine()) as served:
        accepted = bring(served, 1).json()["documents"][0]["id"]
        app = install(Settings(home=tmp_path))
        assert app.jobs.holders() == []
        assert states(served, [accepted]) == {"waiting"}
        environment = {**os.environ, "RECTO_HOME": str(tmp_path), **debug_engine()}
        command = [sys.executable, "-c", "from recto.doors.cli import main; main()", "worker", "--once"]
        subprocess.run(command, env=environment, check=True)
        assert states(served, [accepted]) == {"read"}
        app.database.close()


def test_a_connection_that_died_while_it_rested_is_replaced_unnoticed(postgres):
    database = connect(postgres.fresh())
    queue = SqlJobs(database)
    queue.order(Order("read", {}))
    rested = threading.Event()
    threading.Timer(REST_SECONDS + 0.2, rested.set).start()
    postgres.stop()
    postgres.start()
    assert rested.wait(60)
    assert queue.claim("ann", ("read",), 30)
    queue.order(Order("read", {}))
    database.close()


def document(number):
    data = paper(number)
    return Document(hashlib.sha256(data).hexdigest(), f"{number}.pdf", "application/pdf", 1)


@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_clock_that_jumps_makes_no_job_lost_or_done_twice(database_url, clock, jump):
    database = connect(database_url, clock)
    queue = SqlJobs(database)
    job = queue.order(Order("read", {}))
    before = queue.claim("ann", ("read",), 30)
    clock.move(jump)
    after = queue.claim("bob", ("read",), 30)
    settled = [settle(queue, one) for one in (before, after) if one]
    assert settled.count(True) == 1
    assert queue.job(job.id).state == "done"
    database.close()


def settle(queue, job):
    try:
        queue.settle(replace(job, state="done"))
    except Conflict:
        return False
    return True
