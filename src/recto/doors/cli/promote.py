"""`recto models promote`: a model takes another's place where it is better, and only there."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from recto.app import install
from recto.doors.cli.train import BY
from recto.doors.promoting import promote


def promoted(
    name: Annotated[str, typer.Argument(help="A bundle's name, as `recto models list` shows it.")],
    margin: Annotated[float | None, typer.Option(help="So much better it must be (F1); 0.005 if not said.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Let a bundle label from now on if it is better on the frozen list; else it is refused with the table."""
    said = promote(install(), name, margin, BY)
    if as_json:
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        show(said)
    if not said["better"]:
        raise typer.Exit(1)


def show(said: dict[str, Any]) -> None:
    console = Console()
    console.print(table_of(said))
    console.print(f"{'In use' if said['better'] else 'Refused'}: {said['model']}. {said['why']}")
    if "canaries" in said:
        report = said["canaries"]
        console.print(
            f"{report['changed']} of {report['documents']} documents that were read again say something else:"
        )
        for one in report["differences"]:
            console.print(f"  {one['name']}: {one['field']} {one['before']!r} is {one['after']!r} now", markup=False)


def table_of(said: dict[str, Any]) -> Table:
    """A row for each label, and one for all."""
    grid = Table("label", "words", "F1 before", "F1 after", header_style="dim", box=None)
    for label, scores in said["by_label"].items():
        before, after = scores["before"], scores["after"]
        grid.add_row(label, str(max(before["support"], after["support"])), f"{before['f1']:.3f}", f"{after['f1']:.3f}")
    every = said["before"], said["after"]
    grid.add_row("all", str(every[0]["support"]), f"{every[0]['f1']:.3f}", f"{every[1]['f1']:.3f}", style="bold")
    return grid
