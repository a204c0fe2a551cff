"""`/health` tells how RunPod's endpoints are, and waits for none of them."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
from tests.support.gateway import gateway
from tests.support.jobs import until
from tests.support.serving import serving

from recto.document.errors import EngineUnavailable
from recto.engines.wire.runpod import RunPod
from recto.support.runpod import Fault, Pod

RULES = {"classifier": ["rules"], "labeller": ["rules"]}


def asking(home, url):
    return gateway(home, **RULES, RUNPOD_CLASSIFY_ENDPOINT=url, RUNPOD_API_KEY="k", RUNPOD_MAX_RETRIES=0)


def health(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    return answer.json()


@contextmanager
def silent():
    """The URL of a server that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_health_tells_the_jobs_and_the_workers_of_an_endpoint(tmp_path):
    go_on = threading.Event()
    pod = Pod(lambda question: go_on.wait(60) and {}, "k", workers=1)
    with serving(pod.app) as url, asking(tmp_path, url) as door, door.client() as client:
        for number in range(3):
            RunPod(url, "k").ordered("/run", {"input": {"number": number}})
        until(lambda: [job.status for job in pod.jobs.values()].count("IN_PROGRESS") == 1)
        told = health(client)
        go_on.set()
    (endpoint,) = told["endpoints"]
    assert (endpoint["task"], endpoint["name"], endpoint["state"]) == ("classify", "runpod-classify", "answering")
    assert endpoint["jobs"] == {"waiting": 2, "running": 1} and endpoint["workers"] == {"idle": 0, "running": 1}
    assert told["status"] == "ok"


def test_an_endpoint_is_asked_no_more_often_than_its_answer_is_good_for(tmp_path):
    pod = Pod(lambda question: {}, "k")
    with serving(pod.app) as url, asking(tmp_path, url) as door, door.client() as client:
        first, later = [health(client)["endpoints"][0] for _ in range(20)][::19]
    assert pod.asked == ["GET /health"]
    assert later["age"] >= first["age"] and later["workers"] == first["workers"]


def test_an_endpoint_that_is_away_makes_health_degraded_and_no_error(tmp_path):
    with asking(tmp_path, "http://127.0.0.1:9") as door, door.client() as client:
        until(lambda: health(client)["endpoints"][0]["state"] == "away")
        told = health(client)
    assert told["status"] == "degraded"
    assert (told["endpoints"][0]["jobs"], told["endpoints"][0]["workers"]) == (None, None)


def test_an_endpoint_that_never_answers_holds_up_no_probe(tmp_path):
    with silent() as url, asking(tmp_path, url) as door, door.client() as client:
        start = time.perf_counter()
        assert health(client)["endpoints"][0]["state"] == "unknown"
        assert time.perf_counter() - start < 2
        until(lambda: health(client)["endpoints"][0]["state"] == "away")


@pytest.mark.parametrize("fault", [Fault(401), Fault(404), Fault(200, body=[]), Fault(200, body={"jobs": 3})])
def test_an_endpoint_that_does_not_tell_is_unknown_and_not_away(tmp_path, fault):
    pod = Pod(lambda question: {}, "k")
    pod.faults.append(fault)
    with serving(pod.app) as url, asking(tmp_path, url) as door, door.client() as client:
        told = health(client)
    assert told["endpoints"][0]["state"] == "unknown" and told["status"] == "ok"


def test_probes_of_a_silent_endpoint_do_not_close_the_way_for_calls(tmp_path):
    pod = Pod(lambda question: {"type": "receipt"})
    pod.faults.extend([Fault(503)] * 5)
    with serving(pod.app) as url:
        client = RunPod(url, tries=1)
        for _ in range(6):
            with pytest.raises(EngineUnavailable):
                client.staff()
        assert client.call({"number": 1}) == {"type": "receipt"}


def test_another_recto_tells_how_many_are_served_there(tmp_path):
    with gateway(tmp_path / "there", **RULES, GATEWAY_API_KEY="k", gateway={"at_once": 3}) as there:
        tables = {"there": {"engine": "recto", "url": f"{there.url}/", "api_key": "k"}}
        with gateway(tmp_path / "here", **RULES, classify=["there", "rules"], engines=tables) as door:
            (endpoint,) = health(door.client())["endpoints"]
    assert (endpoint["name"], endpoint["state"]) == ("there", "answering")
    assert endpoint["jobs"] == {"waiting": 0, "running": 0} and endpoint["workers"] == {"idle": 3, "running": 0}


def test_without_runpod_there_are_no_endpoints(tmp_path):
    with gateway(tmp_path, **RULES) as door, door.client() as client:
        assert health(client)["endpoints"] == []
