"""`recto serve`: the API and the web pages in one process."""

from typing import Annotated

import typer
import uvicorn

from recto.app import settings


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port to listen on.")] = None,
) -> None:
    """Serve the API and the web pages, and work off what is uploaded."""
    chosen = settings()
    uvicorn.run(
        # By name: the web framework is loaded by those who serve, not by those who read.
        "recto.doors.http.server:create",
        factory=True,
        host=host or chosen.host,
        port=chosen.port if port is None else port,
        log_level=chosen.log_level.lower(),
        access_log=False,
        # An open stream of events would otherwise hold a stop until its next word.
        timeout_graceful_shutdown=10,
    )
