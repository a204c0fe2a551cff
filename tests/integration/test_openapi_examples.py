"""Every route of the OpenAPI document, sent as its examples say, is answered as the document says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import jsonschema
import pytest
from tests.support import receipts
from tests.support.gateway import Gateway, gateway
from tests.support.papers import xrechnung
from tests.support.promoted import RECEIPTS, keep, worsened

from recto.document.record import Record
from recto.document.run import EpochRecord, RunRecord
from recto.doors.http.intake import attached
from recto.doors.http.sample import PAGE, RECEIPT_ID, TOTAL
from recto.doors.inspecting import refreshed

KEY = "key-of-the-examples"
TRAINED = "/v1/inspect/{document_id}/runs/{run_id}/epochs/{epoch}"
"""Only a training run leaves what this one shows; its own tests make one."""
FILES = {"file": PAGE, "attachment": xrechnung("9.00").encode()}
"""What is sent in the fields of a form that are files."""
RUN = RunRecord("run-1", "receipts-1", "done", epochs=(EpochRecord(1, 0.5, 3.0, 1e-4, 10),))


@dataclass(frozen=True)
class Sent:
    """One request: its route, the body of an example, and what a name in the path stands for where it is one of few."""

    method: str
    path: str
    name: str
    form: str
    body: Any
    chosen: dict[str, str]

    @property
    def label(self) -> str:
        return f"{self.method} {self.path} {self.name} {self.chosen or ''}".strip()


def every(described: dict[str, Any]) -> Iterator[Sent]:
    """Each example of each route; a route that takes no body is sent once for each name in its path."""
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            for chosen in choices(operation):
                examples = list(bodies(operation))
                for name, form, body in examples or [("", "", None)]:
                    yield Sent(method.upper(), path, name, form, body, chosen)


def bodies(operation: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for form, content in operation.get("requestBody", {}).get("content", {}).items():
        assert content.get("examples"), f"{operation['operationId']} shows no example of {form}"
        for name, example in content["examples"].items():
            assert example["summary"]
            yield name, form, example["value"]


def choices(operation: dict[str, Any]) -> list[dict[str, str]]:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path" and "enum" in parameter["schema"]:
            return [{parameter["name"]: value} for value in parameter["schema"]["enum"]]
    return [{}]


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    worsened(home)
    rules = {"classifier": ["rules"], "labeller": ["rules"]}
    with gateway(home, GATEWAY_API_KEY=KEY, RATE_LIMIT_REQUESTS=0, **rules) as found:
        for seed in range(RECEIPTS):
            keep(found.app, seed)
        found.app.runs.save(RUN)
        yield found


@pytest.fixture(scope="module")
def described(door):
    return door.client().get("/openapi.json").json()


class Stage:
    """Lays out what a route is about, anew for each request, and fills in its ids."""

    def __init__(self, door: Gateway, client: Any) -> None:
        self.door = door
        self.app = door.app
        self.client = client
        self.reading = self.app.read(PAGE, "receipt.pdf")

    def ids(self, sent: Sent) -> dict[str, Any]:
        """The values of the path's names."""
        self.document(sent)
        self.models(sent)
        found = {"document_id": RECEIPT_ID, "word": TOTAL, "number": 1, "name": "default", "run_id": RUN.id}
        return {**found, **self.webhook(sent), **self.job(sent), **sent.chosen}

    def document(self, sent: Sent) -> None:
        """The receipt as it was read, untouched, or after the step that is to be undone."""
        self.client.delete(f"/v1/documents/{RECEIPT_ID}")
        record = Record(self.reading.document, "read", reading=replace(self.reading))
        self.app.blobs.put(record.blob, PAGE)
        if sent.path.endswith("/attachment"):
            record = attached(self.app, record, FILES["attachment"])
        if sent.path.endswith("/join"):
            record = replace(record, reading=receipts.packet(RECEIPT_ID, "receipt.pdf", PAGE))
        self.app.records.save(record)
        if sent.path == "/v1/review/{document_id}/undo":
            body = {"version": 0, "fields": [{"name": "total", "value": "8.00"}]}
            assert self.client.post(f"/v1/review/{RECEIPT_ID}/corrections", json=body).is_success
        if sent.path == "/v1/documents/{document_id}/labels/{word}/undo":
            where = f"/v1/documents/{RECEIPT_ID}/labels/{TOTAL}"
            assert [self.client.put(where, json={"label": label}).is_success for label in ("TAX", "SUBTOTAL")]
        if sent.path.startswith("/layoutlm_inference"):
            refreshed(self.app, [""], 1, 1)

    def models(self, sent: Sent) -> None:
        """The worse model is in use, so that there is a better one, and one to go back to."""
        self.app.models.activate("default")
        self.app.models.activate("worse")

    def webhook(self, sent: Sent) -> dict[str, str]:
        if "{webhook_id}" not in sent.path:
            return {}
        webhook = self.client.post("/v1/webhooks", json={"url": "https://example.com/other"}).json()["id"]
        delivery = self.client.post(f"/v1/webhooks/{webhook}/test").json()["id"]
        return {"webhook_id": webhook, "delivery_id": delivery}

    def job(self, sent: Sent) -> dict[str, str]:
        if "{job_id}" not in sent.path:
            return {}
        files = {"file": ("other.pdf", PAGE + b"\n")}
        return {"job_id": self.client.post("/v1/documents", files=files).json()["documents"][0]["job_id"]}


def content_of(sent: Sent) -> dict[str, Any]:
    """What the HTTP client is told to send; a form's file is the receipt, an attachment an e-invoice."""
    if sent.form != "multipart/form-data":
        return {} if sent.body is None else {"json": sent.body}
    fields = {name: value for name, value in sent.body.items() if name not in FILES}
    files = [(field, (name, FILES[field])) for field in FILES for name in sent.body.get(field, ())]
    return {"files": files, "data": fields}


def expected(operation: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The one status of success that a route tells of, and what comes with it."""
    (status,) = [status for status in operation["responses"] if status.startswith("2")]
    return int(status), operation["responses"][status]


def wrong_with(answer: Any, operation: dict[str, Any], components: dict[str, Any]) -> str:
    """What is other than the document says; nothing where all is well."""
    status, said = expected(operation)
    if answer.status_code != status:
        return f"{answer.status_code} {answer.text[:300]}"
    content = said.get("content", {})
    media = answer.headers.get("content-type", "").partition(";")[0]
    if content and not {media, "*/*"} & set(content):
        return f"{media!r} is none of {list(content)}"
    if media == "application/json" and content:
        jsonschema.validate(answer.json(), {**content[media]["schema"], "components": components})
        return unlike(content[media].get("example"), answer.json())
    return ""


def unlike(example: Any, answer: Any, at: str = "") -> str:
    """Where an answer lacks what the document shows of it, or has something of another form; a null may be anything."""
    if isinstance(example, dict) and isinstance(answer, dict):
        missing = [f"{at}.{name}" for name in example if name not in answer]
        return ", ".join(
            missing or filter(None, (unlike(example[name], answer[name], f"{at}.{name}") for name in example))
        )
    if isinstance(example, list) and isinstance(answer, list):
        return unlike(example[0], answer[0], f"{at}[0]") if example and answer else ""
    if None in (example, answer):
        return ""
    numbers = isinstance(example, float | int) and isinstance(answer, float | int)
    return "" if numbers or type(example) is type(answer) else f"{at} is {answer!r}"


def test_every_example_is_answered_with_the_status_and_in_the_form_that_its_route_tells(door, described):
    wrong, sent_off = {}, []
    with door.client(KEY) as client:
        stage = Stage(door, client)
        for sent in every(described):
            if sent.path == TRAINED:
                continue
            path = sent.path.format(**stage.ids(sent))
            answer = client.request(sent.method, path, **content_of(sent))
            operation = described["paths"][sent.path][sent.method.lower()]
            if problem := wrong_with(answer, operation, described["components"]):
                wrong[sent.label] = problem
            sent_off.append(sent)
    assert wrong == {}
    assert sum(sent.body is not None for sent in sent_off) >= 35
    assert len({(sent.method, sent.path) for sent in sent_off}) >= 55


def test_the_answers_that_the_document_shows_are_those_of_classifying_extracting_and_bringing(described):
    operations = (operation for path in described["paths"].values() for operation in path.values())
    answers = [expected(operation)[1].get("content", {}).get("application/json", {}) for operation in operations]
    assert sum("example" in answer for answer in answers) == 3


def test_every_route_that_takes_a_body_shows_one_with_a_word_on_it(described):
    shown = [
        list(bodies(operation))
        for operations in described["paths"].values()
        for operation in operations.values()
        if "requestBody" in operation
    ]
    assert len(shown) >= 18 and all(shown)
