"""A request's headers, looked at by what stands before the routes."""

from starlette.types import Scope


def sent(scope: Scope, wanted: bytes) -> str:
    """A header as it came, or an empty text. It is asked for several times a request, so nothing is built for it."""
    for name, value in scope["headers"]:
        if name == wanted:
            return str(value.decode("latin-1"))
    return ""
