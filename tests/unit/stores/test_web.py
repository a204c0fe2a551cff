"""Fetching what a stranger names: each trick is refused, each honest answer arrives."""

import contextlib
import gzip
import ipaddress
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from recto.document.errors import FetchFailed, ForbiddenUrl, TimedOut, TooLarge
from recto.stores.web import Guard, Web, is_public

OPEN = ipaddress.ip_address("127.0.0.2")


def one_open_address(address):
    """A network in which 127.0.0.2 is the open world and everything else is ours."""
    return address == OPEN


class Scripted:
    """A server on 127.0.0.2 that sends the given bytes for each path, in pieces with a pause, and counts its calls."""

    def __init__(self, answers: dict[str, list[bytes]], pause: float = 0.0) -> None:
        self.answers = answers
        self.pause = pause
        self.asked: list[str] = []
        self.stop = threading.Event()
        self.socket = socket.create_server((str(OPEN), 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while not self.stop.is_set():
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            with peer, contextlib.suppress(OSError):
                head = peer.recv(65536).decode()
                path = head.split(" ")[1]
                self.asked.append(head)
                for piece in self.answers[path]:
                    peer.sendall(piece)
                    if self.stop.wait(self.pause):
                        break

    def close(self) -> None:
        self.stop.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)


@contextlib.contextmanager
def serving(answers: dict[str, list[bytes]], pause: float = 0.0) -> Iterator[Scripted]:
    server = Scripted(answers, pause)
    try:
        yield server
    finally:
        server.close()


def web_for(server: Scripted, **limits) -> Web:
    guard = Guard(ports=frozenset({server.port}), permits=one_open_address)
    return Web(guard=guard, **{"seconds": 5.0, **limits})


def ok(body: bytes, *headers: str) -> list[bytes]:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""]
    return ["\r\n".join(lines).encode() + body]


def moved(to: str) -> list[bytes]:
    return [f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()]


def test_an_honest_answer_arrives_whole():
    with serving({"/a.jpg?x=1": ok(b"bytes" * 50_000)}) as server:
        assert web_for(server).fetch(f"http://127.0.0.2:{server.port}/a.jpg?x=1") == b"bytes" * 50_000


def test_a_redirect_within_the_open_world_is_followed():
    with serving({"/a": moved("/b"), "/b": ok(b"there")}) as server:
        assert web_for(server).fetch(f"http://127.0.0.2:{server.port}/a") == b"there"


def test_a_redirect_to_loopback_is_refused_and_never_dialled():
    with socket.create_server(("127.0.0.1", 0)) as inner, serving({}) as server:
        inner.settimeout(0.2)
        port = inner.getsockname()[1]
        server.answers["/a"] = moved(f"http://127.0.0.1:{port}/secret")
        guard = Guard(ports=frozenset({server.port, port}), permits=one_open_address)
        with pytest.raises(ForbiddenUrl):
            Web(guard=guard, seconds=5).fetch(f"http://127.0.0.2:{server.port}/a")
        with pytest.raises(TimeoutError):
            inner.accept()


def test_redirects_end():
    with serving({"/a": moved("/a")}) as server, pytest.raises(FetchFailed, match="More than 5"):
        web_for(server).fetch(f"http://127.0.0.2:{server.port}/a")


def test_a_name_that_answers_differently_the_second_time_gains_nothing():
    answers = iter([["127.0.0.2"], ["127.0.0.1"]])
    with serving({"/a": ok(b"from the checked address")}) as server:
        guard = Guard(
            ports=frozenset({server.port}), permits=one_open_address, resolve=lambda _host, _port: next(answers)
        )
        web = Web(guard=guard, seconds=5)
        assert web.fetch(f"http://rebinding.example:{server.port}/a") == b"from the checked address"
        with pytest.raises(ForbiddenUrl):
            web.fetch(f"http://rebinding.example:{server.port}/a")


def test_one_closed_address_refuses_the_whole_name():
    guard = Guard(resolve=lambda _host, _port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(ForbiddenUrl):
        guard.checked("http://two-faced.example/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378::1",
        "fe80::1",
        "fec0::1",
        "fd00:ec2::254",
        "ff02::1",
    ],
)
def test_an_address_of_our_own_world_is_never_public(address):
    assert not is_public(ipaddress.ip_address(address))


def test_an_ordinary_address_is_public():
    assert is_public(ipaddress.ip_address("93.184.215.14"))
    assert is_public(ipaddress.ip_address("2606:2800:21f:cb07:6820:80da:af6b:8b2c"))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/a",
        "gopher://example.com/",
        "http://",
        "http://user:secret@example.com/",
        "http://example.com:22/",
        "http://example.com:99999/",
        "http://[::1/",
        "http://exa\nmple.com/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "",
    ],
)
def test_a_url_that_is_not_plainly_public_is_refused(url):
    with pytest.raises((ForbiddenUrl, FetchFailed)):
        Web(seconds=5).fetch(url)


def test_only_hosts_on_the_list_are_fetched_when_there_is_one():
    guard = Guard(hosts=frozenset({"good.example"}), resolve=lambda _host, _port: ["93.184.215.14"])
    assert guard.checked("https://good.example/a").address == "93.184.215.14"
    with pytest.raises(ForbiddenUrl):
        guard.checked("https://evil.example/a")


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving({"/a": ok(b"direct")}) as server:
        assert web_for(server).fetch(f"http://127.0.0.2:{server.port}/a") == b"direct"


def test_an_endless_body_stops_at_the_limit():
    endless = [b"HTTP/1.1 200 OK\r\n\r\n"] + [b"x" * 65536] * 1000
    with serving({"/a": endless}) as server, pytest.raises(TooLarge):
        web_for(server, max_bytes=1_000_000).fetch(f"http://127.0.0.2:{server.port}/a")


def test_a_body_announced_as_too_large_is_not_read():
    with serving({"/a": [b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"]}) as server, pytest.raises(TooLarge):
        web_for(server, max_bytes=1000).fetch(f"http://127.0.0.2:{server.port}/a")


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-"], ids=["body", "headers"])
def test_a_slow_drip_ends_at_the_deadline(start):
    with serving({"/a": [start] + [b"x"] * 1000}, pause=0.05) as server:
        begun = time.monotonic()
        with pytest.raises(TimedOut):
            web_for(server, seconds=0.6).fetch(f"http://127.0.0.2:{server.port}/a")
        assert time.monotonic() - begun < 25  # of the fifty that it would drip


def test_a_body_shorter_than_promised_is_an_error():
    short = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"]
    with serving({"/a": short}) as server, pytest.raises(FetchFailed, match="promised 100"):
        web_for(server).fetch(f"http://127.0.0.2:{server.port}/a")


def test_a_packed_body_is_not_unpacked():
    bomb = gzip.compress(b"\0" * 10_000_000)
    with serving({"/a": ok(bomb, "Content-Encoding: gzip")}) as server, pytest.raises(FetchFailed, match="encoded"):
        web_for(server).fetch(f"http://127.0.0.2:{server.port}/a")
    assert "Accept-Encoding: identity" in server.asked[0]


def test_what_is_sent_arrives_and_only_the_beginning_of_the_answer_is_looked_at():
    with serving({"/hook": ok(b"thanks" * 100_000)}) as server:
        reply = web_for(server).send(f"http://127.0.0.2:{server.port}/hook", b"{}", {"X-Own": "1"})
    assert (reply.status, reply.text[:6], len(reply.text) <= 1024) == (200, "thanks", True)
    assert "POST /hook HTTP/1.1" in server.asked[0] and "X-Own: 1" in server.asked[0]


def test_what_is_sent_follows_no_redirect_and_tells_when_to_come_again():
    head = b"HTTP/1.1 307 Found\r\nLocation: /b\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    with serving({"/a": [head], "/b": ok(b"")}) as server:
        reply = web_for(server).send(f"http://127.0.0.2:{server.port}/a", b"{}", {})
    assert (reply.status, reply.text, reply.retry_after) == (307, "", "7")
    assert len(server.asked) == 1


def test_nothing_is_sent_to_an_address_that_is_not_public():
    with serving({"/a": ok(b"")}) as server, pytest.raises(ForbiddenUrl):
        Web(guard=Guard(ports=frozenset({server.port}))).send(f"http://127.0.0.2:{server.port}/a", b"{}", {})
    assert server.asked == []


def test_the_status_stands_though_the_answer_never_ends():
    broken = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"zz\r\n"]
    with serving({"/a": broken}) as server:
        assert web_for(server).send(f"http://127.0.0.2:{server.port}/a", b"{}", {}).status == 200


def test_a_receiver_without_an_answer_is_given_up_at_the_deadline():
    with serving({"/a": [b"HTTP/1.1 "] * 100}, pause=0.1) as server, pytest.raises(TimedOut):
        web_for(server, seconds=0.3).send(f"http://127.0.0.2:{server.port}/a", b"{}", {})


def test_a_path_with_letters_of_any_script_is_dialled_as_its_bytes():
    with serving({"/caf%C3%A9?q=%F0%9F%8D%B5&a=%20": ok(b"tea")}) as server:
        url = f"http://127.0.0.2:{server.port}/café?q=🍵&a=%20"
        assert web_for(server).fetch(url) == b"tea"
