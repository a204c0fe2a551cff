"""The arithmetic of autoscaling, and a simulation of a day of it."""

import random
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from recto.document.job import Backlog
from recto.doors.autoscale import Scaler, Target, wished


def backlog(due=0, running=0):
    return Backlog(due, 0, running, 0, 0.0)


@pytest.mark.parametrize(
    ("due", "running", "workers"),
    [
        (0, 0, 0),  # nothing to do
        (1, 0, 1),  # never none while anything is due
        (0, 1, 1),  # or is being worked on
        (20, 0, 1),  # what one worker begins within the minute
        (21, 0, 2),
        (100, 0, 5),
        (10_000, 0, 10),  # the most
    ],
)
def test_there_are_as_many_workers_as_begin_what_is_due_in_time(due, running, workers):
    assert wished(backlog(due, running), Target(rate=1 / 3, wait=60, most=10)) == workers


def test_there_are_never_fewer_than_the_least():
    assert wished(backlog(), Target(rate=1, least=2)) == 2


def test_going_up_is_at_once_and_going_down_only_after_the_window():
    scaler = Scaler(Target(rate=1, wait=10, window=3))
    assert scaler.look(backlog(due=50), workers=1) == 5
    assert [scaler.look(backlog(), workers=5) for _ in range(3)] == [5, 5, 0]


def test_busy_workers_are_not_sent_away():
    scaler = Scaler(Target(rate=1, wait=10, window=2))
    for _ in range(5):
        workers = scaler.look(backlog(running=4), workers=6)
    assert workers == 4


@dataclass
class Day:
    """Workers that take a while to start and a while for each job, looked after by a scaler every 30 s."""

    scaler: Scaler
    seconds_per_job: int = 3
    start: int = 60
    wanted: int = 0
    starting: list = field(default_factory=list)
    busy: list = field(default_factory=list)
    idle: int = 0
    queue: list = field(default_factory=list)
    waits: list = field(default_factory=list)
    course: list = field(default_factory=list)
    sent_away_busy: int = 0

    def live(self, seconds, arrivals):
        for now in range(seconds):
            self.queue += [now] * arrivals(now)
            self.idle += self.starting.count(now)
            self.starting = [at for at in self.starting if at > now]
            self.idle += self.busy.count(now)
            self.busy = [until for until in self.busy if until > now]
            while self.queue and self.idle:
                self.waits.append(now - self.queue.pop(0))
                self.idle -= 1
                self.busy.append(now + self.seconds_per_job)
            if now % 30 == 0:
                self.scale(now)

    def scale(self, now):
        workers = len(self.busy) + self.idle + len(self.starting)
        wanted = self.scaler.look(backlog(len(self.queue), len(self.busy)), workers)
        self.starting += [now + self.start] * (wanted - workers)
        for _ in range(workers - wanted):
            if self.idle:
                self.idle -= 1
            elif self.starting:
                self.starting.pop()
            else:
                self.busy.pop()
                self.sent_away_busy += 1
        self.course.append(wanted)

    @property
    def turns(self):
        """How often the number of workers changed its direction."""
        steps = [b - a for a, b in pairwise(self.course) if a != b]
        return sum((a > 0) != (b > 0) for a, b in pairwise(steps))


def noisy(rate, dice):
    return lambda now: sum(dice.random() < rate / 4 for _ in range(4))


def test_steady_traffic_with_noise_makes_no_thrash():
    day = Day(Scaler(Target(rate=1 / 3, wait=60, most=20)))
    day.live(4 * 3600, noisy(2.0, random.Random(1)))
    later = day.course[60:]
    assert max(later) - min(later) <= 1
    assert day.turns <= 1
    assert day.sent_away_busy == 0
    assert max(day.waits[3600:]) <= 60


def test_a_burst_is_worked_off_and_then_all_workers_go():
    day = Day(Scaler(Target(rate=1 / 3, wait=60, most=20)))
    day.live(3 * 3600, lambda now: 2000 if now == 600 else 0)
    assert len(day.waits) == 2000
    assert max(day.course) == 20
    assert day.course[-1] == 0
    assert day.turns == 1
    assert day.sent_away_busy == 0


def test_after_a_quiet_night_the_first_document_waits_no_longer_than_a_start_and_a_look():
    day = Day(Scaler(Target(rate=1 / 3, wait=60, most=20)))
    day.live(3 * 3600, lambda now: int(now == 7200 + 1))
    assert day.waits[0] <= 60 + 30 + 1
