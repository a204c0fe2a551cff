"""How many documents go straight through, and how many of the values vouched for in them are wrong, by kind.

    python -m bench.decisions [--bundle default] [--wanted 0.02]

On the validation receipts and on made-up documents as our own OCR reads their pictures (clean, scan, photo in turn).
Weights and thresholds are fitted anew, each fold of merchants or templates judged by those of the other four, so that
no figure is of a document that helped to make it. Needs `.cache/ocr/sroie.jsonl` and `.cache/ocr/pictured.jsonl`;
`--read` makes what is missing of them, which takes minutes.
"""

import argparse
from functools import reduce
from operator import add
from pathlib import Path
from typing import Final

from bench.kinds import DATA
from recto.app import build, settings
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.training.assurance import letters_of
from recto.training.datasets import dataset
from recto.training.outcome import outcomes
from recto.training.passing import wilson
from recto.training.sources import pictured, reread
from recto.training.thresholds import WANTED, Straight, crossed, held, thresholds

CACHE: Final = Path(__file__).parents[1] / ".cache" / "ocr"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--bundle", default="default")
    options.add_argument("--wanted", type=float, default=WANTED)
    options.add_argument("--read", action="store_true", help="read what the caches lack")
    options.add_argument("--cache", type=Path, default=CACHE)
    chosen = options.parse_args()
    if chosen.read:
        ocr = build(settings()).ocr
        reread.reread(DATA / "sroie" / "train", chosen.cache / "sroie.jsonl", ocr)
        pictured.picture(chosen.cache / "pictured.jsonl", ocr)
    receipts = dataset("sroie-ocr", DATA, chosen.cache)
    known = {example.id for example in receipts}
    read = reread.examples(DATA / "sroie" / "train", chosen.cache / "sroie.jsonl")
    letters = letters_of(example for example in read if example.id not in known)
    made = dataset("synthetic-pictured", DATA, chosen.cache)
    trials = crossed(outcomes(LayoutLmOnnx(chosen.bundle, threads=1), [*receipts, *made]), letters)
    shown(held(trials, chosen.wanted), thresholds(trials, chosen.wanted))


def shown(found: dict[tuple[str, str], Straight], picked: dict[str, float]) -> None:
    print(f"{'kind':<22}{'words':<16}{'threshold':>10}{'documents':>11}{'through':>22}{'values':>8}{'wrong':>24}")
    for (kind, source), one in sorted(found.items()):
        print(f"{kind:<22}{source:<16}{picked[kind]:>10.3f}{line(one)}")
    print(f"{'all':<48}{line(reduce(add, found.values()))}")


def line(one: Straight) -> str:
    through, wrong = wilson(one.through, one.documents), wilson(one.wrong, one.values)
    return (
        f"{one.documents:>11}{one.share:>9.3f} ({through[0]:.2f} to {through[1]:.2f})"
        f"{one.values:>8}{one.error:>9.3f} ({wrong[0]:.3f} to {wrong[1]:.3f})"
    )


if __name__ == "__main__":
    main()
