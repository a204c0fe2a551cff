"""The OpenAPI document is true: whatever is made up from it gets an answer that it tells of."""

import os
import re
import subprocess
import sys

import pytest
from tests.support.gateway import gateway

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
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{door.url}/openapi.json", "-H", f"X-API-Key: {KEY}"]
    options = [
        "--checks",
        CHECKS,
        "--max-examples",
        str(EXAMPLES),
        "--no-color",
        "--seed",
        "7",
        "--continue-on-failure",
    ]
    options += ["--request-timeout", "120"]  # a hundred pages at once take their time
    left_out = ["--exclude-path-regex", "/events$|layoutlm_inference"]
    ran = subprocess.run([*command, *options, *left_out], capture_output=True, text=True, cwd=tmp_path, timeout=3000)
    print(ran.stdout[-1500:])
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    made = int(re.search(r"(\d+) generated", ran.stdout)[1])
    assert made > 100
