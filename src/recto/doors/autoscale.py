"""How many workers there should be, by the backlog of the queue: for `recto autoscale`, and for a scheduled function.

The rule is Amazon's "backlog per worker": as many workers as begin what is due within the time that one may wait.
Going up is at once. Going down is slow: to the most that a window of looks wished for or saw busy, so that noise moves
nothing and no worker is sent away that has a job.
"""

import math
from collections import deque
from dataclasses import dataclass, field

from recto.document.job import Backlog


@dataclass(frozen=True, slots=True)
class Target:
    """What is wished for: `wait` seconds until a due job is begun, where a worker does `rate` jobs a second.

    `window` is for how many looks in a row fewer workers must have been enough before one is sent away.
    """

    rate: float
    wait: float = 60.0
    least: int = 0
    most: int = 10
    window: int = 10


def wished(backlog: Backlog, target: Target) -> int:
    """Workers that the backlog of this moment asks for, within the bounds, and at least one where anything is due."""
    waiting = math.ceil(backlog.due / max(1e-9, target.rate * target.wait))
    return min(target.most, max(target.least, waiting, 1 if backlog.due or backlog.running else 0))


@dataclass
class Scaler:
    """Looks at the backlog again and again, and remembers what was wished for and what was busy."""

    target: Target
    wishes: deque[int] = field(default_factory=deque)

    def look(self, backlog: Backlog, workers: int, concurrency: int = 1) -> int:
        """How many workers there should be now, where there are `workers`, each with as many jobs side by side."""
        now = wished(backlog, self.target)
        busy = math.ceil(backlog.running / concurrency)
        self.wishes.append(max(now, busy))
        while len(self.wishes) > self.target.window:
            self.wishes.popleft()
        if now > workers:
            return now
        settled = len(self.wishes) == self.target.window
        return min(workers, max(self.wishes)) if settled else workers
