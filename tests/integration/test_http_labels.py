"""The API of labels over real HTTP and a real database."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest
from tests.support import receipts
from tests.support.papers import pdf, text
from tests.support.serving import serving

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.document.record import Record
from recto.doors.http.server import build


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Installation(recto_settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def api(app):
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture
def document(app, request):
    """The path of a document's labels; each test has its own document."""
    data = pdf([text(request.node.name)])
    document_id = hashlib.sha256(data).hexdigest()
    app.records.save(
        Record(
            receipts.reading(document_id, "a.pdf", data).document,
            "read",
            "",
            None,
            receipts.reading(document_id, "a.pdf", data),
        )
    )
    return f"/v1/documents/{document_id}/labels"


def words(api, document):
    return api.get(document).json()["words"]


def test_every_word_stands_there_with_what_the_model_says_and_no_label_yet(api, document):
    shown = api.get(document).json()
    assert shown["kind"] == "receipt"
    assert "GRAND_TOTAL" in shown["names"]["receipt"]
    total = shown["words"][7]
    assert (total["text"], total["label"], total["version"]) == ("RM", None, 0)
    assert total["predicted"] == {"label": "GRAND_TOTAL", "begins": True, "confidence": None}


def test_a_label_that_is_given_holds_and_says_what_it_replaced(api, document):
    word = words(api, document)[5]["word"]
    answer = api.put(f"{document}/{word}", json={"label": "UNIT_PRICE", "version": 0, "reason": "price of one"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["status"], said["source"], said["replaced"], said["version"]) == ("VALID", "person", "LINE_TOTAL", 1)
    assert said["at"].endswith("Z")
    assert words(api, document)[5]["label"] == said


@pytest.mark.parametrize(("given", "kept"), [("BUSINESS_NAME", "MERCHANT_NAME"), ("card number", "PAYMENT_METHOD")])
def test_an_alias_is_mapped(api, document, given, kept):
    word = words(api, document)[0]["word"]
    assert api.put(f"{document}/{word}", json={"label": given}).json()["label"] == kept


def test_an_unknown_label_is_refused_and_nothing_is_written(api, document):
    known = words(api, document)
    changes = [{"word": known[0]["word"], "label": "DATE"}, {"word": known[1]["word"], "label": "COLOUR"}]
    answer = api.post(document, json={"changes": changes})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_label")
    assert words(api, document) == known


def test_who_was_slower_is_told_so(api, document):
    word = words(api, document)[3]["word"]
    assert api.put(f"{document}/{word}", json={"label": "TIME", "version": 0}).status_code == 200
    late = api.put(f"{document}/{word}", json={"label": "TAX", "version": 0})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert words(api, document)[3]["label"]["label"] == "TIME"


def test_of_people_who_label_a_word_at_the_same_moment_one_is_right(api, document):
    word = words(api, document)[3]["word"]
    with ThreadPoolExecutor(8) as people:
        statuses = list(
            people.map(
                lambda _: api.put(f"{document}/{word}", json={"label": "TIME", "version": 0}).status_code, range(8)
            )
        )
    assert sorted(statuses) == [200] + [409] * 7


def test_a_label_is_accepted_rejected_doubted_cleared_and_everything_stays_in_its_history(api, document):
    word = words(api, document)[3]["word"]
    for version, deed in enumerate(["accept", "reject", "doubt", "clear"]):
        assert api.post(f"{document}/{word}/{deed}", json={"version": version}).status_code == 200
    past = api.get(f"{document}/{word}/history").json()["labels"]
    assert [label["status"] for label in past] == ["VALID", "INVALID", "NEEDS_REVIEW", "NONE"]
    assert {label["label"] for label in past} == {"DATE"}


def test_what_was_done_can_be_undone_step_by_step(api, document):
    word = words(api, document)[3]["word"]
    api.put(f"{document}/{word}", json={"label": "TIME"})
    api.put(f"{document}/{word}", json={"label": "TAX"})
    undone = api.post(f"{document}/{word}/undo").json()
    assert (undone["label"], undone["status"], undone["version"]) == ("TIME", "VALID", 3)


def test_undoing_the_only_label_leaves_nothing_said(api, document):
    word = words(api, document)[3]["word"]
    api.put(f"{document}/{word}", json={"label": "TIME"})
    assert api.post(f"{document}/{word}/undo").json()["status"] == "NONE"
    assert api.post(f"{document}/nowhere/undo").status_code == 404


def test_the_words_of_a_span_go_on_with_each_other(api, document):
    known = words(api, document)
    changes = [{"word": known[at]["word"], "label": "ADDRESS_LINE"} for at in (2, 0, 1)]
    said = api.post(document, json={"changes": changes}).json()["labels"]
    assert [label["begins"] for label in said] == [True, False, False]


def test_the_rest_of_a_document_is_accepted_at_once_but_not_what_was_rejected(api, document):
    known = words(api, document)
    api.post(f"{document}/{known[4]['word']}/reject", json={})
    answer = api.post(document, json={"changes": [{"word": known[5]["word"], "label": "O"}], "accept_rest": True})
    assert len(answer.json()["labels"]) == 9
    statuses = [word["label"]["status"] for word in words(api, document)]
    assert statuses == ["VALID"] * 4 + ["INVALID"] + ["VALID"] * 5
    assert words(api, document)[6]["label"]["label"] == "O"


def test_numbers_that_identify_a_person_are_masked_in_labels_too(api, document):
    word = words(api, document)[9]
    answer = api.put(f"{document}/{word['word']}", json={"label": "PAYMENT_METHOD"})
    history = api.get(f"{document}/{word['word']}/history")
    for shown in (answer, history, api.get(document)):
        assert "4111111111111111" not in shown.text


def test_documents_are_listed_by_the_status_of_their_labels(api, document):
    api.post(f"{document}/{words(api, document)[0]['word']}/doubt", json={})
    found = api.get("/v1/labels", params={"status": "NEEDS_REVIEW"}).json()["documents"]
    mine = [one for one in found if one["document"] in document]
    assert mine[0]["counts"] == {"NEEDS_REVIEW": 1}


@pytest.mark.parametrize("body", [{"label": ""}, {}, {"label": "TAX", "version": -1}, {"label": "TAX", "colour": 1}])
def test_a_body_of_the_wrong_form_is_a_problem(api, document, body):
    answer = api.put(f"{document}/{words(api, document)[0]['word']}", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_document_or_a_word_that_is_not_there_is_not_found(api, document):
    assert api.get(f"/v1/documents/{'0' * 64}/labels").status_code == 404
    assert api.put(f"{document}/1-nothing", json={"label": "TAX"}).status_code == 404


def test_a_document_that_waits_to_be_read_has_no_words_yet(api, app):
    data = pdf([text("waiting")])
    document_id = hashlib.sha256(data).hexdigest()
    app.records.save(Record(receipts.reading(document_id, "a.pdf", data).document, "waiting"))
    assert api.get(f"/v1/documents/{document_id}/labels").status_code == 409


def test_with_a_document_its_labels_are_forgotten(api, app, document):
    word = words(api, document)[0]["word"]
    api.put(f"{document}/{word}", json={"label": "TAX"})
    api.delete(document.removesuffix("/labels"))
    assert app.labels.history(document.split("/")[3], "", word) == ()
