"""Work for callers who wait: so many pieces at once, so many that wait, and no more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Final, TypeVar

from recto.document.errors import QueueFull

Result = TypeVar("Result")

FETCHING: Final = 16
"""URLs that are fetched at the same time: they wait for others and cost nothing here."""


class Slots:
    """`at_once` threads; `waiting` more callers may wait for one, in the order in which they came."""

    def __init__(self, at_once: int, waiting: int) -> None:
        self.at_once = at_once
        self.waiting = waiting
        self.here = 0
        self.pool = ThreadPoolExecutor(at_once)

    @property
    def busy(self) -> int:
        return min(self.here, self.at_once)

    @property
    def queued(self) -> int:
        return max(0, self.here - self.at_once)

    @property
    def full(self) -> bool:
        return self.here >= self.at_once + self.waiting

    async def run(self, act: Callable[[], Result]) -> Result:
        """What `act` returns. Raises QueueFull where too many wait already."""
        if self.full:
            raise QueueFull(f"{self.at_once} are being worked on and {self.waiting} wait.", wait=2.0)
        work = self.pool.submit(copy_context().run, act)
        self.here += 1
        try:
            await ended(work)
            return work.result()
        finally:
            self.here -= 1
            work.cancel()  # where the caller went away before its turn came


async def ended(work: Future[Result]) -> None:
    """When a thread is done with it. The loop's own way there, a chain of two futures, costs half as much again."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not told.done():
            told.set_result(None)

    def done(_: Future[Result]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell)

    work.add_done_callback(done)
    await told
