"""What every way from a document to its fields promises: by labels, by statement, elsewhere."""

import json
from contextlib import contextmanager, nullcontext

import pytest
from tests.support.chatter import Chatter
from tests.support.papers import text_pdf
from tests.support.serving import serving

from recto.app import build, settings
from recto.document.errors import Damaged, Empty, RectoError, TooManyPages, UnknownKind
from recto.doors.runpod import handler
from recto.submission import File, Submission
from recto.support.runpod import Pod

LINES = ("BOOK CORNER TRADING", "DATE: 25/12/2018", "MODELLING CLAY 9.00", "TOTAL 9.00", "CASH 10.00", "CHANGE 1.00")
ONE, TWO = File(text_pdf(LINES), "one.pdf"), File(text_pdf(("THE SECOND PAGE", "OF IT")), "two.pdf")
SAID = {"merchant_name": "BOOK CORNER TRADING", "transaction_date": "2018-12-25", "total": "9.00"}
RULES = {"classifier": ["rules"], "labeller": ["rules"]}


@contextmanager
def by_statement(home):
    with serving(Chatter([json.dumps(SAID)]).app) as url:
        tables = {"model": {"engine": "chat", "base_url": f"{url}/v1", "model": "scripted"}}
        yield build(settings(home=home, extract=["model"], engines=tables, limits={"pages": 3}, **RULES))


@contextmanager
def elsewhere(home):
    handle = handler(build(settings(home=home, **RULES)), "extract")
    with serving(Pod(lambda question: handle({"input": question})).app) as url:
        tables = {"there": {"engine": "runpod", "endpoint": url, "tries": 1}}
        yield build(settings(home=home, extract=["there"], engines=tables, limits={"pages": 3}, **RULES))


WAYS = {
    "by labels": lambda home: nullcontext(build(settings(home=home, limits={"pages": 3}, **RULES))),
    "by statement": by_statement,
    "elsewhere": elsewhere,
}


@pytest.fixture(scope="module", params=sorted(WAYS))
def app(request, tmp_path_factory):
    with WAYS[request.param](tmp_path_factory.mktemp("home")) as made:
        yield made


def test_values_come_typed_with_the_words_that_carry_them(app):
    extraction = app.extract(Submission((ONE,)))
    total = extraction.reading.field("total")
    assert (extraction.kind, extraction.data["total"], str(total.value)) == ("receipt", "9.00", "9.00")
    assert total.grounding in ("grounded", "ambiguous") and total.boxes
    assert [extraction.reading.words[index].text for index in total.words] == ["9.00"]


def test_the_engine_that_extracted_and_the_one_that_judged_stand_on_the_reading(app):
    extraction = app.extract(Submission((ONE,)))
    assert {"ocr", "classifier", "extractor"} <= set(extraction.reading.engines)
    assert extraction.engine == extraction.reading.engines["extractor"]


def test_several_files_are_the_pages_of_one_document(app):
    extraction = app.extract(Submission((ONE, TWO)))
    assert extraction.page_count == 2 and [page.number for page in extraction.reading.pages] == [1, 2]
    assert {word.text for word in extraction.reading.words if word.page == 2} >= {"SECOND", "PAGE"}
    assert extraction.reading.document.id != app.extract(Submission((TWO, ONE), kind="receipt")).reading.document.id


def test_the_first_page_decides_the_kind_unless_the_caller_says_it(app):
    assert app.extract(Submission((TWO, ONE), kind="receipt")).verdict is None
    assert app.judge(Submission((ONE, TWO))).guess.kind == "receipt"
    assert app.judge(Submission((TWO, ONE))).guess.kind == "other"


def test_the_extraction_is_decided_on(app):
    reading = app.extract(Submission((ONE,))).reading
    assert reading.decision and reading.checks


def test_without_measured_confidence_there_is_none_for_the_whole(app):
    assert app.extract(Submission((ONE,))).confidence is None


@pytest.mark.parametrize(
    ("submission", "error"),
    [
        (Submission(()), Empty),
        (Submission((ONE,), kind="poem"), UnknownKind),
        (
            Submission((File(text_pdf(LINES, pages=2), "a"), File(text_pdf(LINES, pages=2), "b")), kind="receipt"),
            TooManyPages,
        ),
        (Submission((File(b"%PDF-1.7 nothing", "a"),), kind="receipt"), RectoError),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(app, submission, error):
    with pytest.raises(error) as refused:
        app.extract(submission)
    assert str(refused.value) and "\n" not in str(refused.value)


def test_a_damaged_file_is_not_judged(app):
    with pytest.raises(Damaged):
        app.judge(Submission((File(b"%PDF-1.7 nothing", "a"),)))
