"""What an owner may still ask for: pages of the day, and jobs that wait or run. Without keys nobody is held to it."""

import math
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from recto.app import App
from recto.document.errors import PagesSpent, QueueFull, TooManyJobs
from recto.document.job import Backlog
from recto.doors.http.keyring import Caller


class Queued:
    """The backlog of the queue as it was a moment ago, since to count a long one for each upload would take too much.

    `since` are the jobs that this process ordered after it looked, so that a burst within the moment is refused too.
    `coming` are the jobs by owner that this process is about to order.
    """

    LASTS: Final = 1.0

    def __init__(self, app: App) -> None:
        self.app = app
        self.seen: Backlog | None = None
        self.until = 0.0
        self.since = 0
        self.coming: Counter[str] = Counter()
        self.lock = threading.Lock()

    def backlog(self) -> Backlog:
        """Raises StoreUnavailable."""
        if self.seen is None or time.monotonic() >= self.until:
            self.seen, self.since = self.app.jobs.backlog(), 0
            self.until = time.monotonic() + self.LASTS
        return self.seen

    def waiting(self) -> int:
        """Jobs that are due, as well as is known here. Raises StoreUnavailable."""
        return self.backlog().due + self.since

    @contextmanager
    def one_more(self, owner: str) -> Iterator[int]:
        """How many jobs of the owner are about to be ordered here, this one among them."""
        with self.lock:
            self.coming[owner] += 1
            coming = self.coming[owner]
        try:
            yield coming
        finally:
            with self.lock:
                self.coming[owner] -= 1
                self.coming += Counter()  # forgets those that are at none


class Quota:
    """What is left to one caller."""

    def __init__(self, app: App, queued: Queued, caller: Caller) -> None:
        self.app = app
        self.queued = queued
        self.caller = caller
        self.granted = app.settings.gateway

    def ask_for_pages(self) -> None:
        """Raises PagesSpent where the day's pages are used up. The document that uses them up is still read."""
        most = self.granted.pages_a_day
        if not most or not self.caller.key_id:
            return
        now = datetime.now(UTC)
        if self.app.usage.pages(self.caller.owner, now) >= most:
            tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            raise PagesSpent(f"{most} a day are granted.", wait=math.ceil((tomorrow - now).total_seconds()))

    def count_pages(self, pages: int) -> None:
        if self.granted.pages_a_day and self.caller.key_id:
            self.app.usage.add_pages(self.caller.owner, pages, datetime.now(UTC))

    @contextmanager
    def job(self) -> Iterator[None]:
        """Around the ordering of one job. Raises QueueFull, TooManyJobs."""
        with self.room():
            self.queued.since += 1
            yield

    @contextmanager
    def room(self) -> Iterator[None]:
        """While there is room for one job more. Raises QueueFull, TooManyJobs.

        Two that come at once cannot both take the last place: each counts itself before it counts what is there.
        """
        if self.granted.queue and self.queued.waiting() >= self.granted.queue:
            raise QueueFull(f"{self.granted.queue} jobs wait.", wait=30)
        if not self.granted.jobs or not self.caller.key_id:
            yield
            return
        with self.queued.one_more(self.caller.owner) as coming:
            if self.app.usage.open_jobs(self.caller.owner) + coming > self.granted.jobs:
                raise TooManyJobs(f"{self.granted.jobs} may wait or run.", wait=10)
            yield
