"""JSON over HTTP to an engine elsewhere: the one module that knows the HTTP client, its retries and its errors."""

import datetime as dt
import email.utils
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import httpx2
import stamina

from recto.document.errors import EngineFailed, EngineUnavailable
from recto.engines.wire.breaker import Breaker

BUSY: Final = {408, 425, 429, 500, 502, 503, 504}
"""Statuses that may pass by themselves."""

NOT_ACCEPTED: Final = {425, 429, 503}
"""Statuses that say that nothing was begun, so that asking again does nothing twice."""

LONGEST_WAIT: Final = dt.timedelta(seconds=60)
LONGEST_PAUSE: Final = 20.0
"""Seconds between two tries where the endpoint asks for none."""

Again = Callable[[Exception], bool | dt.timedelta]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an engine is asked again: `tries` at most, `total` seconds in all, `timeout` seconds for each."""

    tries: int = 3
    total: float = 120.0
    timeout: float = 60.0
    first_wait: float = 0.25


class Passing(Exception):
    """The endpoint could not answer now; `wait` is what it asked for, `accepted` whether it may have begun."""

    def __init__(self, detail: str, wait: dt.timedelta | None = None, accepted: bool = True) -> None:
        super().__init__(detail)
        self.wait = wait
        self.accepted = accepted


def again(error: Exception) -> bool | dt.timedelta:
    """For calls that may be made twice: whether to, and how long to wait."""
    if not isinstance(error, Passing):
        return False
    return True if error.wait is None else error.wait


def again_unless_accepted(error: Exception) -> bool | dt.timedelta:
    """For calls that must not be made twice: only where nothing can have begun."""
    return again(error) if isinstance(error, Passing) and not error.accepted else False


def full_jitter(first: float) -> Iterator[dt.timedelta]:
    """Pauses that are drawn from 0 to a bound that doubles, so that callers who failed together part.

    After Marc Brooker, "Exponential Backoff And Jitter".
    """
    bound = first
    while True:
        yield dt.timedelta(seconds=random.uniform(0.0, bound))
        bound = min(2 * bound, LONGEST_PAUSE)


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
        return httpx2.Client(headers=self.headers, timeout=self.patience.timeout, trust_env=False)

    def get(self, path: str) -> Any:
        """The JSON of an answer. Raises EngineUnavailable or EngineFailed."""
        return self.persist("GET", path, None, again)

    def ask(self, path: str, body: Any) -> Any:
        """POST what may be asked twice without harm, such as a question to a model."""
        return self.persist("POST", path, body, again)

    def order(self, path: str, body: Any) -> Any:
        """POST what must not be done twice: asked again only where nothing can have begun."""
        return self.persist("POST", path, body, again_unless_accepted)

    def persist(self, method: str, path: str, body: Any, on: Again) -> Any:
        patience = self.patience
        pauses = full_jitter(patience.first_wait)

        def pause(error: Exception) -> bool | dt.timedelta:
            wanted = on(error)
            return next(pauses) if wanted is True else wanted

        attempts = stamina.retry_context(on=pause, attempts=patience.tries, timeout=patience.total)
        with self.breaker.guarding():
            try:
                for attempt in attempts:
                    with attempt:
                        return self.once(method, path, body)
            except Passing as error:
                raise EngineUnavailable(f"{self.shown}: {error}") from error
        raise AssertionError("a retry context ends by an answer or an error")

    @property
    def shown(self) -> str:
        """The endpoint's name for people: its host, without what may be secret."""
        return httpx2.URL(self.base_url).host

    def once(self, method: str, path: str, body: Any) -> Any:
        try:
            answer = self.client.request(method, self.base_url + path, json=body)
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise Passing(f"{type(error).__name__}.", accepted=False) from error
        except httpx2.TransportError as error:
            raise Passing(f"{type(error).__name__}.") from error
        if answer.status_code in BUSY:
            wait = wait_asked(answer.headers.get("Retry-After"))
            raise Passing(f"It answered {answer.status_code}.", wait, answer.status_code not in NOT_ACCEPTED)
        if answer.status_code >= 400:
            raise EngineFailed(f"{self.shown} answered {answer.status_code}.", status=answer.status_code)
        try:
            return answer.json()
        except ValueError as error:
            raise EngineFailed(f"{self.shown} answered with something else than JSON.") from error


def wait_asked(header: str | None) -> dt.timedelta | None:
    """`Retry-After` in either of its forms (RFC 9110, 10.2.3), at most a minute; None where there is none."""
    if header is None:
        return None
    if header.strip().isdigit():
        return min(dt.timedelta(seconds=int(header)), LONGEST_WAIT)
    try:
        when = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    if when.tzinfo is None:
        return None
    return min(max(when - dt.datetime.now(dt.UTC), dt.timedelta()), LONGEST_WAIT)
