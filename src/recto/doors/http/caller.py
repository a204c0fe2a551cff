"""Who is calling, and the application that answers: what a route asks for by its parameters."""

from typing import Annotated

from fastapi import Depends, Request

from recto.app import App


def app_of(request: Request) -> App:
    app: App = request.app.state.recto
    return app


def owner_of(request: Request) -> str:
    """The id of the key that the request was let in with; empty where no keys are asked for."""
    owner: str = getattr(request.state, "owner", "")
    return owner


Here = Annotated[App, Depends(app_of)]
Owner = Annotated[str, Depends(owner_of)]
