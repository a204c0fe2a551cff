"""`recto train`, `evaluate` and `models`: a layout model from labels, its figures, and which one is used."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from recto.app import named, settings
from recto.document.errors import EngineUnavailable

models = typer.Typer(help="The layout models of this installation.", no_args_is_help=True)

DATA = Path(os.environ.get("RECTO_DATA", "../shared/data"))
CACHE = Path(".cache/ocr")


def part(target: str) -> Any:
    """A part of the training, loaded now. Raises EngineUnavailable where the extra is not installed."""
    try:
        return named(f"recto.training.{target}")
    except ModuleNotFoundError as missing:
        raise EngineUnavailable(f"Training needs {missing.name}: pip install 'recto[train]'.") from missing


def train(
    out: Annotated[Path, typer.Argument(help="The run's folder; the bundle goes into `bundle` below it.")],
    data: Annotated[list[str] | None, typer.Option(help="JSON Lines files, folders, or named sets.")] = None,
    base: Annotated[str | None, typer.Option(help="Weights to begin from: a folder or a model's name.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often everything is seen.")] = 10,
    minutes: Annotated[float, typer.Option(min=0, help="End after so many minutes; 0 is for never.")] = 0.0,
    learning_rate: Annotated[float, typer.Option(help="The highest rate; 5e-5 for a pretrained base.")] = 5e-4,
    patience: Annotated[int, typer.Option(min=0, help="Validations without a better figure; 0 never stops.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed and data give the same run.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of this process.")] = 2,
    smoke: Annotated[bool, typer.Option("--smoke", help="The whole way in a minute, for a test of the way.")] = False,
) -> None:
    """Train a layout model, calibrate it and export its bundle. Started again, it goes on where it was stopped."""
    run = part("commands:train_bundle")(
        out=out,
        data=[one for name in data or [] for one in part("datasets:dataset")(name, DATA, CACHE)],
        knobs={
            "base": base,
            "epochs": epochs,
            "minutes": minutes,
            "learning_rate": learning_rate,
            "patience": patience,
            "seed": seed,
            "threads": threads,
        },
        smoke=smoke,
        progress=Watch(),
    )
    typer.echo(f"{'Interrupted; start it again to go on' if run is None else f'The bundle: {run}'}")


class Watch:
    """Prints each epoch as it ends, under a spinner while it runs."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self.bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)

    def __call__(self, record: Any) -> None:
        fields = (record.validation or {}).get("fields", {})
        figure = f", fields F1 {fields['f1']:.3f}" if fields else ""
        self.console.print(f"epoch {record.epoch}: loss {record.loss:.4f}{figure}, {record.seconds:.0f} s")


def evaluate(
    model: Annotated[str, typer.Argument(help="A bundle's name or folder; `default` is the shipped one.")],
    data: Annotated[list[str] | None, typer.Argument(help="Named sets, JSON Lines files or folders.")] = None,
    against: Annotated[str | None, typer.Option(help="Another model, on the same documents.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Print a model's figures on data sets: all named ones by default."""
    names = data or list(part("datasets:NAMED"))
    compared = [model, *([against] if against else [])]
    reports = {
        name: {
            one: part("commands:figures")(one, part("datasets:dataset")(name, DATA, CACHE), name) for one in compared
        }
        for name in names
    }
    if as_json:
        typer.echo(json.dumps(reports, ensure_ascii=False))
    else:
        Console().print(table_of(reports))


def table_of(reports: dict[str, dict[str, dict[str, Any]]]) -> Table:
    """A row for each set and model: what was judged, with its bootstrap interval."""
    grid = Table(header_style="dim")
    for column in ("data", "model", "documents", "fields F1", "entities F1", "words", "ECE", "AUROC", "kind"):
        grid.add_column(column)
    for name, by_model in reports.items():
        for model, report in by_model.items():
            parts = [score(report.get(key)) for key in ("fields", "entities", "words")]
            measured = report.get("calibration") or {}
            quality = [f"{measured[key]:.3f}" if measured.get(key) is not None else "" for key in ("ece", "auroc")]
            kind = f"{report['accuracy']:.3f}" if "accuracy" in report else ""
            grid.add_row(name, model, str(report["documents"]), *parts, *quality, kind)
    return grid


def score(counts: dict[str, Any] | None) -> str:
    if not counts:
        return ""
    low, high = counts["interval"]
    return f"{counts['f1']:.3f} ({low:.3f} to {high:.3f})"


def home() -> Any:
    return part("models:Models")(settings().home.expanduser() / "models")


@models.command("list")
def list_models() -> None:
    """List the bundles: the shipped ones and your own; a star marks the one in use."""
    for model in home().list():
        typer.echo(f"{'*' if model.active else ' '} {model.name:24}{model.digest[:12]}")


@models.command()
def pull(
    source: Annotated[str, typer.Argument(help="A folder, or the URL of one in a bucket.")],
    name: Annotated[str, typer.Argument(help="What it is called here.")],
) -> None:
    """Take a bundle into this installation, checked against its digest."""
    fetch = named("recto.stores.blobs:copy_folder") if "://" in source else None
    typer.echo(f"Pulled {home().pull(source, name, fetch).name}")


@models.command()
def activate(name: Annotated[str, typer.Argument(help="A bundle's name.")]) -> None:
    """Let a bundle label from now on."""
    typer.echo(f"{home().activate(name).name} is in use")


@models.command("rollback")
def roll_back() -> None:
    """Go back to the bundle that was in use before."""
    typer.echo(f"{home().roll_back()} is in use")
