"""OpenTelemetry: a span for each request and for each piece of work in it, sent to the endpoint of the settings.

The caller's `traceparent` is continued. Spans carry the route and the status, and nothing of what was sent.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from recto import __version__
from recto.document.errors import BadSettings


class Span(Protocol):
    """What is timed."""

    def update_name(self, name: str) -> None: ...

    def set_attribute(self, key: str, value: str | int) -> None: ...


class Tracer:
    """Makes spans with the library's tracer; `shutdown` sends what is left."""

    def __init__(self, tracer: Any, server: Any, extract: Any, shutdown: Any) -> None:
        self.tracer = tracer
        self.server = server
        self.extract = extract
        self.shutdown = shutdown

    @contextmanager
    def request(self, headers: Mapping[str, str]) -> Iterator[Span]:
        """The span of a request that came in."""
        came_with = self.extract({name: headers[name] for name in ("traceparent", "tracestate") if name in headers})
        with self.tracer.start_as_current_span("request", came_with, self.server) as span:
            yield span

    @contextmanager
    def work(self, name: str) -> Iterator[None]:
        """A span within that of the request."""
        with self.tracer.start_as_current_span(name):
            yield


def tracer_to(endpoint: str) -> Tracer | None:
    """Sends to `endpoint` (OTLP over HTTP, the whole URL); None where none is set. Raises BadSettings."""
    if not endpoint:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
    except ImportError as error:
        raise BadSettings("traces: they need the extra `otel` (pip install 'recto[otel]').") from error
    provider = TracerProvider(resource=Resource.create({"service.name": "recto", "service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
    tracer = provider.get_tracer("recto")
    return Tracer(tracer, SpanKind.SERVER, TraceContextTextMapPropagator().extract, provider.shutdown)
