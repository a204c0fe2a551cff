"""`recto keys`: makes keys to the API, lists them, revokes them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, cast

import typer
from rich.console import Console
from rich.table import Table

from recto.app import install
from recto.document.errors import BadRequest
from recto.document.key import OWNER, SCOPES, Key, Scope, minted

keys = typer.Typer(name="keys", help="Make, list and revoke keys to the API.", no_args_is_help=True)

AT_ONCE: Final = 2
"""Keys of one owner that open something: the old one, and the new one while programs are moved over."""
SPAN: Final = re.compile(r"(\d{1,5})([mhdw])")
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@keys.command()
def create(
    owner: Annotated[str, typer.Argument(help="Whose documents, limits and webhooks; none: the installation's.")] = "",
    scopes: Annotated[str, typer.Option(help=f"Any of {', '.join(SCOPES)}.")] = "read,write",
    expires: Annotated[str, typer.Option(help="After this time it opens nothing: 12h, 90d, 52w.")] = "",
) -> None:
    """Print a new key: it is shown this once. An owner may have two, so that one can be exchanged for another."""
    if not OWNER.fullmatch(owner):
        raise BadRequest("An owner is named by up to 64 small letters, digits, dots, dashes and underscores.")
    key, text = minted(owner, scopes_in(scopes), datetime.now(UTC), span_of(expires))
    install().keys.add_one_of(key, AT_ONCE)
    typer.echo(text)


@keys.command("list")
def look() -> None:
    """Every key that was made, without its secret."""
    table = Table("id", "owner", "scopes", "made", "expires", "state", box=None)
    every, now = install().keys.keys(), datetime.now(UTC)
    for key in every:
        made, expires = when(key.created_at), when(key.expires_at)
        table.add_row(key.id, key.owner or "-", " ".join(sorted(key.scopes)), made, expires, state_of(key, now))
    Console().print(table)


@keys.command()
def revoke(ids: Annotated[list[str], typer.Argument(help="Ids of keys.", metavar="ID…")]) -> None:
    """Keys, and browsers that were let in with them, open nothing any more; a server hears of it within 5 seconds."""
    store = install().keys
    for key_id in ids:
        store.revoke(key_id, datetime.now(UTC))
        typer.echo(f"{key_id} revoked")


def scopes_in(given: str) -> list[Scope]:
    """Raises BadRequest for a word that is no scope."""
    words = [word.strip() for word in given.split(",") if word.strip()]
    if not words or not set(words) <= set(SCOPES):
        raise BadRequest(f"Scopes are {', '.join(SCOPES)}.")
    return cast("list[Scope]", words)


def span_of(given: str) -> timedelta | None:
    """`90d` as a time; none for an empty text. Raises BadRequest."""
    if not given:
        return None
    found = SPAN.fullmatch(given)
    if not found:
        raise BadRequest("A time is a number and m, h, d or w: 12h, 90d.")
    return timedelta(**{UNITS[found[2]]: int(found[1])})


def when(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M}" if time else "-"


def state_of(key: Key, now: datetime) -> str:
    if key.revoked_at:
        return "revoked"
    return "live" if key.opens_at(now) else "expired"
