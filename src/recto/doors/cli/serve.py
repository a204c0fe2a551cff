"""`recto serve`: the API and the web pages in one process."""

import ipaddress
import signal
import socket
import sys
from typing import Annotated

import typer
import uvicorn

from recto.app import Settings, install, settings
from recto.document.errors import BadSettings


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="The port to listen on.")] = None,
    worker: Annotated[bool, typer.Option(help="Also work off what is uploaded, or leave it to `recto worker`.")] = True,
) -> None:
    """Serve the API and the web pages, and work off what is uploaded."""
    chosen = settings()
    address = host or chosen.host
    if not is_own(address) and not chosen.gateway.open and not guarded(chosen):
        raise BadSettings(
            f"Other machines reach {address}, and no key is asked for: anybody there could read and delete everything. "
            "Make a key (recto keys create) or set GATEWAY_API_KEY; RECTO_GATEWAY__OPEN=true serves without."
        )
    number = chosen.port if port is None else port
    listen(address, number)
    # When all is answered uvicorn sends itself the signal that stopped it once more, as if it had not been caught.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        # By name: the web framework is loaded by those who serve, not by those who read.
        "recto.doors.http.server:create" if worker else "recto.doors.http.server:create_alone",
        factory=True,
        host=address,
        port=number,
        log_config=None,
        access_log=False,
        server_header=False,
        # What is begun is finished; an open stream of events would otherwise hold a stop until its next word.
        timeout_graceful_shutdown=int(chosen.gateway.drain),
    )


def listen(address: str, port: int) -> None:
    """Tries whether there can be listened, before anything is loaded. Raises BadSettings where not."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except OSError as error:
        raise BadSettings(f"{address}:{port}: {error.strerror}. --host and --port choose another.") from error


def is_own(address: str) -> bool:
    """Whether only this machine reaches it."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def guarded(chosen: Settings) -> bool:
    """Whether a key is asked for."""
    return chosen.gateway_api_key is not None or install(chosen).keys.any()
