"""Models in use, judged on an installation's own labels, over real HTTP: the shipped model and one that is worse."""

import hashlib
import shutil
from dataclasses import replace

import httpx2 as httpx
import pytest
from tests.support.jobs import QUICK, running, until
from tests.support.promoted import RECEIPTS, keep, worsened
from tests.support.serving import serving

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.doors.http.server import build
from recto.doors.learning import handlers
from recto.doors.worker import Worker
from recto.engines.label.bundle import SHIPPED


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    worsened(home)
    app = Installation(recto_settings(home=home))
    for seed in range(RECEIPTS):
        keep(app, seed)
    return home


@pytest.fixture
def app(home):
    return Installation(recto_settings(home=home))


@pytest.fixture
def api(app):
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=120) as client:
        yield client


def shown_right(api) -> float:
    """The mean accuracy that `/v1/inspect` shows of ten receipts."""
    ids = [hashlib.sha256(f"{seed}".encode()).hexdigest() for seed in range(10)]
    shown = [api.get(f"/v1/inspect/{document_id}").json()["metrics"]["overall_accuracy"] for document_id in ids]
    return sum(shown) / len(shown)


def active(api) -> str:
    return next(model["name"] for model in api.get("/v1/promotions").json()["models"] if model["active"])


def test_a_worse_model_is_refused_with_the_table(api):
    said = api.post("/v1/promotions", json={"model": "worse"}).json()
    assert not said["better"]
    assert said["interval"][1] < 0
    assert said["by_label"]["GRAND_TOTAL"]["after"]["f1"] < said["by_label"]["GRAND_TOTAL"]["before"]["f1"]
    assert "canaries" not in said
    assert active(api) == "default"
    assert api.get("/v1/promotions").json()["promotions"][0] == said


def test_a_better_one_is_in_use_at_once_the_canaries_tell_what_changed_and_there_is_a_way_back(app, api):
    app.models.activate("worse")
    before = shown_right(api)
    said = api.post("/v1/promotions", json={"model": "default"}).json()
    assert said["better"]
    assert said["why"].startswith("Better on ")
    assert said["canaries"]["documents"] == 20
    assert {"total"} <= {one["field"] for one in said["canaries"]["differences"]}
    assert shown_right(api) > before
    assert active(api) == "default"
    assert api.post("/v1/promotions/rollback").status_code == 200
    assert active(api) == "worse"
    api.post("/v1/promotions/rollback")


def test_a_model_is_used_unjudged_only_with_a_reason_and_both_that_and_the_way_back_are_written_down(api):
    way = "/v1/bundles/worse/activate"
    assert [api.post(way, json=body).status_code for body in ({}, {"reason": ""}, {"reason": " "})] == [422, 422, 400]
    assert active(api) == "default"
    assert api.post(way, json={"reason": "for a test"}).status_code == 200
    assert active(api) == "worse"
    api.post("/v1/bundles/rollback")
    back, override = api.get("/v1/promotions").json()["promotions"][:2]
    assert (back["deed"], back["model"], back["instead_of"]) == ("went back", "default", "worse")
    assert (override["deed"], override["model"], override["why"]) == ("put in use", "worse", "for a test")
    assert "better" not in override


def test_a_training_run_cannot_take_the_name_of_a_model_that_is_here_or_on_its_way(app, api):
    assert api.post("/v1/promotions/training", json={"name": "worse"}).status_code == 409
    first = api.post("/v1/promotions/training", json={"name": "coming"})
    assert first.status_code == 202
    assert api.post("/v1/promotions/training", json={"name": "coming"}).status_code == 409
    app.jobs.cancel(first.json()["job_id"])


def test_where_the_settings_follow_a_url_no_model_is_chosen_here(home, tmp_path):
    (tmp_path / "bucket").mkdir()
    shutil.copytree(SHIPPED / "default", tmp_path / "bucket" / "one")
    followed = (tmp_path / "bucket").as_uri()
    app = Installation(recto_settings(home=home, model=followed))
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=60) as api:
        assert active(api).startswith("from-")
        assert api.post("/v1/promotions", json={"model": "default"}).status_code == 409
        assert api.post("/v1/bundles/worse/activate", json={"reason": "for a test"}).status_code == 409
        assert api.post("/v1/promotions/rollback").status_code == 409
        page = api.get("/models", headers={"Accept": "text/html"}).text
        assert followed in page and "Use if better" not in page


@pytest.mark.parametrize(("model", "status"), [("nothing", 404), ("default", 400)])
def test_what_is_not_there_or_in_use_already_cannot_be_promoted(api, model, status):
    assert api.post("/v1/promotions", json={"model": model}).status_code == status


def test_documents_that_nobody_labelled_are_put_in_order_and_suggested(app, api):
    document_id = keep(app, 999, labelled=False)
    assert [one["document"] for one in api.get("/v1/labels/queue").json()["documents"]] == [document_id]
    assert api.post("/v1/labels/suggest").json() == {"documents": 1}
    words = api.get(f"/v1/documents/{document_id}/labels").json()["words"]
    said = [word["label"] for word in words if word["label"]]
    assert {(label["status"], label["source"]) for label in said} == {("PENDING", "model")}
    assert api.get("/v1/labels/queue").json()["total"] == 0


def test_a_label_that_looks_wrong_needs_a_look_and_what_people_said_stays(app, api):
    document_id = keep(app, 1000)
    seen = api.get(f"/v1/inspect/{document_id}").json()["original"]
    sure = max(seen["predictions"], key=lambda said: said["is_correct"] and max(said["base_probabilities"].values()))
    label, key = sure["ground_truth_label_base"], seen["words"][sure["word_id"]]["key"]
    word = f"/v1/documents/{document_id}/labels/{key}"
    api.put(word, json={"label": "STORE_HOURS"})
    api.post("/v1/labels/check")
    assert api.get(f"{word}/history").json()["labels"][-1]["status"] == "VALID"
    assert api.post("/v1/labels/check", params={"persons": True}).json()["marked"][document_id] >= 1
    past = api.get(f"{word}/history").json()["labels"]
    assert [said["status"] for said in past] == ["VALID", "VALID", "NEEDS_REVIEW"]
    assert f"sure of {label}" in past[-1]["reason"]


def test_the_answers_are_made_by_a_job_that_the_timetable_orders(app, api):
    (schedule,) = [one for one in app.schedules.schedules() if one.name == "inspections"]
    assert (schedule.cron, schedule.kind) == ("*/5 * * * *", "inspect")
    job = app.queue.order(schedule.order)
    with running(Worker(app.queue, handlers(app), QUICK)):
        until(lambda: app.jobs.job(job.id).state in ("done", "failed"), 300)
    assert app.jobs.job(job.id).result == {"made": {"everyone": 3}}
    assert api.get("/layoutlm_inference").status_code == 200


@pytest.mark.train
def test_a_training_run_is_a_job_whose_model_is_refused_where_it_is_worse(app, api):
    pytest.importorskip("torch")
    wanted = {"name": "tiny", "promote": True, "settings": {"smoke": True, "epochs": 1, "bfloat16": False}}
    answer = api.post("/v1/promotions/training", json=wanted)
    assert answer.status_code == 202
    job_id = answer.json()["job_id"]
    with running(Worker(app.queue, handlers(app), QUICK)):
        until(lambda: app.jobs.job(job_id).state in ("done", "failed"), 300)
    job = app.jobs.job(job_id)
    assert job.state == "done", job.error
    assert (job.result["model"], job.result["promoted"]) == ("tiny", False)
    assert job.result["why"].startswith("Not better by 0.005")
    assert "tiny" in [model["name"] for model in api.get("/v1/promotions").json()["models"]]
    run = next(run for run in app.runs.runs() if run.name == "tiny")
    assert run.digest == job.result["digest"]
    look_back(app, api, run.id)


def look_back(app: Installation, api, run_id: str) -> None:
    """What the run said of a document that was held back is there after each epoch, as it was counted then."""
    judged = app.runs.run(run_id).epochs[-1].validation["by_document"]
    document = max(judged, key=lambda one: one["words"][2])["id"]
    about = f"/v1/inspect/{document}/runs"
    assert run_id in [run["id"] for run in api.get(about).json()["runs"]]
    (epoch,) = api.get(f"{about}/{run_id}").json()["epochs"]
    assert epoch["predictions"]
    answer = api.get(f"{about}/{run_id}/epochs/{epoch['epoch']}").json()
    said = answer["original"]["predictions"]
    assert sum(not one["is_correct"] for one in said) == epoch["wrong_words"] > 0
    assert {one["predicted_confidence"] for one in said} == {None}
    assert answer["model_info"]["job_id"] == run_id
    assert api.get(f"{about}/{run_id}/epochs/7").status_code == 404
    held = {one["id"] for one in judged}
    learned = next(one.document_id for one in app.labels.labelled("", "VALID") if one.document_id not in held)
    assert run_id not in [run["id"] for run in api.get(f"/v1/inspect/{learned}/runs").json()["runs"]]
    record = app.records.load(document, "")
    word, *others = record.reading.words
    reading = replace(record.reading, words=(replace(word, text="ELSE"), *others))
    app.records.save(replace(record, reading=reading))
    assert api.get(f"{about}/{run_id}/epochs/{epoch['epoch']}").status_code == 404
    app.records.save(record)


@pytest.mark.parametrize("settings", [{"colour": 1}, {"epochs": "many"}])
def test_a_training_run_with_settings_that_there_are_not_fails_with_the_reason(app, api, settings):
    job_id = api.post("/v1/promotions/training", json={"name": "no", "settings": settings}).json()["job_id"]
    with running(Worker(app.queue, handlers(app), QUICK)):
        until(lambda: app.jobs.job(job_id).state in ("done", "failed"), 300)
    assert app.jobs.job(job_id).error.code == "bad_request"
