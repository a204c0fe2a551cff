"""Qwen2.5-VL and SmolVLM2 in this process: the real classes, with few weights, loaded and asked as real ones are."""

import pytest
from tests.contracts.printed import receipt
from tests.support.exhibits import exhibit

from recto.document.errors import EngineFailed, EngineUnavailable
from recto.engines.classify import qwen2_5_vl
from recto.engines.extract import smolvlm2
from recto.engines.vlm.prompts import extract_prompt, judge_prompt

pytest.importorskip("torch", reason="the extra `vlm` is not installed")
pytest.importorskip("transformers", reason="the extra `vlm` is not installed")

from tests.support import tiny

VERDICT = '{"type": "receipt", "reasoning": "Goods and a total."}'
VALUES = '{"merchant_name": "BOOK CORNER TRADING", "total": "23.50"}'


@pytest.fixture(scope="module")
def qwen(tmp_path_factory):
    """Taught to judge the printed receipt."""
    folder = tmp_path_factory.mktemp("qwen")
    tiny.taught_here(folder, tiny.qwen, qwen2_5_vl.QWEN, (judge_prompt(""), receipt()), VERDICT)
    return str(folder)


@pytest.fixture(scope="module")
def smolvlm(tmp_path_factory):
    """Taught to extract from the printed receipt."""
    folder = tmp_path_factory.mktemp("smolvlm")
    ask = (extract_prompt("receipt", "", ""), receipt())
    tiny.taught_here(folder, tiny.smolvlm, smolvlm2.SMOLVLM, ask, VALUES)
    return str(folder)


def test_a_model_that_knows_says_the_kind_and_why(qwen):
    verdict = qwen2_5_vl.judge(qwen, device="cpu").judge([exhibit()])[0]
    assert (verdict.guess.kind, verdict.reasoning) == ("receipt", "Goods and a total.")


def test_the_odds_of_the_kind_s_tokens_are_the_score_and_no_confidence(qwen):
    verdict = qwen2_5_vl.judge(qwen, device="cpu").judge([exhibit()])[0]
    assert verdict.score is not None and 0.5 < verdict.score < 1.0
    assert verdict.guess.confidence is None


def test_the_weights_are_pinned_by_name_and_digest(qwen, smolvlm):
    engines = qwen2_5_vl.judge(qwen).engine, smolvlm2.judge(smolvlm).engine
    assert [engine.name for engine in engines] == ["qwen2.5-vl", "smolvlm2"]
    assert engines[0].digest != engines[1].digest and all(engine.digest for engine in engines)


def test_a_model_that_knows_states_values(smolvlm):
    statement = smolvlm2.extractor(smolvlm, device="cpu").extract([(exhibit(), "receipt")])[0]
    assert statement.values == {"merchant_name": "BOOK CORNER TRADING", "total": "23.50"}
    assert statement.engine.name == "smolvlm2"


@pytest.mark.parametrize(
    ("make", "engine"),
    [
        (tiny.qwen, qwen2_5_vl.judge),
        (tiny.qwen, qwen2_5_vl.extractor),
        (tiny.qwen, qwen2_5_vl.answerer),
        (tiny.smolvlm, smolvlm2.judge),
        (tiny.smolvlm, smolvlm2.answerer),
    ],
)
def test_a_model_of_random_weights_is_refused_and_nothing_else_goes_wrong(make, engine, tmp_path):
    make(tmp_path, "nothing learnt")
    built = engine(str(tmp_path), device="cpu")
    ask = {"judge": lambda: built.judge([exhibit()]), "extract": lambda: built.extract([(exhibit(), "receipt")])}
    with pytest.raises(EngineFailed):
        next((ask[name] for name in ask if hasattr(built, name)), lambda: built.answer([(exhibit(), "Who?")]))()


def test_weights_that_are_not_there_make_the_engine_unavailable_and_are_looked_for_once(tmp_path):
    judge = qwen2_5_vl.judge(str(tmp_path), device="cpu")
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        judge.judge([exhibit()])
    with pytest.raises(EngineUnavailable, match="left alone"):
        judge.judge([exhibit()])
