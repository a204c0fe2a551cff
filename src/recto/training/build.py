"""A finished run to a bundle that is measured and calibrated: exported, then judged as it will be used."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from recto.engines.classify.layout import LayoutClassifier
from recto.engines.label.decode import Habits
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.training.calibrate import calibrated, cross_fitted
from recto.training.card import card
from recto.training.curves import draw
from recto.training.evaluation import Report, evaluate, evaluate_kinds, trust
from recto.training.example import Example
from recto.training.export import Fitted, export, write_small_files
from recto.training.fit import Run
from recto.training.kinds import fit_kinds, with_temperature


@dataclass(frozen=True)
class Held:
    """Documents that the run has not seen. `calibration` fits the confidence; each of `tests` is a table of figures.

    `kinds_train` and `kinds_held` fit the classifier and its temperature; without them the bundle tells no kinds.
    """

    calibration: Sequence[Example]
    tests: Mapping[str, Sequence[Example]] = field(default_factory=dict)
    kinds_train: Sequence[Example] = ()
    kinds_held: Sequence[Example] = ()


def build(run: Run, held: Held, folder: Path, habits: Habits | None = None) -> Path:
    """Write the run's bundle into `folder`, measured on `held`; returns the folder."""
    fitted = Fitted(run.settings.name, run.net, run.tokenizer, run.space, habits or Habits.usual(), tokens=run.window)
    facts = {"comparable": run.comparable, "hashes": run.hashes, "settings": run.settings.as_json()}
    facts["settings"].pop("out")  # type: ignore[attr-defined]
    folder.mkdir(parents=True, exist_ok=True)
    if held.kinds_train:
        _kinds(run, held).save(folder / "kinds.npz")
    export(fitted, folder, facts)
    model = LayoutLmOnnx(str(folder), threads=1).model
    fitted = replace(fitted, calibration=calibrated(model, held.calibration))
    digest = write_small_files(fitted, folder, facts)
    metrics = measure(folder, held, run.comparable)
    metrics["held-out"] = {
        "documents": len(held.calibration),
        "calibration": trust(cross_fitted(model, held.calibration)),
    }
    _write(folder / "metrics.json", metrics)
    (folder / "MODEL_CARD.md").write_text(card(run, metrics, digest), encoding="utf-8")
    draw(run.records, metrics, folder)
    return folder


def _kinds(run: Run, held: Held) -> Any:
    scales = fit_kinds(held.kinds_train, run.space.kinds)
    return with_temperature(scales, held.kinds_held) if held.kinds_held else scales


def measure(bundle: Path, held: Held, comparable: bool) -> dict[str, Any]:
    """Every figure of a bundle on the held-out documents, as `metrics.json` keeps them."""
    labeller = LayoutLmOnnx(str(bundle), threads=1)
    reports = {name: _report(labeller, tests, comparable) for name, tests in held.tests.items() if tests}
    out: dict[str, Any] = {name: report.as_json() for name, report in reports.items()}
    if held.kinds_held:
        out["kinds"] = evaluate_kinds(LayoutClassifier(str(bundle)), held.kinds_held).as_json()
    return out


def _report(labeller: LayoutLmOnnx, tests: Sequence[Example], comparable: bool) -> Report:
    return replace(evaluate(labeller, tests), comparable=comparable)


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
