"""What makes a trained network a bundle to trust: kinds, measured confidence, thresholds, figures, card and digest.

Nothing here trains the network, so a bundle may be finished again where its rules, its schemas or OCR have changed.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from recto.document.run import EpochRecord
from recto.engines.classify.layout import LayoutClassifier
from recto.engines.label.bundle import digest_of, open_bundle
from recto.engines.label.decode import Habits
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.training.assurance import fitted, letters_of
from recto.training.calibrate import calibrated, cross_fitted
from recto.training.card import card
from recto.training.curves import draw
from recto.training.evaluation import evaluate, evaluate_kinds, trust
from recto.training.example import Example
from recto.training.export import thin
from recto.training.kinds import fit_kinds, with_temperature
from recto.training.outcome import outcomes
from recto.training.thresholds import crossed, thresholds, write_thresholds


@dataclass(frozen=True)
class Held:
    """Documents that the network has not seen. `calibration` fits the confidence, each of `tests` is a table.

    `decided` are what the thresholds are measured on, and `read` receipts on the words of the OCR engine `ocr` that say
    how often it misreads a word. `kinds_train` and `kinds_held` fit the classifier and its temperature; without them
    the bundle keeps the classifier that it has.
    """

    calibration: Sequence[Example]
    decided: Sequence[Example] = ()
    read: Sequence[Example] = ()
    ocr: str = ""
    tests: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    kinds_train: Sequence[Example] = ()
    kinds_held: Sequence[Example] = ()


def finish(folder: Path, held: Held, records: Sequence[EpochRecord] = ()) -> Path:
    """Measure the bundle in `folder` on `held` and write what comes of it there; returns the folder.

    `records` are the run's epochs, for the pictures.
    """
    if held.kinds_train:
        _kinds(folder, held)
    _calibrate(folder, held.calibration)
    if held.decided:
        _decide(folder, held)
    metrics = measure(folder, held)
    _write(folder / "metrics.json", metrics)
    digest = digest_of(folder)
    (folder / "digest.txt").write_text(digest + "\n", encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text(card(folder, metrics, digest), encoding="utf-8")
    draw(records, metrics, folder)
    return folder


def finish_again(bundle: Path, held: Held, habits: Habits) -> Path:
    """Finish a bundle that is there anew, with these habits of decoding; it is exchanged once all is done.

    A bundle as the package ships it (one network, no pictures) stays one.
    """
    new, old = bundle.with_name(f".{bundle.name}.new"), bundle.with_name(f".{bundle.name}.old")
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(bundle, new)
    _change(new / "recto.json", {"decoding": asdict(habits)})
    finish(new, held)
    if not (bundle / "model.onnx").is_file():
        thin(new, old)
        shutil.rmtree(new)
        old.rename(new)
    bundle.rename(old)
    new.rename(bundle)
    shutil.rmtree(old)
    return bundle


def measure(bundle: Path, held: Held) -> dict[str, Any]:
    """Every figure of a bundle on the held-out documents, as `metrics.json` keeps them."""
    labeller = LayoutLmOnnx(str(bundle), threads=1)
    comparable = bool(json.loads((bundle / "recto.json").read_text(encoding="utf-8")).get("comparable"))
    reports = {name: evaluate(labeller, tests) for name, tests in held.tests.items() if tests}
    out: dict[str, Any] = {name: replace(each, comparable=comparable).as_json() for name, each in reports.items()}
    if held.kinds_held and (bundle / "kinds.npz").is_file():
        out["kinds"] = evaluate_kinds(LayoutClassifier(str(bundle)), held.kinds_held).as_json()
    sure = trust(cross_fitted(labeller.model, held.calibration))
    return {**out, "held-out": {**out.get("held-out", {}), "documents": len(held.calibration), "calibration": sure}}


def _kinds(folder: Path, held: Held) -> None:
    scales = fit_kinds(held.kinds_train, open_bundle(str(folder)).space.kinds)
    (with_temperature(scales, held.kinds_held) if held.kinds_held else scales).save(folder / "kinds.npz")


def _calibrate(folder: Path, examples: Sequence[Example]) -> None:
    found = calibrated(LayoutLmOnnx(str(folder), threads=1).model, examples)
    _change(folder / "calibration.json", {"words": found.as_json()})


def _decide(folder: Path, held: Held) -> None:
    found, letters = outcomes(LayoutLmOnnx(str(folder), threads=1), held.decided), letters_of(held.read)
    write_thresholds(folder, thresholds(crossed(found, letters)), fitted(found, letters), held.ocr)


def _change(path: Path, parts: Mapping[str, object]) -> None:
    """Exchange some parts of a JSON object."""
    _write(path, {**json.loads(path.read_text(encoding="utf-8")), **parts})


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
