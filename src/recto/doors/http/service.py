"""How a caller who waits is served: his files gathered, an engine asked, his pages counted."""

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from fastapi import Request

from recto.app import App
from recto.doors.http.asking import LARGE, Ask, asked, distant, submission
from recto.doors.http.keyring import ANYONE, Caller
from recto.doors.http.metrics import Metrics
from recto.doors.http.quota import Queued, Quota
from recto.doors.http.slots import FETCHING, Slots
from recto.doors.http.traces import Tracer
from recto.submission import Submission

Result = TypeVar("Result")
Form = TypeVar("Form", bound=Ask)


class Service:
    """One for each application. Engines and fetching have threads of their own, and lines of callers before them."""

    def __init__(self, app: App, queued: Queued, metrics: Metrics, tracer: Tracer | None) -> None:
        granted = app.settings.gateway
        self.app = app
        self.queued = queued
        self.tracer = tracer
        self.slots = Slots(granted.at_once, granted.waiting)
        self.fetching = Slots(FETCHING, granted.waiting)
        self.seconds = {task: metrics.engines.labels(task) for task in ("classify", "extract")}

    async def gathered(self, request: Request, form_of: type[Form], caller: Caller) -> tuple[Form, Submission]:
        """What is asked, and the files that are to be looked at, fetched where they are elsewhere.

        Raises PagesSpent, QueueFull, and whatever is wrong with the request.
        """
        ask, files = await asked(request, form_of, self.app.limits.file_bytes)
        if self.counts(caller):
            await self.fetching.run(Quota(self.app, self.queued, caller).ask_for_pages)
        act = partial(submission, self.app, ask, files, caller.owner)
        apart = distant(ask) or sum(map(len, ask.image_urls)) > LARGE
        return ask, await self.fetching.run(self.traced("fetch", act)) if apart else act()

    async def thought(self, task: str, act: Callable[[], Result]) -> Result:
        """What `act` says, when its turn has come. Raises QueueFull, and whatever an engine raises."""
        start = time.perf_counter()
        try:
            return await self.slots.run(self.traced(task, act))
        finally:
            self.seconds[task].observe(time.perf_counter() - start)

    async def counted(self, caller: Caller, pages: int) -> None:
        if self.counts(caller):
            await self.fetching.run(partial(Quota(self.app, self.queued, caller).count_pages, pages))

    def counts(self, caller: Caller) -> bool:
        """Whether his pages are counted."""
        return bool(self.app.settings.gateway.pages_a_day and caller.key_id)

    def traced(self, name: str, act: Callable[[], Result]) -> Callable[[], Result]:
        """The same in a span of its own, where traces are wanted."""
        if self.tracer is None:
            return act
        tracer = self.tracer

        def within() -> Result:
            with tracer.work(name):
                return act()

        return within


def service_of(request: Request) -> tuple[Service, Caller]:
    """Without the state's detours, which those who call often would feel."""
    scope = request.scope
    service: Service = scope["app"].state.service
    caller: Caller = scope["state"].get("caller", ANYONE)
    return service, caller
