"""From what people said of documents to a model that labels, by the command line, and what is kept of it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from tests.support.labelled import NOON

from recto.app import Installation, settings
from recto.document.page import Document, Page
from recto.document.reading import Guess, Reading, Tag
from recto.document.record import Record
from recto.training.sources import jsonlines, labels
from recto.training.synth import generate
from recto.training.truth import labels_from

pytestmark = pytest.mark.train

COUNT = 16


def recto(home: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [sys.executable, "-c", "from recto.doors.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "RECTO_HOME": str(home), "COLUMNS": "200"},
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Installation:
    """Receipts that were read, and their words labelled; the last one's labels wait for someone to look at them."""
    app = Installation(settings(home=tmp_path_factory.mktemp("home")))
    for number in range(COUNT + 1):
        example = generate("receipt", 300 + number, held_out=False).example
        document = Document(f"{number:064x}", f"{number}.png", "image/png", 1)
        tags = (Tag("O"),) * len(example.words)
        reading = Reading(document, (Page(1, 600, 900),), example.words, Guess("receipt", 0.9), tags)
        app.records.save(Record(document, "read", reading=reading))
        said = labels_from(example, "test", NOON)
        status = "VALID" if number < COUNT else "PENDING"
        app.labels.write(document.id, "", [replace(label, status=status) for label in said])
    return app


def test_only_documents_with_valid_labels_become_examples(app):
    found = labels.examples(app.labels, app.labels, app.records)
    assert [example.id for example in found] == [f"{number:064x}" for number in range(COUNT)]
    truth = generate("receipt", 300, held_out=False).example
    assert found[0].tags == truth.tags
    assert found[0].group


def test_a_document_that_was_deleted_is_no_example(app):
    app.records.delete(f"{COUNT - 1:064x}", "")
    assert len(labels.examples(app.labels, app.labels, app.records)) == COUNT - 1


def test_a_model_is_trained_on_the_labels_of_the_installation_and_its_run_is_kept(app, tmp_path):
    home = app.settings.home
    snapshot = tmp_path / "set.jsonl"
    said = recto(home, "train", tmp_path / "mine", "--from-labels", "--snapshot", snapshot, "--smoke", "--threads", 1)
    bundle = tmp_path / "mine" / "bundle"
    assert str(bundle) in said.stdout.replace("\n", "")
    assert len(jsonlines.read(snapshot)) == COUNT - 1
    (run,) = app.runs.runs()
    assert (run.name, run.state, run.comparable) == ("mine", "done", False)
    assert run.data["train"]["documents"] + run.data["validation"]["documents"] == COUNT - 1
    assert run.digest == (bundle / "digest.txt").read_text().strip()
    kept = app.runs.run(run.id)
    assert len(kept.epochs) == 3
    assert kept.metrics["held-out"]["entities"]["by_label"]
    assert kept.epochs[-1].validation["by_document"]
    said = [f"epochs/{run.id}/{epoch:04}.json.gz" for epoch in range(3)]
    assert list(app.blobs.keys(f"epochs/{run.id}/")) == said
    assert all((tmp_path / "mine" / name).is_file() for name in said)

    shown = recto(home, "evaluate", bundle, snapshot, "--against", bundle, "--worst", tmp_path / "worst.tsv", "--json")
    figures = json.loads(shown.stdout)
    assert figures["sets"][str(snapshot)][str(bundle)]["documents"] == COUNT - 1
    assert figures["differences"][str(snapshot)]["words"]["difference"] == 0.0
    assert figures["by_quality"]["scan"]["words"] > 0
    assert len((tmp_path / "worst.tsv").read_text().splitlines()) == COUNT
    printed = recto(home, "evaluate", bundle, snapshot).stdout
    assert "95 % intervals by bootstrap over documents" in printed
