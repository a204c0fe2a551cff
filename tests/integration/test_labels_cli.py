"""`recto labels`: what goes in comes out, is what a model is trained and measured on, and is shown so."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx2 as httpx
import pytest
from tests.support.labelled import NOON, RECORD, WORDS
from tests.support.serving import serving

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.document.label import Label, places_of
from recto.doors.http.server import build
from recto.doors.label_import import labelled_records, task_of
from recto.training.sources import jsonlines
from recto.training.truth import examples_of

ROOT = Path(__file__).parents[2]
CODE = "from recto.doors.cli import main; main()"
SROIE = Path(os.environ.get("RECTO_DATA", ROOT / "../shared/data")) / "sroie" / "train"
needs_sroie = pytest.mark.skipif(not SROIE.is_dir(), reason="the SROIE receipts are not here")


def recto(home: Path, *arguments: object, status: int = 0) -> str:
    """The verb in a process of its own; what it printed, or its error."""
    environment = {**os.environ, "RECTO_HOME": str(home)}
    command = [sys.executable, "-c", CODE, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home.parent, check=False)
    assert done.returncode == status, done.stderr[-3000:]
    return done.stdout if status == 0 else done.stderr


def opened(home: Path) -> Installation:
    return Installation(recto_settings(home=home))


def said(index: int, name: str, status: str = "VALID", **more: object) -> Label:
    return Label(places_of(WORDS)[index], name, "person", status, NOON, **more)


LABELS = (said(0, "MERCHANT_NAME"), said(1, "MERCHANT_NAME", begins=False), said(5, "GRAND_TOTAL"), said(4, "O"))
DOUBT = said(3, "LINE_TOTAL", "NEEDS_REVIEW", reason="far from the label", by="ann", confidence=0.25)


@pytest.fixture
def labelled(tmp_path) -> Path:
    """A home with one labelled document."""
    app = opened(tmp_path / "one")
    app.blobs.put(RECORD.blob, b"the file")
    app.records.save(RECORD)
    app.labels.write(RECORD.document.id, "", [*LABELS, DOUBT])
    return tmp_path / "one"


def everything(home: Path) -> list:
    return [
        (record.document.id, record.reading.words, set(labels)) for record, labels in labelled_records(opened(home), "")
    ]


def test_what_is_exported_and_imported_elsewhere_is_the_same(labelled, tmp_path):
    recto(labelled, "labels", "export", tmp_path / "out.jsonl")
    assert "1 documents (receipt 1), 5 labels" in recto(tmp_path / "two", "labels", "import", tmp_path / "out.jsonl")
    assert everything(tmp_path / "two") == everything(labelled)


def test_an_export_is_a_data_set_to_train_on(labelled, tmp_path):
    recto(labelled, "labels", "export", tmp_path / "out.jsonl")
    (example,) = jsonlines.read(tmp_path / "out.jsonl")
    (truth,) = examples_of(RECORD, LABELS)
    assert (example.words, example.tags, example.ignored) == (truth.words, truth.tags, truth.ignored)


def test_with_its_file_a_document_comes_out_and_in_again(labelled, tmp_path):
    recto(labelled, "labels", "export", tmp_path / "out" / "all.jsonl", "--files")
    line = json.loads((tmp_path / "out" / "all.jsonl").read_text())
    assert (tmp_path / "out" / line["file"]).read_bytes() == b"the file"


def test_to_import_again_says_nothing_anew_and_never_overrules_a_person(labelled, tmp_path):
    recto(labelled, "labels", "export", tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text())
    line["labels"][0]["label"] = "TAX"
    (tmp_path / "out.jsonl").write_text(json.dumps(line))
    before = everything(labelled)
    assert "0 labels written" in recto(labelled, "labels", "import", tmp_path / "out.jsonl")
    assert everything(labelled) == before


def test_an_unknown_label_is_refused_at_the_door(labelled, tmp_path):
    recto(labelled, "labels", "export", tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text())
    line["labels"][0]["label"] = "COLOUR"
    (tmp_path / "out.jsonl").write_text(json.dumps(line))
    assert "[unknown_label]" in recto(tmp_path / "two", "labels", "import", tmp_path / "out.jsonl", status=2)


@pytest.mark.parametrize("time", ["2026-01-01T12:00:00Z", "2026-01-01T20:00:00+08:00"])
def test_times_are_read_with_z_and_with_an_offset(labelled, tmp_path, time):
    recto(labelled, "labels", "export", tmp_path / "out.jsonl")
    line = json.loads((tmp_path / "out.jsonl").read_text())
    for label in line["labels"]:
        label["at"] = time
    (tmp_path / "out.jsonl").write_text(json.dumps(line))
    recto(tmp_path / "two", "labels", "import", tmp_path / "out.jsonl")
    assert {label.at for _, _, labels in everything(tmp_path / "two") for label in labels} == {NOON}


def test_label_studios_tasks_bring_the_labels_back(labelled, tmp_path):
    recto(labelled, "labels", "export", tmp_path / "tasks.json", "--format", "label-studio")
    recto(tmp_path / "two", "labels", "import", tmp_path / "tasks.json")
    ((record, labels),) = labelled_records(opened(tmp_path / "two"), "")
    texts = {label.place.text: label.tag for label in labels if label.name != "O"}
    assert texts == {"LOTUS": "B-MERCHANT_NAME", "SHOP": "I-MERCHANT_NAME", "9.00": "B-GRAND_TOTAL"}
    assert record.reading.kind.kind == "receipt"


def test_a_box_that_was_drawn_around_several_words_labels_them_all_as_one_value(labelled, tmp_path):
    task = task_of(RECORD, ())
    box = {"x": 5, "y": 8, "width": 60, "height": 10, "rectanglelabels": ["BUSINESS_NAME"]}
    drawn = {"id": "a", "type": "rectanglelabels", "from_name": "label", "to_name": "image", "value": box}
    task["annotations"] = [{"result": [drawn], "created_at": "2026-02-01T00:00:00.000000Z"}]
    (tmp_path / "tasks.json").write_text(json.dumps([task]))
    home = tmp_path / "two"
    opened(home).records.save(RECORD)
    recto(home, "labels", "import", tmp_path / "tasks.json")
    ((_, labels),) = labelled_records(opened(home), "")
    assert {(label.place.text, label.tag) for label in labels} == {
        ("LOTUS", "B-MERCHANT_NAME"),
        ("SHOP", "I-MERCHANT_NAME"),
    }


@pytest.mark.data
@pytest.mark.train
@needs_sroie
def test_from_an_empty_folder_receipts_are_imported_trained_on_and_inspected_with_the_figures_of_evaluate(tmp_path):
    pytest.importorskip("torch")
    home = tmp_path / "home"
    assert "12 documents (receipt 12)" in recto(home, "labels", "import", SROIE, "--limit", 12)
    recto(home, "labels", "export", tmp_path / "labels.jsonl")
    recto(home, "train", tmp_path / "run", "--from-labels", "--smoke", "--epochs", 1)
    recto(home, "models", "pull", tmp_path / "run" / "bundle", "small")
    record, labels = next(labelled_records(opened(home), ""))
    (tmp_path / "one.jsonl").write_text(json.dumps(line_with(record, labels, tmp_path)))
    report = json.loads(recto(home, "evaluate", tmp_path / "run" / "bundle", tmp_path / "one.jsonl", "--json"))
    (figures,) = next(iter(report["sets"].values())).values()
    with serving(build(opened(home))) as url:
        shown = httpx.get(f"{url}/v1/inspect/{record.document.id}", params={"model": "small"}, timeout=60).json()
    assert shown["metrics"]["overall_accuracy"] == figures["calibration"]["accuracy"]
    for name in ("precision", "recall", "f1"):
        measured = {label: score[name] for label, score in figures["words"]["by_label"].items()}
        assert shown["metrics"][f"per_label_{name}"] == measured


def line_with(record, labels, folder) -> dict:
    """The document's line of the export."""
    lines = map(json.loads, (folder / "labels.jsonl").read_text().splitlines())
    return next(line for line in lines if line["id"] == record.document.id)
