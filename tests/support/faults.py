"""A proxy that makes an honest HTTP service fail now and then, as networks and clouds do."""

import contextlib
import http.client
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@contextlib.contextmanager
def faulty(endpoint: str, seed: int = 0, errors: float = 0.1, cuts: float = 0.05, delays: float = 0.1) -> Iterator[str]:
    """The address of the proxy: shares of the requests end in a 503, in a cut connection, or come late by 0.5 s."""
    dice = random.Random(seed)
    behind = urlsplit(endpoint)
    pause = threading.Event()

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            throw = dice.random()
            if throw < errors:
                return self.reply(503, {}, b"slow down")
            if throw < errors + cuts:
                self.close_connection = True
                return None
            if throw < errors + cuts + delays:
                pause.wait(0.5)
            return self.pass_on(body)

        def pass_on(self, body):
            connection = http.client.HTTPConnection(behind.hostname, behind.port, timeout=30)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            hop_by_hop = ("connection", "transfer-encoding", "content-length", "server", "date")
            headers = {name: value for name, value in answer.getheaders() if name.lower() not in hop_by_hop}
            content = answer.read()
            if self.command == "HEAD":
                headers["Content-Length"] = answer.getheader("Content-Length") or "0"
            self.reply(answer.status, headers, content)
            connection.close()

        def reply(self, status, headers, content):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # whoever asked was killed
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815 (the names that the library calls)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        pause.set()
        server.shutdown()
        server.server_close()
