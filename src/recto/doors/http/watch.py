"""What is noted of each request: a line in the log, figures for Prometheus, a span where traces are wanted."""

import time
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recto.doors.http.keyring import ANYONE, Caller
from recto.doors.http.logs import PROBES, access_log
from recto.doors.http.metrics import Metrics
from recto.doors.http.traces import Tracer

METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
NOWHERE: Final = "-"
"""The route of a request to an address that there is not: any number of those is one figure."""


class Heard:
    """How far the answer to one request is."""

    __slots__ = ("bytes", "send", "status")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.status = 500
        self.bytes = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self.send(message)


class Watch:
    """Stands outside everything but the request's id."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracer: Tracer | None) -> None:
        self.app = app
        self.metrics = metrics
        self.tracer = tracer
        self.log = access_log()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope.setdefault("state", {})
        start = time.perf_counter()
        heard = Heard(send)
        self.metrics.running.inc()
        try:
            if self.tracer is None:
                await self.app(scope, receive, heard)
            else:
                await self.traced(self.tracer, scope, receive, heard)
        finally:
            self.metrics.running.dec()
            self.tell(scope, heard, time.perf_counter() - start)

    async def traced(self, tracer: Tracer, scope: Scope, receive: Receive, heard: Heard) -> None:
        with tracer.request(Headers(scope=scope)) as span:
            try:
                await self.app(scope, receive, heard)
            finally:
                span.update_name(f"{scope['method']} {route_of(scope)}")
                span.set_attribute("http.request.method", scope["method"])
                span.set_attribute("http.route", route_of(scope))
                span.set_attribute("http.response.status_code", heard.status)
                span.set_attribute("recto.request_id", scope.get("request_id", ""))

    def tell(self, scope: Scope, heard: Heard, seconds: float) -> None:
        route, code = route_of(scope), scope["state"].get("problem", "")
        method = scope["method"] if scope["method"] in METHODS else NOWHERE
        self.metrics.answered(method, route, heard.status, seconds, code)
        if self.log is None:
            return
        caller: Caller = scope["state"].get("caller", ANYONE)
        client = scope.get("client")
        note = self.log.debug if scope["path"] in PROBES else self.log.info
        note(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=heard.status,
            code=code,
            ms=round(seconds * 1000, 2),
            bytes=heard.bytes,
            request_id=scope.get("request_id", ""),
            owner=caller.owner,
            key=caller.key_id,
            client=client[0] if client else "",
        )


def route_of(scope: Scope) -> str:
    """The address with the names of its parameters, as it stands in the OpenAPI document."""
    return getattr(scope.get("route"), "path", NOWHERE)
