"""What every request passes on its way in and out: its id, the same-origin rule, the security headers."""

import re
import uuid
from typing import Final

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recto.doors.http.problems import OWN, answer

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._\-]{1,128}")
SAFE: Final = {"GET", "HEAD", "OPTIONS"}

# Scripts and styles come from our own files alone, so a name or a word on a page can never run.
POLICY: Final = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class RequestId:
    """Takes the caller's X-Request-ID if it is well formed, makes one if not, and gives it back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = Request(scope).headers.get("x-request-id", "")
        own = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope["request_id"] = own

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = own
            await send(message)

        await self.app(scope, receive, marked)


class SecurityHeaders:
    """Adds the headers above to every answer that does not bring its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guarded)


class SameOrigin:
    """Refuses what changes something when a browser says that another site's page sent it."""

    def __init__(self, app: ASGIApp, http: FastAPI) -> None:
        self.app = app
        self.http = http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and from_elsewhere(Request(scope)):
            request = Request({**scope, "app": self.http})
            return await answer(request, OWN[403], 403)(scope, receive, send)
        await self.app(scope, receive, send)


def from_elsewhere(request: Request) -> bool:
    """Whether the browser's own words (Fetch Metadata, Origin) name another site. Programs send neither."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("cross-site", "same-site")
    origin = request.headers.get("origin")
    return origin is not None and origin.split("://", 1)[-1] != request.headers.get("host", "")


def install(http: FastAPI) -> None:
    """The last one added stands outermost: the id is known to everything inside."""
    http.add_middleware(SameOrigin, http=http)
    http.add_middleware(SecurityHeaders)
    http.add_middleware(RequestId)
