"""A serverless endpoint of RunPod: order a job once, then ask for that job until it ends.

Facts (RunPod's documentation of serverless endpoints): `/run` takes 10 MB and keeps results for 30 minutes, `/runsync`
takes 20 MB and keeps them for a minute, and holds the call for as long as `wait` says (1 to 300 s, else 90); a job that
outlived its time to live answers 404.
"""

import json
import logging
import math
import random
import threading
import time
from collections.abc import Mapping
from typing import Any, Final

from recto.document.errors import EngineFailed, EngineUnavailable, TooLarge
from recto.document.job import Json
from recto.engines.wire.http import Patience, Wire
from recto.engines.wire.staff import GLANCE, Staff, counted

log = logging.getLogger(__name__)

RUN_BYTES: Final = 10 * 1024 * 1024
RUNSYNC_BYTES: Final = 20 * 1024 * 1024
LONGEST: Final = 120.0
"""Seconds that one call may take."""
CANCEL: Final = 5.0
"""Seconds that it gets to hear of a cancelled job."""
WAITING: Final = {"IN_QUEUE", "IN_PROGRESS"}
ENDED: Final = {"COMPLETED", "FAILED", "CANCELLED", "TIMED_OUT"}


class RunPod:
    """One endpoint, by its URL (`https://api.runpod.ai/v2/<id>`, or a local server's).

    `timeout` is the time in seconds that a job may take from order to end; it is then cancelled.
    """

    def __init__(self, url: str, api_key: str = "", timeout: float = 300.0, poll: float = 0.2, tries: int = 3) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        total = min(timeout, LONGEST)
        self.held = max(total / 2, 1.0)
        # A call of `/runsync` that is cut would leave a job of which nobody knows the id.
        self.wire = Wire(url, headers, Patience(tries, total, timeout=max(total, 2 * self.held)))
        # Apart from the calls: an endpoint that works is not left alone because it is slow to tell of itself.
        self.glance = Wire(url, headers, GLANCE)
        self.timeout = timeout
        self.poll = poll
        self.status_by_post = False
        self.stop = threading.Event()

    def call(self, question: Mapping[str, Json]) -> dict[str, Any]:
        """The output of one job, by the way that takes its size. Raises EngineFailed, EngineUnavailable or TooLarge."""
        order = self.order_of(question)
        if len(json.dumps(order)) > RUN_BYTES:
            return self.call_sync(question)
        return self.awaited(self.ordered("/run", order))

    def call_sync(self, question: Mapping[str, Json]) -> dict[str, Any]:
        """The same in one round trip where the job is quick; else the same job is asked for until it ends."""
        order = self.order_of(question)
        if len(json.dumps(order)) > RUNSYNC_BYTES:
            raise TooLarge("RunPod takes 20 MB a job; give a larger document by a URL.")
        job = self.ordered(f"/runsync?wait={int(self.held * 1000)}", order)
        return output_of(job) if job["status"] in ENDED else self.awaited(job)

    def order_of(self, question: Mapping[str, Json]) -> dict[str, Any]:
        return {"input": dict(question), "policy": {"executionTimeout": int(self.timeout * 1000)}}

    def ordered(self, path: str, order: Mapping[str, Any]) -> dict[str, Any]:
        try:
            job = self.wire.order(path, order)
        except EngineFailed as error:
            if error.status == 413:
                raise TooLarge("RunPod refused the job as too large; give the document by a URL.") from error
            raise
        if not isinstance(job, dict) or not isinstance(job.get("id"), str):
            raise EngineFailed("RunPod answered without the id of a job.")
        return {"status": "IN_QUEUE", **job}

    def awaited(self, job: Mapping[str, Any]) -> dict[str, Any]:
        """The output of a job that was ordered, asked for with growing pauses; cancelled when its time is over."""
        try:
            return output_of(self.ended(job["id"], time.monotonic() + self.timeout))
        except EngineUnavailable:  # nobody waits for it any more
            self.cancel(job["id"])
            raise

    def ended(self, job_id: str, end: float) -> dict[str, Any]:
        """The job when it is over. Raises EngineUnavailable at the time `end`, or where nobody can tell."""
        pause = self.poll
        while True:
            latest = self.status(job_id, max(end - time.monotonic(), 0.0))
            if latest.get("status") in ENDED:
                return latest
            if latest.get("status") not in WAITING:
                log.warning("RunPod job %s has the unknown state %r", job_id, latest.get("status"))
            left = end - time.monotonic()
            if left <= 0 or self.stop.wait(min(pause * random.uniform(0.5, 1.0), left)):
                raise EngineUnavailable(f"RunPod did not end the job within {self.timeout:g} s; it is cancelled.")
            pause = min(pause * 1.5, 5.0)

    def status(self, job_id: str, within: float = math.inf) -> dict[str, Any]:
        path = f"/status/{job_id}"
        try:
            answer = self.wire.ask(path, {}, within) if self.status_by_post else self.wire.get(path, within)
        except EngineFailed as error:
            if error.status == 405 and not self.status_by_post:  # RunPod's own local server takes POST alone
                self.status_by_post = True
                return self.status(job_id, within)
            if error.status == 404:
                raise EngineFailed("RunPod no longer knows the job: its time to live is over.") from error
            raise
        if not isinstance(answer, dict):
            raise EngineFailed("RunPod answered a status that is no object.")
        return answer

    def cancel(self, job_id: str) -> None:
        """Tells RunPod to stop the job; one that it no longer knows is stopped enough."""
        try:
            self.wire.ask(f"/cancel/{job_id}", {}, CANCEL)
        except (EngineFailed, EngineUnavailable) as error:
            log.warning("RunPod job %s could not be cancelled: %s", job_id, error)

    def staff(self) -> Staff:
        """What `/health` says. Raises EngineUnavailable or EngineFailed."""
        answer = self.glance.get("/health")
        jobs, workers = counted(answer, "jobs"), counted(answer, "workers")
        return Staff(
            jobs.get("inQueue", 0), jobs.get("inProgress", 0), workers.get("idle", 0), workers.get("running", 0)
        )


def output_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """The output of a job that ended well. Raises EngineFailed for any other end, in one sentence."""
    output = job.get("output")
    if job.get("status") != "COMPLETED":
        raise EngineFailed(f"The RunPod job ended {job.get('status')}: {reason(job.get('error') or output)}")
    if isinstance(output, dict) and output.get("error"):
        raise EngineFailed(f"The RunPod job failed: {reason(output['error'])}")
    if not isinstance(output, dict):
        raise EngineFailed("The RunPod job ended without an output; results vanish after their time.")
    return output


def reason(error: Any) -> str:
    """The first line of an error's message. RunPod gives it as a JSON string with the trace inside, which is cut."""
    if isinstance(error, str) and error.lstrip().startswith("{"):
        try:
            error = json.loads(error)
        except ValueError:
            return first_line(error)
    if isinstance(error, dict):
        error = error.get("error_message") or error.get("message") or error.get("error") or "no reason given"
    return first_line(str(error or "no reason given"))


def first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0][:300] if lines else "no reason given"
