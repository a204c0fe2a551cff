"""How the Python client speaks with a server: retries that do nothing twice, and problems as Recto's own errors."""

import datetime as dt
import math
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

import httpx2

from recto import __version__
from recto.document.errors import BadRequest, InFlight, NotFound, OverQuota, RectoError, Unavailable
from recto.engines.wire.http import LONGEST_WAIT, Passing, Patience, persisted, wait_asked

_MOMENTARY: Final = {429, 502, 503, 504}
_FIRST_PAUSE: Final = 0.2
_PASSING: Final = (httpx2.NetworkError, httpx2.TimeoutException, httpx2.RemoteProtocolError)
"""What becomes of a request whose server is away, slow, or ended on the way; the rest of the errors stay."""
Answer = TypeVar("Answer")


class ServerWire:
    """One server of Recto. Threads may share it; connections are kept open between calls.

    `timeout` is for one try, `patience` for all tries of a call, both in seconds.
    """

    def __init__(self, url: str, key: str, timeout: float, patience: float) -> None:
        # As a bearer token, because that is the header whose value the HTTP client hides where it shows headers.
        shown = {"Authorization": f"Bearer {printable(key)}"} if key else {}
        headers = {"User-Agent": f"recto/{__version__}", **shown}
        self.url = http_url(url)
        self.timeout = timeout
        self.patience = Patience(math.inf, patience, timeout, _FIRST_PAUSE)
        self.pool = httpx2.Client(base_url=self.url, headers=headers, timeout=timeout, trust_env=False)

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of an answer. Raises RectoError."""
        return self.asked("GET", path, None, query)

    def post(self, path: str, **content: Any) -> Any:
        """What is posted once however often it must be sent, by its `Idempotency-Key`. Raises RectoError."""
        return self.told(self.sent("POST", path, headers={"Idempotency-Key": uuid.uuid4().hex}, **content))

    def asked(self, method: str, path: str, body: Any, query: Mapping[str, Any]) -> Any:
        """The JSON of any route's answer, None where it has none. Raises RectoError.

        What is a PUT or a PATCH may be done twice.
        """
        if method == "DELETE":
            return self.delete(path)
        once = {"headers": {"Idempotency-Key": uuid.uuid4().hex}} if method == "POST" else {}
        content = {} if body is None else {"json": body}
        wanted = {name: value for name, value in query.items() if value is not None}
        answer = self.sent(method, path, params=wanted, **once, **content)
        return self.told(answer) if answer.content else None

    def told(self, answer: httpx2.Response) -> Any:
        try:
            return answer.json()
        except ValueError as error:
            raise Unavailable(f"{self.url} answers with something else than JSON.") from error

    def delete(self, path: str) -> None:
        """Raises NotFound only where the first try found nothing: a later one may meet what an earlier one did."""
        tries = 0

        def once() -> None:
            nonlocal tries
            tries += 1
            try:
                raise_for(self.pool.delete(path))
            except NotFound:
                if tries == 1:
                    raise

        self.persist(once)

    def sent(self, method: str, path: str, **content: Any) -> httpx2.Response:
        """The answer to one request, which is built once, so that it is the same each time it is sent."""
        request = self.pool.build_request(method, path, **content)

        def once() -> httpx2.Response:
            answer = self.pool.send(request)
            raise_for(answer)
            return answer

        return self.persist(once)

    def lines(self, path: str) -> Iterator[str]:
        """The lines of one stream as they come, once. Raises Passing where it breaks off, else RectoError."""
        patient = httpx2.Timeout(self.timeout, read=max(self.timeout, 60.0))
        with self._passing(), self.pool.stream("GET", path, timeout=patient) as answer:
            if not answer.is_success:
                answer.read()
            raise_for(answer)
            yield from answer.iter_lines()

    def persist(self, once: Callable[[], Answer]) -> Answer:
        """What `once` gives, tried again while the server is away or busy. Raises RectoError."""

        def heard(_: float) -> Answer:
            with self._passing():
                return once()

        try:
            return persisted(heard, self.patience)
        except Passing as error:
            raise self.given_up(error) from error

    def given_up(self, error: Passing) -> RectoError:
        return error.error if isinstance(error, Refused) else Unavailable(f"{self.url}: {error}")

    @contextmanager
    def _passing(self) -> Iterator[None]:
        """Turns what the HTTP client raises into `Passing`, or into Unavailable where asking again cannot help."""
        try:
            yield
        except _PASSING as error:
            raise Passing(f"it does not answer ({type(error).__name__}).") from error
        except httpx2.HTTPError as error:
            raise Unavailable(f"{self.url}: {type(error).__name__}.") from error

    def close(self) -> None:
        self.pool.close()


class Refused(Passing):
    """The server says in a problem of its own that it cannot now; `error` is that problem."""

    def __init__(self, error: RectoError, wait: dt.timedelta | None) -> None:
        super().__init__(str(error), wait)
        self.error = error


def http_url(url: str) -> str:
    """The address of a server, without a slash at its end. Raises BadRequest."""
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise BadRequest("The server's address is not a URL.") from error
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise BadRequest("The server's address begins with http:// or https:// and a host, and holds no password.")
    return url.rstrip("/")


def printable(key: str) -> str:
    """A key as it may stand in a header. Raises BadRequest, without the key."""
    key = key.strip()
    if not (key.isascii() and key.isprintable()):
        raise BadRequest("The key has characters that no key has.")
    return key


def raise_for(answer: httpx2.Response) -> None:
    """Nothing for a success. Raises the problem's RectoError, or Passing where asking again may help."""
    if answer.is_success:
        return
    error = error_of(answer)
    wait = seconds_asked(answer)
    # A 502 of the server's own is about a third party, which it has asked again itself.
    own = answer.status_code == 502 and type(error) is not RectoError
    passes = (answer.status_code in _MOMENTARY and not own) or isinstance(error, InFlight)
    if passes and wait <= LONGEST_WAIT.total_seconds():
        raise Refused(error, dt.timedelta(seconds=wait) if wait else None)
    raise error


def seconds_asked(answer: httpx2.Response) -> float:
    """For how long the server says that asking again is useless; 0 where it says nothing."""
    header = str(answer.headers.get("Retry-After", "")).strip()
    if header.isdecimal():
        return float(header)
    wait = wait_asked(header or None)
    return wait.total_seconds() if wait else 0.0


def error_of(answer: httpx2.Response) -> RectoError:
    """The error that a problem names by its code, with the id that the server logs the request by."""
    said = problem_in(answer)
    found = errors_by_code().get(said.get("code", ""))
    words = [said.get("title", ""), said.get("detail", "")]
    detail = words[1] if found else " ".join(filter(None, [f"The server answered {answer.status_code}.", *words]))
    if found is not None and issubclass(found, OverQuota):
        error: RectoError = found(detail, wait=seconds_asked(answer) or 1.0)
    else:
        error = (found or RectoError)(detail)
    error.request_id = said.get("request_id") or str(answer.headers.get("X-Request-ID", ""))
    return error


def problem_in(answer: httpx2.Response) -> Mapping[str, str]:
    """What a problem says; nothing where the answer is none."""
    try:
        said = answer.json()
    except ValueError:
        return {}
    return {name: text for name, text in said.items() if isinstance(text, str)} if isinstance(said, dict) else {}


@cache
def errors_by_code() -> Mapping[str, type[RectoError]]:
    """Every error class by its code."""
    found: dict[str, type[RectoError]] = {}
    todo = [RectoError]
    while todo:
        each = todo.pop()
        found.setdefault(each.code, each)
        todo.extend(each.__subclasses__())
    return found
