"""Engines elsewhere, behind the stand-in of RunPod's API: our own handlers, others' handlers, and broken ones."""

import boto3
import httpx2 as httpx
import pytest
from tests.support.papers import text_pdf
from tests.support.serving import serving

from recto.app import build, settings
from recto.document.errors import EngineFailed
from recto.doors.runpod import handler
from recto.engines.remote import data_uri
from recto.submission import File, Submission
from recto.support.runpod import Pod

LINES = ("BOOK CORNER TRADING", "DATE: 25/12/2018", "MODELLING CLAY 9.00", "TOTAL 9.00", "CASH 10.00", "CHANGE 1.00")
PAGES = Submission((File(text_pdf(LINES), "one.pdf"), File(text_pdf(("PAGE TWO",)), "two.pdf")))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """An application of rules alone, which is quick to start."""
    return build(settings(home=tmp_path_factory.mktemp("there"), classifier=["rules"], labeller=["rules"]))


def asking(url, tmp_path, **chains):
    """An application that asks the endpoint at the URL, and nobody else unless told."""
    tables = {"there": {"engine": "runpod", "endpoint": url, "tries": 1}}
    named = {"classify": ["there"], "extract": ["there"], **chains}
    return build(settings(home=tmp_path, engines=tables, classifier=["rules"], labeller=["rules"], **named))


def answering(tmp_path, answer, ask, **chains):
    with serving(Pod(lambda question: answer).app) as url:
        return ask(asking(url, tmp_path, **chains))


def test_several_files_go_as_the_pages_of_one_document(plain, tmp_path):
    handle = handler(plain, "extract")
    with serving(Pod(lambda question: handle({"input": question})).app) as url:
        extraction = asking(url, tmp_path).extract(Submission(PAGES.files, kind="receipt"))
    assert extraction.page_count == 2 and extraction.data["total"] == "9.00"
    assert extraction.reading.document.media_type == "multipart/mixed"
    assert {word.page for word in extraction.reading.words} == {1, 2}


def test_the_prompt_and_the_kind_reach_the_handler(tmp_path):
    asked = []
    with serving(Pod(lambda question: asked.append(question) or {"data": {"total": "9.00"}}).app) as url:
        asking(url, tmp_path).extract(Submission(PAGES.files, kind="receipt", prompt="It is handwritten."))
    assert asked[0]["doc_type"] == "receipt" and asked[0]["prompt"] == "It is handwritten."
    assert all(uri.startswith("data:application/pdf;base64,") for uri in asked[0]["image_urls"])


def test_values_that_another_s_handler_states_are_found_on_the_page(tmp_path):
    stated = {"data": {"total": 9.0, "merchant_name": "BOOK CORNER TRADING"}, "confidence": 0.99}
    found = answering(tmp_path, stated, lambda app: app.extract(Submission(PAGES.files, kind="receipt")))
    total = found.reading.field("total")
    assert total.raw == "9.00" and total.words and total.confidence is None
    assert found.confidence is None and found.engine.name == "runpod"


def test_a_value_that_another_s_handler_made_up_is_shown_as_not_found(tmp_path):
    stated = {"data": {"total": "777.77", "merchant_name": "BOOK CORNER TRADING"}}
    found = answering(tmp_path, stated, lambda app: app.extract(Submission(PAGES.files, kind="receipt")))
    assert found.reading.field("total").grounding == "not_found"
    assert found.reading.decision.outcome == "review"


def test_the_number_that_another_s_handler_says_of_itself_is_no_confidence(tmp_path):
    verdict = answering(tmp_path, {"type": "receipt", "confidence": 0.97}, lambda app: app.judge(PAGES))
    assert (verdict.guess.kind, verdict.guess.confidence, verdict.score) == ("receipt", None, 0.97)


def test_a_reading_that_points_at_words_that_there_are_not_is_refused(plain, tmp_path):
    answer = handler(plain, "extract")({"input": {"image_urls": [data_uri(PAGES.files[0].data)]}})
    answer["reading"]["fields"][0]["words"] = [9999]
    with pytest.raises(EngineFailed, match="points at words"):
        answering(tmp_path, answer, lambda app: app.extract(Submission(PAGES.files[:1], kind="receipt")))


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"error": "out of memory"},
        {"data": {}},
        {"data": "receipt"},
        {"data": {"total": "777.77"}},
        {"reading": {"pages": 3}},
        {"reading": {"document": {}, "fields": []}},
    ],
)
def test_an_answer_of_another_form_is_refused(answer, tmp_path):
    with pytest.raises(EngineFailed):
        answering(tmp_path, answer, lambda app: app.extract(Submission(PAGES.files, kind="receipt")))


def test_a_refused_answer_gives_way_to_the_engine_here(tmp_path):
    wish = Submission(PAGES.files, kind="receipt")
    found = answering(tmp_path, {"data": {}}, lambda app: app.extract(wish), extract=["there", "rules"])
    assert found.engine.name == "rules" and found.data["total"] == "9.00"


def test_a_file_that_is_too_large_to_send_is_named_by_a_signed_url(moto, tmp_path, monkeypatch):
    """And taken away again afterwards."""
    for name, value in {"KEY_ID": "k", "ACCESS_KEY": "s", "REGION": "us-east-1", "ENDPOINT_URL": moto}.items():
        prefix = "AWS_SECRET_" if name == "ACCESS_KEY" else "AWS_ACCESS_" if name == "KEY_ID" else "AWS_"
        monkeypatch.setenv(f"{prefix}{name}", value)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    boto3.client("s3", endpoint_url=moto, region_name="us-east-1").create_bucket(Bucket="parcels")
    large = text_pdf(LINES) + b"\n%" + b"x" * (11 << 20)
    fetched = []

    def handle(question):
        fetched.extend((url, len(httpx.get(url).content)) for url in question["image_urls"])
        return {"data": {"total": "9.00"}}

    with serving(Pod(handle).app) as url:
        tables = {"there": {"engine": "runpod", "endpoint": url, "uploads": "s3://parcels/in"}}
        app = build(settings(home=tmp_path, extract=["there"], engines=tables))
        app.extract(Submission((File(large, "large.pdf"),), kind="receipt"))
    ((address, size),) = fetched
    assert size == len(large) and "Signature" in address
    assert httpx.get(address).status_code == 404


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({}, "image_urls"),
        ({"image_urls": []}, "image_urls"),
        ({"image_urls": ["data:image/png;base64,!!!"]}, "base64"),
        ({"image_urls": ["data:image/png;base64,AAAA"]}, "PDF, JPEG"),
        ({"image_urls": ["http://127.0.0.1/secret"]}, "not public"),
        ({"image_urls": ["file:///etc/passwd"]}, "http"),
        ({"image_urls": ["data:image/png;base64,AAAA"], "doc_type": "poem"}, "poem"),
        ("nothing", "image_urls"),
    ],
)
def test_a_job_that_cannot_be_done_is_answered_with_an_error_of_one_sentence(plain, question, says):
    answer = handler(plain, "extract")({"id": "1", "input": question})
    assert list(answer) == ["error"] and says in answer["error"] and "Traceback" not in answer["error"]
