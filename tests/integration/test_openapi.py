"""The OpenAPI document is true: whatever is made up from it gets an answer that it tells of."""

import os
import re
import subprocess
import sys

import pytest
from tests.support.gateway import gateway

from recto.document.record import Record
from recto.doors.http.sample import PAGE, RECEIPT_ID, TOTAL

EXAMPLES = int(os.environ.get("RECTO_FUZZ", "4"))
"""Made-up requests for each route and way of asking; the long run takes hundreds."""
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
KEY = "fuzz-key"


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    granted = {"RATE_LIMIT_REQUESTS": 0, "gateway": {"at_once": 4}}
    with gateway(tmp_path_factory.mktemp("home"), GATEWAY_API_KEY=KEY, **granted) as found:
        yield found


@pytest.fixture(scope="module")
def described(door):
    return door.client().get("/openapi.json").json()


def test_every_route_under_v1_says_that_it_asks_for_a_key_and_what_else_may_happen(described):
    for path, operations in described["paths"].items():
        if path.startswith("/v1/"):
            for operation in operations.values():
                assert {"401", "403", "422", "429", "503"} <= set(operation["responses"]), path
                assert operation["security"] == [{"key": []}, {"bearer": []}], path


def test_whatever_is_made_up_from_the_description_gets_an_answer_that_it_tells_of(door, tmp_path):
    assert made_up(door, tmp_path, "--exclude-path-regex", "/events$|layoutlm_inference") > 100


def test_whatever_is_made_up_about_what_is_here_gets_an_answer_that_its_route_tells_of(door, tmp_path):
    """The ids in the paths are those of a document that was read, a word of it, a webhook and a message to it."""
    reading = door.app.read(PAGE, "receipt.pdf")
    record = Record(reading.document, "read", reading=reading)
    door.app.blobs.put(record.blob, PAGE)
    door.app.records.save(record)
    with door.client(KEY) as client:
        hook = client.post("/v1/webhooks", json={"url": "https://example.com/recto"}).json()["id"]
        message = client.post(f"/v1/webhooks/{hook}/test").json()["id"]
    ids = {"document_id": RECEIPT_ID, "word": TOTAL, "webhook_id": hook, "delivery_id": message}
    lines = [f'"path.{name}" = "{value}"' for name, value in ids.items()]
    (tmp_path / "schemathesis.toml").write_text("\n".join(["[parameters]", *lines]))
    about = ["--include-path-regex", "{(document|webhook)_id}", "--exclude-path-regex", "/events$|/runs|/inspect"]
    assert made_up(door, tmp_path, *about, "--exclude-method", "DELETE", "--phases", "examples,coverage,fuzzing") > 100
    assert door.app.records.load(RECEIPT_ID, "").document.id == RECEIPT_ID


def made_up(door, folder, *options: str) -> int:
    """How many requests were made up and answered as the document says."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{door.url}/openapi.json", "-H", f"X-API-Key: {KEY}"]
    usual = ["--checks", CHECKS, "--max-examples", str(EXAMPLES), "--no-color", "--seed", "7", "--continue-on-failure"]
    usual += ["--request-timeout", "120"]  # a hundred pages at once take their time
    ran = subprocess.run([*command, *usual, *options], capture_output=True, text=True, cwd=folder, timeout=3000)
    print(ran.stdout[-1500:])
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    return int(re.search(r"(\d+) generated", ran.stdout)[1])
