"""`recto read`: documents in, their fields out, as a table for people or JSON Lines for programs."""

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from recto.app import App, build
from recto.document.errors import RectoError
from recto.document.page import Document
from recto.document.reading import Reading
from recto.doors.cli.found import Source, sources
from recto.doors.cli.show import show
from recto.pipeline import Wish
from recto.schemas.json import reading_json


@dataclass(frozen=True, slots=True)
class Task:
    """One file and what is wanted of it."""

    source: Source
    wish: Wish
    overlay: Path | None
    reveal: bool = False


def read(
    paths: Annotated[list[str], typer.Argument(help="Files, folders, patterns, or - for standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line for each document.")] = False,
    words: Annotated[bool, typer.Option("--words", help="With every word, its box and its label.")] = False,
    overlay: Annotated[Path | None, typer.Option(help="Write each page with its boxes drawn into this folder.")] = None,
    kind: Annotated[str | None, typer.Option(help="The kind of the documents, where it is known.")] = None,
    password: Annotated[str | None, typer.Option(help="Opens encrypted PDFs.", envvar="RECTO_PASSWORD")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes that read side by side.")] = 1,
    names: Annotated[str, typer.Option(help="Whose field names: recto, azure, textract or google.")] = "recto",
    reveal: Annotated[bool, typer.Option(help="Show numbers that identify a person unmasked.")] = False,
) -> None:
    """Read documents and print their fields.

    Exit status: 0 all were read, 1 some were not, 2 the command was wrong.
    """
    if names not in ("recto", "azure", "textract", "google"):
        raise typer.BadParameter(f"{names!r} is none of recto, azure, textract, google.", param_hint="--names")
    tasks = [Task(source, Wish(kind, password), overlay, reveal) for source in sources(paths)]
    if overlay:
        overlay.mkdir(parents=True, exist_ok=True)
    failed = 0
    for reading in watched(tasks, workers):
        failed += bool(reading.errors)
        for one in reading.parts or (reading,):
            if as_json:
                print_json(reading_json(one, words=words, names=names, reveal=reveal))  # type: ignore[arg-type]
            else:
                show(one, reveal)
    raise typer.Exit(1 if failed else 0)


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def watched(tasks: list[Task], workers: int) -> Iterator[Reading]:
    """The readings in the order of the tasks, under a progress bar on standard error when there is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=len(tasks) < 2 or not console.is_terminal) as bar:
        counter = bar.add_task("Reading", total=len(tasks))
        for reading in readings(tasks, workers):
            bar.advance(counter)
            yield reading


def readings(tasks: list[Task], workers: int) -> Iterator[Reading]:
    if workers == 1 or len(tasks) < 2:
        app = build()
        yield from (attempt(app, task) for task in tasks)
        return
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn"), initializer=start) as pool:
        yield from pool.map(attempt_there, tasks)


_here: list[App] = []


def start() -> None:
    """Called once in each worker process: its application, whose models stay warm."""
    _here.append(build())


def attempt_there(task: Task) -> Reading:
    return attempt(_here[0], task)


def attempt(app: App, task: Task) -> Reading:
    """The reading of one file; an error of ours is part of it, so that the others go on."""
    try:
        data = task.source.data()
        reading = app.read(data, task.source.name, task.wish)
        if task.overlay:
            draw(app, data, reading, task)
    except RectoError as error:
        document = Document(id="", name=task.source.name, media_type="", pages=0)
        return Reading(document=document, errors=(error.fault,))
    return replace(reading, document=replace(reading.document, name=task.source.name))


def draw(app: App, data: bytes, reading: Reading, task: Task) -> None:
    """Each page with its boxes, as `NAME-PAGE.png` in the overlay folder."""
    assert task.overlay is not None
    stem = Path(task.source.name).name
    for number, image in app.overlays(data, reading, task.wish.password, task.reveal):
        (task.overlay / f"{stem}-{number}.png").write_bytes(image)
