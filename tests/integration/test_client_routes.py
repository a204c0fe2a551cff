"""The client reaches what the API offers: each route under `/v1` is one of its methods' or has a reason not to be."""

import re
from inspect import getmembers
from pathlib import Path

import pytest
from tests.support.gateway import gateway

import recto
from recto.document.errors import NotFound
from recto.document.record import Record
from recto.doors.http.sample import PAGE, RECEIPT_ID, TOTAL

KEY = "key-of-the-routes"
OTHERWISE = {
    "GET /v1/documents/{document_id}/pages/{number}/link": "`page` gives the picture itself",
    "PUT /v1/documents/{document_id}/labels/{word}": "`labels.change` does it, once however often it is sent",
    "POST /v1/documents/{document_id}/labels/{word}/{deed}": "`labels.change` does it",
    "POST /v1/documents/{document_id}/labels/{word}/undo": "a step of the desk, which shows what it leads to",
    "POST /v1/review/{document_id}/join": "a step of the desk, for a file that was parted wrongly",
    "POST /v1/review/{document_id}/words": "a step of the desk, for a box that a person drew",
    "POST /v1/review/{document_id}/region": "a step of the desk, for a box that a person drew",
}
"""What a program need not have, or has in another way."""
OPERATORS = ("/v1/labels", "/v1/review/figures", "/v1/inspect/", "/v1/promotions", "/v1/runs", "/v1/bundles")
"""What who runs an installation does with its models, at the command line or on the pages."""


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    rules = {"classifier": ["rules"], "labeller": ["rules"]}
    with gateway(tmp_path_factory.mktemp("home"), GATEWAY_API_KEY=KEY, **rules) as found:
        yield found


@pytest.fixture(scope="module")
def client(door):
    with recto.Client(door.url, KEY) as found:
        yield found


@pytest.fixture
def receipt(door):
    reading = door.app.read(PAGE, "receipt.pdf")
    record = Record(reading.document, "read", reading=reading)
    door.app.blobs.put(record.blob, PAGE)
    door.app.records.save(record)
    return RECEIPT_ID


def asked_for(door) -> set[str]:
    """The routes that were asked for, as the server counted them."""
    lines = door.client(KEY).get("/metrics").text
    found = re.findall(r'recto_http_requests_total\{[^}]*method="(\w+)"[^}]*route="(/v1[^"]*)"', lines)
    return {f"{method} {route}" for method, route in found}


def described(door) -> set[str]:
    paths = door.client().get("/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, routes in paths.items() for method in routes if path.startswith("/v1")}


def test_jobs_are_listed_by_what_they_are_and_how_far(client):
    job = client.upload(PAGE + b"\n", name="waiting.pdf").job_id
    assert [one["id"] for one in client.jobs(kind="read", state="queued")] == [job]
    assert client.jobs(state="running") == []
    client.cancel(job)
    assert client.job(job)["state"] == "cancelled"


def test_a_webhook_is_changed_tried_and_its_messages_are_sent_again(client):
    made = client.webhooks.create("https://example.com/recto", description="The shop")
    changed = client.webhooks.change(made["id"], events=["document.read"])
    assert changed == client.webhooks.show(made["id"]) and changed["events"] == ["document.read"]
    rotated = client.webhooks.rotate(made["id"], 60)
    assert rotated["secret"] != made["secret"] and rotated["rotating_until"]
    delivery = client.webhooks.test(made["id"])
    assert [one["id"] for one in client.webhooks.deliveries(made["id"])] == [delivery["id"]]
    assert client.webhooks.deliveries(made["id"], state="delivered") == []
    again = client.webhooks.replay(made["id"], delivery["id"])
    assert again["message_id"] == delivery["message_id"]
    assert "webhook.test" in client.webhooks.delivery(made["id"], delivery["id"])["body"]
    client.webhooks.delete(made["id"])
    assert client.webhooks.list() == []


def test_words_are_labelled_and_what_was_said_of_them_is_told(client, receipt):
    (label,) = client.labels.change(receipt, [{"word": TOTAL, "label": "SUBTOTAL", "version": 0}])
    assert (label["label"], label["status"]) == ("SUBTOTAL", "VALID")
    shown = {one["word"]: one for one in client.labels.show(receipt)["words"]}
    assert shown[TOTAL]["label"]["label"] == "SUBTOTAL"
    assert [one["label"] for one in client.labels.history(receipt, TOTAL)] == ["SUBTOTAL"]


def test_a_document_is_corrected_and_accepted_by_a_program(client, receipt):
    (waiting,) = [one for one in client.reviews.list(kind="receipt") if one["document"] == receipt]
    after = client.reviews.correct(receipt, waiting["version"], [{"name": "total", "value": "8.00"}])
    assert {field["name"]: field.get("value") for field in after["reading"]["fields"]}["total"] == "8.00"
    before = client.reviews.undo(receipt, after["version"])
    accepted = client.reviews.decide(receipt, before["version"], accept=True)
    assert accepted["state"] == client.reviews.show(receipt)["state"] == "accepted"


def test_any_other_route_is_asked_with_the_same_errors(client, receipt):
    assert client.ask("GET", "/v1/review/figures")["open"] >= 0
    assert client.ask("DELETE", f"/v1/documents/{receipt}") is None
    with pytest.raises(NotFound):
        client.ask("POST", f"/v1/documents/{receipt}/read", {"kind": "receipt"})


def go_everywhere(client: recto.Client, receipt: str) -> None:
    """Calls each method once, whatever comes of it."""
    for each in (client.models, client.capacity, client.health, client.jobs):
        each()
    assert list(client.documents()) and client.document(receipt).document.id == receipt
    assert client.original(receipt) == PAGE and client.page(receipt, width=400).startswith(b"\xff\xd8")
    assert client.classify(PAGE).guess.kind == client.extract(PAGE).kind == "receipt"
    with pytest.raises(NotFound, match="beside"):
        client.attachment(receipt)
    assert client.wait(receipt).state == "read"
    client.labels.change(receipt, [{"word": TOTAL, "label": "GRAND_TOTAL"}])
    assert client.labels.show(receipt) and client.labels.history(receipt, TOTAL) and client.reviews.list() is not None
    version = client.reviews.show(receipt)["version"]
    version = client.reviews.correct(receipt, version, [{"name": "total", "value": "8.00"}])["version"]
    client.reviews.decide(receipt, client.reviews.undo(receipt, version)["version"], accept=False)
    hook = client.webhooks.create("https://example.com/everywhere")["id"]
    for change in (client.webhooks.show, client.webhooks.change, client.webhooks.rotate):
        assert change(hook)["id"] == hook
    delivery = client.webhooks.test(hook)["id"]
    assert client.webhooks.delivery(hook, delivery)["id"] == delivery == client.webhooks.deliveries(hook)[0]["id"]
    assert client.webhooks.replay(hook, delivery) and client.webhooks.list()
    client.webhooks.delete(hook)
    assert client.job(client.cancel(client.read_again(receipt).job_id)["id"])["state"] == "cancelled"
    client.delete(receipt)
    client.cancel(client.upload(PAGE).job_id)


def test_each_route_is_a_method_s_or_has_a_reason_not_to_be(door, client, receipt):
    go_everywhere(client, receipt)
    gone, there = asked_for(door), described(door)
    operators = {route for route in there if route.partition(" ")[2].startswith(OPERATORS)}
    assert there - gone - operators - set(OTHERWISE) == set()
    assert set(OTHERWISE) <= there


def test_the_documentation_names_every_method_of_the_client():
    text = (Path(__file__).parents[2] / "docs" / "client.md").read_text()
    names = {name for name, _ in getmembers(recto.Client) if not name.startswith("_")}
    assert [name for name in sorted(names) if f"`{name}" not in text and f"{name}(" not in text] == []
