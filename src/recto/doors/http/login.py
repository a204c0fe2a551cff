"""`/login`: a person at a browser shows a key once and gets a session in a cookie that no script can read."""

from contextlib import suppress
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from recto.document.errors import Unauthorized
from recto.doors.http.gate import COOKIE, session_in
from recto.doors.http.keyring import Keyring
from recto.doors.http.pages.routes import page

router = APIRouter(include_in_schema=False)

START: Final = "/"


@router.get("/login")
def form(request: Request, next: str = START) -> Response:
    """Asks for a key."""
    return page(request, "login.html", wanted=own(next), wrong=False)


@router.post("/login")
async def enter(
    request: Request, key: Annotated[str, Form(max_length=500)], next: Annotated[str, Form()] = START
) -> Response:
    """Lets the browser in, or asks again."""
    keyring: Keyring = request.app.state.keyring
    try:
        session, lifetime = await run_in_threadpool(keyring.session, key.strip())
    except Unauthorized:
        return page(request, "login.html", 401, wanted=own(next), wrong=True)
    answer = RedirectResponse(own(next), 303, {"Cache-Control": "no-store"})
    answer.set_cookie(
        COOKIE,
        session,
        max_age=int(lifetime.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout")
async def leave(request: Request) -> Response:
    """The session opens nothing any more, wherever its cookie may be."""
    keyring: Keyring = request.app.state.keyring
    with suppress(Unauthorized):  # it has ended by itself
        await run_in_threadpool(keyring.end, session_in(request.headers.get("cookie", "")))
    answer = RedirectResponse("/login", 303, {"Cache-Control": "no-store"})
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


def own(address: str) -> str:
    """An address here: a login leads nobody to another site."""
    parts = urlsplit(address)
    here = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return address if here and address.isprintable() and "\\" not in address else START
