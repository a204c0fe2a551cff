"""Around every request: its id and the security headers of its answer, a line in the log, figures, a span if wanted."""

import itertools
import re
import secrets
import time
from logging import DEBUG, INFO
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recto.doors.http.headers import sent
from recto.doors.http.keyring import ANYONE, Caller
from recto.doors.http.logs import PROBES, request_log
from recto.doors.http.metrics import Metrics
from recto.doors.http.traces import Tracer

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._\-]{1,128}")
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
RAW: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
"""As they are sent."""
METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NOWHERE: Final = "-"
"""The route of a request to an address that there is not: any number of those is one figure."""


class Heard:
    """The way out, which every answer passes once: it is noted, and gets the headers that every answer has.

    `headers` may be added to until the answer begins; those of `HEADERS` give way to what an answer brings itself.
    """

    __slots__ = ("bytes", "headers", "send", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self.send = send
        self.status = 0
        self.bytes = 0
        self.headers = [(b"x-request-id", request_id.encode())]

    @property
    def begun(self) -> bool:
        return self.status > 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = {name for name, _ in message["headers"]}
            missing = (header for header in RAW if header[0] not in given)
            message["headers"] = [*message["headers"], *self.headers, *missing]
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self.send(message)


class Watch:
    """Stands outside everything. It takes the caller's X-Request-ID if it is well formed, and makes one if not."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracer: Tracer | None) -> None:
        self.app = app
        self.metrics = metrics
        self.tracer = tracer
        self.log = request_log()
        # An id must be one of its kind and no secret: to ask the system for chance each time would cost more.
        self.own = secrets.token_hex(8)
        self.numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = sent(scope, b"x-request-id")
        scope["request_id"] = given if REQUEST_ID.fullmatch(given) else f"{self.own}{next(self.numbers):016x}"
        start = time.perf_counter()
        heard = scope.setdefault("state", {})["heard"] = Heard(send, scope["request_id"])
        self.metrics.running.inc()
        try:
            if self.tracer is None:
                await self.app(scope, receive, heard)
            else:
                await self.traced(self.tracer, scope, receive, heard)
        finally:
            self.metrics.running.dec()
            self.tell(scope, heard, time.perf_counter() - start)
            # `send` leads back to the scope: a circle that the collector of garbage would have to find.
            del scope["state"]["heard"]

    async def traced(self, tracer: Tracer, scope: Scope, receive: Receive, heard: Heard) -> None:
        with tracer.request(Headers(scope=scope)) as span:
            try:
                await self.app(scope, receive, heard)
            finally:
                span.update_name(f"{scope['method']} {route_of(scope)}")
                span.set_attribute("http.request.method", scope["method"])
                span.set_attribute("http.route", route_of(scope))
                span.set_attribute("http.response.status_code", heard.status or 500)
                span.set_attribute("recto.request_id", scope["request_id"])

    def tell(self, scope: Scope, heard: Heard, seconds: float) -> None:
        route, code = route_of(scope), scope["state"].get("problem", "")
        method = scope["method"] if scope["method"] in METHODS else NOWHERE
        self.metrics.answered(method, route, heard.status or 500, seconds, code)
        if self.log is None:
            return
        caller: Caller = scope["state"].get("caller", ANYONE)
        client = scope.get("client")
        self.log.note(
            DEBUG if scope["path"] in PROBES else INFO,
            method=scope["method"],
            path=scope["path"],
            status=heard.status or 500,
            code=code,
            ms=round(seconds * 1000, 2),
            bytes=heard.bytes,
            request_id=scope["request_id"],
            owner=caller.owner,
            key=caller.key_id,
            client=client[0] if client else "",
        )


def route_of(scope: Scope) -> str:
    """The address with the names of its parameters, as it stands in the OpenAPI document."""
    return getattr(scope.get("route"), "path", NOWHERE)
