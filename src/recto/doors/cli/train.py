"""`recto train` and `recto models`: a layout model from labels, and which model is used."""

import os
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from recto.app import App, named, settings
from recto.document.errors import EngineUnavailable
from recto.doors.promoting import go_back, use

models = typer.Typer(help="The layout models of this installation.", no_args_is_help=True)

DATA: Final = Path(os.environ.get("RECTO_DATA", "../shared/data"))
CACHE: Final = Path(".cache/ocr")
BY: Final = "the command line"


def part(target: str) -> Any:
    """A part of the training, loaded now. Raises EngineUnavailable where the extra is not installed."""
    try:
        return named(f"recto.training.{target}")
    except ModuleNotFoundError as missing:
        raise EngineUnavailable(f"Training needs {missing.name}: pip install 'recto[train]'.") from missing


def train(
    out: Annotated[Path, typer.Argument(help="The run's folder; the bundle goes into `bundle` below it.")],
    data: Annotated[list[str] | None, typer.Option(help="JSON Lines files, folders, or named sets.")] = None,
    from_labels: Annotated[bool, typer.Option("--from-labels", help="The VALID labels of this installation.")] = False,
    snapshot: Annotated[Path | None, typer.Option(help="Save the documents there, as JSON Lines.")] = None,
    base: Annotated[str | None, typer.Option(help="Weights to begin from: a folder or a model's name.")] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How often everything is seen.")] = 10,
    minutes: Annotated[float, typer.Option(min=0, help="End after so many minutes; 0 is for never.")] = 0.0,
    learning_rate: Annotated[float, typer.Option(help="The highest rate; 5e-5 for a pretrained base.")] = 5e-4,
    warmup: Annotated[float, typer.Option(min=0, max=1, help="The share of the run in which the rate rises.")] = 0.1,
    batch_tokens: Annotated[int, typer.Option(min=64, help="Tokens in a batch; a receipt has about 200.")] = 1200,
    accumulate: Annotated[int, typer.Option(min=1, help="Batches to a step.")] = 1,
    class_weight_clip: Annotated[float, typer.Option(min=0, help="Rare labels weigh up to this much; 0: alike.")] = 0.0,
    smoothing: Annotated[float, typer.Option(min=0, max=0.5, help="Label smoothing.")] = 0.0,
    patience: Annotated[int, typer.Option(min=0, help="Validations without a better figure; 0 never stops.")] = 2,
    bfloat16: Annotated[bool, typer.Option(help="Half the bytes in the arithmetic, where the machine has it.")] = True,
    seed: Annotated[int, typer.Option(help="The same seed and data give the same run.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of this process.")] = 2,
    smoke: Annotated[bool, typer.Option("--smoke", help="The whole way in a minute, for a test of the way.")] = False,
) -> None:
    """Train a layout model, calibrate it and export its bundle. Started again, it goes on where it was stopped."""
    knobs = {
        **{"base": base, "epochs": epochs, "minutes": minutes, "learning_rate": learning_rate, "warmup": warmup},
        **{"batch_tokens": batch_tokens, "accumulate": accumulate, "class_weight_clip": class_weight_clip},
        **{"smoothing": smoothing, "patience": patience, "bfloat16": bfloat16, "seed": seed, "threads": threads},
    }
    app = App(settings())
    examples = [one for name in data or [] for one in part("datasets:dataset")(name, DATA, CACHE)]
    if from_labels:
        examples += part("sources.labels:examples")(app.labels, app.labels, app.records)
    if snapshot:
        typer.echo(f"{snapshot}: {len(examples)} documents, {part('sources.jsonlines:write')(examples, snapshot)}")
    if smoke:
        knobs, examples = part("commands:smoke")(knobs, examples)
    chosen = part("settings:TrainSettings")(out.name, out, **knobs)
    kept = app.blobs if from_labels else None  # the documents that `/inspect` can show
    with Watch(epochs) as watch:
        bundle = part("commands:train_bundle")(chosen, examples, [app.runs], watch, watch.beat, kept)
    typer.echo("Interrupted; start it again to go on" if bundle is None else f"The bundle: {bundle}")


class Watch:
    """A bar over the epoch that runs, and a line for each that is over."""

    def __init__(self, epochs: int) -> None:
        self.console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self.bar = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        self.task = self.bar.add_task("", total=None)
        self.epochs = epochs

    def __enter__(self) -> "Watch":
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def beat(self, epoch: int, batch: int, batches: int) -> None:
        self.bar.update(self.task, description=f"epoch {epoch + 1}/{self.epochs}", completed=batch, total=batches)

    def __call__(self, record: Any) -> None:
        figure = f", F1 {record.figure:.3f}" if record.figure is not None else ""
        self.bar.console.print(f"epoch {record.epoch}: loss {record.loss:.4f}{figure}, {record.seconds:.0f} s")


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
def activate(
    name: Annotated[str, typer.Argument(help="A bundle's name.")],
    reason: Annotated[str, typer.Option(help="Why, without being judged; it is written down.")],
) -> None:
    """Let a bundle label from now on, unjudged; `promote` judges it first."""
    typer.echo(f"{use(App(settings()), name, reason, BY)['model']} is in use")


@models.command("rollback")
def roll_back() -> None:
    """Go back to the bundle that was in use before."""
    typer.echo(f"{go_back(App(settings()), BY)['model']} is in use")
