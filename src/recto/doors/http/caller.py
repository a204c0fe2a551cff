"""Who is calling, and the application that answers: what a route asks for by its parameters."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from recto.app import App
from recto.document.key import Scope
from recto.doors.http.keyring import ANYONE, Caller


def app_of(request: Request) -> App:
    app: App = request.app.state.recto
    return app


def caller_of(request: Request) -> Caller:
    """Whom the gate let in."""
    caller: Caller = getattr(request.state, "caller", ANYONE)
    return caller


def owner_of(request: Request) -> str:
    """Whose documents are meant; empty where no keys are asked for."""
    return caller_of(request).owner


def reveals(request: Request) -> bool:
    """Whether numbers that identify a person may be shown as they are."""
    return "see-sensitive" in caller_of(request).scopes


def needs(scope: Scope) -> Any:
    """A dependency for routes that ask for more than `read` or `write`: raises Forbidden."""

    def needed(caller: Annotated[Caller, Depends(caller_of)]) -> None:
        caller.must(scope)

    check: Callable[..., None] = needed
    return Depends(check)


Here = Annotated[App, Depends(app_of)]
Owner = Annotated[str, Depends(owner_of)]
Who = Annotated[Caller, Depends(caller_of)]
Reveal = Annotated[bool, Depends(reveals)]
