"""How an engine elsewhere is asked again: within its time, and without a word on standard output."""

import json
import os
import subprocess
import sys
import threading
import time

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from tests.support import receipts
from tests.support.recto import CODE
from tests.support.serving import serving

from recto.document.errors import EngineFailed, EngineUnavailable
from recto.engines.wire.http import Patience, Wire, wait_asked


def scripted(asked, *answers):
    """A server that gives these answers in turn, the last one for ever; each is (status, headers, body)."""

    async def answer(request):
        asked.append((request.method, await request.body()))
        status, headers, body = answers[min(len(asked), len(answers)) - 1]
        return JSONResponse(body, status, headers)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


BUSY = (503, {}, None)


def test_an_engine_that_is_busy_for_a_moment_is_asked_again():
    asked = []
    with serving(scripted(asked, BUSY, BUSY, (200, {}, {"fine": True}))) as url:
        assert Wire(url, patience=Patience(first_wait=0.01)).get("/x") == {"fine": True}
    assert len(asked) == 3


def test_no_more_tries_are_made_than_are_granted():
    asked = []
    with serving(scripted(asked, BUSY)) as url, pytest.raises(EngineUnavailable):
        Wire(url, patience=Patience(tries=4, first_wait=0.01)).ask("/x", {})
    assert len(asked) == 4


def test_all_tries_together_take_no_longer_than_the_total():
    asked = []
    start = time.monotonic()
    with serving(scripted(asked, BUSY)) as url, pytest.raises(EngineUnavailable):
        Wire(url, patience=Patience(tries=1000, total=1.0, first_wait=0.2)).get("/x")
    assert time.monotonic() - start < 1.5
    assert len(asked) > 1


def test_an_engine_that_wants_a_longer_wait_than_is_left_is_given_up_at_once():
    asked = []
    start = time.monotonic()
    with serving(scripted(asked, (429, {"Retry-After": "30"}, None))) as url, pytest.raises(EngineUnavailable):
        Wire(url, patience=Patience(total=5.0)).get("/x")
    assert time.monotonic() - start < 2 and len(asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 7 ", 7),
        ("3600", 60),
        ("9" * 5000, 60),
        ("-1", None),
        ("²", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 60),
        ("Wed, 21 Oct 2015 07:28:00 -0000", None),
    ],
)
def test_a_wait_is_told_in_seconds_or_as_a_moment_and_nonsense_is_none(header, seconds):
    wait = wait_asked(header)
    assert seconds == (None if wait is None else wait.total_seconds())


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"<html>"),
        ({}, b"\xff\xfe"),
        ({}, b"[" * 100_000),
        ({"Content-Encoding": "gzip"}, b"not packed"),
        ({}, b""),
    ],
)
def test_an_answer_that_cannot_be_understood_is_a_failure_and_not_asked_for_again(headers, body):
    asked = []

    def answer(request):
        asked.append(request.url.path)
        return Response(body, 200, headers)

    app = Starlette(routes=[Route("/x", answer)])
    with serving(app) as url, pytest.raises(EngineFailed):
        Wire(url, patience=Patience(first_wait=0.01)).get("/x")
    assert asked == ["/x"]


def test_a_wait_that_is_asked_for_and_fits_is_waited():
    asked = []
    start = time.monotonic()
    with serving(scripted(asked, (429, {"Retry-After": "1"}, None), (200, {}, {}))) as url:
        Wire(url, patience=Patience(first_wait=0.01)).get("/x")
    assert time.monotonic() - start >= 1


def test_a_try_that_begins_late_gets_only_the_time_that_is_left(tmp_path):
    def slow(request):
        time.sleep(3)
        return JSONResponse({})

    start = time.monotonic()
    app = Starlette(routes=[Route("/x", slow)])
    with serving(app) as url:
        with pytest.raises(EngineUnavailable, match="Timeout"):
            Wire(url, patience=Patience(total=0.5, timeout=60)).get("/x")
        assert time.monotonic() - start < 2


def test_an_answer_that_drips_is_cut_when_the_time_is_over():
    stop = threading.Event()

    def drops():
        while not stop.wait(0.05):
            yield b" "

    start = time.monotonic()
    app = Starlette(routes=[Route("/x", lambda request: StreamingResponse(drops(), 200))])
    with serving(app) as url, pytest.raises(EngineUnavailable, match="too long"):
        Wire(url, patience=Patience(total=0.5)).get("/x")
    stop.set()
    assert time.monotonic() - start < 3


def test_a_page_that_is_read_elsewhere_leaves_nothing_but_json_on_standard_output(tmp_path):
    """However often the engine there has to be asked."""
    layout = [{"bbox": [20, 20, 600, 90], "category": "Text", "text": "GREEN TEA HOUSE TOTAL 9.00"}]
    said = {"choices": [{"message": {"content": json.dumps(layout)}, "finish_reason": "stop"}]}
    asked = []
    (tmp_path / "a.png").write_bytes(receipts.image(1))
    with serving(scripted(asked, BUSY, BUSY, (200, {}, said))) as url:
        environment = {
            **os.environ,
            "RECTO_HOME": str(tmp_path),
            "RECTO_OCR": "dots-ocr",
            "RECTO_ENGINES": json.dumps({"dots-ocr": {"base_url": url, "model": "dots"}}),
        }
        command = [sys.executable, "-c", CODE, "read", "--json", "--words", str(tmp_path / "a.png")]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert len(asked) >= 3
    assert "TEA" in [word["text"] for word in json.loads(ran.stdout)["words"]]
