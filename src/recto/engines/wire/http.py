"""JSON over HTTP to an engine elsewhere: the one module that knows the HTTP client, its retries and its errors."""

import datetime as dt
import email.utils
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final, TypeVar

import httpx2

from recto.document.errors import EngineFailed, EngineUnavailable
from recto.engines.wire.breaker import Breaker

BUSY: Final = {408, 425, 429, 500, 502, 503, 504}
"""Statuses that may pass by themselves."""

NOT_ACCEPTED: Final = {425, 429, 503}
"""Statuses that say that nothing was begun, so that asking again does nothing twice."""

LONGEST_WAIT: Final = dt.timedelta(seconds=60)
LONGEST_PAUSE: Final = 20.0
"""Seconds between two tries where the endpoint asks for none."""

SHORTEST: Final = 0.05
"""Seconds that a try gets at the least, be the time over."""

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long somebody is asked again: `tries` at most, `total` seconds in all, `timeout` seconds for each."""

    tries: float = 3
    total: float = 120.0
    timeout: float = 60.0
    first_wait: float = 0.25


class Passing(Exception):
    """The endpoint could not answer now; `wait` is what it asked for, `accepted` whether it may have begun."""

    def __init__(self, detail: str, wait: dt.timedelta | None = None, accepted: bool = True) -> None:
        super().__init__(detail)
        self.wait = wait
        self.accepted = accepted


Again = Callable[[Passing], bool]


def again(error: Passing) -> bool:
    """For calls that may be made twice."""
    return True


def again_unless_accepted(error: Passing) -> bool:
    """For calls that must not be made twice: only where nothing can have begun."""
    return not error.accepted


def full_jitter(first: float) -> Iterator[dt.timedelta]:
    """Pauses that are drawn from 0 to a bound that doubles, so that callers who failed together part.

    After Marc Brooker, "Exponential Backoff And Jitter".
    """
    bound = first
    while True:
        yield dt.timedelta(seconds=random.uniform(0.0, bound))
        bound = min(2 * bound, LONGEST_PAUSE)


def persisted(once: Callable[[float], Answer], patience: Patience, on: Again = again) -> Answer:
    """What `once` gives, which is told how many seconds are left; tried again after each Passing that `on` lets pass.

    Between two tries lies the time that was asked for and a pause with jitter, so that those who were asked to wait
    equally long come back one by one. Raises the last Passing, at once where the time that is left is too short.

    Not by stamina: it writes to the standard output of a program that has not set up its log, and it may wait longer
    than the time that is granted.
    """
    end = time.monotonic() + patience.total
    tried = 0
    for pause in full_jitter(patience.first_wait):
        try:
            return once(end - time.monotonic())
        except Passing as error:
            tried += 1
            wait = ((error.wait or dt.timedelta()) + pause).total_seconds()
            if tried >= patience.tries or not on(error) or wait >= end - time.monotonic():
                raise
            time.sleep(wait)
    raise AssertionError("pauses have no end")


class Wire:
    """One endpoint. Threads may share it; connections are kept open between calls."""

    def __init__(
        self, base_url: str, headers: Mapping[str, str] = MappingProxyType({}), patience: Patience = Patience()
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.headers = dict(headers)
        self.patience = patience
        self.breaker = Breaker()

    @cached_property
    def client(self) -> httpx2.Client:
        return httpx2.Client(headers=self.headers, trust_env=False)

    def get(self, path: str, within: float = math.inf) -> Any:
        """The JSON of an answer, within so many seconds. Raises EngineUnavailable or EngineFailed."""
        return self.persist("GET", path, None, again, within)

    def ask(self, path: str, body: Any, within: float = math.inf) -> Any:
        """POST what may be asked twice without harm, such as a question to a model."""
        return self.persist("POST", path, body, again, within)

    def order(self, path: str, body: Any) -> Any:
        """POST what must not be done twice: asked again only where nothing can have begun."""
        return self.persist("POST", path, body, again_unless_accepted)

    def persist(self, method: str, path: str, body: Any, on: Again, within: float = math.inf) -> Any:
        patience = replace(self.patience, total=min(self.patience.total, within))
        with self.breaker.guarding():
            try:
                return persisted(lambda left: self.once(method, path, body, left), patience, on)
            except Passing as error:
                raise EngineUnavailable(f"{self.shown}: {error}") from error

    @property
    def shown(self) -> str:
        """The endpoint's name for people: its host, without what may be secret."""
        return httpx2.URL(self.base_url).host

    def once(self, method: str, path: str, body: Any, left: float) -> Any:
        seconds = max(min(self.patience.timeout, left), SHORTEST)
        end = time.monotonic() + seconds
        try:
            with self.client.stream(method, self.base_url + path, json=body, timeout=seconds) as answer:
                content = b"".join(until(end, answer.iter_bytes()))
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise Passing(f"{type(error).__name__}.", accepted=False) from error
        except httpx2.TransportError as error:
            raise Passing(f"{type(error).__name__}.") from error
        except httpx2.RequestError as error:  # packed in a way that cannot be unpacked
            raise EngineFailed(f"{self.shown}: {type(error).__name__}.") from error
        if answer.status_code in BUSY:
            wait = wait_asked(answer.headers.get("Retry-After"))
            raise Passing(f"It answered {answer.status_code}.", wait, answer.status_code not in NOT_ACCEPTED)
        if answer.status_code >= 400:
            raise EngineFailed(f"{self.shown} answered {answer.status_code}.", status=answer.status_code)
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise EngineFailed(f"{self.shown} answered with something else than JSON.") from error


def until(end: float, parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts of an answer. Raises Passing for one that drips: the HTTP client's limit is for each part alone."""
    for part in parts:
        if time.monotonic() > end:
            raise Passing("Its answer took too long.")
        yield part


def wait_asked(header: str | None) -> dt.timedelta | None:
    """`Retry-After` in either of its forms (RFC 9110, 10.2.3), at most a minute; None where there is none."""
    if header is None:
        return None
    if header.isascii() and header.strip().isdigit():
        return dt.timedelta(seconds=min(float(header), LONGEST_WAIT.total_seconds()))  # of however many digits
    try:
        when = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    if when.tzinfo is None:
        return None
    return min(max(when - dt.datetime.now(dt.UTC), dt.timedelta()), LONGEST_WAIT)
