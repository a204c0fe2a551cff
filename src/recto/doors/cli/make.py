"""`recto sample` and `recto synth`: documents that are made up, with their truth."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recto.app import named
from recto.document.errors import BadRequest
from recto.reading.raster import encoded
from recto.schemas.catalog import kinds
from recto.training.example import Quality
from recto.training.jsonlines import example_json

if TYPE_CHECKING:
    from recto.training.synth import Synthetic

SYNTH = "recto.training.synth"
"""Loaded by name when it is asked for: it draws, so it brings the numeric libraries along."""

SUFFIXES = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


def sample(
    path: Annotated[Path, typer.Argument(help="Where to write it: .jpg, .png or .webp.")],
    seed: Annotated[int, typer.Option(help="Another number, another receipt.")] = 15,
    quality: Annotated[str, typer.Option(help="clean, scan or photo.")] = "photo",
    truth: Annotated[bool, typer.Option("--truth", help="Write its true words and fields beside it, as JSON.")] = False,
) -> None:
    """Write a made-up receipt as a person would photograph it."""
    made = named(f"{SYNTH}:generate")("receipt", seed, quality=quality_of(quality), held_out=True)
    write_image(made, path)
    if truth:
        path.with_suffix(".json").write_text(json.dumps(example_json(made.example), ensure_ascii=False, indent=1))
    typer.echo(f"Wrote {path}")


def synth(
    folder: Annotated[Path, typer.Argument(help="A folder for the images and examples.jsonl.")],
    kind: Annotated[str, typer.Option(help="The kind of document, or `all`.")] = "receipt",
    count: Annotated[int, typer.Option(min=1, help="How many of each kind.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed makes the same documents.")] = 1,
    quality: Annotated[str, typer.Option(help="clean, scan or photo.")] = "clean",
    rows: Annotated[int | None, typer.Option(min=0, max=3000, help="Rows of its table.")] = None,
    wrong: Annotated[str | None, typer.Option(help="An amount to print wrong: total, tax, balance, ...")] = None,
    images: Annotated[bool, typer.Option("--images/--no-images", help="Draw the pages too.")] = True,
) -> None:
    """Make documents up: their words, boxes, labels and fields as JSON Lines, and their pages as images."""
    wanted = kinds() if kind == "all" else (kind,)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "examples.jsonl").open("w", encoding="utf-8") as out:
        for one in wanted:
            request = named(f"{SYNTH}:Request")(one, quality_of(quality), rows=rows, wrong=wrong)
            for made in named(f"{SYNTH}:generate_many")(request, count, seed):
                out.write(json.dumps(example_json(made.example), ensure_ascii=False) + "\n")
                if images:
                    write_image(made, folder / f"{made.example.id.replace('/', '-')}.jpg")
    typer.echo(f"Wrote {count * len(wanted)} documents to {folder}")


def quality_of(name: str) -> Quality:
    if name not in ("clean", "scan", "photo"):
        raise typer.BadParameter(f"{name!r} is none of clean, scan, photo.", param_hint="--quality")
    return name  # type: ignore[return-value]


def write_image(made: "Synthetic", path: Path) -> None:
    """Its pages; those after the first get their number into their names."""
    media_type = SUFFIXES.get(path.suffix.lower())
    if media_type is None:
        raise BadRequest(f"{path}: a name ends in {', '.join(SUFFIXES)}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    for number, raster in enumerate(made.render(), start=1):
        target = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        target.write_bytes(encoded(raster, media_type))  # type: ignore[arg-type]
