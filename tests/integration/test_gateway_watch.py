"""What an operator sees: logs without secrets, figures, traces; and a stop that finishes what is begun."""

import contextlib
import gc
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2 as httpx
import pytest
from tests.support.gateway import gateway
from tests.support.recto import free_port, recto_serve, until

from recto.doors.http.examples import RECEIPT
from recto.doors.http.watch import Heard

SIGNED = "https://bucket.example.invalid/a.png?X-Amz-Signature=deadbeefcafe"


def lines_of(log):
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def test_a_request_is_one_line_of_json_and_no_secret_gets_into_it(tmp_path):
    with recto_serve(tmp_path, GATEWAY_API_KEY="the-secret-key", LOG_LEVEL="INFO") as served:
        headers = {"X-API-Key": "the-secret-key", "X-Request-ID": "mine-1"}
        httpx.post(f"{served.url}/v1/classify?token=hidden", json={"image_urls": [SIGNED]}, headers=headers, timeout=60)
        httpx.get(f"{served.url}/v1/documents", headers={"X-API-Key": "wrong-secret"})
        httpx.post(f"{served.url}/login", data={"key": "the-secret-key", "next": "/"})
        httpx.get(f"{served.url}/live")
        until(lambda: len(lines_of(served.log)) > 3, 10, served.log)
        said = [line for line in lines_of(served.log) if line["event"] == "request"]
        text = served.log.read_text()
    for secret in ("the-secret-key", "wrong-secret", "deadbeef", "X-Amz", "hidden", "recto_"):
        assert secret not in text
    asked = next(line for line in said if line["request_id"] == "mine-1")
    assert (asked["method"], asked["path"], asked["key"][:7]) == ("POST", "/v1/classify", "gateway")
    assert asked["ms"] > 0 and asked["code"] in ("fetch_failed", "forbidden_url")
    assert next(line for line in said if line["status"] == 401)["code"] == "unauthorized"
    assert not any(line["path"] == "/live" for line in said)


def test_every_request_that_was_answered_has_its_line_when_the_server_has_been_stopped(tmp_path):
    with recto_serve(tmp_path, GATEWAY_API_KEY="k", LOG_LEVEL="INFO") as served:

        def call(number):
            headers = {"X-API-Key": "k", "X-Request-ID": f"call-{number}"}
            return httpx.get(f"{served.url}/v1/capacity", headers=headers, timeout=60).status_code

        with ThreadPoolExecutor(16) as callers:
            assert set(callers.map(call, range(160))) == {200}
    written = [line["request_id"] for line in lines_of(served.log) if line.get("path") == "/v1/capacity"]
    assert sorted(written) == sorted(f"call-{number}" for number in range(160))


def test_no_request_is_written_down_where_warnings_alone_are_wanted(tmp_path):
    with recto_serve(tmp_path, LOG_LEVEL="WARNING") as served:
        httpx.get(f"{served.url}/version")
    assert [line for line in lines_of(served.log) if line["event"] == "request"] == []


def test_figures_tell_routes_by_their_names_and_never_by_what_was_asked(tmp_path):
    with gateway(tmp_path) as door, door.client() as client:
        client.post("/v1/classify", json={"image_urls": [RECEIPT]})
        client.get(f"/v1/documents/{'a' * 64}")
        client.get("/v1/documents/short")
        client.get("/odd/address")
        client.request("BREW", "/v1/documents")
        said = client.get("/metrics").text
    assert 'recto_http_requests_total{method="POST",route="/v1/classify",status="200"} 1.0' in said
    assert 'recto_http_problems_total{code="not_found"} 2.0' in said
    assert 'recto_engine_seconds_count{task="classify"} 1.0' in said
    assert 'recto_queue_jobs{state="due"} 0.0' in said
    assert "aaaa" not in said and "odd" not in said and "BREW" not in said
    # Every line is of the form that Prometheus reads.
    number = r"[-+]?([0-9.]+(e[-+]?\d+)?|Inf|NaN)"
    assert all(re.fullmatch(rf"#.*|[a-z_]+(\{{.*\}})? {number}", line) for line in said.splitlines())


def test_a_request_that_is_over_leaves_nothing_for_the_collector_of_garbage(tmp_path):
    def heard():
        return [each for each in gc.get_objects() if type(each) is Heard]

    def left():
        return [each for each in heard() if not any(each is one for one in before)]

    before = heard()  # of servers before this one that were stopped in the middle of an answer
    with gateway(tmp_path) as door, door.client() as client:
        gc.disable()
        try:
            for _ in range(5):
                assert client.post("/v1/classify", json={"image_urls": [RECEIPT]}).status_code == 200
                assert client.get("/v1/documents").status_code == 200
                assert client.post("/v1/classify", json={}).status_code == 400
            end = time.monotonic() + 10
            while left() and time.monotonic() < end:
                client.get("/live")
            assert left() == []
        finally:
            gc.enable()


@pytest.fixture
def collector():
    """A collector of traces that keeps what it is sent."""
    pytest.importorskip("opentelemetry.sdk", reason="the extra `otel` is not installed")
    got = []

    class Requests(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", got
    server.shutdown()
    server.server_close()


def test_a_caller_s_trace_is_continued_down_to_the_engine(tmp_path, collector):
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    endpoint, got = collector
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with gateway(tmp_path, traces=endpoint) as door, door.client() as client:
        headers = {"traceparent": f"00-{trace}-{parent}-01"}
        assert client.post("/v1/classify", json={"image_urls": [RECEIPT]}, headers=headers).status_code == 200
    spans = {}
    for body in got:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            spans.update({span.name: span for scope in resource.scope_spans for span in scope.spans})
    request, engine = spans["POST /v1/classify"], spans["classify"]
    assert request.trace_id.hex() == engine.trace_id.hex() == trace
    assert (request.parent_span_id.hex(), engine.parent_span_id) == (parent, request.span_id)
    told = {one.key: one.value for one in request.attributes}
    assert told["http.response.status_code"].int_value == 200


def test_a_server_that_is_stopped_answers_what_it_has_begun_and_ends(tmp_path):
    port = free_port()
    environment = {**os.environ, "RECTO_HOME": str(tmp_path), "GATEWAY_API_KEY": "k", "LOG_LEVEL": "INFO"}
    log = tmp_path / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "tests.support.slow_gateway", str(port), str(tmp_path / "asked")]
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: alive(url, process), 120, log)
        answers = []
        ask = {"image_urls": [RECEIPT]}

        def call():
            answers.append(httpx.post(f"{url}/v1/classify", json=ask, headers={"X-API-Key": "k"}, timeout=60))

        caller = threading.Thread(target=call)
        caller.start()
        until(lambda: (tmp_path / "asked").exists(), 120, log)
        process.send_signal(signal.SIGTERM)
        until(lambda: "Shutting down" in log.read_text(), 120, log)
        (tmp_path / "asked").unlink()
        caller.join(120)
        assert [answer.status_code for answer in answers] == [200]
        assert process.wait(120) in (0, -signal.SIGTERM)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


def alive(url, process) -> bool:
    assert process.poll() is None
    try:
        return httpx.get(f"{url}/live", timeout=5).status_code == 200
    except httpx.TransportError:
        time.sleep(0.1)
        return False
