"""An export job: what was read, as Parquet, by the worker that there is."""

import hashlib
import os
import subprocess
import sys

import pytest
from tests.support.debug import debug_engine
from tests.support.papers import text_pdf

from recto.app import install
from recto.document.errors import BadRequest
from recto.document.job import Job
from recto.document.page import Document
from recto.doors.http.intake import accept
from recto.doors.worker_export import ExportHandler
from recto.settings import Settings

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `bulk` is not installed")


def bring(app, number, owner):
    data = text_pdf([f"STORE NUMBER {number}", "Receipt 2024-05-06", "SSN 123-45-6789", f"Total {number}.00"])
    accept(app, Document(hashlib.sha256(data).hexdigest(), f"{number}.pdf", "application/pdf", 1), data, owner, {})


def test_an_export_ordered_on_the_command_line_writes_what_was_read_of_its_owner(tmp_path):
    app = install(Settings(home=tmp_path))
    for number, owner in ((1, "ann"), (2, "ann"), (3, "bob")):
        bring(app, number, owner)
    environment = {**os.environ, "RECTO_HOME": str(tmp_path), **debug_engine()}

    def recto(*arguments):
        command = [sys.executable, "-c", "from recto.doors.cli import main; main()", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    recto("worker", "--once")
    to = (tmp_path / "out").as_uri()
    job_id = recto("jobs", "order", "export", "--payload", f'{{"to": "{to}"}}', "--owner", "ann").split()[0]
    recto("worker", "--once", "--kinds", "export")
    assert app.jobs.job(job_id).result == {"to": to, "documents": 2, "parts": 1}
    rows = parquet.read_table(tmp_path / "out" / "readings").to_pylist()
    assert sorted(row["source"] for row in rows) == ["1.pdf", "2.pdf"]
    words = [row["text"] for row in parquet.read_table(tmp_path / "out" / "words").to_pylist()]
    assert "NUMBER" in words and "123-45-6789" not in words
    app.database.close()


def test_an_export_that_does_not_say_where_to_is_refused(tmp_path):
    with pytest.raises(BadRequest, match="to"):
        ExportHandler(install(Settings(home=tmp_path))).work(Job("1", "export", {}), lambda said: None)
