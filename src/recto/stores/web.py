"""Bytes from a URL that a stranger names, without becoming his way into our own network.

Every address that a name resolves to is checked, and the checked address is the one dialled, at the first request and
after every redirect, so a name that answers differently the second time gains nothing. Proxies of the environment are
not asked. The size is counted as it streams, no encoding is accepted or undone, and one deadline holds for everything.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from string import punctuation
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from recto.document.errors import FetchFailed, ForbiddenUrl, TimedOut, TooLarge

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

REDIRECTS: Final = {301, 302, 303, 307, 308}
PORTS: Final = {"http": 80, "https": 443}
CHUNK: Final = 64 * 1024
OWN_HEADERS: Final = {"Accept-Encoding": "identity", "User-Agent": "recto"}
EXCERPT: Final = 1024
"""Bytes of an answer that are looked at where only its status counts."""

# Networks that `ipaddress.is_global` calls global, or that carry an IPv4 address inside.
CLOSED: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "64:ff9b::/96",  # NAT64, RFC 6052
        "64:ff9b:1::/48",  # NAT64 for local use, RFC 8215
        "2002::/16",  # 6to4, RFC 3056
        "2001::/32",  # Teredo, RFC 4380
        "100.64.0.0/10",  # shared address space of carriers, RFC 6598
        "168.63.129.16/32",  # Azure's metadata and health service
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "fec0::/10",  # site-local, RFC 3879
    )
)


def is_public(address: Address) -> bool:
    """Whether it is an ordinary address of the open network."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if mapped is not None:
        return False
    closed = any(address.version == network.version and address in network for network in CLOSED)
    return address.is_global and not address.is_multicast and not closed


def anywhere(_address: Address) -> bool:
    """For a network where everything may be reached: that of a test, or of a machine on which something is made."""
    return True


def resolved(host: str, port: int) -> list[str]:
    """Every address of the name, as the system's resolver gives them."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"{host}: the name does not resolve.") from error
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclass(frozen=True, slots=True)
class Guard:
    """Which URLs may be dialled. With `hosts` given, only these names; `permits` says which addresses are open."""

    ports: frozenset[int] = frozenset(PORTS.values())
    hosts: frozenset[str] | None = None
    permits: Callable[[Address], bool] = is_public
    resolve: Resolve = resolved

    def checked(self, url: str) -> "Target":
        """Where to dial. Raises ForbiddenUrl where the URL, its name or any of its addresses may not be reached."""
        parts = split(url)
        host = parts.hostname or ""
        port = parts.port or PORTS[parts.scheme]
        if port not in self.ports:
            raise ForbiddenUrl(f"Port {port} is not open.")
        if self.hosts is not None and host not in self.hosts:
            raise ForbiddenUrl("The host is not on the list of those allowed.")
        addresses = self.resolve(host, port)
        if not addresses or not all(self.permits(ipaddress.ip_address(a.partition("%")[0])) for a in addresses):
            raise ForbiddenUrl("The host has an address that is not public.")
        return Target(parts, host, port, addresses[0])


@dataclass(frozen=True, slots=True)
class Target:
    """A URL and the checked address that its host has."""

    parts: SplitResult
    host: str
    port: int
    address: str

    @property
    def path(self) -> str:
        """With its query; what is not ASCII is written as its bytes (RFC 3987, section 3.1)."""
        path = self.parts.path or "/"
        return quote(f"{path}?{self.parts.query}" if self.parts.query else path, safe=punctuation)


def split(url: str) -> SplitResult:
    """The URL's parts. Raises ForbiddenUrl for what is no plain http or https URL."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url.strip()):
        raise ForbiddenUrl("Only http and https URLs are fetched.")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenUrl("A URL with a user or a password in it is not fetched.")
    return parts


@dataclass(frozen=True, slots=True)
class Reply:
    """What was said to something that was sent: the status, the beginning of the body as text, and `Retry-After`."""

    status: int
    text: str
    retry_after: str = ""


class Pinned(http.client.HTTPConnection):
    """A connection to the checked address under the URL's own host name, in TLS where the scheme says so."""

    def __init__(self, target: Target, timeout: float) -> None:
        super().__init__(target.host, target.port, timeout=timeout)
        self.target = target
        self.dialled: socket.socket | None = None

    def connect(self) -> None:
        plain = socket.create_connection((self.target.address, self.target.port), self.timeout)
        if self.target.parts.scheme == "https":
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.target.host)
        else:
            self.sock = plain
        # The connection forgets its socket once a body without a length begins; the alarm still needs it.
        self.dialled = self.sock


@dataclass(frozen=True, slots=True)
class Web:
    """Fetches within limits: `max_bytes` of body, `seconds` for everything, `redirects` at most."""

    max_bytes: int = 25 * 1024 * 1024
    seconds: float = 30.0
    redirects: int = 5
    guard: Guard = field(default_factory=Guard)

    def fetch(self, url: str) -> bytes:
        """The body. Raises ForbiddenUrl, FetchFailed, TooLarge or TimedOut."""
        end = time.monotonic() + self.seconds
        for _ in range(self.redirects + 1):
            target = self.guard.checked(url)
            with self.answer(target, end) as response:
                if response.status not in REDIRECTS:
                    return self.body(response, end)
                location = response.headers.get("Location")
            if not location:
                raise FetchFailed("A redirect without a target.")
            url = urljoin(url, location)
        raise FetchFailed(f"More than {self.redirects} redirects.")

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Posts it there; what is answered is a reply whatever its status, and no redirect is followed.

        Raises ForbiddenUrl, FetchFailed or TimedOut.
        """
        end = time.monotonic() + self.seconds
        with self.answer(self.guard.checked(url), end, "POST", body, headers) as response:
            beginning = b""
            with suppress(OSError, http.client.HTTPException):  # the status stands, however the body ends
                beginning = response.read1(EXCERPT)
            text = beginning.decode("utf-8", "replace").replace("\0", "\ufffd")
            return Reply(response.status, text, response.headers.get("Retry-After") or "")

    @contextmanager
    def answer(
        self,
        target: Target,
        end: float,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> Iterator[http.client.HTTPResponse]:
        """The response with its head read. When the deadline passes, the socket is shut under whoever waits on it."""
        connection = Pinned(target, max(0.001, end - time.monotonic()))
        alarm = threading.Timer(max(0.0, end - time.monotonic()), shut, [connection])
        alarm.daemon = True
        alarm.start()
        try:
            connection.request(method, target.path, body, {**OWN_HEADERS, **headers})
            yield connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() >= end or isinstance(error, TimeoutError):
                raise TimedOut(f"The URL did not answer within {self.seconds:g} s.") from error
            raise FetchFailed(f"{type(error).__name__} while fetching the URL.") from error
        finally:
            alarm.cancel()
            connection.close()

    def body(self, response: http.client.HTTPResponse, end: float) -> bytes:
        """All of the body, counted. A body shorter than promised is an error, not a document."""
        if response.status != 200:
            raise FetchFailed(f"The URL answered with status {response.status}.")
        if (response.headers.get("Content-Encoding") or "identity").lower() != "identity":
            raise FetchFailed("The URL answered with an encoded body, which is not undone.")
        if response.length is not None and response.length > self.max_bytes:
            raise TooLarge(f"The URL announces {response.length} bytes; the limit is {self.max_bytes}.")
        promised, chunks, size = response.length, [], 0
        while chunk := response.read1(CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > self.max_bytes:
                raise TooLarge(f"The URL sends more than {self.max_bytes} bytes.")
            if time.monotonic() >= end:
                break
        # A shut socket looks like the end of a body, or of the headers, that promised no length.
        if time.monotonic() >= end:
            raise TimedOut(f"The URL did not finish within {self.seconds:g} s.")
        if promised is not None and size < promised:
            raise FetchFailed(f"The URL promised {promised} bytes and sent {size}.")
        return b"".join(chunks)


def shut(connection: Pinned) -> None:
    """Ends both directions, so that a blocked read returns at once."""
    if connection.dialled is not None:
        try:
            connection.dialled.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was closed in the meantime, which is what was wanted


def web(
    hosts: Iterable[str] | None,
    ports: Iterable[int],
    max_bytes: int,
    seconds: float,
    redirects: int,
    permits: Callable[[Address], bool] = is_public,
) -> Web:
    """By the settings: with `hosts` only these names, else every one whose addresses are permitted."""
    names = None if hosts is None else frozenset(host.lower() for host in hosts)
    return Web(max_bytes, seconds, redirects, Guard(frozenset(ports), names, permits))
