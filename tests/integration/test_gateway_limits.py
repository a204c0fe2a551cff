"""What callers are granted: requests, jobs, pages a day; and that a request sent twice is done once."""

import asyncio
import hashlib
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx2 as httpx
import pytest
from tests.support.gateway import gateway
from tests.support.loops import run_apart
from tests.support.papers import pdf, text
from tests.support.recto import free_port

from recto.app import settings
from recto.document.replay import Ask
from recto.doors.http.examples import RECEIPT
from recto.doors.http.ratelimit import allowance_of
from recto.doors.worker_name import own_name
from recto.stores.replays import SqlReplays

AGE = {"RATE_LIMIT_WINDOW": 10**9}
"""Windows go by the clock: none ends while a test runs."""


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    """The URL of a real Redis."""
    if not shutil.which("redis-server"):
        pytest.skip("there is no redis-server here")
    pytest.importorskip("redis", reason="the extra `redis` is not installed")
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    for line in process.stdout:
        if b"Ready to accept" in line:
            break
    yield f"redis://127.0.0.1:{port}"
    process.terminate()
    process.wait(60)


def paper(words: str) -> dict[str, tuple[str, bytes]]:
    return {"file": ("a.pdf", pdf([text(words)]))}


def test_a_caller_hears_how_much_is_left_and_is_refused_beyond_it(tmp_path):
    with gateway(tmp_path, RATE_LIMIT_REQUESTS=3, **AGE) as door, door.client(door.key()[1]) as client:
        answers = [client.get("/v1/documents") for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0", "r=0"]
        assert answers[0].headers["ratelimit-policy"] == '"requests";q=3;w=1000000000'
        assert answers[3].json()["code"] == "rate_limited"
        assert 0 < int(answers[3].headers["retry-after"]) <= 10**9


def test_a_limit_is_an_owner_s_own_and_probes_do_not_count(tmp_path):
    with gateway(tmp_path, RATE_LIMIT_REQUESTS=2, **AGE) as door:
        first, twin, other = (door.client(door.key(owner)[1]) for owner in ("north", "north", "south"))
        assert [client.get("/v1/documents").status_code for client in (first, twin, first)] == [200, 200, 429]
        assert other.get("/v1/documents").status_code == 200
        assert {first.get("/ready").status_code for _ in range(5)} == {200}


def test_without_keys_nobody_is_counted(tmp_path):
    with gateway(tmp_path, RATE_LIMIT_REQUESTS=1, **AGE) as door, door.client() as client:
        answers = [client.get("/v1/documents") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert "ratelimit" not in answers[0].headers


def test_two_servers_with_one_redis_grant_exactly_what_is_granted(tmp_path, redis):
    shared = {"RATE_LIMIT_REQUESTS": 50, "rate_limit_store": redis, **AGE}
    with gateway(tmp_path, **shared) as one, gateway(tmp_path, **shared) as other, ThreadPoolExecutor(16) as many:
        clients = [door.client(one.key("exact")[1]) for door in (one, other)]
        answers = list(many.map(lambda n: clients[n % 2].get("/v1/documents").status_code, range(120)))
    assert Counter(answers) == {200: 50, 429: 70}


def test_however_many_are_counted_at_once_each_is_counted_one_time(redis):
    async def count() -> list[int]:
        allowance = allowance_of(settings(RATE_LIMIT_REQUESTS=1000, rate_limit_store=redis, **AGE))
        answers = await asyncio.gather(*(allowance.use("crowd") for _ in range(400)))
        return sorted(left for left, _ in answers)

    assert run_apart(count()) == list(range(600, 1000))


def test_while_redis_is_away_each_server_counts_for_itself(tmp_path):
    nowhere = f"redis://127.0.0.1:{free_port()}"
    with gateway(tmp_path, RATE_LIMIT_REQUESTS=2, rate_limit_store=nowhere, **AGE) as door:
        client = door.client(door.key()[1])
        assert [client.get("/v1/documents").status_code for _ in range(3)] == [200, 200, 429]


def test_a_caller_has_so_many_jobs_open_and_no_more_even_if_all_come_at_once(tmp_path):
    with gateway(tmp_path, gateway={"jobs": 3}) as door, door.client(door.key()[1]) as client:
        with ThreadPoolExecutor(8) as many:
            answers = list(many.map(lambda n: client.post("/v1/documents", files=paper(f"job {n}")), range(8)))
        assert Counter(answer.status_code for answer in answers) == {202: 3, 429: 5}
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["code"] == "too_many_jobs" and refused.headers["retry-after"]
        assert client.get("/v1/capacity").json()["refused"] == ["too_many_jobs"]
        job_id = next(answer for answer in answers if answer.status_code == 202).json()["documents"][0]["job_id"]
        client.post(f"/v1/jobs/{job_id}/cancel")
        assert client.post("/v1/documents", files=paper("in its place")).status_code == 202
        other = door.client(door.key("other")[1])
        assert other.post("/v1/documents", files=paper("of another")).status_code == 202


def test_a_full_queue_is_a_problem_of_the_moment(tmp_path):
    with gateway(tmp_path, gateway={"queue": 1}) as door, door.client() as client:
        first, *rest = [client.post("/v1/documents", files=paper(f"number {n}")) for n in range(20)]
        assert first.status_code == 202
        assert [(answer.status_code, answer.json()["code"]) for answer in rest] == [(429, "queue_full")] * 19
        assert door.app.jobs.backlog().due == 1


def test_the_pages_of_a_day_are_counted_and_end(tmp_path):
    with gateway(tmp_path, gateway={"pages_a_day": 2}) as door, door.client(door.key()[1]) as client:
        ask = {"image_urls": [RECEIPT]}
        assert [client.post("/v1/classify", json=ask).status_code for _ in range(3)] == [200, 200, 429]
        refused = client.post("/v1/documents", files=paper("beyond"))
        assert (refused.status_code, refused.json()["code"]) == (429, "pages_spent")
        assert 0 < int(refused.headers["retry-after"]) <= 86_400
        assert door.app.usage.pages("shop", datetime.now(UTC)) == 2
        assert door.client(door.key("other")[1]).post("/v1/classify", json=ask).status_code == 200


def test_a_request_sent_twice_is_done_once_and_answered_twice(tmp_path):
    with gateway(tmp_path) as door, door.client() as client:
        once = {"Idempotency-Key": "upload-1"}
        first, second = (client.post("/v1/documents", files=paper("once"), headers=once) for _ in range(2))
        assert (first.status_code, first.content) == (second.status_code, second.content)
        assert "idempotency-replayed" not in first.headers
        assert second.headers["idempotency-replayed"] == "true"
        assert len(door.app.jobs.jobs()) == 1
        (taken,) = first.json()["documents"]
        client.delete(taken["links"]["self"])
        assert client.post("/v1/documents", files=paper("once"), headers=once).content == first.content
        assert client.get(taken["links"]["self"]).status_code == 404


def test_an_answer_outlives_the_server_that_gave_it(tmp_path):
    once = {"Idempotency-Key": "over-a-restart"}
    with gateway(tmp_path) as door:
        first = door.client().post("/v1/classify", json={"image_urls": [RECEIPT]}, headers=once)
    with gateway(tmp_path) as door:
        again = door.client().post("/v1/classify", json={"image_urls": [RECEIPT]}, headers=once)
    assert first.status_code == 200
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")


def test_another_request_under_the_same_key_is_refused_and_another_owner_s_is_not(tmp_path):
    with gateway(tmp_path) as door:
        client, other = (door.client(door.key(owner)[1], **{"Idempotency-Key": "k"}) for owner in ("north", "south"))
        assert client.post("/v1/classify", json={"image_urls": [RECEIPT]}).status_code == 200
        for path, body in (
            ("/v1/classify", {"image_urls": [RECEIPT], "prompt": "x"}),
            ("/v1/extract", {"image_urls": [RECEIPT]}),
        ):
            refused = client.post(path, json=body)
            assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_mismatch")
        assert "idempotency-replayed" not in other.post("/v1/classify", json={"image_urls": [RECEIPT]}).headers


def test_who_may_not_see_numbers_of_persons_gets_no_answer_that_shows_them(tmp_path):
    with gateway(tmp_path) as door:
        seeing = door.client(door.key(scopes=("write", "see-sensitive"))[1], **{"Idempotency-Key": "k"})
        plain = door.client(door.key()[1], **{"Idempotency-Key": "k"})
        assert seeing.post("/v1/extract", json={"image_urls": [RECEIPT]}).status_code == 200
        assert plain.post("/v1/extract", json={"image_urls": [RECEIPT]}).json()["code"] == "idempotency_mismatch"


def test_a_mistake_of_the_caller_is_answered_again_and_a_moment_s_trouble_is_not(tmp_path):
    with gateway(tmp_path, gateway={"jobs": 1}) as door, door.client(door.key()[1]) as client:
        mistake = {"Idempotency-Key": "mistake"}
        for _ in range(2):
            answer = client.post("/v1/classify", json={}, headers=mistake)
        assert (answer.status_code, answer.headers["idempotency-replayed"]) == (400, "true")
        (job,) = client.post("/v1/documents", files=paper("first")).json()["documents"]
        later = {"Idempotency-Key": "later"}
        assert client.post("/v1/documents", files=paper("second"), headers=later).status_code == 429
        client.post(f"/v1/jobs/{job['job_id']}/cancel")
        assert client.post("/v1/documents", files=paper("second"), headers=later).status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ü"])
def test_an_idempotency_key_has_a_form(tmp_path, key):
    with gateway(tmp_path) as door:
        headers = {"Idempotency-Key": key.encode()}
        answer = httpx.post(f"{door.url}/v1/classify", json={"image_urls": [RECEIPT]}, headers=headers, timeout=60)
        assert (answer.status_code == 200) if key == "" else (answer.json()["code"] == "bad_request")


def ask_of(body: bytes, holder: str) -> Ask:
    asked = hashlib.sha256(b"POST /v1/classify?\n" + body).hexdigest()
    return Ask("", "k", asked, holder)


def test_the_second_of_two_at_once_waits_its_turn_and_what_a_dead_server_had_begun_is_free_again(tmp_path):
    body = b'{"image_urls": ["%s"]}' % RECEIPT.encode()
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    with gateway(tmp_path) as door, door.client() as client:
        replays: SqlReplays = door.app.replays
        begun = ask_of(body, own_name())
        assert replays.begin(begun) is None
        refused = client.post("/v1/classify", content=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "in_flight")
        replays.forget(begun)
        gone = subprocess.Popen(["true"])
        gone.wait()
        machine, _, start, random = own_name().split("/")
        assert replays.begin(ask_of(body, f"{machine}/{gone.pid}/{start}/{random}")) is None
        assert client.post("/v1/classify", content=body, headers=headers).status_code == 200
