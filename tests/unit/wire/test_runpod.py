"""The RunPod client against the stand-in of its service, over real HTTP."""

import threading
import time
from itertools import islice

import pytest
from tests.support.jobs import until
from tests.support.serving import serving

from recto.document.errors import EngineFailed, EngineUnavailable, TooLarge
from recto.engines.wire.http import full_jitter
from recto.engines.wire.runpod import RunPod, reason
from recto.support.runpod import Fault, Pod


def doubled(question):
    if question.get("fail"):
        raise ValueError("the model ran out of memory")
    return {"doubled": question["number"] * 2}


def test_a_job_is_ordered_once_and_asked_for_until_it_ends():
    ready = threading.Event()

    def slow(question):
        ready.wait(60)
        return doubled(question)

    pod = Pod(slow, api_key="k")
    with serving(pod.app) as url:
        threading.Thread(target=lambda: (until(lambda: status_asked(pod) > 1), ready.set())).start()
        assert RunPod(url, "k", poll=0.02).call({"number": 21}) == {"doubled": 42}
    assert pod.asked.count("POST /run") == 1
    assert status_asked(pod) > 1


def status_asked(pod):
    return sum("status" in asked for asked in pod.asked)


def test_a_quick_job_takes_one_round_trip():
    pod = Pod(doubled)
    with serving(pod.app) as url:
        assert RunPod(url).call_sync({"number": 4}) == {"doubled": 8}
    assert pod.asked == ["POST /runsync"]


def test_a_slow_job_at_once_goes_on_as_the_same_job():
    ready = threading.Event()

    def slow(question):
        ready.wait(60)
        return doubled(question)

    pod = Pod(slow)
    with serving(pod.app) as url:
        threading.Timer(1.3, ready.set).start()
        assert RunPod(url, timeout=2, poll=0.05).call_sync({"number": 1}) == {"doubled": 2}
    assert len(pod.jobs) == 1 and status_asked(pod) >= 1


def test_a_job_at_once_is_held_for_as_long_as_the_caller_waits():
    pod = Pod(lambda question: time.sleep(1.2) or doubled(question))
    with serving(pod.app) as url:
        assert RunPod(url).call_sync({"number": 1}) == {"doubled": 2}
    assert pod.asked == ["POST /runsync"]


def test_a_failed_job_gives_one_sentence_without_the_trace():
    pod = Pod(doubled)
    with serving(pod.app) as url, pytest.raises(EngineFailed) as error:
        RunPod(url, poll=0.02).call({"fail": True})
    assert "the model ran out of memory" in str(error.value)
    assert "Traceback" not in str(error.value)


def test_a_busy_endpoint_is_asked_again_after_the_time_it_names():
    pod = Pod(doubled)
    pod.faults.append(Fault(429, {"Retry-After": "0"}))
    with serving(pod.app) as url:
        assert RunPod(url, poll=0.02).call({"number": 3}) == {"doubled": 6}
    assert len(pod.jobs) == 1


def test_an_order_that_may_have_been_accepted_is_not_repeated():
    pod = Pod(doubled)
    pod.faults.append(Fault(500))
    with serving(pod.app) as url, pytest.raises(EngineUnavailable):
        RunPod(url).call({"number": 3})
    assert pod.asked == ["POST /run"]


def test_a_status_that_fails_for_a_moment_is_asked_again_for_the_same_job():
    pod = Pod(doubled)
    with serving(pod.app) as url:
        client = RunPod(url, poll=0.02)
        job = client.ordered("/run", {"input": {"number": 5}})
        pod.faults.extend([Fault(502), Fault(503)])
        assert client.awaited(job) == {"doubled": 10}
    assert len(pod.jobs) == 1


def test_an_unknown_state_is_waited_out():
    pod = Pod(doubled)
    with serving(pod.app) as url:
        client = RunPod(url, poll=0.02)
        job = client.ordered("/run", {"input": {"number": 5}})
        pod.faults.append(Fault(200, body={"id": job["id"], "status": "THROTTLED"}))
        assert client.awaited(job) == {"doubled": 10}


def test_a_result_that_vanished_is_said_to_have_vanished():
    pod = Pod(doubled, kept=-1)
    with serving(pod.app) as url, pytest.raises(EngineFailed, match="time to live"):
        client = RunPod(url, poll=0.02)
        job = client.ordered("/run", {"input": {"number": 5}})
        pod.jobs[job["id"]].over.wait(60)
        client.awaited(job)


def test_a_job_that_the_service_stopped_is_a_failure():
    stuck = threading.Event()
    pod = Pod(lambda _question: stuck.wait(60) and {})
    with serving(pod.app) as url:
        client = RunPod(url, poll=0.02)
        job = client.ordered("/run", {"input": {}, "policy": {"executionTimeout": 50}})
        with pytest.raises(EngineFailed, match="TIMED_OUT"):
            client.awaited(job)
        stuck.set()


def test_pauses_between_tries_are_drawn_up_to_a_bound_that_doubles():
    drawn = [[pause.total_seconds() for pause in islice(full_jitter(0.5), 8)] for _ in range(200)]
    highest = [max(column) for column in zip(*drawn, strict=True)]
    assert all(0.8 * bound < top <= bound for top, bound in zip(highest, (0.5, 1, 2, 4, 8, 16, 20, 20), strict=True))
    assert min(row[-1] for row in drawn) < 2


def test_a_job_that_waits_too_long_for_a_worker_is_cancelled():
    stuck = threading.Event()
    pod = Pod(lambda _question: stuck.wait(60) and {}, workers=1)
    with serving(pod.app) as url:
        RunPod(url).ordered("/run", {"input": {"the": "only worker's"}})
        with pytest.raises(EngineUnavailable, match="cancelled"):
            RunPod(url, timeout=0.2, poll=0.02).call({})
        stuck.set()
    assert [job.status for job in pod.jobs.values()][1] == "CANCELLED"


def test_a_job_of_which_nothing_more_is_heard_is_cancelled():
    stuck = threading.Event()
    pod = Pod(lambda _question: stuck.wait(60) and {})
    with serving(pod.app) as url:
        client = RunPod(url, poll=0.02, tries=1)
        job = client.ordered("/run", {"input": {}})
        pod.faults.append(Fault(503))
        with pytest.raises(EngineUnavailable, match="503"):
            client.awaited(job)
        stuck.set()
    assert pod.jobs[job["id"]].status == "CANCELLED"


def test_too_large_an_order_is_refused_before_and_after_it_is_sent():
    pod = Pod(doubled, run_bytes=100)
    with serving(pod.app) as url:
        with pytest.raises(TooLarge, match="refused"):
            RunPod(url).call({"image": "x" * 1000})
        with pytest.raises(TooLarge, match="20 MB"):
            RunPod(url).call({"image": "x" * (21 << 20)})
    assert pod.asked == ["POST /run"]


def test_a_job_over_ten_megabytes_goes_at_once():
    pod = Pod(lambda question: {"letters": len(question["image"])})
    with serving(pod.app) as url:
        assert RunPod(url, poll=0.02).call({"image": "x" * (11 << 20)}) == {"letters": 11 << 20}
    assert pod.asked[0] == "POST /runsync"


def test_a_wrong_key_is_not_asked_again():
    pod = Pod(doubled, api_key="right")
    with serving(pod.app) as url, pytest.raises(EngineFailed, match="401"):
        RunPod(url, "wrong").call({"number": 1})
    assert pod.asked == ["POST /run"]


def test_an_endpoint_that_is_gone_opens_the_circuit():
    client = RunPod("http://127.0.0.1:9", tries=1)
    for _ in range(5):
        with pytest.raises(EngineUnavailable, match="ConnectError"):
            client.call({})
    assert client.wire.breaker.state == "open"
    with pytest.raises(EngineUnavailable, match="left alone"):
        client.call({})


def test_health_tells_jobs_and_workers():
    with serving(Pod(doubled, workers=3).app) as url:
        assert RunPod(url).staff().idle_workers == 3


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ('{"error_message": "boom\\nTraceback (most recent call last)"}', "boom"),
        ("{not json", "{not json"),
        ({"message": "no"}, "no"),
        (None, "no reason given"),
    ],
)
def test_an_error_in_any_of_its_forms_becomes_one_line(error, sentence):
    assert reason(error) == sentence
