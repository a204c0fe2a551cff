"""All verbs of the command line in one place."""

import logging
import sys
from typing import Annotated

import typer

from recto import __version__
from recto.document.errors import RectoError
from recto.doors.cli.bulk import bulk
from recto.doors.cli.copy import copy
from recto.doors.cli.evaluate import evaluate
from recto.doors.cli.jobs import jobs
from recto.doors.cli.keys import keys
from recto.doors.cli.kinds import kinds, schema
from recto.doors.cli.labels import labels
from recto.doors.cli.make import sample, synth
from recto.doors.cli.promote import promoted
from recto.doors.cli.read import read
from recto.doors.cli.scale import autoscale
from recto.doors.cli.seal import seal
from recto.doors.cli.serve import serve
from recto.doors.cli.train import models, train
from recto.doors.cli.webhooks import webhooks
from recto.doors.cli.work import worker

program = typer.Typer(
    name="recto",
    help="Turns receipts, invoices, tax forms, statements and checks into records you can trust.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
program.command()(read)
program.command()(serve)
program.command()(worker)
program.command()(sample)
program.command()(synth)
program.command()(kinds)
program.command()(schema)
program.add_typer(jobs)
program.add_typer(copy)
program.command()(seal)
program.add_typer(labels)
program.add_typer(keys)
program.add_typer(webhooks)
program.command()(autoscale)
program.command()(bulk)
program.command()(train)
program.command()(evaluate)
models.command("promote")(promoted)
program.add_typer(models, name="models")


def show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"recto {__version__}")
        raise typer.Exit


@program.callback()
def options(
    _version: Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show it.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")] = False,
) -> None:
    """What holds for every verb."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(message)s")


def main() -> None:
    """The console script. An error of ours is one sentence and a status, never a stack trace."""
    try:
        program()
    except RectoError as error:
        typer.echo(f"recto: {error} [{error.code}]", err=True)
        sys.exit(2)
    except OSError as error:  # a folder that cannot be written, a full disk
        typer.echo(f"recto: {f'{error.filename}: ' if error.filename else ''}{error.strerror}.", err=True)
        sys.exit(2)
