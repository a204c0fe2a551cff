"""`recto seal`: brings what is stored under the newest of the keys."""

from collections import Counter

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from recto.app import install, named


def seal() -> None:
    """Bring all that is stored under the first of RECTO_ENCRYPTION_KEYS, from none or from others.

    What is so already stays as it is: it may be interrupted and run again. Servers and workers may go on meanwhile,
    once they run with the same keys.
    """
    app = install()
    found, sealed = Counter[str](), Counter[str]()
    steps = named("recto.stores.sealing:sealings")(app.database, app.labels, app.blobs, app.seal, app.vault)
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        counter = bar.add_task("Sealing", total=None)
        for place, old in steps:
            found[place] += 1
            sealed[place] += old
            bar.advance(counter)
    for place, number in found.items():
        typer.echo(f"{place}: {sealed[place]} sealed, {number - sealed[place]} were already")
    typer.echo(f"{sealed.total()} sealed in all")
