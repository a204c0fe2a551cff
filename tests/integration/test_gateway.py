"""`/v1/classify` and `/v1/extract` over real HTTP, with the engines of a plain installation."""

import base64
import re
import threading
import time
from functools import cached_property

import pytest
from tests.support import receipts
from tests.support.gateway import Gateway, gateway
from tests.support.papers import pdf, text, text_pdf
from tests.support.serving import serving

from recto.app import Installation, settings
from recto.document.reading import Engine, Guess
from recto.doors.http.examples import RECEIPT
from recto.doors.http.sample import LINES, page_of
from recto.doors.http.server import build
from recto.ports import Verdict
from recto.schemas.catalog import kinds
from recto.submission import Desk

FILE = page_of(LINES)
SSN = "123-45-6789"
CARD = "5555 5555 5555 4444"


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with gateway(tmp_path_factory.mktemp("home"), limits={"file_bytes": 100_000}) as found:
        yield found


@pytest.fixture(scope="module")
def api(door):
    with door.client() as client:
        yield client


def test_a_receipt_is_classified_with_its_reason_and_the_engine_that_says_so(api):
    said = api.post("/v1/classify", json={"image_urls": [RECEIPT]}).json()
    assert said["type"] == "receipt"
    assert 0.5 < said["confidence"] <= 1
    assert said["reasoning"] and said["latency_ms"] > 0
    assert said["engine"]["name"] and said["engine"]["digest"].startswith("sha256:")


def test_a_receipt_is_extracted_with_its_places_checks_decision_and_versions(api):
    said = api.post("/v1/extract", json={"image_urls": [RECEIPT]}).json()
    assert (said["doc_type"], said["page_count"]) == ("receipt", 1)
    assert (said["data"]["total"], said["data"]["transaction_date"]) == ("9.00", "2024-03-14")
    assert said["classified"]["type"] == "receipt"
    total = next(field for field in said["fields"] if field["name"] == "total")
    assert (total["grounding"], total["page"], len(total["boxes"])) == ("grounded", 1, 1)
    assert said["decision"]["outcome"] in ("straight_through", "review")
    assert {"ocr", "classifier", "extractor"} <= set(said["engines"])
    assert all(engine["version"] for engine in said["engines"].values())
    assert "raw_ocr" not in said and said["latency_ms"] > 0


def test_the_words_that_were_read_come_on_request(api):
    said = api.post("/v1/extract", json={"image_urls": [RECEIPT], "raw_ocr": True, "doc_type": "receipt"}).json()
    (page,) = said["raw_ocr"]
    assert page["text"].splitlines()[0] == LINES[0]
    assert page["words"][0]["text"] == "GREEN" and len(page["words"][0]["box"]) == 4
    assert said["classified"] is None


@pytest.mark.parametrize("fields", [{}, {"doc_type": "receipt", "raw_ocr": "true", "prompt": "hello"}])
def test_a_form_with_a_file_says_the_same_as_json_with_a_data_url(api, fields):
    said = api.post("/v1/extract", files={"file": ("a.pdf", FILE)}, data=fields).json()
    assert said["data"] == api.post("/v1/extract", json={"image_urls": [RECEIPT]}).json()["data"]
    assert ("raw_ocr" in said) == bool(fields)


def test_a_document_that_is_here_is_extracted_by_its_id(api):
    document_id = api.post("/v1/documents", files={"file": ("a.pdf", FILE)}).json()["documents"][0]["id"]
    said = api.post("/v1/extract", json={"documents": [document_id]}).json()
    assert said["data"]["total"] == "9.00"


def test_several_files_are_the_pages_of_one_document(api):
    second = base64.b64encode(text_pdf(["second page"], pages=2)).decode()
    said = api.post("/v1/extract", json={"image_urls": [RECEIPT, f"data:;base64,{second}"], "raw_ocr": True}).json()
    assert said["page_count"] == 3
    assert [page["page"] for page in said["raw_ocr"]] == [1, 2, 3]
    assert said["raw_ocr"][2]["text"] == "second page"


def test_a_caller_s_word_on_the_kind_settles_it(api):
    said = api.post("/v1/extract", json={"image_urls": [RECEIPT], "doc_type": "invoice"}).json()
    assert said["doc_type"] == "invoice" and said["classified"] is None


def test_numbers_of_persons_are_hidden_in_every_part_of_the_answer_unless_the_key_may_see_them(tmp_path):
    page = base64.b64encode(text_pdf([*LINES, f"Employee {SSN}", f"Card {CARD}"])).decode()
    ask = {"image_urls": [f"data:;base64,{page}"], "raw_ocr": True}
    with gateway(tmp_path) as door:
        plain, seeing = door.key()[1], door.key(scopes=("write", "see-sensitive"))[1]
        hidden, shown = (door.client(key).post("/v1/extract", json=ask).text for key in (plain, seeing))
    assert SSN not in hidden and CARD[5:] not in hidden
    assert SSN in shown and CARD.split()[2] in shown


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "bad_request"),
        ({"image_urls": []}, 400, "bad_request"),
        ({"image_urls": ["data:nonsense"]}, 400, "bad_request"),
        ({"image_urls": ["data:image/png;base64,!!!"]}, 400, "bad_request"),
        ({"image_urls": ["data:image/png;base64,"]}, 422, "empty"),
        ({"image_urls": ["data:text/plain,hello"]}, 415, "unsupported_media_type"),
        ({"image_urls": ["data:image/png;base64," + "A" * 200_000]}, 413, "too_large"),
        ({"image_urls": ["data:application/pdf;base64," + base64.b64encode(b"%PDF-1.7").decode()]}, 422, "damaged"),
        ({"image_urls": ["http://127.0.0.1/a.png"]}, 422, "forbidden_url"),
        ({"image_urls": ["http://[::ffff:10.0.0.1]/a.png"]}, 422, "forbidden_url"),
        ({"image_urls": ["http://169.254.169.254/latest"]}, 422, "forbidden_url"),
        ({"image_urls": ["file:///etc/passwd"]}, 422, "forbidden_url"),
        ({"image_urls": ["http://example.com:22/"]}, 422, "forbidden_url"),
        ({"image_urls": ["http://user:word@example.com/"]}, 422, "forbidden_url"),
        ({"image_urls": ["http://example.com/" + "x" * 10_000]}, 422, "forbidden_url"),
        ({"image_urls": [RECEIPT] * 101}, 422, "invalid_parameters"),
        ({"image_urls": RECEIPT}, 422, "invalid_parameters"),
        ({"documents": ["short"]}, 422, "invalid_parameters"),
        ({"documents": ["0" * 64]}, 404, "not_found"),
        ({"surprise": 1}, 422, "invalid_parameters"),
        ({"image_urls": [RECEIPT], "doc_type": "poem"}, 422, "unknown_kind"),
        ([], 422, "invalid_parameters"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_its_code(api, body, status, code):
    answer = api.post("/v1/extract", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"content": b"{"}, 422, "invalid_parameters"),
        ({"content": b"\xff\xfe"}, 422, "invalid_parameters"),
        ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported_media_type"),
        ({"content": b""}, 422, "invalid_parameters"),
        ({"files": {"file": ("a.txt", b"words")}}, 415, "unsupported_media_type"),
        ({"files": {"file": ("a.pdf", b"")}}, 422, "empty"),
        ({"files": {"file": ("a.pdf", b"%PDF" + bytes(200_000))}}, 413, "too_large"),
        ({"files": {"file": ("a.pdf", FILE)}, "data": {"surprise": "1"}}, 422, "invalid_parameters"),
    ],
)
def test_what_is_no_request_at_all_is_a_problem_too(api, more, status, code):
    more = {"headers": {"Content-Type": "application/json"}, **more} if "content" in more else more
    answer = api.post("/v1/classify", **more)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_a_body_over_the_limit_is_refused_whether_or_not_it_says_its_length(tmp_path):
    with gateway(tmp_path, gateway={"body_bytes": 1000}) as door, door.client() as client:
        body = b'{"prompt": "' + b"x" * 2000 + b'"}'
        headers = {"Content-Type": "application/json"}
        for more in ({}, {"Idempotency-Key": "k"}):
            for content in (body, (body[at : at + 100] for at in range(0, len(body), 100))):
                answer = client.post("/v1/classify", content=content, headers={**headers, **more})
                assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_picture_is_read_by_ocr(api):
    said = api.post("/v1/extract", files={"file": ("a.png", receipts.image(4))}, data={"doc_type": "receipt"}).json()
    assert said["data"]["total"] == receipts.lines_of(4)[-2].split()[-1]


def test_models_are_told_pinned_in_the_order_in_which_they_are_asked(api):
    said = api.get("/v1/models").json()
    assert said["kinds"] == list(kinds())
    named = [(one["task"], one["name"], one["state"]) for one in said["engines"]]
    assert named[:3] == [("ocr", "rapidocr", "ready"), ("classify", "layout", "ready"), ("classify", "rules", "ready")]
    assert all(one["version"] for one in said["engines"])


def test_an_engine_that_cannot_run_is_named_and_the_next_one_answers(tmp_path):
    missing = {"layout": {"bundle": "nowhere"}}
    with gateway(tmp_path, engines=missing) as door, door.client() as client:
        said = client.post("/v1/classify", json={"image_urls": [RECEIPT]}).json()
        assert said["engine"]["name"] == "rules"
        health = client.get("/health").json()
        assert health["status"] == "degraded"
        assert {"task": "classify", "name": "layout", "state": "unavailable"} in health["engines"]


class Patient:
    """A judge that answers when it is told to."""

    engine = Engine("patient", "1")

    def __init__(self):
        self.may_answer = threading.Event()
        self.asked = threading.Semaphore(0)

    def judge(self, exhibits):
        self.asked.release()
        assert self.may_answer.wait(120)
        return [Verdict(Guess("receipt", None), "It was told.", self.engine)]


class Slow(Installation):
    """An installation with that judge."""

    patient: Patient

    @cached_property
    def desk(self):
        plain = super().desk
        return Desk(plain.reader, self.patient, plain.understanding, plain.answerer)


def test_one_caller_more_than_may_wait_is_refused_and_told_when_to_come_again(tmp_path):
    app = Slow(settings(home=tmp_path, gateway={"at_once": 1, "waiting": 1}))
    app.patient = Patient()
    with serving(build(app)) as url:
        door = Gateway(app, url)
        answers = []
        callers = [
            threading.Thread(
                target=lambda: answers.append(door.client().post("/v1/classify", json={"image_urls": [RECEIPT]}))
            )
            for _ in range(2)
        ]
        for caller in callers:
            caller.start()
        with door.client() as client:
            end = time.monotonic() + 120
            while not (told := client.get("/v1/capacity").json())["requests"]["waiting"]:
                assert time.monotonic() < end
            assert told["requests"] == {"running": 1, "waiting": 1, "at_once": 1, "most_waiting": 1}
            assert told["refused"] == ["queue_full"]
            refused = client.post("/v1/classify", json={"image_urls": [RECEIPT]})
            assert (refused.status_code, refused.json()["code"]) == (429, "queue_full")
            assert int(refused.headers["retry-after"]) >= 1
            app.patient.may_answer.set()
        for caller in callers:
            caller.join(120)
        assert [answer.status_code for answer in answers] == [200, 200]


def test_a_job_that_is_cancelled_leaves_its_document_to_be_read_another_time(api):
    data = pdf([text("to be stopped")])
    (taken,) = api.post("/v1/documents", files={"file": ("a.pdf", data)}).json()["documents"]
    cancelled = api.post(f"/v1/jobs/{taken['job_id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    document = api.get(taken["links"]["self"]).json()
    assert (document["state"], document["errors"][0]["code"]) == ("failed", "cancelled")
    assert api.post(f"/v1/jobs/{taken['job_id']}/cancel").json()["code"] == "conflict"
    again = api.post(f"{taken['links']['self']}/read", json={}).json()
    assert again["state"] == "waiting" and again["job_id"] != taken["job_id"]
    assert api.get(f"/v1/jobs/{again['job_id']}").json()["state"] == "queued"


def test_the_reference_shows_the_new_routes_and_asks_nothing_of_another_host(api):
    page = api.get("/docs").text
    for path in ("/v1/classify", "/v1/extract", "/v1/models", "/v1/capacity", "/v1/jobs/{job_id}/cancel"):
        assert path in page
    assert "A page in the request itself" in page and "data:application/pdf;base64,JVBERi" in page
    assert not re.search(r'(src="|rel="stylesheet" href=")https?://', page)
