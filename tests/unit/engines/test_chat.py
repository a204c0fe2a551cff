"""Engines behind a server of chat completions, against a scripted one, over real HTTP."""

import json

import pytest
from tests.support.chatter import Chatter, said
from tests.support.exhibits import exhibit
from tests.support.serving import serving

from recto.document.errors import EngineFailed, EngineUnavailable
from recto.engines import chat

RECEIPT = '{"type": "receipt", "reasoning": "It lists goods and a total."}'
VALUES = {
    "merchant_name": "BOOK CORNER TRADING",
    "transaction_date": "2018-12-25",
    "total": "23.50",
    "items": [
        {"description": "MODELLING CLAY", "total_price": "9.00"},
        {"description": "PENCIL BOX BLUE", "total_price": "14.50"},
    ],
}


def judged(chatter, **arguments):
    with serving(chatter.app) as url:
        return chat.judge(base_url=f"{url}/v1", model="m", **arguments).judge([exhibit()])[0]


def extracted(chatter, pages=1, kind="receipt", **arguments):
    with serving(chatter.app) as url:
        engine = chat.extractor(base_url=f"{url}/v1", model="m", **arguments)
        return engine.extract([(exhibit(pages=pages), kind)])[0]


def answered(chatter, question="What was paid in cash?"):
    with serving(chatter.app) as url:
        return chat.answerer(base_url=f"{url}/v1", model="m").answer([(exhibit(), question)])[0]


def curves(tmp_path, **named):
    path = tmp_path / "curves.json"
    path.write_text(json.dumps({"curves": named}))
    return str(path)


def test_a_picture_goes_as_a_data_uri_and_a_schema_with_it():
    chatter = Chatter([RECEIPT])
    judged(chatter)
    content = chatter.asked[0]["messages"][0]["content"]
    assert content[0]["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
    form = chatter.asked[0]["response_format"]["json_schema"]["schema"]
    assert "1099-NEC" in form["properties"]["type"]["enum"]


def test_a_judge_gives_the_kind_the_reason_and_the_model():
    verdict = judged(Chatter([RECEIPT]))
    assert verdict.guess.kind == "receipt"
    assert verdict.reasoning == "It lists goods and a total."
    assert verdict.engine.name == "chat" and verdict.engine.model == "m"


def test_the_prompt_is_pinned_in_the_version_of_the_engine():
    assert "+" in judged(Chatter([RECEIPT])).engine.version


def test_token_odds_are_a_score_and_no_confidence_until_they_were_measured():
    verdict = judged(Chatter([said(RECEIPT, chance=0.9)]))
    assert verdict.guess.confidence is None
    assert verdict.score == pytest.approx(0.9**3)  # `receipt` lies in three tokens of four letters


def test_a_measured_curve_turns_odds_into_confidence(tmp_path):
    path = curves(tmp_path, receipt=[[0.0, 1.0], [0.0, 0.5]])
    assert judged(Chatter([said(RECEIPT, chance=1.0)]), calibration=path).guess.confidence == pytest.approx(0.5)


@pytest.mark.parametrize("text", ["{", "[]", '{"curves": {"*": [[1, 0], [0, 1]]}}', '{"curves": {"*": [[0], [7]]}}'])
def test_a_calibration_that_is_none_makes_the_engine_unavailable(text, tmp_path):
    path = tmp_path / "curves.json"
    path.write_text(text)
    with pytest.raises(EngineUnavailable, match=r"curves\.json"):
        judged(Chatter([RECEIPT]), calibration=str(path))


def test_the_number_that_a_model_says_of_itself_is_not_believed():
    verdict = judged(Chatter(['{"type": "receipt", "confidence": 0.99, "reasoning": "r"}']))
    assert verdict.guess.confidence is None


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"type": "Bank Statement"}\n```',
        'Sure! Here it is: {"document_type": "bank-statement", } I hope this helps.',
        "<think>{\"type\": \"check\"}</think>{'type': 'bank_statement'}",
        '{"type": "Bank account statement", "reasoning": "unclosed',
    ],
)
def test_an_answer_is_read_leniently(text):
    assert judged(Chatter([text])).guess.kind == "bank_statement"


@pytest.mark.parametrize(
    "useless",
    [
        "I cannot tell.",
        '{"type": "love letter"}',
        "{}",
        "",
        said(RECEIPT, finish_reason="length"),
        '{"type": "receipt", "reasoning": "' + "total and again " * 40 + '"}',
        {"finish_reason": "stop"},
    ],
)
def test_a_useless_answer_is_asked_for_again_a_little_looser(useless):
    chatter = Chatter([useless, RECEIPT])
    assert judged(chatter).guess.kind == "receipt"
    assert chatter.temperatures == [0.0, 0.3]


def test_a_model_that_never_answers_usefully_gives_way():
    chatter = Chatter(["no"])
    with pytest.raises(EngineFailed):
        judged(chatter)
    assert chatter.temperatures == [0.0, 0.3, 0.7]


def test_a_server_without_schemas_and_odds_is_asked_more_plainly_from_then_on():
    chatter = Chatter([RECEIPT], knows=())
    with serving(chatter.app) as url:
        engine = chat.judge(base_url=f"{url}/v1", model="m")
        assert [engine.judge([exhibit()])[0].guess.kind for _ in range(2)] == ["receipt", "receipt"]
    assert len(chatter.asked) == 4  # two refusals, then one request a question
    assert engine.judge([]) == []


def test_a_wrong_key_is_not_asked_again():
    chatter = Chatter([401])
    with pytest.raises(EngineFailed, match="401"):
        judged(chatter)
    assert len(chatter.asked) == 1


def test_a_server_that_is_gone_is_unavailable():
    with pytest.raises(EngineUnavailable):
        chat.judge(base_url="http://127.0.0.1:9/v1", model="m", tries=1).judge([exhibit()])


def test_values_come_as_texts_by_field_name():
    statement = extracted(Chatter([json.dumps(VALUES)]))
    assert statement.values == VALUES
    assert statement.confidences == {}


def test_numbers_groups_and_empty_values_are_shaped_and_unknown_names_left_out():
    answer = {"total": 23.5, "tip": None, "subtotal": "n/a", "mood": "good", "items": [{"total_price": 9.0}, {}, "x"]}
    assert extracted(Chatter([json.dumps(answer)])).values == {"total": "23.5", "items": [{"total_price": "9.0"}]}


def test_a_value_that_stands_nowhere_is_asked_for_again():
    chatter = Chatter([json.dumps({**VALUES, "total": "777.77"}), json.dumps(VALUES)])
    assert extracted(chatter).values["total"] == "23.50"
    assert chatter.temperatures == [0.0, 0.3]


def test_the_answer_with_most_of_its_values_on_the_page_is_used_when_none_is_perfect():
    one_wrong, two_wrong = {**VALUES, "total": "777.77"}, {**VALUES, "total": "777.77", "merchant_name": "ACME ROCKETS"}
    chatter = Chatter([json.dumps(answer) for answer in (two_wrong, one_wrong, two_wrong)])
    assert extracted(chatter).values["merchant_name"] == "BOOK CORNER TRADING"


def test_an_answer_that_is_mostly_made_up_is_refused():
    with pytest.raises(EngineFailed, match="nowhere"):
        extracted(Chatter(['{"total": "777.77", "merchant_name": "ACME ROCKETS"}']))


def test_a_model_that_states_nothing_gives_way():
    with pytest.raises(EngineFailed):
        extracted(Chatter(['{"nothing": "known"}']))


def test_measured_odds_of_each_value_become_its_confidence(tmp_path):
    path = curves(tmp_path, **{"total": [[0.0, 1.0], [0.0, 1.0]], "items.total_price": [[0.0, 1.0], [0.0, 0.5]]})
    statement = extracted(Chatter([said(json.dumps(VALUES), chance=1.0)]), calibration=path)
    assert statement.confidences == pytest.approx(
        {"total": 1.0, "items.0.total_price": 0.5, "items.1.total_price": 0.5}
    )


def test_many_pages_are_shown_a_few_at_a_time_and_their_rows_put_together():
    first = {"total": "23.50", "items": [{"description": "MODELLING CLAY"}]}
    second = {"total": "9.00", "items": [{"description": "PENCIL BOX BLUE"}]}
    chatter = Chatter([json.dumps(first), json.dumps(second)])
    statement = extracted(chatter, pages=3, pages_at_once=2)
    assert [len(body["messages"][0]["content"]) for body in chatter.asked] == [3, 2]  # pictures and the words
    assert statement.values == {
        "total": "23.50",
        "items": [{"description": "MODELLING CLAY"}, {"description": "PENCIL BOX BLUE"}],
    }


def test_an_answer_cites_the_words_that_carry_it():
    answer = answered(Chatter(['{"answer": "50.00", "quote": "CASH 50.00"}']))
    cited = [exhibit().words()[index].text for index in answer.words]
    assert (answer.text, cited) == ("50.00", ["CASH", "50.00"])


def test_an_answer_whose_quote_stands_nowhere_is_refused():
    with pytest.raises(EngineFailed, match="quoted"):
        answered(Chatter(['{"answer": "1,000,000", "quote": "one million dollars in unmarked bills"}']))


def test_a_document_that_does_not_say_gives_an_empty_answer():
    assert answered(Chatter(['{"answer": "", "quote": ""}'])).text == ""
