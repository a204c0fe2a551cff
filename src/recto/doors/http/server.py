"""The HTTP door: the API and the web pages, put together over one application."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Final

from fastapi import FastAPI

from recto import __version__
from recto.app import App, install
from recto.document.errors import Unavailable
from recto.doors.http import (
    documents,
    endpoints,
    events,
    gateway,
    guards,
    health,
    images,
    inspect,
    jobs,
    labels,
    login,
    logs,
    messages,
    metrics,
    models,
    problems,
    promotions,
    review,
    runs,
    webhooks,
)
from recto.doors.http.intake import mend
from recto.doors.http.pages import desks, reference
from recto.doors.http.pages import models as model_pages
from recto.doors.http.pages import routes as pages
from recto.doors.http.quota import Queued
from recto.doors.http.service import Service
from recto.doors.http.traces import tracer_to
from recto.doors.learning import handlers, keep_time
from recto.doors.worker import Plan, Worker

log = logging.getLogger("recto.http")

ROUTERS: Final = (
    gateway.router,
    inspect.router,
    documents.router,
    events.router,
    images.router,
    labels.router,
    review.router,
    webhooks.router,
    promotions.router,
    models.router,
    jobs.router,
    health.router,
    metrics.router,
    login.router,
    runs.router,
    model_pages.router,
    desks.router,
)
"""Routes are tried in this order: first those whose answers cost least beside it."""


IN_PROCESS: Final = Plan(drain=10.0, nice=5)
"""Its own worker gives way to the answering of requests, and does not hold up a server that is stopped."""


def create() -> FastAPI:
    """What `recto serve` runs: the installation of the settings, with a worker of its own."""
    app = install()
    logs.configure(app.settings.log_level)
    return build(app, Worker(app.queue, handlers(app), IN_PROCESS, app.schedules))


def create_alone() -> FastAPI:
    """What `recto serve --no-worker` runs: what is uploaded waits for a `recto worker`."""
    app = install()
    logs.configure(app.settings.log_level)
    return build(app)


def build(app: App, worker: Worker | None = None) -> FastAPI:
    """The ASGI application that answers for `app`; while it runs, so does `worker`."""
    http = FastAPI(
        title="Recto",
        version=__version__,
        description="Turns receipts, invoices, tax forms, statements and checks into records you can trust.",
        # FastAPI's own pages of the API fetch their scripts from another host.
        docs_url=None,
        redoc_url=None,
        responses=problems.DOCUMENTED,
        webhooks=messages.router,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `watch` notes it all
        lifespan=life_of(app, worker),
    )
    http.state.recto = app
    http.state.drawn = images.Drawn()
    for router in ROUTERS:
        http.include_router(router)
    pages.install(http)
    problems.install(http)
    reference.install(http)
    http.state.metrics = metrics.Metrics(app)
    http.state.worker = worker
    http.state.endpoints = endpoints.Endpoints(app)
    http.state.queued = Queued(app)
    http.state.tracer = tracer_to(app.settings.traces)
    http.state.service = Service(app, http.state.queued, http.state.metrics, http.state.tracer)
    guards.install(http, app)
    return http


def life_of(app: App, worker: Worker | None) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Before the first request what a crash left half done is mended; after the last one the worker ends."""

    @asynccontextmanager
    async def life(http: FastAPI) -> AsyncIterator[None]:
        try:
            await asyncio.to_thread(mend, app)
            await asyncio.to_thread(keep_time, app)
        except Unavailable as error:  # `/ready` says so too, until the store is back
            log.warning("the records cannot be looked through: %s", error)
        with working(worker):
            yield
        if http.state.tracer is not None:
            await asyncio.to_thread(http.state.tracer.shutdown)

    return life


@contextmanager
def working(worker: Worker | None) -> Iterator[None]:
    """The worker runs in a thread of its own; its thinking is done in processes of theirs."""
    if worker is None:
        yield
        return
    thread = threading.Thread(target=worker.run, name="worker")
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join()
