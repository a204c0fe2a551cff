"""The shipped model's training, stage by stage: each run begins from the weights of the one before."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from recto.training import recipe
from recto.training.crew import Crew
from recto.training.fit import EpochRecord, Run, train
from recto.training.net import averaged


def stages(data: Path, cache: Path, out: Path, progress: Callable[[EpochRecord], None] | None = None) -> Run | None:
    """The last stage's run, with the mean of the last two stages' weights; None where it was interrupted.

    Called again with the same `out` it goes on where it stopped: a stage that was finished is only read.
    """
    runs: list[Run] = []
    records: list[EpochRecord] = []
    for number, stage in enumerate(recipe.STAGES):
        folder = out / stage.name
        base = out / recipe.STAGES[number - 1].name if number else None
        _begin(folder, base)
        split = recipe.split(recipe.examples(data, cache, stage.read))
        run = train(recipe.settings(stage, folder, base), split, recipe.space(), progress)
        if run.interrupted:
            return None
        if Crew.join().first:
            run.net.save_pretrained(folder / "net")
        Crew.join().wait()
        records.extend(replace(record, epoch=len(records) + at) for at, record in enumerate(run.records))
        runs.append(run)
    return replace(runs[-1], net=averaged(runs[-2].net, runs[-1].net), records=tuple(records))


def _begin(folder: Path, base: Path | None) -> None:
    """The stage's folder with the first stage's vocabulary, which all weights are bound to."""
    if Crew.join().first and base is not None and not (folder / "tokenizer.json").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
    Crew.join().wait()
