"""`recto.Client` and `recto read --server`, against `recto serve` as a process of its own."""

import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from tests.support import receipts
from tests.support.faults import faulty
from tests.support.papers import encrypted_pdf, text_pdf
from tests.support.recto import CODE, free_port, recto_serve

import recto
from recto.app import build
from recto.document.errors import (
    BadRequest,
    Conflict,
    Empty,
    Encrypted,
    NotFound,
    RateLimited,
    RectoError,
    Unauthorized,
    Unavailable,
)
from recto.document.reading import Reading
from recto.schemas.json import reading_json

KEY = "a key for the tests of the client"
DOCS = Path(__file__).parents[2] / "docs" / "client.md"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with recto_serve(tmp_path_factory.mktemp("home"), GATEWAY_API_KEY=KEY) as server:
        yield server


@pytest.fixture(scope="module")
def client(served):
    with recto.Client(served.url, KEY) as found:
        yield found


def without_times(reading: Reading) -> dict:
    return reading_json(replace(reading, seconds={}), words=True)


def command(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", CODE, *words], env={**os.environ, **environment}, capture_output=True, text=True
    )


def test_a_document_read_by_a_server_has_the_reading_that_it_has_when_read_here(client, tmp_path):
    path = tmp_path / "receipt.pdf"
    path.write_bytes(receipts.paper(3))
    there = client.read(path)
    here = build().read(path.read_bytes(), path.name)
    assert without_times(there) == without_times(here)
    assert there.field("total").value == here.field("total").value is not None
    assert there.words and there.fields == here.fields


def test_bytes_files_and_pipes_are_read_like_paths(client):
    data = receipts.paper(4)
    pipe = os.fdopen(os.open(os.devnull, os.O_RDONLY), "rb")
    assert [client.upload(file).document.id for file in (data, io.BytesIO(data))] == [
        client.upload(data).document.id
    ] * 2
    with pipe, pytest.raises(Empty):
        client.upload(pipe, name="nothing.pdf")


def test_documents_are_listed_page_by_page_shown_and_forgotten(client):
    brought = client.wait(client.upload(receipts.paper(5), name="five.pdf"))
    assert brought.state == "read" and brought.document.name == "five.pdf"
    assert client.original(brought) == receipts.paper(5)
    assert client.page(brought).startswith((b"\x89PNG", b"\xff\xd8", b"RIFF"))
    assert brought.document.id in {one.document.id for one in client.documents(state="read")}
    client.delete(brought)
    with pytest.raises(NotFound):
        client.document(brought)
    with pytest.raises(NotFound):
        client.delete(brought)


def test_work_that_is_cancelled_ends_the_waiting_and_a_document_may_be_read_another_time(client):
    ahead = [client.upload(receipts.image(number), name=f"{number}.png") for number in (30, 31)]
    client.cancel(ahead[-1].job_id)
    stopped = client.wait(ahead[-1])
    assert (stopped.state, [fault.code for fault in stopped.reading.errors]) == ("failed", ["cancelled"])
    with pytest.raises(Conflict):
        client.cancel(ahead[-1].job_id)
    assert client.wait(client.read_again(stopped)).state == "read"


def test_a_document_that_is_there_as_another_kind_is_read_as_the_kind_that_is_named(client):
    data = receipts.paper(12)
    assert client.read(data).kind.kind != "invoice"
    assert client.read(data, kind="invoice").kind.kind == "invoice"


def test_a_document_is_classified_and_extracted_while_the_caller_waits(client):
    data = receipts.paper(6)
    there = client.read(data)
    verdict, extracted = client.classify(data), client.extract(documents=[client.upload(data).document.id])
    assert verdict.guess.kind == extracted.kind == there.kind.kind
    assert extracted.reading.field("total").value == there.field("total").value
    assert extracted.data["total"] == str(there.field("total").value)


def test_the_server_tells_of_itself_and_takes_webhooks(client):
    assert client.health()["status"] == "ok"
    assert client.models() and client.capacity()
    made = client.webhooks.create("https://example.com/recto", ["document.read"])
    assert [one["id"] for one in client.webhooks.list()] == [made["id"]]
    client.webhooks.delete(made["id"])
    assert client.webhooks.list() == []


def test_what_was_wrong_with_a_document_is_raised_as_it_is_raised_here(client):
    data = encrypted_pdf("secret", "open sesame")
    with pytest.raises(Encrypted):
        client.read(data)


def test_a_wrong_key_is_unauthorized_with_the_id_of_the_request(served):
    with recto.Client(served.url, "wrong") as stranger, pytest.raises(Unauthorized) as caught:
        stranger.read(receipts.paper(1))
    assert re.fullmatch(r"\S{8,}", caught.value.request_id)


def test_the_key_is_in_no_repr_no_error_and_no_log(served, caplog):
    caplog.set_level(logging.DEBUG)
    shown = recto.Client(f"{served.url}/", KEY)
    with shown, pytest.raises(NotFound) as caught:
        shown.document("0" * 64)
    with pytest.raises(BadRequest) as refused:
        recto.Client(served.url, f"{KEY}\nX-Other: 1")
    told = [repr(shown), repr(vars(shown)), repr(shown._wire.pool.headers), repr(caught.value), repr(refused.value)]
    assert KEY not in " ".join([*told, caplog.text])


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://example.com", "http://", "http://me:secret@example.com"])
def test_an_address_that_is_none_is_refused_at_once(url):
    with pytest.raises(BadRequest):
        recto.Client(url)


def test_a_server_that_is_away_is_said_to_be_so_when_the_patience_is_spent():
    begun = time.monotonic()
    with recto.Client(f"http://127.0.0.1:{free_port()}", patience=0.5) as client, pytest.raises(Unavailable):
        client.health()
    assert time.monotonic() - begun < 5


def test_uploads_through_a_bad_line_arrive_and_each_is_done_once(client, served):
    with faulty(served.url, seed=5, errors=0.25, cuts=0.25, delays=0) as line, recto.Client(line, KEY) as unlucky:
        ids = [unlucky.upload(receipts.paper(number)).document.id for number in range(20, 28)]
    jobs = [client.wait(one).job_id for one in ids]
    assert len(set(ids)) == len(set(jobs)) == 8
    assert [client.job(job)["attempts"] for job in jobs] == [1] * 8


def test_who_asks_too_often_is_asked_to_wait_and_waits(tmp_path):
    with recto_serve(tmp_path, RATE_LIMIT_REQUESTS="3", RATE_LIMIT_WINDOW="3", GATEWAY_API_KEY=KEY) as served:
        with recto.Client(served.url, KEY, patience=0.2) as hasty, pytest.raises(RateLimited) as caught:
            for _ in range(10):
                hasty.models()
        assert caught.value.wait > 0
        with recto.Client(served.url, KEY) as patient:
            assert all(patient.models() for _ in range(7))


class Scripted(BaseHTTPRequestHandler):
    """Answers in turn what its server's `script` says, and remembers what it was asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.headers["Idempotency-Key"], body))
        status, headers, told = self.server.script.pop(0)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(told))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_):
        pass


@pytest.fixture
def scripted():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
    server.script, server.asked = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


TAKEN = json.dumps({"documents": [{"id": "1", "name": "a", "state": "waiting", "job_id": "2"}]}).encode()


def test_an_upload_is_sent_again_byte_for_byte_under_the_same_key(scripted, tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(os.urandom(300_000))
    scripted.script = [(503, {}, b""), (502, {}, b"<html>"), (429, {"Retry-After": "1"}, b""), (202, {}, TAKEN)]
    begun = time.monotonic()
    with recto.Client(f"http://127.0.0.1:{scripted.server_port}") as client:
        assert client.upload(path).document.id == "1"
    assert len(scripted.asked) == 4 and len(set(scripted.asked)) == 1
    assert path.read_bytes() in scripted.asked[0][1]
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}, b"{}"),
        (429, {"Retry-After": "40000"}, b'{"code": "pages_spent", "detail": ""}'),
        (502, {}, b'{"code": "engine_failed", "detail": "no answer"}'),
        (307, {"Location": "https://example.com/"}, b""),
        (400, {}, b"[]"),
    ],
)
def test_what_does_not_pass_is_raised_at_once(scripted, answer):
    scripted.script = [answer]
    with recto.Client(f"http://127.0.0.1:{scripted.server_port}") as client, pytest.raises(RectoError):
        client.upload(b"a")
    assert len(scripted.asked) == 1


def test_waiting_outlasts_a_server_that_is_killed_and_started_again(tmp_path):
    found = []
    with recto_serve(tmp_path) as served:
        client = recto.Client(served.url)
        ids = [client.upload(receipts.image(number), name=f"{number}.png").document.id for number in range(3)]
        waiting = threading.Thread(target=lambda: found.extend(client.wait(one).state for one in ids))
        waiting.start()
        served.kill()
    with recto_serve(tmp_path, port=int(served.url.rpartition(":")[2])):
        waiting.join(300)
        client.close()
    assert found == ["read"] * 3


def test_the_command_line_prints_what_a_server_read_as_it_prints_what_it_read_itself(served, tmp_path):
    path = tmp_path / "receipt.pdf"
    path.write_bytes(receipts.paper(9))
    there = command("read", str(path), "--json", "--words", "--server", served.url, RECTO_API_KEY=KEY)
    here = command("read", str(path), "--json", "--words")
    told, own = json.loads(there.stdout), json.loads(here.stdout)
    assert {**told, "seconds": {}} == {**own, "seconds": {}}
    table = command("read", str(path), "--server", served.url, RECTO_API_KEY=KEY)
    assert (there.returncode, table.returncode) == (0, 0)
    assert own["document"]["name"] in table.stdout and "total" in table.stdout


def test_the_command_line_draws_upon_the_pages_of_a_server_what_it_draws_upon_its_own(served, tmp_path):
    path = tmp_path / "receipt.pdf"
    path.write_bytes(receipts.paper(13))
    there = command("read", str(path), "--server", served.url, "--overlay", str(tmp_path / "there"), RECTO_API_KEY=KEY)
    here = command("read", str(path), "--overlay", str(tmp_path / "here"))
    assert (there.returncode, here.returncode) == (0, 0), there.stderr
    (name,) = [picture.name for picture in (tmp_path / "there").iterdir()]
    pictures = [Image.open(tmp_path / side / name).convert("L").resize((200, 260)) for side in ("there", "here")]
    apart = ImageChops.difference(*pictures)
    assert ImageStat.Stat(apart).mean[0] < 3
    assert ImageStat.Stat(pictures[0]).stddev[0] > 5


def test_a_number_that_the_key_may_not_see_is_painted_over_in_what_the_command_line_draws(served, tmp_path):
    path = tmp_path / "statement.pdf"
    path.write_bytes(text_pdf(("CREDIT CARD STATEMENT", "Card number 4539578763621486", "Balance 12.00")))
    options = ["--kind", "credit_card_statement", "--reveal", "--overlay", str(tmp_path / "there")]
    there = command("read", str(path), "--json", "--words", "--server", served.url, *options, RECTO_API_KEY=KEY)
    assert there.returncode == 0, there.stderr
    (word,) = [one for one in json.loads(there.stdout)["words"] if one["text"].endswith("1486")]
    assert word["text"] != "4539578763621486"
    page = Image.open(tmp_path / "there" / "statement.pdf-1.png").convert("L")
    left, top, right, bottom = word["box"]
    inner = (left + 0.1 * (right - left), top + 0.3 * (bottom - top), left + 0.6 * (right - left), bottom)
    shown = page.crop(tuple(int(side * (page.width, page.height)[at % 2]) for at, side in enumerate(inner)))
    assert ImageStat.Stat(shown).stddev[0] < 8


def test_the_command_line_says_what_is_wrong_with_the_server_and_what_with_a_file(served, tmp_path):
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    path = str(tmp_path / "bad.pdf")
    away = command("read", path, "--server", f"http://127.0.0.1:{free_port()}")
    assert (away.returncode, away.stdout) == (2, "") and "does not answer" in away.stderr
    stranger = command("read", path, "--server", served.url, RECTO_API_KEY="wrong")
    assert stranger.returncode == 2 and "[unauthorized]" in stranger.stderr
    damaged = command("read", path, "--json", "--server", served.url, RECTO_API_KEY=KEY)
    assert damaged.returncode == 1 and json.loads(damaged.stdout)["errors"][0]["code"] == "damaged"


def test_the_example_of_the_documentation_runs(served, tmp_path, monkeypatch):
    example = re.search(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)[1]
    (tmp_path / "receipt.pdf").write_bytes(receipts.paper(11))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECTO_API_KEY", KEY)
    out = subprocess.run(
        [sys.executable, "-c", example.replace("https://recto.example.com", served.url)], capture_output=True, text=True
    )
    assert out.returncode == 0, out.stderr
    assert "total" in out.stdout


def test_importing_recto_loads_no_client_until_it_is_asked_for():
    loaded = "print('httpx2' in sys.modules)"
    code = f"import sys, recto, recto.doors.cli\n{loaded}\nrecto.Client\n{loaded}"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert out.stdout.split() == ["False", "True"], out.stderr
