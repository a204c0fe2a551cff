"""The shipped model again, from the public documents and the generator alone.

    torchrun --nproc-per-node 2 -m recto.training.reproduce --data ../shared/data --cache .cache --out runs/default

Each stage is a run of its own that resumes where it stopped; the last step writes the bundle to OUT/bundle.
"""

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recto.document.kinds import KINDS
from recto.engines.ocr.rapid import RapidOcr
from recto.training import recipe
from recto.training.build import Held, build
from recto.training.crew import Crew
from recto.training.datasets import dataset, made
from recto.training.fit import EpochRecord, Run, train
from recto.training.net import averaged
from recto.training.sources.reread import reread

TESTS = ("sroie", "sroie-ocr", "wildreceipt", "synthetic-receipts", "synthetic-forms")
"""The data sets whose figures go into the card."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read, train in stages, build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with sroie/ and wildreceipt/")
    parser.add_argument("--cache", type=Path, default=Path(".cache"), help="what our own OCR read is kept here")
    parser.add_argument("--out", type=Path, default=Path("runs/default"))
    given = parser.parse_args(arguments)
    crew = Crew.join()
    if crew.first:
        reread(given.data / "sroie" / "train", given.cache / "sroie.jsonl", RapidOcr())
    crew.wait()
    run = stages(given.data, given.cache, given.out)
    if run is not None and crew.first:
        build(run, held(given.data, given.cache), given.out / "bundle", recipe.habits())
    crew.leave()


def stages(data: Path, cache: Path, out: Path) -> Run | None:
    """The run of the last stage with the mean of the last two stages' weights; None where it was interrupted."""
    runs: list[Run] = []
    records: list[EpochRecord] = []
    for stage in recipe.STAGES:
        folder = out / stage.name
        base = out / recipe.STAGES[len(runs) - 1].name if runs else None
        folder.mkdir(parents=True, exist_ok=True)
        if base is not None and not (folder / "tokenizer.json").is_file():
            shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
        split = recipe.split(recipe.examples(data, cache, stage.read))
        run = train(recipe.settings(stage, folder, base), split, recipe.space(), _told)
        if run.interrupted:
            return None
        run.net.save_pretrained(folder / "net")
        records.extend(replace(record, epoch=len(records) + at) for at, record in enumerate(run.records))
        runs.append(run)
    return replace(runs[-1], net=averaged(runs[-2].net, runs[-1].net), records=tuple(records))


def held(data: Path, cache: Path) -> Held:
    """What calibrates and judges the shipped model: merchants and templates that it has not seen."""
    real = [*dataset("sroie", data, cache), *dataset("sroie-ocr", data, cache)]
    drawn = [e for kind in KINDS for e in made(kind, 25 if kind == "receipt" else 4, 7_000_000)]
    receipts = list(recipe.split(recipe.examples(data, cache, read=False)).train)[::5]
    return Held(
        calibration=[*real, *drawn],
        tests={name: dataset(name, data, cache) for name in TESTS},
        kinds_train=[*(e for kind in KINDS for e in made(kind, 90, 20_000_000, held_out=False)), *receipts],
        kinds_held=[*(e for kind in KINDS for e in made(kind, 25, 30_000_000)), *dataset("sroie", data, cache)],
    )


def _told(record: EpochRecord) -> None:
    found = record.validation or {}
    figures = {part: round(found[part]["f1"], 4) for part in ("fields", "entities") if part in found}
    print(f"epoch {record.epoch}: loss {record.loss:.4f}, {record.seconds:.0f} s {figures or ''}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
