"""Pictures of a run: loss and validation by epoch, the reliability of confidence, the confusions."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

from recto.document.run import EpochRecord

matplotlib.use("Agg")
from matplotlib import pyplot


def draw(records: Sequence[EpochRecord], metrics: Mapping[str, Any], folder: Path) -> None:
    """`curves.png`, and `confusions-NAME.png` and `reliability-NAME.png` for each table of figures."""
    _curves(records, folder / "curves.png")
    for name, table in metrics.items():
        if table.get("calibration", {}).get("reliability"):
            _reliability(table["calibration"]["reliability"], folder / f"reliability-{name}.png")
        if table.get("confusions"):
            _confusions(table["confusions"], folder / f"confusions-{name}.png")


def _curves(records: Sequence[EpochRecord], path: Path) -> None:
    figure, left = pyplot.subplots(figsize=(7, 4))
    left.plot([r.epoch for r in records], [r.loss for r in records], color="tab:blue", label="training loss")
    left.set_xlabel("epoch")
    left.set_ylabel("loss")
    right = left.twinx()
    judged = [r for r in records if r.validation]
    for part in ("fields", "entities"):
        points = [(r.epoch, r.validation[part]["f1"]) for r in judged if r.validation and part in r.validation]
        if points:
            right.plot(*zip(*points, strict=True), marker="o", label=f"{part} F1")
    right.set_ylim(0, 1)
    figure.legend(loc="center right")
    _save(figure, path)


def _reliability(bins: Sequence[tuple[float, float, int]], path: Path) -> None:
    figure, axes = pyplot.subplots(figsize=(4, 4))
    axes.plot([0, 1], [0, 1], color="lightgray")
    axes.plot([sure for sure, _, _ in bins], [right for _, right, _ in bins], marker="o")
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    _save(figure, path)


def _confusions(pairs: Sequence[tuple[str, str, int]], path: Path) -> None:
    labels = sorted({label for true, given, _ in pairs for label in (true, given)})
    grid = [[0] * len(labels) for _ in labels]
    for true, given, count in pairs:
        grid[labels.index(true)][labels.index(given)] = count
    figure, axes = pyplot.subplots(figsize=(1 + 0.4 * len(labels), 1 + 0.4 * len(labels)))
    axes.imshow(grid, cmap="Blues")
    axes.set_xticks(range(len(labels)), labels, rotation=90, fontsize=7)
    axes.set_yticks(range(len(labels)), labels, fontsize=7)
    axes.set_xlabel("given")
    axes.set_ylabel("true")
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    pyplot.close(figure)
