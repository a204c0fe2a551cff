"""`/models`: the models of the installation, the runs they came of, one run, and two beside each other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from recto.document.run import EpochRecord, RunRecord
from recto.doors.http.caller import Here
from recto.doors.http.pages.charts import Chart, chart, reliability
from recto.doors.http.pages.routes import page
from recto.doors.promoting import history, installed

router = APIRouter(include_in_schema=False)

SHOWN: Final = 14
"""Labels in a matrix of confusions: those with the most words, and those that are confused most."""

DOCUMENT: Final = re.compile(r"([0-9a-f]{64})(?:/[\d.]+)?$")

PAST: Final = 20
"""Promotions, refusals, overrides and ways back that are shown, the last ones."""

MOST: Final = 100_000
"""Labelled documents are counted up to here."""

PARTS: Final = ("fields", "entities", "words")
SILENT: Final = 3600.0
"""Seconds without a word after which a run that says it is running is not believed."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How often one label was given another. `level` is how dark it is, 0 to 5."""

    count: int
    level: int
    right: bool


@dataclass(frozen=True, slots=True)
class Matrix:
    """Confusions: a row for each true label, a column for each given one."""

    labels: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One label's F1 in two runs, and how much better the second one is."""

    label: str
    support: int
    first: float | None
    second: float | None

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.second is None else self.second - self.first


@router.get("/models")
def models(request: Request, app: Here) -> Response:
    """What is installed, what was trained, and why which model labels."""
    found = app.runs.runs(200)
    return page(
        request,
        "models.html",
        models=installed(app),
        followed=app.settings.model,
        chosen=app.models.chosen,
        runs=found,
        silent=[run.id for run in found if gone(run)],
        labelled=len(app.labels.labelled(None, "VALID", MOST)),
        past=[{**line, "moment": datetime.fromisoformat(line["at"])} for line in history(app)[:PAST]],
    )


@router.get("/models/compare")
def compare(request: Request, app: Here, one: Annotated[str, Query()], other: Annotated[str, Query()]) -> Response:
    """Two runs beside each other."""
    runs = (app.runs.run(one), app.runs.run(other))
    judged = [last_judged(run) for run in runs]
    return page(
        request,
        "compare.html",
        runs=runs,
        charts_drawn=curves(runs),
        differences=differences(*[(epoch.validation or {}) if epoch else {} for epoch in judged]),
        changed=changed(*runs),
        same=hash_of(runs[0]) == hash_of(runs[1]),
    )


@router.get("/models/runs/{run_id}")
def run(request: Request, app: Here, run_id: str) -> Response:
    """One run: its curves, its confusions, each label, each document."""
    found = app.runs.run(run_id)
    judged = last_judged(found)
    measured = (judged.validation or {}) if judged else {}
    bins = measured.get("calibration", {}).get("reliability") or []
    return page(
        request,
        "run.html",
        run=found,
        charts_drawn=curves([found]),
        judged=judged,
        measured=measured,
        measured_parts=[name for name in PARTS if name in measured],
        matrix=matrix(measured),
        reliability=reliability(bins) if bins else None,
        documents=worst_first(measured.get("by_document", ())),
        tables={name: table for name, table in found.metrics.items() if "calibration" in table},
        silent=gone(found),
    )


def last_judged(run: RunRecord) -> EpochRecord | None:
    return next((epoch for epoch in reversed(run.epochs) if epoch.validation), None)


def curves(runs: Sequence[RunRecord]) -> tuple[Chart, ...]:
    """The loss and the figure by epoch, a line for each run."""
    names = [run.name if len(runs) == 1 else f"{letter}: {run.name}" for letter, run in zip("AB", runs, strict=False)]
    losses = [(name, [(e.epoch, e.loss) for e in run.epochs]) for name, run in zip(names, runs, strict=True)]
    figures = [
        (name, [(e.epoch, e.figure) for e in run.epochs if e.figure is not None])
        for name, run in zip(names, runs, strict=True)
    ]
    drawn = [chart("Training loss by epoch", losses, unit="epoch ")]
    if any(points for _, points in figures):
        drawn.append(chart("F1 on held-out documents by epoch", figures, top=1.0, unit="epoch "))
    return tuple(drawn)


def matrix(measured: Mapping[str, Any]) -> Matrix | None:
    """The confusions of the labels with the most words; words that were given their own label stand on the diagonal."""
    by_label = measured.get("words", {}).get("by_label", {})
    wrong = {(true, given): count for true, given, count in measured.get("confusions", ())}
    if not by_label:
        return None
    weight = {label: score["support"] for label, score in by_label.items()}
    ordered = sorted(weight, key=lambda label: (-weight[label], label))[:SHOWN]
    labels = (*ordered, "O") if any("O" in pair for pair in wrong) else tuple(ordered)
    right = {label: round(by_label[label]["recall"] * weight[label]) for label in ordered}
    rows = []
    for true in labels:
        counts = [right.get(true, 0) if given == true else wrong.get((true, given), 0) for given in labels]
        total = max(sum(counts), 1)
        cells = (Cell(n, level(n / total), given == true) for n, given in zip(counts, labels, strict=True))
        rows.append((true, tuple(cells)))
    return Matrix(labels, tuple(rows))


def level(share: float) -> int:
    """How dark a share is: 0 for none, 1 to 5."""
    return 0 if share == 0 else min(5, 1 + int(share * 5))


def worst_first(documents: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those with the most wrong words; without those that have none. `document` is the id of one of ours."""
    wrong = [{**one, "document": document_of(one["id"])} for one in documents if one.get("wrong_words")]
    return sorted(wrong, key=lambda document: (-document["wrong_words"], document["id"]))[:50]


def document_of(name: str) -> str:
    """The document's id where an example has the name of one, without the page that a part of it begins on."""
    found = DOCUMENT.match(name)
    return found[1] if found else ""


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Difference]:
    """Each label that either run knows, the one that changed most first."""
    before, after = (side.get("entities", {}).get("by_label", {}) for side in (first, second))
    found = [
        Difference(
            label,
            (after.get(label) or before[label])["support"],
            before.get(label, {}).get("f1"),
            after.get(label, {}).get("f1"),
        )
        for label in sorted({*before, *after})
    ]
    return sorted(found, key=lambda one: (one.change is None, -abs(one.change or 0.0), one.label))


def changed(first: RunRecord, second: RunRecord) -> list[tuple[str, Any, Any]]:
    """The settings and versions that are not the same."""
    sides = [
        {**run.settings, **{f"version of {name}": said for name, said in run.versions.items()}}
        for run in (first, second)
    ]
    names = sorted({*sides[0], *sides[1]})
    pairs = [(name, sides[0].get(name), sides[1].get(name)) for name in names]
    return [(name, one, other) for name, one, other in pairs if one != other]


def hash_of(run: RunRecord) -> Any:
    """Over the ids of the documents that it was judged on."""
    return run.data.get("hashes", {}).get("validation")


def gone(run: RunRecord) -> bool:
    """Whether it says that it runs, and has said nothing for long."""
    said = run.updated_at
    return run.state == "running" and said is not None and (datetime.now(UTC) - said).total_seconds() > SILENT
