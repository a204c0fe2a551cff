"""What every request passes on its way in, in order: watch, host, origin, key, body, limits, replay."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recto.app import App
from recto.document.errors import TooLarge
from recto.doors.http.gate import Gate, describe
from recto.doors.http.gateway import Direct
from recto.doors.http.headers import sent
from recto.doors.http.keyring import Keyring
from recto.doors.http.problems import OWN, LastResort, answer
from recto.doors.http.ratelimit import RateLimit, allowance_of
from recto.doors.http.replay import Replay
from recto.doors.http.watch import Watch

SAFE: Final = {"GET", "HEAD", "OPTIONS"}


class SameOrigin:
    """Refuses what changes something when a browser says that another site's page sent it."""

    def __init__(self, app: ASGIApp, http: FastAPI) -> None:
        self.app = app
        self.http = http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and from_elsewhere(scope):
            request = Request({**scope, "app": self.http})
            return await answer(request, OWN[403], 403)(scope, receive, send)
        await self.app(scope, receive, send)


def from_elsewhere(scope: Scope) -> bool:
    """Whether the browser's own words (Fetch Metadata, Origin) name another site. Programs send neither."""
    site = sent(scope, b"sec-fetch-site")
    if site:
        return site in ("cross-site", "same-site")
    origin = sent(scope, b"origin")
    return bool(origin) and origin.split("://", 1)[-1] != sent(scope, b"host")


class Hosts:
    """Answers only to the names that are ours, so that another site's name cannot be pointed at this machine.

    A page of such a site would be of one origin with us (DNS rebinding), and where there are no keys nothing else would
    hold it off. Addresses are no names and cannot be pointed elsewhere. Where keys are asked for, every name will do
    unless the settings list some: to a page of a strange name a browser gives no session of ours.
    """

    def __init__(self, app: ASGIApp, http: FastAPI, names: Sequence[str], keyring: Keyring) -> None:
        self.app = app
        self.http = http
        self.names = tuple(name.lower() for name in names)
        self.keyring = keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.answers_to(host_of(scope)) and not await self.anyhow():
            request = Request({**scope, "app": self.http})
            return await answer(request, OWN[421], 421)(scope, receive, send)
        await self.app(scope, receive, send)

    def answers_to(self, host: str) -> bool:
        return is_address(host) or host == "localhost" or host.endswith(".localhost") or self.listed(host)

    def listed(self, host: str) -> bool:
        return any(host == name or (name.startswith("*.") and host.endswith(name[1:])) for name in self.names)

    async def anyhow(self) -> bool:
        return not self.names and await self.keyring.asks()


def host_of(scope: Scope) -> str:
    """The name that the caller used, without the port; empty where he gave none."""
    host = sent(scope, b"host").lower()
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]


@lru_cache(1024)
def is_address(host: str) -> bool:
    if host[:1].isalpha() and ":" not in host:
        return False
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == ""
    return True


class BodyLimit:
    """Counts a body that is no form as it comes in: forms go to disk, and have a limit for each file."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE:
            return await self.app(scope, receive, send)
        if sent(scope, b"content-type").startswith("multipart/form-data"):
            return await self.app(scope, receive, send)
        announced = sent(scope, b"content-length")
        if announced.isdigit() and int(announced) > self.most:
            raise TooLarge(f"The body may have {self.most} bytes.")
        await self.app(scope, self.counted(receive), send)

    def counted(self, receive: Receive) -> Receive:
        size = 0

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.most:
                raise HTTPException(413, f"The body may have {self.most} bytes.")  # the framework lets this one through
            return message

        return counting


def install(http: FastAPI, app: App) -> None:
    """Everything that stands before the routes. The last one added stands outermost."""
    keyring = Keyring(app)
    http.state.keyring = keyring
    describe(http)
    http.add_middleware(Direct)
    http.add_middleware(Replay, recto=app)
    http.add_middleware(RateLimit, allowance=allowance_of(app.settings))
    http.add_middleware(BodyLimit, most=app.settings.gateway.body_bytes)
    http.add_middleware(Gate, keyring=keyring)
    http.add_middleware(SameOrigin, http=http)
    http.add_middleware(Hosts, http=http, names=app.settings.gateway.hosts, keyring=keyring)
    http.add_middleware(LastResort, http=http)
    http.add_middleware(Watch, metrics=http.state.metrics, tracer=http.state.tracer)
