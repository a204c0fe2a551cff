"""The bundle that ships: whole, small, pinned, and as good as its card says."""

import json
import os
from pathlib import Path

import pytest

from recto.engines.label.bundle import SHIPPED, digest_of, open_bundle
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.training.datasets import dataset
from recto.training.evaluation import evaluate

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[4] / "shared" / "data"))
FOLDER = SHIPPED / "default"


def test_the_digest_is_that_of_the_files():
    assert open_bundle("default").digest == digest_of(FOLDER)


def test_the_bundle_is_small_enough_for_a_wheel():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 12_000_000


def test_the_card_shows_the_figures_of_the_metrics():
    card = (FOLDER / "MODEL_CARD.md").read_text()
    metrics = json.loads((FOLDER / "metrics.json").read_text())
    for name in ("sroie", "wildreceipt"):
        assert f"| {name} | {metrics[name]['documents']} |" in card
    assert metrics["sroie"]["comparable"] is True
    assert metrics["sroie"]["fields"]["f1"] >= 0.90
    assert metrics["sroie-ocr"]["fields"]["f1"] >= 0.82
    assert metrics["wildreceipt"]["entities"]["f1"] >= 0.60
    assert metrics["held-out"]["calibration"]["ece"] <= 0.05
    assert metrics["held-out"]["calibration"]["auroc"] >= 0.80


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the public documents are not at ../shared/data")
def test_the_frozen_receipts_are_read_as_the_card_says():
    report = evaluate(LayoutLmOnnx(threads=1), dataset("sroie", DATA, Path("nowhere")))
    stated = json.loads((FOLDER / "metrics.json").read_text())["sroie"]["fields"]["f1"]
    assert report.total("fields").score.f1 == pytest.approx(stated, abs=0.03)
