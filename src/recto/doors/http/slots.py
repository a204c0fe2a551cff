"""Work for callers who wait: so many pieces at once, so many that wait, and no more."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
        self.here += 1
        try:
            return await asyncio.wrap_future(self.pool.submit(copy_context().run, act))
        finally:
            self.here -= 1
