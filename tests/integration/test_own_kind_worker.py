"""A kind of one's own, named in the settings, is known in the processes that read for a worker."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.support.debug import debug_engine
from tests.support.papers import text_pdf

from recto.app import install
from recto.document.page import Document
from recto.doors.http.intake import accept
from recto.settings import Settings

KIND = Path(__file__).parents[2] / "examples" / "own_kind" / "timesheet.toml"


def test_a_worker_reads_a_document_of_a_kind_that_the_settings_name(tmp_path):
    app = install(Settings(home=tmp_path))
    data = text_pdf(["TIMESHEET", "Total pay 310.00"])
    document = Document(hashlib.sha256(data).hexdigest(), "a.pdf", "application/pdf", 1)
    accept(app, document, data, "", {"kind": "timesheet"})
    environment = {**os.environ, "RECTO_HOME": str(tmp_path), "RECTO_KINDS": f'["{KIND}"]', **debug_engine()}
    command = [sys.executable, "-c", "from recto.doors.cli import main; main()", "worker", "--once"]
    subprocess.run(command, env=environment, check=True)
    (job,) = app.jobs.jobs("read")
    assert (job.state, job.error) == ("done", None)
    app.database.close()
