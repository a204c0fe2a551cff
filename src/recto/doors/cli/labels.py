"""`recto labels`: labels in and out, and the answers of `/layoutlm_inference` made now."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from recto.app import Installation, install, named
from recto.document.errors import BadRequest
from recto.document.label import Label
from recto.document.record import Record
from recto.doors.inspecting import refreshed
from recto.doors.label_import import interface, labelled_records, take_in, take_tasks, task_of
from recto.doors.learning import doubted, suggested, to_label
from recto.pipeline import kind_of

labels = typer.Typer(name="labels", help="Labels of documents: in, out, and what they are for.", no_args_is_help=True)

Form = Literal["jsonl", "label-studio"]
Owner = Annotated[str, typer.Option(help="Whose documents: the id of a key; empty where no keys are asked for.")]


@labels.command("import")
def bring(
    path: Annotated[Path, typer.Argument(exists=True, help="JSON Lines, a folder of them, SROIE's, or tasks (.json).")],
    by: Annotated[str, typer.Option(help="What the data set is called.")] = "",
    limit: Annotated[int, typer.Option(min=0, help="Only so many documents; 0 for all.")] = 0,
    owner: Owner = "",
) -> None:
    """Take in labelled documents. What a person said of a word stays; what is known already is not said again."""
    app, taken = install(), Counter[str]()
    for record, count in incoming(app, path, by, owner):
        taken.update(documents=1, labels=count)
        taken.update([kind_of(record.reading)] if record.reading else [])
        if taken["documents"] == limit:
            break
    kinds = ", ".join(f"{name} {count}" for name, count in taken.items() if name not in ("documents", "labels"))
    typer.echo(f"{taken['documents']} documents ({kinds}), {taken['labels']} labels written")


def incoming(app: Installation, path: Path, by: str, owner: str) -> Any:
    """Each record with the number of labels that were written."""
    if path.suffix == ".json":
        return take_tasks(app, path, owner, by or path.stem)
    return (take_in(app, one, owner) for one in named("recto.training.label_files:incoming")(path, by))


@labels.command("export")
def give(
    out: Annotated[Path | None, typer.Argument(help="A file; standard output where none is named.")] = None,
    form: Annotated[str, typer.Option("--format", help="jsonl or label-studio.")] = "jsonl",
    files: Annotated[bool, typer.Option("--files", help="Their files too, in `files` beside the lines.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Documents without labels too.")] = False,
    owner: Owner = "",
) -> None:
    """Write documents with their labels. Nothing is masked: keep the file as safe as the documents."""
    if form not in ("jsonl", "label-studio"):
        raise BadRequest(f"{form!r} is neither jsonl nor label-studio.")
    app = install()
    found = list(labelled_records(app, owner, everything))
    text = tasks_text(found) if form == "label-studio" else lines_text(app, found, out if files else None)
    if out is None:
        sys.stdout.write(text)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{len(found)} documents in {out}")


def tasks_text(found: list[tuple[Record, tuple[Label, ...]]]) -> str:
    return json.dumps([task_of(record, known) for record, known in found], ensure_ascii=False, indent=1) + "\n"


def lines_text(app: Installation, found: list[tuple[Record, tuple[Label, ...]]], out: Path | None) -> str:
    """A line for each document; with `out` the documents' files are written beside it."""
    line_of = named("recto.training.label_files:line_of")
    lines = []
    for record, known in found:
        file = file_of(app, record, out) if out else None
        lines.append(json.dumps(line_of(record, known, file), ensure_ascii=False) + "\n")
    return "".join(lines)


def file_of(app: Installation, record: Record, out: Path) -> str:
    """Writes the document's file and says its path beside the lines."""
    suffix = Path(record.document.name).suffix
    path = out.parent / "files" / f"{record.document.id}{suffix}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(app.blobs.get(record.blob))
    return path.relative_to(out.parent).as_posix()


@labels.command("interface")
def show_interface(kind: Annotated[list[str], typer.Argument(help="Kinds of document.")]) -> None:
    """Print the labelling interface that a project of Label Studio's is created with."""
    typer.echo(interface(kind), nl=False)


@labels.command()
def refresh(
    count: Annotated[int, typer.Option(min=0, help="How many answers to make; 0 as the settings say.")] = 0,
    owner: Owner = "",
) -> None:
    """Make answers of `/layoutlm_inference` now, as the job does every few minutes."""
    app = install()
    chosen = app.settings.inspect
    made = refreshed(app, [owner], count or chosen.batch, chosen.pool)
    typer.echo(f"{sum(made.values())} answers made")


@labels.command()
def queue(
    count: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    owner: Owner = "",
) -> None:
    """Show the documents that nobody labelled, those first from which a model learns most."""
    waiting = to_label(install(), owner)
    if not waiting:
        typer.echo("No document waits for labels.", err=True)
    for one in waiting[:count]:
        typer.echo(f"{one.worth:7.2f}  {one.document[:12]}  {one.name}")


@labels.command()
def suggest(
    count: Annotated[int, typer.Option(min=1, help="On how many documents.")] = 10,
    owner: Owner = "",
) -> None:
    """Keep the model's labels as PENDING ones on the most useful of the documents that nobody labelled."""
    typer.echo(f"Suggested on {suggested(install(), owner, count)} documents")


@labels.command("check")
def look_over(
    persons: Annotated[bool, typer.Option("--persons", help="Doubt what people said too.")] = False,
    owner: Owner = "",
) -> None:
    """Mark labels that look wrong as NEEDS_REVIEW: the model is sure of another, sums do not come out, an odd place."""
    marked = doubted(install(), owner, persons)
    typer.echo(f"{sum(marked.values())} labels of {len(marked)} documents need a look")
