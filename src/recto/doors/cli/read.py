"""`recto read`: documents in, their fields out, as a table for people or JSON Lines for programs."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress

import recto
from recto.app import App, build
from recto.document.errors import BadSettings, Denied, RectoError, Unavailable, UnknownEngine, UnknownKind
from recto.document.page import Document
from recto.document.reading import Reading
from recto.doors.cli.found import Source, sources
from recto.doors.cli.show import show
from recto.doors.overlays import overlay, overlays
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
    server: Annotated[str, typer.Option(help="Have them read there (URL); its key is in RECTO_API_KEY.")] = "",
) -> None:
    """Read documents and print their fields. An e-invoice beside its PDF (r17.pdf, r17.xml) comes before the page.

    Exit status: 0 all were read, 1 some were not, 2 the command was wrong.
    """
    if names not in ("recto", "azure", "textract", "google"):
        raise typer.BadParameter(f"{names!r} is none of recto, azure, textract, google.", param_hint="--names")
    tasks = [Task(source, Wish(kind, password), overlay, reveal) for source in sources(paths)]
    if overlay:
        overlay.mkdir(parents=True, exist_ok=True)
    failed = 0
    for reading in watched(tasks, readings_there(tasks, server, workers) if server else readings(tasks, workers)):
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


def watched(tasks: list[Task], found: Iterator[Reading]) -> Iterator[Reading]:
    """The readings in the order of the tasks, under a progress bar on standard error when there is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=len(tasks) < 2 or not console.is_terminal) as bar:
        counter = bar.add_task("Reading", total=len(tasks))
        for reading in found:
            bar.advance(counter)
            yield reading


def readings(tasks: list[Task], workers: int) -> Iterator[Reading]:
    if workers == 1 or len(tasks) < 2:
        app = build()
        yield from (attempt(app, task) for task in tasks)
        return
    with ProcessPoolExecutor(min(workers, len(tasks)), mp_context=get_context("spawn"), initializer=start) as pool:
        yield from pool.map(attempt_there, tasks)


ANSWER_SECONDS: Final = 5.0
"""For how long a server is waited for that does not answer at first: somebody sits before the terminal."""


def readings_there(tasks: list[Task], server: str, at_once: int) -> Iterator[Reading]:
    """As `readings`, by a server. Raises Unavailable where it does not answer."""
    with recto.Client(server, patience=ANSWER_SECONDS, timeout=ANSWER_SECONDS) as door:
        door.health()
    app = build()
    with recto.Client(server, os.environ.get("RECTO_API_KEY")) as client, ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(lambda task: attempt_at(client, app, task), tasks)


def attempt_at(client: "recto.Client", app: App, task: Task) -> Reading:
    """The reading of one file by a server; what is wrong with the file is part of it, so that the others go on."""
    source, wish = task.source, task.wish
    try:
        file = source.path or source.data()
        asked = {"name": source.name, "kind": wish.kind or "", "password": wish.password or ""}
        xml = source.beside() if wish.kind in (None, "invoice") else b""
        reading = client.read(file, **asked, attachment=xml or None)
        if task.overlay:
            draw_there(client, app, reading, task)
    except RectoError as error:
        if isinstance(error, Denied | UnknownKind) or type(error) is Unavailable:  # of all files, not of this one
            raise
        return unread(source, error)
    return replace(reading, document=replace(reading.document, name=source.name))


def unread(source: Source, error: RectoError) -> Reading:
    """What stands in the place of a reading that came to nothing."""
    return Reading(Document(id="", name=source.name, media_type="", pages=0), errors=(error.fault,))


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
        reading = app.read(data, task.source.name, replace(task.wish, beside=task.source.beside()))
        if task.overlay:
            draw(app, data, reading, task)
    except (BadSettings, UnknownEngine, UnknownKind):  # of the command, not of this file
        raise
    except RectoError as error:
        return unread(task.source, error)
    return replace(reading, document=replace(reading.document, name=task.source.name))


def draw(app: App, data: bytes, reading: Reading, task: Task) -> None:
    """Each page with its boxes, as `NAME-PAGE.png` in the overlay folder."""
    for number, image in overlays(data, reading, app.limits, task.wish.password, task.reveal):
        keep(image, number, task)


def draw_there(client: "recto.Client", app: App, reading: Reading, task: Task) -> None:
    """The same upon the pictures of the server, on which is painted over what its key may not see."""
    for page in reading.pages:
        picture = client.page(reading.document.id, page.number)
        keep(overlay(picture, reading, page.number, app.limits, task.reveal), page.number, task)


def keep(image: bytes, number: int, task: Task) -> None:
    assert task.overlay is not None
    (task.overlay / f"{Path(task.source.name).name}-{number}.png").write_bytes(image)
