"""What an operator's probes and Prometheus ask of a worker, on a port of its own."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from recto.document.errors import RectoError, StoreUnavailable
from recto.doors.worker import Worker
from recto.ports import Depth

STUCK: Final = 60.0
"""Seconds without a turn of its loop after which a worker no longer counts as alive."""

Answer = tuple[int, str]


class Health:
    """Answers `/live`, `/ready` and `/metrics` for one worker."""

    def __init__(self, worker: Worker, depth: Depth) -> None:
        self.worker = worker
        self.depth = depth

    def answer(self, path: str) -> Answer:
        pages: dict[str, Callable[[], Answer]] = {"/live": self.live, "/ready": self.ready, "/metrics": self.metrics}
        page = pages.get(path.partition("?")[0])
        if page is None:
            return 404, "There are /live, /ready and /metrics.\n"
        try:
            return page()
        except RectoError as error:
            return 503, f"{error}\n"

    def live(self) -> Answer:
        """Whether its loop still turns, if only to find the store gone."""
        silence = time.monotonic() - self.worker.seen_at
        return (503, f"no turn for {silence:.0f} s\n") if silence > STUCK else (200, "ok\n")

    def ready(self) -> Answer:
        """Whether it can work: its queue answers."""
        self.depth.backlog()
        if self.worker.stopping.is_set():
            raise StoreUnavailable("The worker is stopping.")
        return 200, "ok\n"

    def metrics(self) -> Answer:
        return 200, "".join(f"{name} {value}\n" for name, value in self.figures())

    def figures(self) -> Iterator[tuple[str, float]]:
        for outcome, count in self.worker.counts.items():
            yield f'recto_worker_jobs_total{{outcome="{outcome}"}}', count
        yield "recto_worker_children", len(self.worker.hands)
        yield "recto_worker_children_busy", len(self.worker.busy())
        backlog = self.depth.backlog(tuple(self.worker.handlers))
        for name in ("due", "later", "running", "failed"):
            yield f'recto_queue_jobs{{state="{name}"}}', getattr(backlog, name)
        yield "recto_queue_oldest_seconds", backlog.oldest


@contextmanager
def health_on(address: tuple[str, int], health: Health) -> Iterator[int]:
    """Answers on that address; gives the port, which is the system's choice where 0 was asked for."""

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, text = health.answer(self.path)
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes come every few seconds and say nothing new."""

    server = ThreadingHTTPServer(address, Requests)
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="health")
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
