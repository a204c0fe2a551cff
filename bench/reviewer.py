"""A simulated reviewer of held-out receipts: how many fields are right after so many corrected documents, by order.

The receipts of the frozen list, on the words of our own OCR, as the shipped model reads them. A corrected document has
all its fields right. Orders are compared by the area under the curve, and by how well their score tells the documents
with a mistake (AUROC). It writes docs/review-order.svg.

    python -m bench.reviewer [--cache .cache/ocr]
"""

import argparse
import os
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from recto.app import build
from recto.document.page import Document, Page
from recto.document.reading import Field, Reading
from recto.doors.reviewing import doubt
from recto.pipeline import Stopwatch
from recto.training.active import unsure
from recto.training.datasets import dataset
from recto.training.example import Example
from recto.training.fieldscore import SROIE, printed_fields, sroie_counts
from recto.training.metrics import auroc_of_errors

DATA = Path(os.environ.get("RECTO_DATA", "../shared/data"))
PLOT = Path("docs/review-order.svg")
DRAWS = 400


def singles(reading: Reading) -> list[Field]:
    return [item for item in reading.fields if isinstance(item, Field) and item.name in SROIE]


def least_of_four(reading: Reading) -> float:
    """One minus the confidence of the least sure of the four fields that are judged here."""
    return 1 - min((field.confidence or 0.0 for field in singles(reading)), default=0.0)


def least_of_all(reading: Reading) -> float:
    """The same of all single fields."""
    every = [item.confidence or 0.0 for item in reading.fields if isinstance(item, Field)]
    return 1 - min(every, default=0.0)


def mistakes_to_expect(reading: Reading) -> float:
    """The sum of what speaks against it: unsure fields, missing ones, failed checks."""
    unsure_fields = sum(1 - (field.confidence or 0.0) for field in singles(reading))
    return unsure_fields + missing_or_failed(reading)


def missing_or_failed(reading: Reading) -> float:
    """Missing fields and failed checks alone."""
    return len(SROIE) - len(singles(reading)) + sum(check.outcome == "fail" for check in reading.checks)


def reasons(reading: Reading) -> float:
    return len(reading.decision.reasons) if reading.decision else 0.0


ORDERS: Mapping[str, Callable[[Reading], float]] = {
    "least sure required field (ours)": doubt,
    "least sure of the four fields": least_of_four,
    "least sure of all fields": least_of_all,
    "mistakes to expect": mistakes_to_expect,
    "missing fields and failed checks": missing_or_failed,
    "reasons of the decision": reasons,
    "unsure words": unsure,
}


def read(examples: Sequence[Example]) -> list[Reading]:
    app = build()
    return [app.reader.thought(seen(one), "receipt", b"", Stopwatch()) for one in examples]


def seen(one: Example) -> Reading:
    """As OCR left it."""
    return Reading(Document(one.id, one.id, "image/jpeg", 1), (Page(1, 600, 800),), one.words)


def wrong_fields(example: Example, reading: Reading) -> int:
    counts, _ = sroie_counts(example, printed_fields("receipt", reading.words, reading.tags))
    return counts.there.total() - counts.right.total()


def curve(order: Sequence[int], wrong: Sequence[int], fields: int) -> list[float]:
    """The share of right fields after 0, 1, 2 … corrected documents."""
    left, out = sum(wrong), []
    for at in (None, *order):
        left -= wrong[at] if at is not None else 0
        out.append(1 - left / fields)
    return out


def plot(curves: Mapping[str, Sequence[float]], documents: int) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "recto"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for name, values in curves.items():
        style = {"linewidth": 2.2} if "ours" in name else {"linewidth": 1.2, "linestyle": "--"}
        axes.plot(range(len(values)), values, label=name, **style)
    axes.set_xlabel(f"documents corrected, of {documents}")
    axes.set_ylabel("fields right")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path(".cache/ocr"))
    examples = dataset("sroie-ocr", DATA, parser.parse_args().cache)
    readings = read(examples)
    wrong = [wrong_fields(example, reading) for example, reading in zip(examples, readings, strict=True)]
    fields = len(examples) * len(SROIE)
    print(f"{len(examples)} receipts, {sum(wrong)} of {fields} fields wrong, in {sum(w > 0 for w in wrong)} receipts")
    rng, numbers = random.Random(0), list(range(len(examples)))
    drawn = [curve(rng.sample(numbers, len(numbers)), wrong, fields) for _ in range(DRAWS)]
    curves = {"random": [fmean(values) for values in zip(*drawn, strict=True)]}
    areas = sorted(fmean(values) for values in drawn)
    print(f"{'random':34} area {fmean(areas):.4f} ({areas[int(0.025 * DRAWS)]:.4f} to {areas[int(0.975 * DRAWS)]:.4f})")
    for name, score in ORDERS.items():
        scores = [score(reading) for reading in readings]
        order = sorted(numbers, key=lambda at, scores=scores: (-scores[at], examples[at].id))
        curves[name] = curve(order, wrong, fields)
        auroc = auroc_of_errors([-value for value in scores], [count == 0 for count in wrong])
        print(f"{name:34} area {fmean(curves[name]):.4f}   AUROC of receipts with a mistake {auroc or 0:.3f}")
    best = curve(sorted(numbers, key=lambda at: -wrong[at]), wrong, fields)
    print(f"{'the best there can be':34} area {fmean(best):.4f}")
    plot({name: values for name, values in curves.items() if name in ("random", next(iter(ORDERS)))}, len(examples))


if __name__ == "__main__":
    main()
