"""`recto evaluate --fields`: what is read of each kind, where, and how much of it may go through unseen."""

import json
from pathlib import Path
from typing import Any, Final

import typer
from rich.console import Console
from rich.table import Table

from recto.doors.cli.train import CACHE, DATA, part
from recto.plugs import load

DECIDED: Final = ("sroie-ocr", "synthetic-pictured", "synthetic-forms")
"""The sets that decisions are shown on by default: real receipts and made-up documents from their pictures, and made-up
ones on given words, whose true places are known.
"""


def passing(model: str, sets: list[str], wanted: float, as_json: bool) -> None:
    """Print it for each of the sets, and draw each one's error against coverage into the working directory."""
    labeller = load("labeller", "layoutlm", {"bundle": model, "threads": 1})
    found = {
        name: part("passing:passing")(labeller, part("datasets:dataset")(name, DATA, CACHE), wanted) for name in sets
    }
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    console = Console()
    for name, kinds in found.items():
        console.print(decisions_of(name, kinds, wanted))
        console.print(fields_of(name, kinds))
        picture = Path(f"coverage-{Path(name).stem}.png")
        part("passing:draw")(kinds, picture)
        console.print(f"error against coverage: {picture}")


def decisions_of(name: str, kinds: dict[str, Any], wanted: float) -> Table:
    """A row for each kind."""
    grid = Table(header_style="dim", title=f"{name}: picked for {wanted:.1%} wrong", title_justify="left")
    columns = ("kind", "documents", "exact", "rows F1", "placed", "as shipped: through", "wrong", "picked", "through")
    for column in (*columns, "wrong"):
        grid.add_column(column)
    for kind, report in kinds.items():
        rows = f"{report['rows']['f1']:.3f}" if report["rows"]["support"] else ""
        placed = f"{report['placement']['share']:.3f}" if report["placement"]["support"] else ""
        shipped, picked = report["shipped"], report["picked"]
        threshold = f"{picked['threshold']:.2f}" if picked["threshold"] <= 1 else "never"
        exact = share(report["all"]["recall"], report["all"]["interval"])
        cells = (exact, rows, placed, *through(shipped), threshold, *through(picked))
        grid.add_row(kind, str(report["documents"]), *cells)
    return grid


def through(found: dict[str, Any]) -> tuple[str, str]:
    """The share of documents, and of values."""
    return share(found["share"], found["share_interval"]), share(found["error"], found["error_interval"])


def fields_of(name: str, kinds: dict[str, Any]) -> Table:
    """A row for each field of each kind."""
    grid = Table(header_style="dim", title=f"{name}: fields, exact with 95 % intervals", title_justify="left")
    for column in ("kind", "field", "precision", "exact", "true"):
        grid.add_column(column)
    for kind, report in kinds.items():
        for path, one in report["fields"].items():
            exact = share(one["recall"], one["interval"])
            grid.add_row(kind, path, f"{one['precision']:.3f}", exact, str(one["support"]))
    return grid


def share(value: float, bounds: list[float]) -> str:
    return f"{value:.3f} ({bounds[0]:.2f}-{bounds[1]:.2f})"
