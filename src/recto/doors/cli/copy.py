"""`recto copy`: labels and jobs from one store to another."""

from typing import Annotated

import typer

from recto.app import build, named

copy = typer.Typer(name="copy", help="Carry labels and jobs from one store to another.", no_args_is_help=True)

Source = Annotated[str, typer.Argument(help="A database's URL, or dynamodb://table.", metavar="FROM")]
Target = Annotated[str, typer.Argument(help="Likewise.", metavar="TO")]


@copy.command()
def labels(source: Source, target: Target) -> None:
    """All labels with their history. What is there already is left as it is."""
    seal = build().seal
    there, here = (named("recto.stores.copies:labels_at")(url, seal) for url in (target, source))
    typer.echo(f"{named('recto.stores.copies:copy_labels')(here, there)} labels copied")


@copy.command()
def jobs(
    source: Source, target: Target, kind: Annotated[str | None, typer.Option(help="Only jobs of this kind.")] = None
) -> None:
    """Jobs as they stand. Stop the workers of FROM first, or what is due may be done in both."""
    there, here = (named("recto.stores.copies:jobs_at")(url) for url in (target, source))
    typer.echo(f"{named('recto.stores.copies:copy_jobs')(here, there, kind)} jobs copied")
