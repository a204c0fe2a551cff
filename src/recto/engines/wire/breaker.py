"""A circuit breaker: an endpoint that keeps failing is left alone for a while, then tried by one caller."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from recto.document.errors import EngineUnavailable

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Opens after `failures` in a row, for `rest` seconds; then one call is let through to see.

    Only EngineUnavailable counts as a failure: an answer that was refused or useless came from a living endpoint.
    """

    def __init__(self, failures: int = 5, rest: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.failures = failures
        self.rest = rest
        self.clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._opened: float | None = None
        self._trying = False

    @property
    def state(self) -> State:
        with self._lock:
            return self._state()

    def _state(self) -> State:
        if self._opened is None:
            return "closed"
        return "half_open" if self.clock() - self._opened >= self.rest else "open"

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """Around one call. Raises EngineUnavailable at once while the circuit is open."""
        self._enter()
        try:
            yield
        except EngineUnavailable:
            self._leave(failed=True)
            raise
        except BaseException:
            self._leave(failed=False)
            raise
        self._leave(failed=False)

    def _enter(self) -> None:
        with self._lock:
            state = self._state()
            if state == "open" or (state == "half_open" and self._trying):
                raise EngineUnavailable("It failed repeatedly and is left alone for a while.")
            self._trying = state == "half_open"

    def _leave(self, failed: bool) -> None:
        with self._lock:
            self._trying = False
            self._failed = self._failed + 1 if failed else 0
            if not failed:
                self._opened = None
            elif self._failed >= self.failures:
                self._opened = self.clock()
