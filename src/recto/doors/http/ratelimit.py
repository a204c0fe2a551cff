"""How many requests an owner may make in a window of time: counted here, or by `limits` where servers are several.

Windows begin with the clock, so several servers with one Redis share them and count to the very number. While Redis is
away, each server counts for itself: callers are served, and the limit is per server.
"""

import logging
import math
import time
from collections import Counter
from typing import Any, Final, Protocol

from limits.aio.storage import Storage
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string
from starlette.types import ASGIApp, Receive, Scope, Send

from recto.document.errors import BadSettings, RateLimited
from recto.doors.http.keyring import Caller
from recto.settings import Settings

log = logging.getLogger("recto.http")

AWAY: Final = 5.0
"""Seconds for which a store that failed is not asked again."""
CONNECTIONS: Final = 16


class Counts(Protocol):
    """The part of the library's storages that is used."""

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int: ...


class Here:
    """The counts of this process, forgotten when their window is over.

    The library's own storages in memory start a task for every count, or a thread for every few: a tenth and a quarter
    of what a request costs here.
    """

    def __init__(self) -> None:
        self.window = ""
        self.counts: Counter[str] = Counter()

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        window = key.rpartition("/")[2]
        if window != self.window:
            self.window, self.counts = window, Counter()
        self.counts[key] += amount
        return self.counts[key]


class Allowance:
    """Counts requests in windows of `seconds`; more than `most` are refused. 0 is no limit."""

    def __init__(self, most: int, seconds: int, counts: Counts) -> None:
        self.most = most
        self.seconds = seconds
        self.counts = counts
        self.own = Here()
        self.away_until = 0.0

    async def use(self, owner: str) -> tuple[int, float]:
        """One request more: how many are left in this window (under 0 where there were too many), its seconds left."""
        now = time.time()
        window = int(now // self.seconds)
        used = await self.count(f"recto/{owner}/{self.seconds}/{window}")
        return self.most - used, (window + 1) * self.seconds - now

    async def count(self, key: str) -> int:
        if time.monotonic() >= self.away_until:
            try:
                return await self.counts.incr(key, self.seconds)
            except StorageError as error:
                log.warning("requests are counted by this server alone: %s", error.storage_error)
                self.away_until = time.monotonic() + AWAY
        return await self.own.incr(key, self.seconds)


class RateLimit:
    """Holds an allowance against every request under `/v1` that came with a key, and tells of it in the headers."""

    def __init__(self, app: ASGIApp, allowance: Allowance) -> None:
        self.app = app
        self.allowance = allowance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller: Caller | None = scope.get("state", {}).get("caller") if scope["type"] == "http" else None
        if not caller or not caller.key_id or not self.allowance.most or not scope["path"].startswith("/v1/"):
            return await self.app(scope, receive, send)
        left, reset = await self.allowance.use(caller.owner)
        scope["state"]["heard"].headers += headers_of(self.allowance, left, reset)
        if left < 0:
            raise RateLimited(f"{self.allowance.most} in {self.allowance.seconds} s are granted.", wait=reset)
        await self.app(scope, receive, send)


def headers_of(allowance: Allowance, left: int, reset: float) -> list[tuple[bytes, bytes]]:
    """`RateLimit-Policy` and `RateLimit`, by draft-ietf-httpapi-ratelimit-headers-10."""
    policy = f'"requests";q={allowance.most};w={allowance.seconds}'
    return [
        (b"ratelimit-policy", policy.encode()),
        (b"ratelimit", f'"requests";r={max(0, left)};t={math.ceil(reset)}'.encode()),
    ]


def allowance_of(settings: Settings) -> Allowance:
    """By the settings. Raises BadSettings for a store that there is not."""
    return Allowance(settings.rate_limit_requests, settings.rate_limit_window, counts_at(settings.rate_limit_store))


def counts_at(url: str) -> Counts:
    if url == "memory://":
        return Here()
    try:
        counts = storage_from_string(f"async+{url}", wrap_exceptions=True, **pool_for(url))
    except (ConfigurationError, ValueError) as error:
        raise BadSettings(f"rate_limit_store: {url.partition('://')[0]!r}: {error}") from error
    assert isinstance(counts, Storage)
    return counts


def pool_for(url: str) -> dict[str, Any]:
    """Callers wait for one of few connections. The client's own pool fails where more come at once than it has."""
    if not url.startswith("redis"):
        return {}
    try:
        from redis.asyncio import BlockingConnectionPool
    except ImportError as error:
        raise BadSettings("rate_limit_store: Redis needs the extra `redis` (pip install 'recto[redis]').") from error
    return {
        "implementation": "redispy",
        "connection_pool": BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=AWAY),
    }
