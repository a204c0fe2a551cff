"""`recto kinds` and `recto schema`: what Recto knows of documents."""

import json
from typing import Annotated

import typer

from recto.schemas.catalog import kinds as known_kinds
from recto.schemas.catalog import schema_of
from recto.schemas.jsonschema import json_schema


def kinds() -> None:
    """List the kinds of document."""
    for name in known_kinds():
        typer.echo(f"{name:24}{schema_of(name).title}")


def schema(kind: Annotated[str, typer.Argument(help="A kind of document.")]) -> None:
    """Print the JSON Schema of a kind's fields."""
    typer.echo(json.dumps(json_schema(kind), indent=2, ensure_ascii=False))
