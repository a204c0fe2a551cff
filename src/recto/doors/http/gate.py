"""The gate before every route: which key was shown, and whether it opens this address.

Programs show a key as `X-API-Key` or as a bearer token, browsers the cookie that `/login` gave them. What is told about
a request that is not let in is what was missing, and nothing of what stands behind.
"""

from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from recto.document.errors import Unauthorized
from recto.document.key import Scope as KeyScope
from recto.doors.http.keyring import Keyring
from recto.doors.http.problems import wants_page

COOKIE: Final = "recto-session"
LOOKING: Final = {"GET", "HEAD", "OPTIONS"}
OPEN: Final = {"/live", "/ready", "/health", "/version", "/docs", "/openapi.json", "/login", "/logout", "/favicon.ico"}
"""What needs no key: probes, the way in and out, and what everybody may know of this program."""
FIXED: Final[dict[str, KeyScope]] = {"/metrics": "admin"}


class Gate:
    """Notes who is calling in `request.state`, as `caller` and `owner`, or raises Unauthorized or Forbidden."""

    def __init__(self, app: ASGIApp, keyring: Keyring) -> None:
        self.app = app
        self.keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(scope["path"]) or is_preflight(scope):
            return await self.app(scope, receive, send)
        try:
            caller = await self.keyring.caller(presented(scope))
        except Unauthorized:
            if scope["method"] in LOOKING and wants_page(Request(scope)):
                return await to_login(scope)(scope, receive, send)
            raise
        caller.must(needed(scope))
        state = scope.setdefault("state", {})
        state["caller"], state["owner"] = caller, caller.owner
        await self.app(scope, receive, send)


SCHEMES: Final = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}


def describe(http: FastAPI) -> None:
    """Which routes ask for a key, in the OpenAPI document."""
    plain = http.openapi

    def openapi() -> dict[str, Any]:
        described = plain()
        described["components"]["securitySchemes"] = SCHEMES
        for path, operations in described["paths"].items():
            if not is_open(path):
                for operation in operations.values():
                    operation["security"] = [{name: []} for name in SCHEMES]
        return described

    http.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way of adding to the document


def is_open(path: str) -> bool:
    return path in OPEN or path.startswith("/static/")


def is_preflight(scope: Scope) -> bool:
    """A browser's question whether another site's page may ask, which carries no key (Fetch standard, CORS)."""
    asked = any(name == b"access-control-request-method" for name, _ in scope["headers"])
    return scope["method"] == "OPTIONS" and asked


def needed(scope: Scope) -> KeyScope:
    """The least that an address asks for; a route may ask for more (`caller.needs`)."""
    return FIXED.get(scope["path"]) or ("read" if scope["method"] in LOOKING else "write")


def presented(scope: Scope) -> str:
    """The key as it came, or an empty text."""
    bearer = cookie = b""
    for name, value in scope["headers"]:
        if name == b"x-api-key":
            return str(value.decode("latin-1")).strip()
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            bearer = value[7:].strip()
        elif name == b"cookie":
            cookie = value
    return bearer.decode("latin-1") or (session_in(cookie.decode("latin-1")) if cookie else "")


def session_in(header: str) -> str:
    try:
        morsel = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def to_login(scope: Scope) -> RedirectResponse:
    """A person is asked for a key, and led back to where he wanted to go."""
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = scope["path"] + (f"?{query}" if query else "")
    return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303, {"Cache-Control": "no-store"})
