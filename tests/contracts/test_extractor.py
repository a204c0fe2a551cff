"""What every extractor and every answerer promises. Run it on your own: add it to EXTRACTORS or ANSWERERS."""

import json
from contextlib import contextmanager, nullcontext

import pytest
from tests.support.chatter import Chatter
from tests.support.exhibits import exhibit
from tests.support.serving import serving

from recto.document.errors import Unavailable
from recto.engines import chat
from recto.engines.answer.lines import LinesAnswerer
from recto.schemas.catalog import schema_of

VALUES = {"total": 23.5, "merchant_name": "BOOK CORNER TRADING", "mood": "good", "items": [{"total_price": "9.00"}, 7]}
ANSWER = {"answer": "50.00", "quote": "CASH 50.00"}


@contextmanager
def behind_chat(make, said):
    with serving(Chatter([json.dumps(said)]).app) as url:
        yield make(base_url=f"{url}/v1", model="scripted")


EXTRACTORS = {"chat": lambda: behind_chat(chat.extractor, VALUES)}
ANSWERERS = {"chat": lambda: behind_chat(chat.answerer, ANSWER), "lines": lambda: nullcontext(LinesAnswerer())}


@pytest.fixture(scope="module", params=sorted(EXTRACTORS))
def extractor(request):
    with EXTRACTORS[request.param]() as made:
        yield made


@pytest.fixture(scope="module", params=sorted(ANSWERERS))
def answerer(request):
    with ANSWERERS[request.param]() as made:
        yield made


def test_an_empty_batch_gives_an_empty_list(extractor, answerer):
    assert extractor.extract([]) == [] and answerer.answer([]) == []


def test_one_statement_a_document_with_the_engine_that_stated_it(extractor):
    statements = extractor.extract([(exhibit(), "receipt"), (exhibit(), "receipt")])
    assert len(statements) == 2
    assert all(one.engine.name and one.engine.version for one in statements)


def test_values_are_texts_by_names_of_the_kind_s_schema(extractor):
    values = extractor.extract([(exhibit(), "receipt")])[0].values
    schema = schema_of("receipt")
    for name, value in values.items():
        if schema.field(name):
            assert isinstance(value, str) and value
        else:
            columns = {column.name for column in schema.table(name).columns}
            assert all(set(row) <= columns and all(map(str.strip, row.values())) for row in value)


def test_confidences_were_measured_or_there_are_none(extractor):
    assert all(0 <= one <= 1 for one in extractor.extract([(exhibit(), "receipt")])[0].confidences.values())


def test_an_answer_cites_words_of_the_document(answerer):
    (answer,) = answerer.answer([(exhibit(), "What was paid in cash?")])
    cited = [exhibit().words()[index].text for index in answer.words]
    assert "50.00" in answer.text and cited == ["CASH", "50.00"]
    assert answer.engine.name and answer.engine.version


def test_a_question_that_nothing_answers_gives_no_words(answerer):
    """Unless it was answered from somewhere else than what was asked, which no answerer can be told here."""
    try:
        (answer,) = answerer.answer([(exhibit(()), "zzz?")])
    except Unavailable:
        return
    assert answer.words == ()
