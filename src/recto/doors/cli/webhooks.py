"""`recto webhooks`: makes webhooks, lists and deletes them, shows what was sent and sends it again."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from recto.app import install
from recto.document.webhook import EVENT_TYPES, DeliveryState
from recto.doors import webhooks as of

webhooks = typer.Typer(name="webhooks", help="Tell other programs of what happens.", no_args_is_help=True)

Owner = Annotated[str, typer.Option(help="Whose: the owner of a key; none: the installation's.")]
Id = Annotated[str, typer.Argument(help="The id of a webhook.")]


@webhooks.command()
def create(
    url: Annotated[str, typer.Argument(help="Where messages go: http or https, at a public address.")],
    owner: Owner = "",
    events: Annotated[str, typer.Option(help="Separated by commas.")] = ",".join(EVENT_TYPES),
    description: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Print a new webhook's id and its secret, which is shown this once."""
    made = of.create(install(), owner, url, [one.strip() for one in events.split(",") if one.strip()], description)
    typer.echo(f"{made.id} {made.secret}")


@webhooks.command("list")
def look(owner: Annotated[str | None, typer.Option(help="Only this owner's.")] = None) -> None:
    """Every webhook, without its secret."""
    table = Table("id", "owner", "url", "events", "state", "last success", box=None)
    for one in install().webhooks.webhooks(owner):
        state = "enabled" if one.enabled else f"disabled: {one.reason}"
        last = f"{one.succeeded_at:%Y-%m-%d %H:%M}" if one.succeeded_at else "-"
        table.add_row(one.id, one.owner or "-", one.url, " ".join(one.events), state, last)
    Console().print(table)


@webhooks.command()
def delete(webhook_id: Id, owner: Owner = "") -> None:
    """Nothing goes there any more; its log is forgotten."""
    install().webhooks.delete(webhook_id, owner)
    typer.echo(f"{webhook_id} deleted")


@webhooks.command()
def deliveries(
    webhook_id: Id,
    owner: Owner = "",
    state: Annotated[str | None, typer.Option(help="pending, delivered or failed.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, from the newest.")] = 50,
) -> None:
    """What was sent or is to be, the newest first."""
    app = install()
    app.webhooks.webhook(webhook_id, owner)
    wanted: DeliveryState | None = state  # type: ignore[assignment]  # another word finds nothing
    table = Table("id", "type", "made", "state", "tried", "next", "why", box=None)
    for one in app.deliveries.deliveries(webhook_id, wanted, limit)[0]:
        due = f"{one.next_at:%Y-%m-%d %H:%M:%S}" if one.next_at else ""
        table.add_row(one.id, one.type, f"{one.created_at:%Y-%m-%d %H:%M}", one.state, str(one.attempts), due, one.why)
    Console().print(table)


@webhooks.command()
def replay(
    webhook_id: Id,
    ids: Annotated[list[str], typer.Argument(help="Ids of deliveries.", metavar="DELIVERY…")],
    owner: Owner = "",
) -> None:
    """Send messages again, under their ids."""
    app = install()
    for delivery_id in ids:
        typer.echo(f"{of.replay(app, owner, webhook_id, delivery_id).id} pending")
