"""What every judge promises. Run it on your own: add it to JUDGES."""

from contextlib import contextmanager, nullcontext

import pytest
from tests.contracts.printed import blank
from tests.support.chatter import Chatter
from tests.support.exhibits import exhibit
from tests.support.serving import serving

from recto.app import build, settings
from recto.document.errors import Unavailable
from recto.doors.runpod import handler
from recto.engines import chat, remote
from recto.engines.classify.layout import LayoutClassifier
from recto.engines.classify.rules import RulesClassifier
from recto.engines.classify.words import WordsJudge
from recto.ports import Exhibit
from recto.schemas.catalog import kinds
from recto.support.runpod import Pod

SAID = '{"type": "receipt", "reasoning": "It lists goods and a total."}'


@contextmanager
def behind_chat():
    with serving(Chatter([SAID]).app) as url:
        yield chat.judge(base_url=f"{url}/v1", model="scripted")


@contextmanager
def behind_runpod(home):
    handle = handler(build(settings(home=home, classifier=["rules"])), "classify")
    with serving(Pod(lambda question: handle({"input": question})).app) as url:
        yield remote.runpod_judge(endpoint=url, tries=1)


JUDGES = {
    "rules": lambda home: nullcontext(WordsJudge(RulesClassifier())),
    "layout": lambda home: nullcontext(WordsJudge(LayoutClassifier())),
    "chat": lambda home: behind_chat(),
    "runpod": behind_runpod,
}


@pytest.fixture(scope="module", params=sorted(JUDGES))
def judge(request, tmp_path_factory):
    with JUDGES[request.param](tmp_path_factory.mktemp("home")) as made:
        yield made


def test_an_empty_batch_gives_an_empty_list(judge):
    assert judge.judge([]) == []


def test_one_verdict_a_document(judge):
    assert len(judge.judge([exhibit(), exhibit()])) == 2


def test_a_printed_receipt_is_a_receipt(judge):
    assert judge.judge([exhibit()])[0].guess.kind == "receipt"


def test_the_reason_is_said_in_words(judge):
    assert judge.judge([exhibit()])[0].reasoning.strip()


def test_a_confidence_was_measured_or_there_is_none(judge):
    verdict = judge.judge([exhibit()])[0]
    for number in (verdict.guess.confidence, verdict.score):
        assert number is None or 0 <= number <= 1


def test_the_engine_that_judged_is_pinned(judge):
    engine = judge.judge([exhibit()])[0].engine
    assert engine.name and engine.version


def test_the_same_document_is_judged_the_same_twice(judge):
    assert judge.judge([exhibit()]) == judge.judge([exhibit()])


def test_a_blank_page_is_of_a_known_kind_or_nobody_can_tell(judge):
    try:
        verdict = judge.judge([Exhibit(1, tuple, lambda number, long_side: blank())])[0]
    except Unavailable:
        return
    assert verdict.guess.kind in kinds()
