"""`recto sample` and `recto synth`: documents that are made up, with their truth."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from recto.app import named
from recto.document.errors import BadRequest
from recto.reading.raster import encoded
from recto.schemas.catalog import kinds
from recto.training.sources.jsonlines import example_json

SYNTH = "recto.training.synth"
"""Loaded by name when it is asked for: it draws, so it brings the numeric libraries along."""

SUFFIXES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


def sample(
    path: Annotated[Path, typer.Argument(help="Where to write it: .jpg, .png or .webp.")],
    seed: Annotated[int, typer.Option(help="Another number, another receipt.")] = 7,
    truth: Annotated[bool, typer.Option("--truth", help="Write its true words and fields beside it, as JSON.")] = False,
) -> None:
    """Write a made-up receipt as a person would photograph it."""
    media_type = SUFFIXES.get(path.suffix.lower())
    if media_type is None:
        raise BadRequest(f"{path}: a name ends in {', '.join(SUFFIXES)}.")
    made = named(f"{SYNTH}.sample:sample")(seed)
    (raster,) = made.render()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(raster, media_type))  # type: ignore[arg-type]
    if truth:
        path.with_suffix(".json").write_text(json.dumps(example_json(made.example), ensure_ascii=False, indent=1))
    typer.echo(f"Wrote {path}")


def synth(
    folder: Annotated[Path, typer.Argument(help="A folder for labels.jsonl and the pages.")],
    kind: Annotated[str, typer.Option(help="The kind of document, or `all`.")] = "receipt",
    count: Annotated[int, typer.Option(min=1, help="How many of each kind.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed makes the same documents.")] = 1,
    quality: Annotated[Literal["clean", "scan", "photo"], typer.Option(help="How the pages look.")] = "clean",
    rows: Annotated[int | None, typer.Option(min=0, max=3000, help="Rows of its table.")] = None,
    wrong: Annotated[str | None, typer.Option(help="An amount to print wrong: total, tax, balance, ...")] = None,
    pages: Annotated[
        Literal["none", "png", "jpeg", "pdf", "text-pdf"],
        typer.Option(help="How pages are written; text-pdf has real text."),
    ] = "jpeg",
) -> None:
    """Make documents up: words, boxes, labels and fields as JSON Lines, and their pages."""
    wanted = kinds() if kind == "all" else (kind,)
    request, generate_many = named(f"{SYNTH}:Request"), named(f"{SYNTH}:generate_many")
    made = (
        document
        for one in wanted
        for document in generate_many(request(one, quality, rows=rows, wrong=wrong), count, seed)
    )
    written = named(f"{SYNTH}.writing:write")(made, folder, pages)
    typer.echo(f"Wrote {written} documents to {folder}")
