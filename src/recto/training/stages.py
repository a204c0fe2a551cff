"""The shipped model's training, stage by stage: each run begins from the weights of the one before."""

import shutil
from dataclasses import replace
from pathlib import Path

from recto.document.run import EpochRecord
from recto.training import recipe
from recto.training.crew import Crew
from recto.training.fit import Run, train
from recto.training.journal import Progress
from recto.training.net import averaged
from recto.training.recipe import Recipe


def stages(whole: Recipe, data: Path, cache: Path, out: Path, progress: Progress) -> Run | None:
    """The last stage's run, with the mean of the last two stages' weights; None where it was interrupted.

    Called again with the same `out` it goes on where it stopped: a stage that was finished is only read. The epochs of
    all stages are counted on.
    """
    runs: list[Run] = []
    records: list[EpochRecord] = []
    for number, stage in enumerate(whole.stages):
        folder = out / stage.name
        base = out / whole.stages[number - 1].name if number else None
        _begin(folder, base)
        split = recipe.split(recipe.examples(data, cache, stage.read))
        told = _after(len(records), progress)
        run = train(recipe.settings(whole, stage, folder, base), split, recipe.space(), told)
        if run.interrupted:
            return None
        if Crew.join().first:
            run.net.save_pretrained(folder / "net")
        Crew.join().wait()
        records.extend(replace(record, epoch=len(records) + at) for at, record in enumerate(run.records))
        runs.append(run)
    return replace(runs[-1], net=averaged(runs[-2].net, runs[-1].net), records=tuple(records))


def _after(before: int, progress: Progress) -> Progress:
    """Tells of epochs by their number in the whole training."""
    return lambda record: progress(replace(record, epoch=before + record.epoch))


def _begin(folder: Path, base: Path | None) -> None:
    """The stage's folder with the first stage's vocabulary, which all weights are bound to."""
    if Crew.join().first and base is not None and not (folder / "tokenizer.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
    Crew.join().wait()
