"""Numbers that identify a person, and passwords: a whole run is searched for them."""

import re
import sqlite3
import subprocess
import sys

import httpx2 as httpx
import pytest
from cryptography.fernet import Fernet
from tests.support.papers import encrypted_pdf, text_pdf
from tests.support.recto import recto_serve, until

from recto.app import Settings, install
from recto.document.errors import BadSettings
from recto.document.page import Document
from recto.document.reading import Field, Guess, Reading
from recto.document.record import Query, Record
from recto.stores.sealed import MAGIC

SSN = "536-22-8714"
PLAIN = re.compile(rb"536\D{0,2}22\D{0,2}8714|5362287", re.I)
PASSWORD = "open-sesame-9"
PAPER = text_pdf(
    [
        "Form W-2 Wage and Tax Statement 2024",
        f"a Employee's social security number {SSN}",
        "b Employer identification number 12-3456789",
        "c Employer's name Lotus Trading LLC",
        "1 Wages, tips, other compensation 40000.00",
        f"Notes: the employee {SSN} works in Ipoh",
    ]
)


def outputs(url, document_id):
    """Everything that a caller without a scope may ask for."""
    paths = [
        f"/v1/documents/{document_id}?words=true",
        *(f"/v1/documents/{document_id}?words=true&names={name}" for name in ("azure", "textract", "google")),
        "/v1/documents",
        "/v1/documents?text=536-22-8714",
        "/v1/documents?text=Lotus",
        "/",
        "/?text=Lotus",
        f"/documents/{document_id}",
        f"/documents/{document_id}/sheet?page=1",
        "/v1/jobs",
        "/v1/review",
        f"/v1/review/{document_id}",
        f"/v1/documents/{document_id}/labels",
        "/v1/labels",
        "/v1/labels/queue",
        f"/v1/inspect/{document_id}",
        f"/review/{document_id}",
        f"/labels/{document_id}",
        f"/inspect/{document_id}",
    ]
    return {path: httpx.get(url + path, headers={"Accept": "text/html, */*"}, timeout=30) for path in paths}


def brought(served, name, data, **form):
    """Uploaded and read; its id."""
    answer = httpx.post(f"{served.url}/v1/documents", files={"file": (name, data)}, data=form, timeout=30)
    assert answer.status_code == 202, answer.text
    document_id = answer.json()["documents"][0]["id"]

    def read():
        return httpx.get(f"{served.url}/v1/documents/{document_id}").json()["state"] in ("read", "failed")

    until(read, 60, served.log)
    return document_id


def corrected(served, document_id):
    """The number set right by a person, which labels its words too, and what he saw before kept to be undone."""
    path = f"{served.url}/v1/review/{document_id}"
    before = httpx.get(path, timeout=30).json()
    fix = {"name": "employee.social_security_number", "value": SSN}
    after = httpx.post(f"{path}/corrections", json={"version": before["version"], "fields": [fix]}, timeout=30)
    assert after.status_code == 200, after.text
    assert "VALID" in after.text, "its words carry a label"


def test_a_run_leaves_the_plain_number_and_the_password_nowhere(tmp_path):
    home = tmp_path / "home"
    settings = {"RECTO_ENCRYPTION_KEYS": f'["{Fernet.generate_key().decode()}"]', "LOG_LEVEL": "DEBUG"}
    with recto_serve(home, RECTO_LABELLER='["rules"]', RECTO_CLASSIFIER='["rules"]', **settings) as served:
        document_id = brought(served, "w2.pdf", PAPER, kind="W2")
        brought(served, "locked.pdf", encrypted_pdf("TOTAL 9.00", PASSWORD), password=PASSWORD)
        corrected(served, document_id)
        answers = outputs(served.url, document_id)
        assert "8714" in answers[f"/v1/documents/{document_id}?words=true"].text, "it was read"
        assert answers["/v1/documents?text=Lotus"].json()["total"] == 1, "it is found"
        for path, answer in answers.items():
            assert answer.status_code == 200, (path, answer.text[:300])
            assert not PLAIN.search(answer.content), path
        assert httpx.get(f"{served.url}/v1/documents/{document_id}/original").content == PAPER
    kept = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name == "recto.db" for path in kept)
    assert len([path for path in kept if path.read_bytes().startswith(MAGIC)]) == 2
    for path in kept:
        assert not PLAIN.search(path.read_bytes()), path
        assert PASSWORD.encode() not in path.read_bytes(), path


def test_what_the_command_line_prints_is_masked(tmp_path):
    paper = tmp_path / "w2.pdf"
    paper.write_bytes(PAPER)
    code = "from recto.doors.cli import main; main()"
    environment = {"RECTO_HOME": str(tmp_path), "PATH": "/usr/bin", "RECTO_LABELLER": '["rules"]'}
    for options in (["--json", "--words"], []):
        command = [sys.executable, "-c", code, "read", "--kind", "W2", *options, str(paper)]
        done = subprocess.run(command, capture_output=True, env=environment)
        assert done.returncode == 0, done.stderr.decode()
        assert b"8714" in done.stdout
        assert not PLAIN.search(done.stdout + done.stderr)


def record(number):
    field = Field("employee.social_security_number", number, "ssn", number, "grounded")
    document = Document("a" * 64, "w2.pdf", "application/pdf", 1)
    return Record(document, "read", reading=Reading(document, kind=Guess("W2", None), fields=(field,)))


def keyed(home, *keys):
    return install(Settings(home=home, encryption_keys=list(keys)))


def test_what_was_kept_without_a_key_is_read_with_one_and_sealed_from_then_on(tmp_path):
    keyed(tmp_path).records.save(record(SSN))
    assert PLAIN.search(everything(tmp_path))
    app = keyed(tmp_path, Fernet.generate_key().decode())
    loaded = app.records.load("a" * 64, "")
    assert loaded.reading.field("employee.social_security_number").value == SSN
    app.records.save(loaded)
    assert app.records.find(Query()).records[0].reading.kind.kind == "W2"
    assert not PLAIN.search(sealed_rows(tmp_path))


def test_a_new_key_before_the_old_one_seals_and_both_open(tmp_path):
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    keyed(tmp_path, old).records.save(record(SSN))
    both = keyed(tmp_path, new, old)
    both.records.save(both.records.load("a" * 64, ""))
    assert keyed(tmp_path, new).records.load("a" * 64, "").reading.fields[0].value == SSN
    with pytest.raises(BadSettings):
        keyed(tmp_path, old).records.load("a" * 64, "")
    with pytest.raises(BadSettings):
        keyed(tmp_path).records.load("a" * 64, "")


def test_what_is_no_key_is_told(tmp_path):
    with pytest.raises(BadSettings, match="encryption_keys"):
        keyed(tmp_path, "too short").records.save(record(SSN))


def test_pages_that_ocr_saw_are_kept_under_seal(tmp_path):
    app = keyed(tmp_path, Fernet.generate_key().decode())
    app.memory.keep("a/1/ocr", {"words": [SSN]})
    assert app.memory.recall("a/1/ocr") == {"words": [SSN]}
    assert app.memory.about("a") == [{"words": [SSN]}]
    stored = sqlite3.connect(tmp_path / "recto.db").execute("SELECT answer FROM memories").fetchone()[0]
    assert stored.startswith(b"gAAAA")


def test_the_own_key_of_an_installation_is_made_once_for_its_owner_alone(tmp_path):
    kept = install(Settings(home=tmp_path)).vault.shut(b"secret")
    assert install(Settings(home=tmp_path)).vault.open(kept) == b"secret"
    assert (tmp_path / "vault.key").stat().st_mode & 0o777 == 0o600


def everything(home):
    return b"".join(path.read_bytes() for path in sorted(home.glob("recto.db*")))


def sealed_rows(home):
    rows = sqlite3.connect(home / "recto.db").execute("SELECT reading, words FROM records").fetchall()
    return b"".join(str(reading).encode() + (words or b"") for reading, words in rows)
