"""The worker: claims jobs, gives each to a child process, renews their leases, and settles what came of them.

One thread, one loop. All thinking happens in the children (`worker_hand`), so that a page that takes down its process
takes down nothing else, and a busy page never keeps a lease from being renewed. Nothing here need outlive the process:
what must be known after a kill stands in the queue.
"""

import logging
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from typing import Final, Protocol

from recto.document.errors import Conflict, OutOfMemory, StoreUnavailable, TimedOut
from recto.document.job import Job
from recto.doors.worker_hand import Done, Failed, Hand, Handlers, Message, Progress, Verdict
from recto.doors.worker_name import dead, own_name
from recto.ports import Leases, Queue, Timetable

LOG: Final = logging.getLogger("recto.worker")
LONGEST_WAIT: Final = 300.0
OUTAGE_PAUSE: Final = 1.0


class WorkQueue(Queue, Leases, Protocol):
    """A queue whose leases can be looked at."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a worker works. Times in seconds.

    A child is renewed after `child_jobs` jobs or when it holds more than `child_bytes` after one, and killed when it
    holds more than `most_bytes`, or says nothing for `silence`, during one. `nice` is how far it gives way to others.
    Schedules are looked at every `tick`. `retry` is the wait before a second attempt; each further one waits four times
    as long.
    """

    concurrency: int = 1
    lease: float = 30.0
    beat: float = 3.0
    poll: float = 0.25
    tick: float = 5.0
    drain: float = 100.0
    silence: float = 600.0
    retry: float = 1.0
    child_jobs: int = 200
    child_bytes: int = 1536 * 1024 * 1024
    most_bytes: int = 4096 * 1024 * 1024
    nice: int = 0


class Worker:
    """Works until it is stopped, on jobs of the kinds that it has handlers for."""

    def __init__(
        self, queue: WorkQueue, handlers: Handlers, plan: Plan = Plan(), timetable: Timetable | None = None
    ) -> None:
        self.queue = queue
        self.handlers = handlers
        self.plan = plan
        self.timetable = timetable
        self.name = own_name()
        self.hands: list[Hand] = []
        self.counts = {"done": 0, "failed": 0, "retried": 0, "lost": 0}
        self.seen_at = time.monotonic()
        self.beaten_at = float("-inf")
        self.looked_at = float("-inf")
        self.ordered_at = float("-inf")
        self.stop_at = float("inf")
        self.stopping = threading.Event()
        self.bell, self.rope = os.pipe()

    def stop(self) -> None:
        """Claim nothing more and finish what is begun; asked twice, hand it back instead. From any thread."""
        self.stop_at = time.monotonic() + (0 if self.stopping.is_set() else self.plan.drain)
        self.stopping.set()
        self.ring()

    def ring(self) -> None:
        """There may be work: look now rather than at the next turn. From any thread."""
        os.write(self.rope, b"!")

    def run(self, once: bool = False) -> None:
        """Until stopped; with `once` until nothing is due."""
        LOG.info("%s starts: %s, %d at once", self.name, ", ".join(sorted(self.handlers)), self.plan.concurrency)
        try:
            self.hire()
            while not self.over():
                if self.turn() and once and not self.busy():
                    break
        finally:
            self.hand_back()
            LOG.info("%s ends: %s", self.name, self.counts)

    def hire(self) -> None:
        """Starts the children; for whoever takes the turns himself."""
        self.hands = [Hand(self.handlers, self.plan.nice) for _ in range(self.plan.concurrency)]

    def over(self) -> bool:
        return self.stopping.is_set() and (not self.busy() or time.monotonic() >= self.stop_at)

    def turn(self) -> bool:
        """Everything that is to be done now, then a wait until there is more; says whether no job was left to claim."""
        self.seen_at = time.monotonic()
        try:
            self.settle_all()
            self.beat_all()
            self.free_dead()
            self.order_scheduled()
            drained = self.claim_all()
        except StoreUnavailable as error:
            LOG.warning("%s", error)
            self.stopping.wait(OUTAGE_PAUSE)
            return False
        if self.busy() or not drained or not self.stopping.is_set():
            self.listen()
        return drained

    def busy(self) -> list[Hand]:
        return [hand for hand in self.hands if hand.job]

    def settle_all(self) -> None:
        """Writes down what is decided, and renews the children that are worn."""
        for hand in self.hands:
            if hand.verdict:
                self.settle(hand.verdict)
                hand.rest()
                if self.worn(hand):
                    hand.renew()

    def settle(self, verdict: Verdict) -> None:
        job = verdict.job
        count = {"done": "done", "failed": "failed"}.get(job.state, "retried")
        try:
            self.queue.settle(job, verdict.wait)
        except Conflict:
            count = "lost"
        self.counts[count] += 1
        LOG.info(
            "job %s (%s) %s, attempt %d %s", job.id, job.kind, count, job.attempts, job.error.code if job.error else ""
        )

    def worn(self, hand: Hand) -> bool:
        return hand.finished >= self.plan.child_jobs or hand.resident() > self.plan.child_bytes

    def beat_all(self) -> None:
        """Renews the leases; a job that was cancelled or went to another worker is dropped together with its child."""
        if time.monotonic() - self.beaten_at < self.plan.beat:
            return
        self.beaten_at = time.monotonic()
        for hand in self.busy():
            assert hand.job
            try:
                self.queue.settle(hand.job, self.plan.lease)
            except Conflict:
                LOG.info("job %s (%s) was cancelled or taken over", hand.job.id, hand.job.kind)
                self.counts["lost"] += 1
                hand.renew()
                hand.rest()

    def free_dead(self) -> None:
        """The jobs of workers on this machine that were killed need not wait for their leases to end."""
        if time.monotonic() - self.looked_at < self.plan.lease / 4:
            return
        self.looked_at = time.monotonic()
        for holder in self.queue.holders():
            if dead(holder):
                LOG.info("%s is dead; its jobs are due again", holder)
                self.queue.release(holder)

    def order_scheduled(self) -> None:
        """What is due by the timetable becomes a job: one, though every worker orders it and may be killed."""
        if self.timetable is None or time.monotonic() - self.ordered_at < self.plan.tick:
            return
        self.ordered_at = time.monotonic()
        for schedule in self.timetable.due():
            job = self.queue.order(schedule.order)
            LOG.info("job %s (%s) is ordered by the schedule %s", job.id, job.kind, schedule.name)
            self.timetable.advance(schedule)

    def claim_all(self) -> bool:
        """A job for each idle child; says whether there was one too few."""
        for hand in self.hands:
            if hand.job is None and not self.stopping.is_set():
                job = self.queue.claim(self.name, tuple(self.handlers), self.plan.lease)
                if job is None:
                    return True
                hand.take(job)
        return self.stopping.is_set()

    def listen(self) -> None:
        """Waits until a child says something, the bell rings, or it is time to look again; takes note of all of it."""
        waiting = [hand for hand in self.busy() if not hand.verdict]
        idle = len(waiting) < len(self.hands)
        wait([self.bell, *(hand.pipe for hand in waiting)], self.plan.poll if idle else min(1.0, self.plan.beat))
        self.hush()
        for hand in waiting:
            while hand.verdict is None and (message := hand.hear()):
                self.note(hand, message)
            if hand.verdict is None:
                self.watch(hand)

    def hush(self) -> None:
        if wait([self.bell], 0):
            os.read(self.bell, 4096)

    def watch(self, hand: Hand) -> None:
        """Ends a child that holds too much memory or has been silent for too long."""
        if hand.resident() > self.plan.most_bytes:
            self.end(hand, Failed(OutOfMemory(f"It held more than {self.plan.most_bytes >> 20} MB.").fault))
        elif time.monotonic() - hand.heard_at > self.plan.silence:
            self.end(hand, Failed(TimedOut(f"Nothing was heard of it for {self.plan.silence:g} s.").fault))

    def end(self, hand: Hand, failed: Failed) -> None:
        """Kills it, and hears to its end how far it came."""
        hand.process.kill()
        hand.process.join()
        while hand.verdict is None and (message := hand.hear()):
            self.note(hand, failed if isinstance(message, Failed) else message)

    def note(self, hand: Hand, message: Message) -> None:
        assert hand.job
        if isinstance(message, Progress):
            hand.job = replace(hand.job, progress=message.said)
        else:
            hand.verdict = verdict_of(hand.job, message, self.plan.retry)
            if not hand.process.is_alive():
                hand.renew()

    def hand_back(self) -> None:
        """What was not finished is due again at once, and this try of it does not count."""
        for hand in self.hands:
            hand.kill()
            if hand.job:
                with suppress(Conflict, StoreUnavailable):
                    unfinished = replace(hand.job, state="queued", attempts=hand.job.attempts - 1)
                    self.queue.settle(hand.verdict.job if hand.verdict else unfinished)


def verdict_of(job: Job, message: Done | Failed, retry: float) -> Verdict:
    if isinstance(message, Done):
        return Verdict(replace(job, state="done", result=message.result, error=None))
    if message.buried:
        return Verdict(replace(job, state="failed", error=message.fault))
    attempts = job.attempts if message.counts else job.attempts - 1
    wait_for = min(LONGEST_WAIT, retry * 4.0 ** max(0, attempts - 1))
    return Verdict(replace(job, state="queued", error=message.fault, attempts=attempts), wait_for)
