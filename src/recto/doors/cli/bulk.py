"""`recto bulk`: folders and buckets of any size to Parquet."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated

import typer

from recto.app import build, settings, side_by_side
from recto.document.errors import BadRequest, NotFound
from recto.doors.bulk import Bulk
from recto.doors.bulk_local import run_local
from recto.doors.bulk_ray import run_ray
from recto.doors.worker import Worker


def bulk(
    source: Annotated[str, typer.Argument(help="A folder, or a bucket such as s3://name/prefix.", metavar="INPUT")],
    sink: Annotated[str, typer.Argument(help="Likewise: where the Parquet files go.", metavar="OUTPUT")],
    engine: Annotated[str, typer.Option(help="`local`: all cores of this machine; `ray`: a cluster.")] = "local",
    workers: Annotated[int, typer.Option(min=0, help="Processes side by side; 0 for one a core of all machines.")] = 0,
    part_size: Annotated[int, typer.Option(min=1, help="Documents in a part.")] = 64,
    words: Annotated[bool, typer.Option(help="Also the table of words, which is most of the bytes.")] = True,
    reveal: Annotated[bool, typer.Option("--reveal", help="Do not mask numbers that identify a person.")] = False,
) -> None:
    """Read everything in INPUT to Parquet in OUTPUT; started again, go on with what is not there yet."""
    if engine not in ("local", "ray"):
        raise BadRequest(f"--engine {engine}; there are local and ray.")
    cores = os.cpu_count() or 1
    processes = workers or cores
    app = build(side_by_side(settings(), cores if engine == "ray" else processes))
    if "://" not in source and not Path(source).is_dir():
        raise NotFound(f"{source}: no such folder.")
    work = Bulk(app, url_of(source), url_of(sink), part_size, words, reveal)
    start = time.monotonic()
    counts = run_ray(work, workers) if engine == "ray" else run_local(work, processes, stoppable)
    seconds = time.monotonic() - start
    where = f" on {counts['machines']} machines" if engine == "ray" else ""
    typer.echo(
        f"{counts['documents']} documents, {counts['pages']} pages in {seconds:.0f} s{where}; "
        f"{counts['failed']} not read, {counts['parts_failed']} parts failed"
    )
    raise typer.Exit(1 if counts["failed"] or counts["parts_failed"] else 0)


def url_of(place: str) -> str:
    return place if "://" in place else Path(place).expanduser().absolute().as_uri()


def stoppable(worker: Worker) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: worker.stop())
