"""Predictions beside the truth, over real HTTP with the shipped model: asked now, and made beforehand."""

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import httpx2 as httpx
import pytest
from tests.support.jobs import until
from tests.support.labelled import NOON
from tests.support.serving import serving

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.document.box import Box
from recto.document.page import Document, Page
from recto.document.reading import Guess, Reading
from recto.document.record import Record
from recto.doors.http.server import build
from recto.doors.inspecting import Inspector, Pool, refreshed
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.pipeline import packet
from recto.training.evaluation import evaluate
from recto.training.synth import generate
from recto.training.truth import examples_of, labels_from

ROOT = Path(__file__).parents[2]
OTHER = "https://look.example.org"


@pytest.fixture
def app(tmp_path):
    chosen = {"pool": 3, "origins": [OTHER]}
    return Installation(recto_settings(home=tmp_path / "home", inspect=chosen))


@pytest.fixture
def api(app):
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def labelled(app, seed: int, kind: str = "receipt") -> str:
    """A made-up document that was read, with its truth as labels."""
    example = generate(kind, seed, held_out=True).example
    document = Document(hashlib.sha256(str(seed).encode()).hexdigest(), f"{seed}.png", "image/png", 1)
    reading = Reading(document, (Page(1, 600, 800),), example.words, Guess(kind, 0.9), ())
    app.records.save(Record(document, "read", "", None, reading))
    app.labels.write(document.id, "", labels_from(example, "made", NOON))
    return document.id


def test_the_metrics_are_those_of_evaluate_to_the_last_digit(app, api):
    document_id = labelled(app, 8_100_001)
    metrics = api.get(f"/v1/inspect/{document_id}").json()["metrics"]
    examples = examples_of(app.records.load(document_id, ""), app.labels.current(document_id, ""))
    report = json.loads(json.dumps(evaluate(LayoutLmOnnx("default"), examples).as_json()))
    assert metrics["overall_accuracy"] == report["calibration"]["accuracy"]
    assert set(metrics["per_label_f1"]) == set(report["words"]["by_label"])
    for label, score in report["words"]["by_label"].items():
        measured = [metrics[f"per_label_{name}"][label] for name in ("precision", "recall", "f1", "support")]
        assert measured == [score[name] for name in ("precision", "recall", "f1", "support")]


def test_every_word_stands_beside_its_truth_with_what_else_it_may_be(app, api):
    answer = api.get(f"/v1/inspect/{labelled(app, 8_100_002)}").json()
    original = answer["original"]
    truths = {one["word_id"]: one for one in original["ground_truth_labels"]}
    assert len(original["predictions"]) == len(original["words"]) == len(truths)
    for said in original["predictions"]:
        assert said["ground_truth_label"] == truths[said["word_id"]]["tag"]
        assert said["is_correct"] == (said["predicted_label_base"] == truths[said["word_id"]]["label"])
        assert sum(said["class_probabilities"].values()) == pytest.approx(1, abs=0.05)
        assert sum(said["base_probabilities"].values()) == pytest.approx(1, abs=0.05)
    assert [line["tokens"] for line in original["line_predictions"]] == [
        line["text"].split(" ") for line in original["lines"]
    ]
    assert answer["model_info"]["model_name"] == "recto-layout-1"


def test_two_receipts_on_one_page_are_each_measured_by_their_own_truth(app, api):
    examples = [beside(generate("receipt", 8_100_030 + at, held_out=True).example, at) for at in range(2)]
    document = Document("ab" * 32, "two.png", "image/png", 1)
    plain = [Reading(document, (Page(1, 600, 800),), each.words, Guess("receipt", 0.9), ()) for each in examples]
    whole = packet(Reading(document, (Page(1, 600, 800),)), tuple(plain))
    app.records.save(Record(document, "read", reading=whole))
    app.labels.write(document.id, "", [label for each in examples for label in labels_from(each, "made", NOON)])
    answer = api.get(f"/v1/inspect/{document.id}").json()
    assert answer["metrics"]["words"] == sum(len(each.words) for each in examples)
    found = examples_of(app.records.load(document.id, ""), app.labels.current(document.id, ""))
    assert [example.id for example in found] == [f"{document.id}/1", f"{document.id}/1.2"]
    assert [example.tags for example in found] == [example.tags for example in examples]


def beside(example, column: int):
    """The receipt in the left or the right half of its page."""
    sides = [word.box.sides for word in example.words]
    boxes = [Box((left + column) / 2, top, (right + column) / 2, bottom) for left, top, right, bottom in sides]
    return replace(example, words=tuple(replace(w, box=box) for w, box in zip(example.words, boxes, strict=True)))


def test_a_document_of_which_nothing_is_known_has_predictions_and_no_metrics(app, api):
    document_id = labelled(app, 8_100_003)
    app.labels.forget(document_id, "")
    answer = api.get(f"/v1/inspect/{document_id}").json()
    assert answer["metrics"]["overall_accuracy"] is None
    assert answer["metrics"]["per_label_f1"] == {}
    assert all("is_correct" not in said for said in answer["original"]["predictions"])


def test_the_time_of_each_stage_is_told(app, api):
    timing = api.get(f"/v1/inspect/{labelled(app, 8_100_004)}").headers["server-timing"]
    assert [stage.split(";")[0] for stage in timing.split(", ")] == [
        "load",
        "model",
        "label",
        "truth",
        "metrics",
        "answer",
        "json",
    ]


def test_a_model_or_a_document_that_is_not_there_is_not_found(app, api):
    document_id = labelled(app, 8_100_005)
    assert api.get(f"/v1/inspect/{document_id}", params={"model": "nothing"}).status_code == 404
    assert api.get(f"/v1/inspect/{'0' * 64}").status_code == 404


def test_there_is_no_answer_before_one_was_made(api):
    answer = api.get("/layoutlm_inference")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert api.get("/layoutlm_inference/aggregate").status_code == 404


def test_what_was_made_beforehand_is_what_would_be_answered_now(app, api):
    document_id = labelled(app, 8_100_006)
    assert refreshed(app, [""], 3, 3) == {"everyone": 1}
    cached = api.get("/layoutlm_inference").json()
    now = api.get(f"/v1/inspect/{document_id}").json()
    assert {key: cached[key] for key in ("original", "metrics", "model_info")} == {
        key: now[key] for key in ("original", "metrics", "model_info")
    }
    assert cached["cached_at"] < now["cached_at"]


def test_a_cached_answer_may_be_kept_and_asked_for_again_cheaply(app, api):
    labelled(app, 8_100_007)
    refreshed(app, [""], 1, 3)
    first = api.get("/layoutlm_inference")
    assert first.headers["cache-control"] == "private, max-age=60, stale-while-revalidate=600"
    again = api.get("/layoutlm_inference", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(("origin", "allowed"), [(OTHER, OTHER), ("https://else.example.org", None)])
def test_only_the_sites_that_the_settings_name_may_read_it(app, api, origin, allowed):
    labelled(app, 8_100_008)
    refreshed(app, [""], 1, 3)
    for answer in (
        api.get("/layoutlm_inference", headers={"Origin": origin}),
        api.options("/layoutlm_inference", headers={"Origin": origin, "Access-Control-Request-Method": "GET"}),
    ):
        assert answer.headers.get("access-control-allow-origin") == allowed


def test_documents_take_turns_in_the_pool(app):
    known = {labelled(app, 8_100_010 + number) for number in range(5)}
    inspector, pool = Inspector(app), Pool(app, "", 3)
    turns = [[key.rpartition("-")[2].removesuffix(".json") for key in pool.make(inspector, 1)] for _ in range(4)]
    shown = [document_id for turn in turns for document_id in turn]
    assert len(set(shown)) == 4
    assert set(shown) <= known
    assert len(pool.held()) == 3


def test_the_pool_is_summed_up(app, api):
    for number in range(3):
        labelled(app, 8_100_020 + number)
    refreshed(app, [""], 3, 3)
    summary = api.get("/layoutlm_inference/aggregate").json()
    accuracies = [
        json.loads(Pool(app, "", 3).body(key))["metrics"]["overall_accuracy"] for key in Pool(app, "", 3).held()
    ]
    assert summary["accuracy"]["min"] == min(accuracies)
    assert summary["accuracy"]["max"] == max(accuracies)
    assert summary["accuracy"]["mean"] == pytest.approx(sum(accuracies) / 3)
    assert summary["documents_per_second"] > 0
    assert [model["model_name"] for model in summary["models"]] == ["recto-layout-1"]


def test_the_types_in_the_documentation_are_those_of_the_answers():
    sys.path.insert(0, str(ROOT / "docs"))
    from write_types import types

    assert (ROOT / "docs" / "inspection.d.ts").read_text() == types()


def test_a_document_that_is_deleted_is_no_longer_shown(app, api):
    document_id = labelled(app, 8_100_030)
    refreshed(app, [""], 1, 3)
    assert api.get("/layoutlm_inference").status_code == 200
    assert api.delete(f"/v1/documents/{document_id}").status_code == 204
    until(lambda: api.get("/layoutlm_inference").status_code == 404)


def test_with_keys_another_sites_page_may_still_ask_whether_it_may_ask(tmp_path):
    chosen = {"home": tmp_path / "home", "inspect": {"origins": [OTHER]}, "GATEWAY_API_KEY": "k" * 32}
    asked = {"Origin": OTHER, "Access-Control-Request-Method": "GET"}
    with serving(build(Installation(recto_settings(**chosen)))) as url, httpx.Client(base_url=url) as api:
        assert api.get("/layoutlm_inference", headers={"Origin": OTHER}).status_code == 401
        answer = api.options("/layoutlm_inference", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, OTHER)
