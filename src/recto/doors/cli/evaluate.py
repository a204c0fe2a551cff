"""`recto evaluate`: how good a layout model is, and at what cost."""

import json
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from recto.doors.cli.passing import DECIDED, passing
from recto.doors.cli.train import CACHE, DATA, part

PARTS = ("fields", "entities", "words")


def evaluate(
    model: Annotated[str, typer.Argument(help="A bundle's name or folder; `default` is the shipped one.")],
    data: Annotated[list[str] | None, typer.Argument(help="Named sets, JSON Lines files or folders.")] = None,
    against: Annotated[str | None, typer.Option(help="Another model, on the same documents.")] = None,
    worst: Annotated[Path | None, typer.Option(help="Write the 50 worst documents here, with what they say.")] = None,
    costs: Annotated[bool, typer.Option("--costs", help="Measure time and memory beside LayoutLM-base too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
    fields: Annotated[bool, typer.Option("--fields", help="Fields, rows, places and decisions by kind.")] = False,
    wanted: Annotated[float, typer.Option(min=0.0, max=1.0, help="Of --fields: the share that may be wrong.")] = 0.02,
) -> None:
    """Print a model's figures on data sets: without any named, on all that are there, with what it costs."""
    if fields:
        passing(model, data or list(DECIDED), wanted, as_json)
        return
    models = [model, *([against] if against else [])]
    sets = {name: partial(part("datasets:dataset"), name, DATA, CACHE) for name in data or part("datasets:NAMED")}
    told = Console(stderr=True)
    found = part("figures:everything")(models, sets, lambda name, one, _: told.print(f"{name}, {one}: judged"))
    reports = {name: by_model[model] for name, by_model in found.items() if not name.endswith("kinds")}
    shown: dict[str, Any] = {
        "sets": {name: {one: judged.as_json() for one, judged in each.items()} for name, each in found.items()},
        "by_quality": part("figures:by_quality")(list(reports.values())),
        "differences": {
            name: part("figures:compared")(found[name][model], found[name][against]) for name in reports if against
        },
        "costs": cost(model) if costs or not data else {},
    }
    if worst:
        told.print(f"{part('figures:write_worst')(reports, worst)} documents: {worst}")
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        show(shown)


def cost(model: str) -> dict[str, float]:
    """Of labelling the validation receipts; nothing where they are not there."""
    receipts = [example.words for example in part("datasets:dataset")("sroie", DATA, CACHE)[::6]]
    found: dict[str, float] = part("speed:costs")(model, receipts) if receipts else {}
    return found


def show(shown: dict[str, Any]) -> None:
    """The tables, for a person."""
    console = Console()
    console.print(table_of(shown["sets"]))
    console.print(trust_of(shown["by_quality"]))
    console.print(reliability_of(shown["by_quality"]))
    for name, parts in shown["differences"].items():
        for which, change in parts.items():
            console.print(f"{name}, {which} F1: {change['difference']:+.3f} {between(change['interval'], '+')}")
    if found := shown["costs"]:
        for threads, said in ((1, "one thread"), (2, "two threads")):
            ours, base, ratio = (found[f"{name}_{threads}"] for name in ("ours_ms", "base_ms", "ratio"))
            console.print(f"LayoutLM-base {base:.0f} ms, ours {ours:.1f} ms a receipt on {said}: {ratio:.1f} times")
        console.print(f"resident memory that the model adds: {found['memory_mib']:.0f} MiB")


def table_of(sets: dict[str, dict[str, dict[str, Any]]]) -> Table:
    """A row for each set and model: what was judged, with its bootstrap interval."""
    grid = Table(header_style="dim", title="95 % intervals by bootstrap over documents", title_justify="left")
    for column in ("data", "model", "documents", *(f"{name} F1" for name in PARTS), "ECE", "AUROC", "kind"):
        grid.add_column(column)
    for name, by_model in sets.items():
        for model, report in by_model.items():
            parts = [score(report.get(key)) for key in PARTS]
            measured = report.get("calibration") or {}
            quality = [figure(measured.get(key)) for key in ("ece", "auroc")]
            kind = f"{report['accuracy']:.3f} {between(report['interval'])}" if "accuracy" in report else ""
            grid.add_row(name, model, str(report["documents"]), *parts, *quality, kind)
    return grid


def trust_of(by_quality: dict[str, dict[str, Any]]) -> Table:
    """A row for each quality: calibration, and how many words are at least so sure, and how many of those are wrong."""
    grid = Table(header_style="dim", title="confidence of word labels: share kept, share of it wrong")
    for column in ("quality", "words", "wrong", "ECE", "AUROC", "≥ 0.5", "≥ 0.8", "≥ 0.9", "≥ 0.95", "≥ 0.99"):
        grid.add_column(column)
    for quality, found in by_quality.items():
        kept = [found["coverage"][least] for least in ("0.5", "0.8", "0.9", "0.95", "0.99")] if found["words"] else []
        cells = [f"{one['coverage']:.3f}, {1 - one['accuracy']:.3f}" for one in kept]
        wrong = figure(1 - found["accuracy"]) if found["words"] else ""
        row = [figure(found.get(name)) for name in ("ece", "auroc")]
        grid.add_row(quality, str(found["words"]), wrong, *row, *cells)
    return grid


def reliability_of(by_quality: dict[str, dict[str, Any]]) -> Table:
    """A row for each quality: the share of words that are right among those of about such a confidence."""
    bins = [f"{low / 10:.1f} to {(low + 1) / 10:.1f}" for low in range(10)]
    grid = Table(header_style="dim", title="share of words that are right, by their confidence", title_justify="left")
    for column in ("quality", *bins):
        grid.add_column(column)
    for quality, found in by_quality.items():
        bins_here = found.get("reliability", ())
        cells = {min(int(sure * 10), 9): f"{right:.2f} of {count}" for sure, right, count in bins_here}
        grid.add_row(quality, *(cells.get(low, "") for low in range(10)))
    return grid


def figure(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def between(bounds: tuple[float, float], sign: str = "") -> str:
    return f"({bounds[0]:{sign}.3f} to {bounds[1]:{sign}.3f})"


def score(counts: dict[str, Any] | None) -> str:
    return f"{counts['f1']:.3f} {between(counts['interval'])}" if counts else ""
