"""`/metrics`: what an operator's Prometheus asks of this process, and of the queue that all processes share."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from recto.app import App
from recto.document.errors import RectoError

router = APIRouter(tags=["health"])

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """The figures of one application, in a registry of their own."""

    def __init__(self, app: App) -> None:
        self.registry = CollectorRegistry()
        asked = ("method", "route", "status")
        self.requests = Counter("recto_http_requests", "Requests answered.", asked, registry=self.registry)
        self.seconds = Histogram(
            "recto_http_request_seconds", "Until the last byte.", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.running = Gauge("recto_http_requests_running", "Requests not answered yet.", registry=self.registry)
        self.problems = Counter(
            "recto_http_problems", "Answers that were a problem.", ("code",), registry=self.registry
        )
        self.engines = Histogram(
            "recto_engine_seconds", "Judging, extracting.", ("task",), buckets=SECONDS, registry=self.registry
        )
        self.registry.register(QueueFigures(app))
        # The library looks a figure up by its labels under a lock, and turns each into a text, every time.
        self.figures = cache(
            lambda method, route, status: (self.requests.labels(method, route, status), self.seconds.labels(route))
        )

    def answered(self, method: str, route: str, status: int, seconds: float, code: str) -> None:
        count, timing = self.figures(method, route, status)
        count.inc()
        timing.observe(seconds)
        if code:
            self.problems.labels(code).inc()


class QueueFigures(Collector):
    """The backlog, looked up when it is asked for. Nothing is told while the store is away."""

    def __init__(self, app: App) -> None:
        self.app = app

    def describe(self) -> list[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            backlog = self.app.jobs.backlog()
        except RectoError:
            return
        jobs = GaugeMetricFamily("recto_queue_jobs", "Jobs by state.", labels=["state"])
        for state in ("due", "later", "running", "failed"):
            jobs.add_metric([state], getattr(backlog, state))
        yield jobs
        yield GaugeMetricFamily("recto_queue_oldest_seconds", "How long the first job has been due.", backlog.oldest)


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """In Prometheus' text format. Where there are keys, it asks for one with the scope `admin`, as a bearer token."""
    figures: Metrics = request.app.state.metrics
    return Response(generate_latest(figures.registry), 200, {"Cache-Control": "no-store"}, CONTENT_TYPE_PLAIN_0_0_4)
