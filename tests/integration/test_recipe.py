"""The shipped model's training, end to end and tiny: every stage, an interruption, the bundle, and its run."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("torch")
pytest.importorskip("transformers")

from recto.engines.label.bundle import digest_of
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.stores.runs import SqlRuns
from recto.stores.sql import connect
from recto.training.recipe import TINY
from recto.training.splits import FROZEN
from recto.training.synth import generate

pytestmark = pytest.mark.train

SIZE = 400, 900
KEYS = {"company": "merchant_name", "date": "transaction_date", "address": "merchant_address", "total": "total"}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """Made-up receipts in SROIE's form, some under the names of the frozen list, and what OCR is said to have read."""
    top = tmp_path_factory.mktemp("data")
    folder = top / "sroie" / "train"
    for name in ("img", "box", "key"):
        (folder / name).mkdir(parents=True)
    held = json.loads(FROZEN.read_text())["ids"]
    seen = []
    for number, name in enumerate([*(f"made-{at}" for at in range(12)), *held[:5]]):
        seen.append(put(folder, name, 500 + number))
    (top / "ocr").mkdir()
    (top / "ocr" / "sroie.jsonl").write_text("".join(json.dumps(line) + "\n" for line in seen))
    return top


def put(folder: Path, name: str, seed: int) -> dict:
    """A receipt of its own merchant; returns the line that the cache of OCR has for it."""
    example = generate("receipt", seed, held_out=False).example
    Image.new("L", SIZE, 255).save(folder / "img" / f"{name}.png")  # its size is all that is looked at
    values = {key: str(example.fields.get(field, "")) for key, field in KEYS.items()}
    (folder / "key" / f"{name}.json").write_text(json.dumps({**values, "company": f"{values['company']} {seed}"}))
    (folder / "box" / f"{name}.json").write_text(json.dumps([line_of(word) for word in example.words]))
    words = [{"text": w.text, "box": w.box.sides, "line": w.line, "confidence": 0.9} for w in example.words]
    return {"id": name, "words": words}


def line_of(word) -> dict:
    left, top, right, bottom = word.box.sides
    corners = [left, top, right, top, right, bottom, left, bottom]
    return {"text": word.text, "quad": [side * SIZE[at % 2] for at, side in enumerate(corners)]}


class Training:
    """`python -m recto.training --tiny` in a process of its own."""

    def __init__(self, data: Path, out: Path) -> None:
        self.out, self.database = out, f"sqlite:///{out / 'recto.db'}"
        places = ["--data", data, "--cache", data / "ocr", "--out", out, "--database", self.database]
        self.command = [sys.executable, "-m", "recto.training", "--tiny", *map(str, places)]

    def start(self) -> "subprocess.Popen[str]":
        alone = {key: value for key, value in os.environ.items() if key != "WORLD_SIZE"}
        return subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=alone)

    def finish(self) -> str:
        process = self.start()
        said, _ = process.communicate(timeout=280)
        assert process.returncode == 0, said
        return said

    def interrupt(self, epoch: int) -> str:
        """SIGTERM as soon as that epoch is over."""
        process = self.start()
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith(f"epoch {epoch} "):
                process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0, said
        return said

    def run(self):
        database = connect(self.database)
        runs = SqlRuns(database)
        (listed,) = runs.runs()
        found = runs.run(listed.id)
        database.close()
        return found


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory) -> Training:
    training = Training(data, tmp_path_factory.mktemp("whole"))
    training.finish()
    return training


def test_every_stage_is_gone_through_and_ends_in_a_bundle_that_labels(whole):
    bundle = whole.out / "bundle"
    assert {stage.name for stage in TINY.stages} <= {path.name for path in whole.out.iterdir()}
    assert (bundle / "digest.txt").read_text().strip() == digest_of(bundle)
    assert f"`{digest_of(bundle)}`" in (bundle / "MODEL_CARD.md").read_text()
    words = generate("receipt", 7, held_out=True).example.words
    assert len(LayoutLmOnnx(str(bundle)).label([(words, "receipt")])[0]) == len(words)


def test_the_run_is_written_down_with_the_epochs_of_all_stages_and_the_figures_of_the_bundle(whole):
    run = whole.run()
    assert (run.state, run.digest) == ("done", digest_of(whole.out / "bundle"))
    assert [epoch.epoch for epoch in run.epochs] == list(range(sum(stage.epochs for stage in TINY.stages)))
    assert run.metrics == json.loads((whole.out / "bundle" / "metrics.json").read_text())
    assert run.data["validation"]["documents"] == 5
    assert "torch" in run.versions


def test_an_interrupted_training_goes_on_in_the_same_stage_with_the_same_curve(whole, data, tmp_path):
    training = Training(data, tmp_path)
    # The WordPiece trainer breaks ties anew in each process, so both trainings have one vocabulary.
    first = tmp_path / TINY.stages[0].name
    first.mkdir()
    (first / "tokenizer.json").write_bytes((whole.out / first.name / "tokenizer.json").read_bytes())
    assert "Interrupted" in training.interrupt(epoch=1)
    assert training.run().state == "interrupted"
    assert "epoch 0 " not in training.finish()
    assert [epoch.loss for epoch in training.run().epochs] == [epoch.loss for epoch in whole.run().epochs]


def test_a_bundle_is_finished_again_without_training(whole, data, tmp_path):
    from recto.training.commands import held_for
    from recto.training.finish import finish_again
    from recto.training.recipe import habits

    bundle = whole.out / "bundle"
    network = (bundle / "model.int8.onnx").read_bytes()
    before = json.loads((bundle / "metrics.json").read_text())
    (bundle / "calibration.json").write_text('{"words": {"temperature": 9.0}, "kinds": {"temperature": 1.0}}')
    finish_again(bundle, held_for(TINY, data, data / "ocr"), habits())
    assert (bundle / "model.int8.onnx").read_bytes() == network
    assert json.loads((bundle / "metrics.json").read_text()) == before
    assert (bundle / "digest.txt").read_text().strip() == digest_of(bundle)
