"""Who is calling, and the application that answers: what a route asks for by its parameters.

They wait for nothing, and are coroutines all the same: the framework would send a plain function to a thread and back.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from recto.app import App
from recto.document.key import Scope
from recto.doors.http.keyring import ANYONE, Caller


async def app_of(request: Request) -> App:
    app: App = request.app.state.recto
    return app


async def caller_of(request: Request) -> Caller:
    """Whom the gate let in."""
    caller: Caller = getattr(request.state, "caller", ANYONE)
    return caller


async def owner_of(caller: Annotated[Caller, Depends(caller_of)]) -> str:
    """Whose documents are meant; empty where no keys are asked for."""
    return caller.owner


async def reveals(caller: Annotated[Caller, Depends(caller_of)]) -> bool:
    """Whether numbers that identify a person may be shown as they are."""
    return "see-sensitive" in caller.scopes


def needs(scope: Scope) -> Any:
    """A dependency for routes that ask for more than `read` or `write`: raises Forbidden."""

    async def needed(caller: Annotated[Caller, Depends(caller_of)]) -> None:
        caller.must(scope)

    check: Callable[..., Awaitable[None]] = needed
    return Depends(check)


Here = Annotated[App, Depends(app_of)]
Owner = Annotated[str, Depends(owner_of)]
Who = Annotated[Caller, Depends(caller_of)]
Reveal = Annotated[bool, Depends(reveals)]
