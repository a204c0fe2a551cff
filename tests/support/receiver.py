"""A receiver of webhooks: a real HTTP server on loopback that answers each path by its script and keeps what came."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Message:
    """What came, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """By path, the answers in order, of which the last one stays: a status, its headers and its body; 200 by default.

    While `open` is not set everything that comes is kept waiting for its answer.
    """

    port: int
    scripts: dict[str, list[tuple[int, dict[str, str], bytes]]] = field(default_factory=dict)
    came: list[Message] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, path: str, *statuses: int, body: bytes = b"", **headers: str) -> str:
        """The URL of a path that answers so."""
        self.scripts[path] = [(status, headers, body) for status in statuses]
        return self.url(path)

    def at(self, path: str) -> list[Message]:
        with self.lock:
            return [message for message in self.came if message.path == path]

    def answer(self, message: Message) -> tuple[int, dict[str, str], bytes]:
        with self.lock:
            self.came.append(message)
            script = self.scripts.get(message.path, [(200, {}, b"")])
            return script.pop(0) if len(script) > 1 else script[0]


def handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, said = receiver.answer(Message(self.path, headers, body))
            receiver.open.wait(60)
            with contextlib.suppress(OSError):  # who asked is gone
                self.send_response(status)
                for name, value in {"Content-Length": str(len(said)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Not into the test's output."""

    return Handler


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    receiver = Receiver(server.server_port)
    receiver.open.set()
    server.RequestHandlerClass = handler_of(receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.open.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
