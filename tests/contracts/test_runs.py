"""What every place promises that keeps training runs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from recto.document.errors import NotFound
from recto.document.run import EpochRecord, RunRecord
from recto.stores.runs import SqlRuns
from recto.stores.sql import connect
from recto.training.journal import RunFolder

RUN = RunRecord(
    id="a",
    name="mine",
    state="running",
    comparable=True,
    settings={"epochs": 3, "made": {"receipt": 4}},
    versions={"torch": "2"},
    data={"train": {"documents": 9, "hash": "00"}},
)
FIRST = EpochRecord(0, 2.5, 1.25, 0.0005, 10, {"words": {"f1": 0.5}}, 0.5)
SECOND = EpochRecord(1, 1.5, 1.25, 0.0004, 20)


@pytest.fixture
def database(database_url, clock):
    opened = connect(database_url, clock)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql", "folder"])
def runs(request, tmp_path, clock):
    if request.param == "folder":
        yield RunFolder(tmp_path / "run")
        return
    sqlite = request.param == "sqlite"
    opened = connect(
        f"sqlite:///{tmp_path / 'recto.db'}" if sqlite else request.getfixturevalue("postgres").fresh(), clock
    )
    yield SqlRuns(opened)
    opened.close()


def test_a_run_is_found_as_it_was_saved_with_every_epoch_in_its_order(runs):
    runs.save(RUN)
    runs.add("a", SECOND)
    runs.add("a", FIRST)
    kept = runs.run("a")
    assert kept.epochs == (FIRST, SECOND)
    assert replace(kept, epochs=(), started_at=None, updated_at=None) == RUN
    assert kept.started_at is not None


def test_an_epoch_that_is_run_again_replaces_the_first_one(runs):
    runs.save(RUN)
    runs.add("a", FIRST)
    runs.add("a", replace(FIRST, loss=9.0))
    assert [epoch.loss for epoch in runs.run("a").epochs] == [9.0]


def test_what_came_of_a_run_replaces_what_was_said_of_it_and_keeps_its_epochs_and_its_beginning(runs):
    runs.save(RUN)
    runs.add("a", FIRST)
    begun = runs.run("a").started_at
    runs.save(replace(RUN, state="done", metrics={"held-out": {"documents": 3}}, digest="sha256:1"))
    kept = runs.run("a")
    assert (kept.state, kept.metrics, kept.digest) == ("done", {"held-out": {"documents": 3}}, "sha256:1")
    assert kept.epochs == (FIRST,)
    assert kept.started_at == begun


def test_a_run_that_there_is_not_is_not_found(runs):
    with pytest.raises(NotFound):
        runs.run("b")


def test_the_list_is_the_newest_first_with_curves_and_without_what_was_measured(database, clock):
    runs = SqlRuns(database)
    for name in ("a", "b"):
        runs.save(replace(RUN, id=name))
        clock.move(60)
    runs.add("a", FIRST)
    assert [run.id for run in runs.runs()] == ["b", "a"]
    assert runs.runs()[1].epochs == (replace(FIRST, validation=None),)
    assert [run.id for run in runs.runs(limit=1)] == ["b"]


def test_the_runs_that_judged_a_document_are_the_newest_first(database, clock):
    runs, document = SqlRuns(database), "0a" * 32
    judged = replace(FIRST, validation={"by_document": [{"id": f"{document}/2", "wrong_words": 1}]})
    for name, epochs in (("a", (judged, SECOND)), ("b", (FIRST,)), ("c", (judged, replace(judged, epoch=1)))):
        runs.save(replace(RUN, id=name))
        for epoch in epochs:
            runs.add(name, epoch)
        clock.move(60)
    assert [run.id for run in runs.judging(document)] == ["c", "a"]
    assert [run.id for run in runs.judging(document, limit=1)] == ["c"]
    assert runs.judging("0b" * 32) == ()


def test_a_run_says_when_it_last_said_anything(database, clock):
    runs = SqlRuns(database)
    runs.save(RUN)
    clock.move(60)
    runs.add("a", FIRST)
    kept = runs.run("a")
    assert kept.updated_at - kept.started_at == timedelta(seconds=60)


def test_the_best_epoch_is_the_one_with_the_best_figure(runs):
    runs.save(RUN)
    for epoch in (FIRST, SECOND, replace(FIRST, epoch=2, figure=0.75)):
        runs.add("a", epoch)
    assert runs.run("a").best.epoch == 2
