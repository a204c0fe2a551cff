"""Statements of 10 to 3,000 transactions as PDFs with text: rows found, time and memory against pages.

    python -m bench.long [--labeller rules] [--kind bank_statement] [--rows 10 100 1000 3000] [--seeds 3]

Each document is made, and read from its bytes to its checks, by processes of their own; the peak is Linux's VmHWM of
the one that reads. A row is right when every cell of the true row was read. Behind each
line stands where the seconds went.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from bench.forms import rows_right, single_right
from bench.pages import peak
from recto.app import build, settings
from recto.document.reading import Table
from recto.pipeline import Wish
from recto.training.synth import generate
from recto.training.synth.writing import write

ROWS: Final = (10, 100, 1000, 3000)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--labeller", default="rules")
    options.add_argument("--kind", default="bank_statement")
    options.add_argument("--rows", type=int, nargs="*", default=ROWS)
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--read", default="", help="a folder: read its document and print the figures, for this bench")
    chosen = options.parse_args()
    if chosen.read:
        print(json.dumps(read(Path(chosen.read), chosen.kind, chosen.labeller)))
        return 0
    heads = ("rows", "pages", "recall", "precision", "fields", "expected", "seconds", "ms/page", "MB")
    print("".join(f"{head:>10}" for head in heads))
    for rows in chosen.rows:
        tell(rows, [read_apart(chosen.kind, rows, seed, chosen.labeller) for seed in range(1, chosen.seeds + 1)])
    return 0


def read_apart(kind: str, rows: int, seed: int, labeller: str) -> dict[str, float]:
    """A document made here and read elsewhere, so that the peak is the reader's."""
    with tempfile.TemporaryDirectory() as folder:
        made = generate(kind, seed, rows=rows, held_out=True)
        write([made], Path(folder), "text-pdf")
        (Path(folder) / "fields.json").write_text(json.dumps(dict(made.example.fields)))
        command = [sys.executable, "-m", "bench.long", "--read", folder, "--kind", kind, "--labeller", labeller]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def read(folder: Path, kind: str, labeller: str) -> dict[str, float]:
    """Figures of one document."""
    (path,) = folder.glob("*.pdf")
    truth = json.loads((folder / "fields.json").read_text())
    app = build(settings(labeller=[labeller], classifier=["rules"]))
    begin = time.perf_counter()
    reading = app.read(path.read_bytes(), path.name, Wish(kind=kind))
    took = time.perf_counter() - begin
    table = reading.table("transactions")
    singles = {name: value for name, value in truth.items() if isinstance(value, str)}
    right = sum(single_right(reading.field(name), value) for name, value in singles.items())
    return {
        "rows": len(truth["transactions"]),
        "read": len(table.rows) if isinstance(table, Table) else 0,
        "right": rows_right(table, truth["transactions"]),
        "expected": (table.rows_expected or 0) if table else 0,
        "pages": reading.document.pages,
        "fields": right / max(len(singles), 1),
        "seconds": took,
        "memory": peak() / 1e6,
        **{f"s_{name}": seconds for name, seconds in reading.seconds.items()},
    }


def tell(rows: int, found: list[dict[str, float]]) -> None:
    """One line for each length."""
    total = {name: sum(one[name] for one in found) for name in found[0]}
    pages, count = total["pages"], len(found)
    figures = (
        f"{rows}",
        f"{pages / count:.0f}",
        f"{total['right'] / max(total['rows'], 1):.4f}",
        f"{total['right'] / max(total['read'], 1):.4f}",
        f"{total['fields'] / count:.3f}",
        f"{total['expected'] / max(total['rows'], 1):.4f}",
        f"{total['seconds'] / count:.2f}",
        f"{1000 * total['seconds'] / pages:.1f}",
        f"{max(one['memory'] for one in found):.0f}",
    )
    print(
        "".join(f"{figure:>10}" for figure in figures)
        + "  "
        + " ".join(f"{name[2:]} {total[name] / count:.2f}" for name in found[0] if name.startswith("s_")),
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
