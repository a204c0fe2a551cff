"""Models behind a real server of chat completions: few weights, the real classes, the real wire."""

import os

import pytest
from PIL import Image
from tests.contracts.printed import blank
from tests.support.papers import text_pdf

from recto.app import build, settings
from recto.document.errors import EngineFailed
from recto.engines import chat
from recto.engines.vlm.prompts import judge_prompt
from recto.ports import Exhibit
from recto.submission import File, Submission

for library in ("torch", "transformers", "openai", "accelerate"):
    pytest.importorskip(library, reason="`transformers serve` needs it")

from tests.support import models, tiny  # noqa: E402 (needs torch)

VERDICT = '{"type": "bank_statement", "reasoning": "Balances by date."}'
PAGE = Exhibit(1, tuple, lambda number, long_side: blank(300, 400))
DOCUMENT = Submission((File(text_pdf(["BOOK CORNER TRADING", "TOTAL 9.00", "CASH 10.00", "CHANGE 1.00"]), "a.pdf"),))


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A model that calls everything a bank statement."""
    folder = tmp_path_factory.mktemp("taught")
    tiny.taught_to_serve(folder, (judge_prompt(""), Image.new("RGB", (300, 400), "white")), VERDICT)
    return folder


def test_a_model_behind_transformers_serve_judges(taught):
    with models.transformers_serve(taught) as base_url:
        verdict = chat.judge(base_url=base_url, model=str(taught)).judge([PAGE])[0]
    assert (verdict.guess.kind, verdict.reasoning) == ("bank_statement", "Balances by date.")
    assert verdict.engine.name == "chat" and verdict.guess.confidence is None


def test_a_model_of_random_weights_behind_transformers_serve_is_refused(tmp_path):
    tiny.llava(tmp_path, "nothing learnt")
    with models.transformers_serve(tmp_path) as base_url, pytest.raises(EngineFailed):
        chat.judge(base_url=base_url, model=str(tmp_path)).judge([PAGE])


def test_the_start_script_of_a_runpod_worker_waits_for_the_model_and_answers_jobs(taught, tmp_path):
    pytest.importorskip("runpod", reason="the extra `runpod` is not installed")
    own = {"RECTO_HOME": str(tmp_path / "there"), "RECTO_CONFIG": os.devnull}
    with models.runpod_worker("classify", taught, own) as url:
        tables = {"there": {"engine": "runpod", "endpoint": url, "tries": 1, "timeout": 120.0}}
        app = build(settings(home=tmp_path / "here", classify=["there"], engines=tables))
        verdict = app.judge(DOCUMENT)
    assert (verdict.guess.kind, verdict.engine.name, verdict.engine.model) == ("bank_statement", "chat", str(taught))
