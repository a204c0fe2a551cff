"""What the command line's training verbs do: examples to a bundle, a bundle to figures, and the shipped model anew."""

import json
import random
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from recto.document.errors import BadRequest
from recto.document.kinds import KINDS
from recto.document.run import RunRecord
from recto.engines.label.bundle import folder_of, recto_digest
from recto.engines.label.space import Space
from recto.ports import Blobs, Ocr, Runs
from recto.schemas.catalog import labels_of
from recto.stores.files import FileBlobs
from recto.training import recipe
from recto.training.augment import joined, misread
from recto.training.build import build
from recto.training.crew import Crew
from recto.training.datasets import dataset, made
from recto.training.epochs import keeper
from recto.training.example import Example
from recto.training.finish import Held, finish_again
from recto.training.fit import Beat, train
from recto.training.journal import Journal, Progress, RunFolder, begun, kept, versions
from recto.training.recipe import Recipe
from recto.training.settings import TrainSettings
from recto.training.sources import pictured, reread
from recto.training.splits import Split, split
from recto.training.stages import stages

OCR: Final = "rapidocr"
"""The engine whose words the shipped model is trained and measured on."""

PICTURED: Final = "pictured.jsonl"
"""Made-up documents as that engine reads their pictures."""

SMOKE: Mapping[str, Any] = {"hidden": 48, "layers": 2, "heads": 2, "vocabulary": 900, "learning_rate": 2e-3}

SMALL: Mapping[str, Any] = {**SMOKE, "patience": 0, "bfloat16": False}
"""A network that learns from some dozens of documents in a minute. It stands still for some epochs at first."""


def train_bundle(
    settings: TrainSettings,
    data: Sequence[Example],
    places: Sequence[Runs],
    progress: Progress,
    beat: Beat | None = None,
    blobs: Blobs | None = None,
) -> Path | None:
    """Train on these examples and write `settings.out/bundle`; None where it was interrupted and can go on.

    A quarter of the groups is held back: for validation, for calibration, for thresholds and for the bundle's figures.
    The run is written down in its folder and in `places`; what it says of the validation documents after each epoch is
    kept in its folder and in `blobs`.
    """
    parts = split(data)
    if not parts.train or not parts.validation:
        raise BadRequest(f"{len(data)} examples cannot be parted by group into training and validation.")
    kinds = tuple(kind for kind in KINDS if any(example.kind == kind for example in data))
    stated = record_of(settings.name, settings.as_json(), parts)
    with kept(begun(settings.out, stated), (RunFolder(settings.out), *places), progress) as journal:
        keep = keeper(journal.run.id, [FileBlobs(settings.out), *([blobs] if blobs else [])])
        run = train(settings, parts, Space({kind: labels_of(kind) for kind in kinds}), journal, beat, keep)
        if run.interrupted:
            journal.say("interrupted")
            return None
        held = Held(parts.validation, decided=parts.validation, tests={"held-out": parts.validation})
        return told(journal, build(run, held, settings.out / "bundle"))


def smoke(settings: Mapping[str, Any], data: Sequence[Example]) -> tuple[dict[str, Any], list[Example]]:
    """The settings and the documents of a run that only shows that the way is open."""
    small = {**settings, **SMOKE, "epochs": min(settings["epochs"], 3)}
    return small, list(data) or [e for kind in ("receipt", "check") for e in made(kind, 30, 0, held_out=False)]


def record_of(name: str, settings: Mapping[str, Any], parts: Split) -> RunRecord:
    """What is known of a run before it begins."""
    plain = json.loads(json.dumps({key: value for key, value in settings.items() if key != "out"}))
    data = {"hashes": parts.hashes, **parts.counts}
    return RunRecord("", name, "running", parts.frozen, plain, versions(), data)


def told(journal: Journal, bundle: Path) -> Path:
    """The bundle, with its figures in the run's record."""
    metrics = json.loads((bundle / "metrics.json").read_text(encoding="utf-8"))
    journal.say("done", metrics, recto_digest(bundle))
    return bundle


def train_default(
    whole: Recipe, data: Path, cache: Path, out: Path, ocr: Ocr, places: Sequence[Runs], progress: Progress
) -> Path | None:
    """The shipped bundle anew, from `data` and the generator: our OCR's words first, then the stages, then the figures.

    None where it was interrupted and can go on. Under torchrun every process calls this; the first one builds.
    """
    crew = Crew.join()
    if crew.first:
        reread.reread(data / "sroie" / "train", cache / "sroie.jsonl", ocr)
        pictured.picture(cache / PICTURED, ocr, whole.held.pictured)
    crew.wait()
    parts = recipe.split(recipe.examples(data, cache))
    steps = {"recipe": [{"name": s.name, "epochs": s.epochs, "rate": s.rate, "made": s.made} for s in whole.stages]}
    with ExitStack() as stack:
        journal = Journal(record_of(whole.name, steps, parts), ())
        if crew.first:
            run = begun(out, journal.run)
            journal = stack.enter_context(kept(run, (RunFolder(out), *places), progress))
        trained = stages(whole, data, cache, out, journal)
        if trained is None:
            journal.say("interrupted")
        if trained is None or not crew.first:
            return None
        return told(journal, build(trained, held_for(whole, data, cache), out / "bundle", recipe.habits()))


def finish_default(bundle: str, data: Path, cache: Path) -> Path:
    """The shipped bundle (or one of its recipe) with the calibration, thresholds and figures that hold today."""
    return finish_again(folder_of(bundle), held_for(recipe.SHIPPED, data, cache), recipe.habits())


def held_for(whole: Recipe, data: Path, cache: Path) -> Held:
    """What a bundle of the recipe is finished with: merchants and templates that it has not seen.

    The thresholds are measured on the validation receipts, and on made-up documents of every kind as our own OCR reads
    their pictures, or on their given words where `cache` has none of them.
    """
    counts, tests = whole.held, {name: dataset(name, data, cache) for name in whole.held.tests}
    receipts = [*tests["sroie"], *tests["sroie-ocr"]]
    drawn = [
        e for kind in KINDS for e in made(kind, counts.receipts if kind == "receipt" else counts.others, 7_000_000)
    ]
    hurried = [run_together(example) for example in drawn if example.kind == "receipt"]
    real = list(recipe.split(recipe.examples(data, cache, read=False)).train)[::5]
    apart = [e for kind in KINDS for e in made(kind, counts.kinds_apart, 30_000_000)]
    read = reread.examples(data / "sroie" / "train", cache / "sroie.jsonl")
    validation = {example.id for example in tests["sroie-ocr"]}
    others = [example for example in apart if example.kind != "receipt"]
    return Held(
        calibration=[*receipts, *drawn, *hurried],
        decided=[*receipts, *(pictured.examples(cache / PICTURED) or [*drawn, *others])],
        read=[example for example in read if example.id not in validation],
        ocr=OCR,
        tests=tests,
        kinds_train=[*(e for kind in KINDS for e in made(kind, counts.kinds, 20_000_000, held_out=False)), *real],
        kinds_held=apart,
    )


def run_together(example: Example) -> Example:
    """The receipt as readers without spaces give it, with slips of the eye: how photographs are often read."""
    rng = random.Random(example.id)
    return misread(joined(example, rng), rng, 0.04)
