"""Webhooks over real HTTP: a gateway with keys, its worker, and a receiver that answers as a test says."""

import json
import uuid

import jsonschema
import pytest
import standardwebhooks
from cryptography.fernet import Fernet
from tests.support.gateway import gateway
from tests.support.jobs import QUICK, running, until
from tests.support.papers import encrypted_pdf, text_pdf
from tests.support.receiver import receiving

from recto.app import Installation
from recto.document.job import Order
from recto.document.signature import verify
from recto.document.webhook import DELIVER, EVENT_TYPES, TEST
from recto.doors.http.sample import LINES
from recto.doors.learning import handlers
from recto.doors.worker import Worker
from recto.doors.worker_deliver import DeliverHandler
from recto.doors.worker_read import read_handler

RULES = {"labeller": ["rules"], "classifier": ["rules"]}
SOON = {"private": True, "first": 0.02, "seconds": 1.0}


@pytest.fixture(scope="module")
def receiver():
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def door(tmp_path_factory, receiver):
    settings = {**RULES, "webhooks": {**SOON, "ports": [receiver.port], "most": 5}}
    with (
        gateway(tmp_path_factory.mktemp("home"), **settings) as found,
        running(Worker(found.app.queue, handlers(found.app), QUICK)),
    ):
        yield found


@pytest.fixture
def shop(door):
    """A client of an owner of its own."""
    _, key = door.key(f"shop-{uuid.uuid4().hex}", ("read", "write", "review"))
    with door.client(key) as client:
        yield client


def made(client, url, **more):
    answer = client.post("/v1/webhooks", json={"url": url, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def brought(client, *lines, data=None):
    """The id of a document that is on its way."""
    paper = data or text_pdf([*LINES, *lines])
    answer = client.post("/v1/documents", files={"file": ("anna-smith.pdf", paper)})
    assert answer.status_code == 202, answer.text
    return answer.json()["documents"][0]["id"]


def arrived(receiver, path, count=1):
    until(lambda: len(receiver.at(path)) >= count)
    return receiver.at(path)


def settled(client, webhook, state="delivered"):
    """The newest delivery, once it is so, with its log."""
    url = f"/v1/webhooks/{webhook['id']}/deliveries"

    def newest():
        return client.get(url).json()["deliveries"][:1]

    until(lambda: [one["state"] for one in newest()] == [state])
    return client.get(f"{url}/{newest()[0]['id']}").json()


def test_a_document_that_was_read_is_told_of_in_a_thin_signed_message(shop, receiver):
    webhook = made(shop, receiver.url("/read"))
    document_id = brought(shop, "thin")
    (message,) = arrived(receiver, "/read")
    verify(webhook["secret"], message.headers, message.body)
    said = standardwebhooks.Webhook(webhook["secret"]).verify(message.body, message.headers)
    assert said["type"] == "document.read"
    document = shop.get(f"/v1/documents/{document_id}").json()
    assert said["data"] == {
        "document_id": document_id,
        "status": "read",
        "kind": "receipt",
        "decision": document["decision"]["outcome"],
        "job_id": document["job_id"],
        "pages": 1,
    }
    assert said["timestamp"].endswith("Z")
    assert b"anna" not in message.body and b"9.00" not in message.body
    assert message.headers["content-type"] == "application/json"


def test_a_document_that_could_not_be_read_is_told_of_with_the_reason(shop, receiver):
    made(shop, receiver.url("/failed"), events=["document.failed"])
    document_id = brought(shop, data=encrypted_pdf("TOTAL 9.00", "secret"))
    (message,) = arrived(receiver, "/failed")
    said = json.loads(message.body)
    assert said["type"] == "document.failed"
    assert (said["data"]["document_id"], said["data"]["status"]) == (document_id, "failed")
    assert said["data"]["error"] == {"code": "encrypted", "title": "The file is encrypted and needs its password."}


def test_what_a_person_decides_is_told_of_and_that_it_was_taken_back(shop, receiver):
    made(shop, receiver.url("/reviewed"), events=["document.reviewed"])
    document_id = brought(shop, "reviewed")
    until(lambda: shop.get(f"/v1/documents/{document_id}").json()["state"] == "read")
    accepted = shop.post(f"/v1/review/{document_id}/decision", json={"version": 0, "accept": True})
    assert accepted.status_code == 200, accepted.text
    assert shop.post(f"/v1/review/{document_id}/undo", json={"version": 1}).status_code == 200
    first, second = arrived(receiver, "/reviewed", 2)
    said = sorted((json.loads(m.body)["data"]["review"], json.loads(m.body)["type"]) for m in (first, second))
    assert said == [("accepted", "document.reviewed"), ("open", "document.reviewed")]
    assert first.id != second.id


def test_every_message_is_as_the_openapi_document_says(shop, door, receiver):
    webhook = made(shop, receiver.url("/described"))
    document_id = brought(shop, "described")
    until(lambda: shop.get(f"/v1/documents/{document_id}").json()["state"] == "read")
    shop.post(f"/v1/review/{document_id}/decision", json={"version": 0, "accept": False, "reason": "torn"})
    brought(shop, data=encrypted_pdf("TOTAL 9.00", "secret"))
    shop.post(f"/v1/webhooks/{webhook['id']}/test")
    described = door.client().get("/openapi.json").json()
    seen = {}
    for message in arrived(receiver, "/described", 4):
        said = json.loads(message.body)
        seen[said["type"]] = said["data"].keys()
        content = described["webhooks"][said["type"]]["post"]["requestBody"]["content"]["application/json"]
        jsonschema.validate(said, {**content["schema"], "components": described["components"]})
        schema = described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        if "$ref" in schema["properties"]["data"]:
            about = described["components"]["schemas"][schema["properties"]["data"]["$ref"].rpartition("/")[2]]
            assert about["properties"].keys() == said["data"].keys()
    assert set(seen) == set(described["webhooks"]) == {*EVENT_TYPES, TEST}


def test_a_message_that_was_refused_is_sent_again_under_the_same_id_until_it_arrives(shop, receiver):
    webhook = made(shop, receiver.says("/flaky", 500, 503, 204, body=b"not now"))
    brought(shop, "flaky")
    delivery = settled(shop, webhook)
    first, second, third = receiver.at("/flaky")
    assert first.id == second.id == third.id == delivery["message_id"]
    assert first.body == third.body == delivery["body"].encode()
    verify(webhook["secret"], third.headers, third.body)
    assert [(one["number"], one["status"]) for one in delivery["log"]] == [(1, 500), (2, 503), (3, 204)]
    assert delivery["log"][0]["response"] == "not now"
    assert (delivery["attempts"], delivery["next_attempt_at"]) == (3, None)


def test_a_receiver_that_says_gone_hears_no_more_until_it_is_enabled_again(shop, receiver):
    webhook = made(shop, receiver.says("/gone", 410, 200))
    brought(shop, "gone")
    assert settled(shop, webhook, "failed")["log"][0]["status"] == 410
    url = f"/v1/webhooks/{webhook['id']}"
    seen = shop.get(url).json()
    assert (seen["enabled"], seen["reason"]) == (False, "The receiver answered 410: gone.")
    assert shop.post(f"{url}/test").status_code == 409
    until(lambda: shop.get(f"/v1/documents/{brought(shop, 'unheard')}").json()["state"] == "read")
    assert len(receiver.at("/gone")) == 1
    assert shop.patch(url, json={"enabled": True}).json()["reason"] == ""
    assert shop.post(f"{url}/test").status_code == 202
    assert [json.loads(one.body)["type"] for one in arrived(receiver, "/gone", 2)][1] == "webhook.test"


def test_after_a_rotation_both_secrets_sign_and_after_the_time_of_grace_only_the_new_one(shop, receiver):
    old = made(shop, receiver.url("/rotated"))
    url = f"/v1/webhooks/{old['id']}"
    new = shop.post(f"{url}/rotate", json={"grace_seconds": 3600}).json()
    assert new["secret"] != old["secret"] and new["rotating_until"]
    shop.post(f"{url}/test")
    (message,) = arrived(receiver, "/rotated")
    assert len(message.headers["webhook-signature"].split(" ")) == 2
    for secret in (old["secret"], new["secret"]):
        verify(secret, message.headers, message.body)
        standardwebhooks.Webhook(secret).verify(message.body, message.headers)
    newest = shop.post(f"{url}/rotate", json={"grace_seconds": 0}).json()
    shop.post(f"{url}/test")
    message = arrived(receiver, "/rotated", 2)[1]
    assert len(message.headers["webhook-signature"].split(" ")) == 1
    verify(newest["secret"], message.headers, message.body)


def test_a_message_may_be_sent_again_at_any_time_under_its_id(shop, receiver):
    webhook = made(shop, receiver.url("/again"))
    brought(shop, "again")
    delivery = settled(shop, webhook)
    url = f"/v1/webhooks/{webhook['id']}/deliveries/{delivery['id']}"
    assert shop.post(f"{url}/replay").status_code == 202
    first, second = arrived(receiver, "/again", 2)
    assert (first.id, first.body) == (second.id, second.body)
    until(lambda: shop.get(url).json()["state"] == "delivered")
    assert [one["status"] for one in shop.get(url).json()["log"]] == [200, 200]


def test_nobody_sees_or_moves_the_webhooks_of_another_owner_nor_hears_of_his_documents(shop, door, receiver):
    webhook = made(shop, receiver.url("/mine"))
    _, key = door.key("stranger", ("read", "write"))
    with door.client(key) as stranger:
        made(stranger, receiver.url("/theirs"))
        url = f"/v1/webhooks/{webhook['id']}"
        shop.post(f"{url}/test")
        delivery = settled(shop, webhook)
        assert webhook["id"] not in stranger.get("/v1/webhooks").text
        for method, path in [
            ("GET", url),
            ("PATCH", url),
            ("DELETE", url),
            ("POST", f"{url}/rotate"),
            ("POST", f"{url}/test"),
            ("GET", f"{url}/deliveries"),
            ("GET", f"{url}/deliveries/{delivery['id']}"),
            ("POST", f"{url}/deliveries/{delivery['id']}/replay"),
        ]:
            answer = stranger.request(method, path, json={})
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path)
    brought(shop, "mine")
    arrived(receiver, "/mine", 2)
    assert receiver.at("/theirs") == []


def test_a_redirect_is_no_success_and_is_not_followed(shop, receiver):
    url = receiver.says("/moved", 302, 200, Location=receiver.url("/elsewhere"))
    delivery = settled(shop, {"id": sent(shop, url)})
    assert [one["status"] for one in delivery["log"]] == [302, 200]
    assert receiver.at("/elsewhere") == []


def sent(client, url):
    """A webhook to there, and a document that it is told of."""
    webhook = made(client, url)
    brought(client, url)
    return webhook["id"]


def test_of_an_answer_only_the_first_kilobyte_is_kept(shop, receiver):
    delivery = settled(shop, {"id": sent(shop, receiver.says("/long", 200, body=b"x\0" * 2_000_000))})
    assert 0 < len(delivery["log"][0]["response"]) <= 1024
    assert "\0" not in delivery["log"][0]["response"]


def test_a_receiver_that_is_slow_counts_as_one_that_failed(shop, receiver):
    receiver.open.clear()
    try:
        webhook_id = sent(shop, receiver.says("/slow", 200))
        url = f"/v1/webhooks/{webhook_id}/deliveries"
        until(lambda: any(one["attempts"] for one in shop.get(url).json()["deliveries"]))
        one = shop.get(url).json()["deliveries"][0]
        assert shop.get(f"{url}/{one['id']}").json()["log"][0]["error"].endswith("did not answer within 1 s.")
    finally:
        receiver.open.set()
    settled(shop, {"id": webhook_id})


def test_a_deleted_webhook_hears_nothing_and_its_log_is_gone(shop, receiver):
    webhook = made(shop, receiver.says("/deleted", 500))
    brought(shop, "deleted")
    arrived(receiver, "/deleted")
    url = f"/v1/webhooks/{webhook['id']}"
    assert shop.delete(url).status_code == 204
    assert shop.get(url).status_code == shop.get(f"{url}/deliveries").status_code == 404
    assert shop.get("/v1/webhooks").json() == {"webhooks": []}


def test_a_webhook_is_changed_in_what_is_named_and_shown_without_its_secret(shop, receiver):
    webhook = made(shop, receiver.url("/a"), description="till")
    changed = shop.patch(f"/v1/webhooks/{webhook['id']}", json={"events": ["document.failed"]}).json()
    assert (changed["url"], changed["description"]) == (webhook["url"], "till")
    assert changed["events"] == ["document.failed"]
    for answer in (changed, shop.get("/v1/webhooks").json()):
        assert "whsec_" not in json.dumps(answer)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"url": "ftp://example.com/"}, 422, "forbidden_url"),
        ({"url": "https://user:word@example.com/"}, 422, "forbidden_url"),
        ({"url": "http://127.0.0.1:1/"}, 422, "forbidden_url"),
        ({"url": ""}, 422, "invalid_parameters"),
        ({"url": "https://example.com/", "events": ["document.burnt"]}, 422, "invalid_parameters"),
        ({"url": "https://example.com/", "events": []}, 422, "invalid_parameters"),
        ({}, 422, "invalid_parameters"),
    ],
)
def test_what_is_no_webhook_is_refused(shop, body, status, code):
    answer = shop.post("/v1/webhooks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_an_owner_may_have_so_many_and_no_more(shop, receiver):
    for _ in range(4):
        made(shop, receiver.url("/many"))
    made(shop, receiver.url("/many"))
    assert shop.post("/v1/webhooks", json={"url": receiver.url("/many")}).status_code == 409


def test_who_may_only_look_sees_webhooks_and_makes_none(door, receiver):
    _, key = door.key("onlooker", ("read",))
    with door.client(key) as client:
        assert client.get("/v1/webhooks").json() == {"webhooks": []}
        answer = client.post("/v1/webhooks", json={"url": receiver.url("/x")})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_what_is_on_its_way_uses_up_no_limit_of_its_owner(shop, door, receiver):
    webhook = made(shop, receiver.says("/away", 503, **{"Retry-After": "3600"}))
    document_id = brought(shop, "away")
    owner = door.app.webhooks.webhook(webhook["id"]).owner
    arrived(receiver, "/away")
    until(lambda: shop.get(f"/v1/documents/{document_id}").json()["state"] == "read")
    until(lambda: door.app.usage.open_jobs(owner) == 0)
    (one,) = shop.get(f"/v1/webhooks/{webhook['id']}/deliveries").json()["deliveries"]
    assert one["state"] == "pending"
    (job,) = [job for job in shop.get("/v1/jobs?state=queued").json()["jobs"] if job["kind"] == DELIVER]
    assert shop.post(f"/v1/jobs/{job['id']}/cancel").status_code == 200
    assert settled(shop, webhook, "failed")["why"] == "The work was stopped at somebody's wish."


def test_addresses_of_this_machine_are_refused_unless_the_settings_open_them(tmp_path, receiver):
    settings = {**RULES, "webhooks": {"ports": [receiver.port]}}
    with gateway(tmp_path, **settings) as door, door.client() as client:
        answer = client.post("/v1/webhooks", json={"url": receiver.url("/closed")})
        assert (answer.status_code, answer.json()["code"]) == (422, "forbidden_url")
        assert "not public" in answer.json()["detail"]


def test_a_name_that_leads_home_by_the_time_of_the_delivery_is_not_dialled(tmp_path, receiver):
    settings = {**RULES, "webhooks": {**SOON, "ports": [receiver.port]}}
    with gateway(tmp_path, **settings) as door, door.client() as client:
        webhook = made(client, receiver.url("/home"))
        client.post(f"/v1/webhooks/{webhook['id']}/test")
    with gateway(tmp_path, **{**settings, "webhooks": {"ports": [receiver.port]}}) as door, door.client() as client:
        Worker(door.app.queue, {DELIVER: DeliverHandler(door.app)}, QUICK).run(once=True)
        delivery = settled(client, webhook, "failed")
    assert "not public" in delivery["log"][0]["error"]
    assert receiver.at("/home") == []


def test_where_nothing_arrives_until_it_is_given_up_the_webhook_is_disabled(tmp_path, receiver):
    settings = {**RULES, "webhooks": {**SOON, "ports": [receiver.port], "span": 0}}
    with gateway(tmp_path, **settings) as door, door.client() as client:
        webhook = made(client, receiver.says("/dead", 500))
        brought(client, "dead")
        with running(Worker(door.app.queue, handlers(door.app), QUICK)):
            assert settled(client, webhook, "failed")["why"] == "The receiver answered 500."
        seen = client.get(f"/v1/webhooks/{webhook['id']}").json()
        assert (seen["enabled"], seen["reason"]) == (False, "Nothing arrived for 0 days.")


def test_a_secret_lies_nowhere_in_plain_where_there_are_keys(tmp_path, receiver):
    settings = {**RULES, "encryption_keys": [Fernet.generate_key().decode()]}
    settings |= {"webhooks": {**SOON, "ports": [receiver.port]}, "LOG_LEVEL": "DEBUG"}
    with gateway(tmp_path, **settings) as door, door.client() as client:
        headers = {"Idempotency-Key": "once"}
        first, same = (
            client.post("/v1/webhooks", json={"url": receiver.url("/sealed")}, headers=headers) for _ in range(2)
        )
        assert first.json() == same.json()
        client.post(f"/v1/webhooks/{first.json()['id']}/test")
        Worker(door.app.queue, {DELIVER: DeliverHandler(door.app)}, QUICK).run(once=True)
        (message,) = receiver.at("/sealed")
        verify(first.json()["secret"], message.headers, message.body)
        core = first.json()["secret"].removeprefix("whsec_").encode()
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or core not in path.read_bytes(), path


def test_a_worker_without_the_key_gives_up_no_message_and_one_with_it_delivers(tmp_path, receiver):
    keys = [Fernet.generate_key().decode()]
    settings = {**RULES, "webhooks": {**SOON, "ports": [receiver.port]}}
    with gateway(tmp_path, **settings, encryption_keys=keys) as door, door.client() as client:
        webhook = made(client, receiver.url("/keyless"))
        brought(client, "keyless")
        Worker(door.app.queue, read_handler(door.app), QUICK).run(once=True)
        keyless = Installation(door.app.settings.model_copy(update={"encryption_keys": []}))
        url = f"/v1/webhooks/{webhook['id']}/deliveries"
        with running(Worker(door.app.queue, {DELIVER: DeliverHandler(keyless)}, QUICK)):
            until(lambda: [one["why"] for one in client.get(url).json()["deliveries"]] == ["A setting is not valid."])
        assert client.get(url).json()["deliveries"][0]["state"] == "pending"
        with running(Worker(door.app.queue, {DELIVER: DeliverHandler(door.app)}, QUICK)):
            settled(client, webhook)
    assert len(receiver.at("/keyless")) == 1


def test_a_job_that_names_no_delivery_is_done_with(door):
    job = door.app.queue.order(Order(DELIVER, {}))
    until(lambda: door.app.jobs.job(job.id).state == "done")


def test_where_jobs_lie_apart_from_records_there_are_no_webhooks_and_the_answer_says_why(tmp_path):
    with gateway(tmp_path, queue="dynamodb://jobs") as door, door.client() as client:
        answer = client.post("/v1/webhooks", json={"url": "https://example.com/"})
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "database" in answer.json()["detail"]
