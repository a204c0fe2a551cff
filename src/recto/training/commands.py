"""What the command line's training verbs do: examples to a bundle, a bundle to figures, and the shipped model anew."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from recto.document.errors import BadRequest
from recto.document.kinds import KINDS
from recto.engines.classify.layout import LayoutClassifier
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.engines.label.space import Space
from recto.ports import Ocr
from recto.schemas.catalog import labels_of
from recto.training import recipe
from recto.training.build import Held, build
from recto.training.crew import Crew
from recto.training.datasets import dataset, made
from recto.training.evaluation import evaluate, evaluate_kinds
from recto.training.example import Example
from recto.training.fit import EpochRecord, train
from recto.training.settings import TrainSettings
from recto.training.sources import reread
from recto.training.splits import split
from recto.training.stages import stages
from recto.training.thresholds import thresholds, write_thresholds

Watcher = Callable[[EpochRecord], None]
SMOKE: Mapping[str, Any] = {"hidden": 48, "layers": 2, "heads": 2, "vocabulary": 900, "learning_rate": 2e-3}


def train_bundle(
    out: Path, data: Sequence[Example], knobs: Mapping[str, Any], smoke: bool, progress: Watcher
) -> Path | None:
    """Train on these examples and write `out/bundle`; None where it was interrupted and can go on.

    A quarter of the groups is held back: for validation, for calibration and for the bundle's figures.
    """
    if smoke:
        data = data or [e for kind in ("receipt", "check") for e in made(kind, 30, 0, held_out=False)]
        knobs = {**knobs, **SMOKE, "epochs": min(knobs["epochs"], 3)}
    parts = split(data)
    if not parts.train or not parts.validation:
        raise BadRequest(f"{len(data)} examples cannot be parted by group into training and validation.")
    kinds = tuple(kind for kind in KINDS if any(example.kind == kind for example in data))
    settings = TrainSettings(out.name, out, **knobs)
    run = train(settings, parts, Space({kind: labels_of(kind) for kind in kinds}), progress)
    if run.interrupted:
        return None
    held = Held(calibration=parts.validation, tests={"held-out": parts.validation})
    return decisive(build(run, held, out / "bundle"), parts.validation)


def decisive(bundle: Path, held: Sequence[Example]) -> Path:
    """The bundle with the thresholds that its fields are decided by, measured on documents it has not seen."""
    write_thresholds(bundle, thresholds(LayoutLmOnnx(str(bundle)), held))
    return bundle


def figures(model: str, examples: Sequence[Example], name: str) -> dict[str, Any]:
    """A bundle's figures on a set; of sets of kinds, how many kinds it tells."""
    if name.endswith("kinds"):
        return evaluate_kinds(LayoutClassifier(model), examples).as_json()
    return evaluate(LayoutLmOnnx(model), examples).as_json()


def train_default(data: Path, cache: Path, out: Path, ocr: Ocr, progress: Watcher) -> Path | None:
    """The shipped bundle anew, from `data` and the generator: our OCR's words first, then the stages, then the figures.

    None where it was interrupted and can go on. Under torchrun every process calls this; the first one builds.
    """
    crew = Crew.join()
    if crew.first:
        reread.reread(data / "sroie" / "train", cache / "sroie.jsonl", ocr)
    crew.wait()
    run = stages(data, cache, out, progress)
    if run is None or not crew.first:
        return None
    held = held_for_default(data, cache)
    return decisive(build(run, held, out / "bundle", recipe.habits()), judged_by(held))


def judged_by(held: Held) -> list[Example]:
    """What the shipped thresholds are measured on: the validation receipts, and made-up documents of every kind."""
    return [*held.calibration, *held.tests["synthetic-receipts"], *(e for e in held.kinds_held if e.kind != "receipt")]


def held_for_default(data: Path, cache: Path) -> Held:
    """What the shipped bundle is calibrated and measured on: merchants and templates that it has not seen."""
    names = ("sroie", "sroie-ocr", "wildreceipt", "synthetic-receipts", "synthetic-forms")
    tests = {name: dataset(name, data, cache) for name in names}
    drawn = [e for kind in KINDS for e in made(kind, 25 if kind == "receipt" else 4, 7_000_000)]
    receipts = list(recipe.split(recipe.examples(data, cache, read=False)).train)[::5]
    return Held(
        calibration=[*tests["sroie"], *tests["sroie-ocr"], *drawn],
        tests=tests,
        kinds_train=[*(e for kind in KINDS for e in made(kind, 90, 20_000_000, held_out=False)), *receipts],
        kinds_held=dataset("synthetic-kinds", data, cache),
    )
