"""A stand-in of RunPod's serverless API: one endpoint with its states, expiry, limits and faults.

Written from RunPod's public documentation of `/run`, `/runsync`, `/status`, `/cancel` and `/health`. The handler runs
in threads, as many as there are workers. A fault is an answer that the next call gets instead of its own.
"""

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Handler = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(slots=True)
class PodJob:
    """A job as the service keeps it: its result for `kept` seconds, its work for `limit` if there is one."""

    id: str
    question: Mapping[str, Any]
    kept: float
    limit: float | None = None
    status: str = "IN_QUEUE"
    output: Any = None
    error: str | None = None
    ended: float | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def shown(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": self.id, "status": self.status}
        if self.output is not None:
            answer["output"] = self.output
        if self.error is not None:
            answer["error"] = self.error
        return answer


@dataclass(frozen=True, slots=True)
class Fault:
    """What the next call is answered with."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


class Pod:
    """The service. `kept` is how many seconds a result can be asked for, of `/runsync` a thirtieth of it.

    `run_bytes` is the largest body of `/run`; `/runsync` takes twice as much.
    """

    def __init__(
        self, handler: Handler, api_key: str = "", workers: int = 2, kept: float = 1800.0, run_bytes: int = 10 << 20
    ) -> None:
        self.handler = handler
        self.api_key = api_key
        self.kept = kept
        self.run_bytes = run_bytes
        self.faults: deque[Fault] = deque()
        self.asked: list[str] = []
        self.jobs: dict[str, PodJob] = {}
        self.total = workers
        self.pool = ThreadPoolExecutor(workers)

    @property
    def app(self) -> Starlette:
        routes = [
            Route("/run", self.run, methods=["POST"]),
            Route("/runsync", self.runsync, methods=["POST"]),
            Route("/status/{id}", self.status, methods=["GET", "POST"]),
            Route("/cancel/{id}", self.cancel, methods=["POST"]),
            Route("/health", self.health),
        ]
        return Starlette(routes=routes)

    def refused(self, request: Request) -> Response | None:
        """A fault that waits, or a wrong key."""
        self.asked.append(f"{request.method} {request.url.path}")
        if self.faults:
            fault = self.faults.popleft()
            return JSONResponse(fault.body, fault.status, dict(fault.headers))
        if self.api_key and request.headers.get("authorization") != f"Bearer {self.api_key}":
            return JSONResponse({"error": "unauthorized"}, 401)
        return None

    async def ordered(self, request: Request, most: int, kept: float) -> PodJob | Response:
        if refused := self.refused(request):
            return refused
        if len(await request.body()) > most:
            return JSONResponse({"error": "payload too large"}, 413)
        body = await request.json()
        limit = (body.get("policy") or {}).get("executionTimeout")
        job = PodJob(uuid.uuid4().hex, body["input"], kept, None if limit is None else limit / 1000)
        self.jobs[job.id] = job
        self.pool.submit(self.work, job)
        return job

    def work(self, job: PodJob) -> None:
        if job.status != "IN_QUEUE":
            return
        job.status = "IN_PROGRESS"
        alarm = threading.Timer(job.limit or threading.TIMEOUT_MAX, self.end, (job, "TIMED_OUT"))
        alarm.daemon = True
        alarm.start()
        try:
            output = self.handler(job.question)
        except Exception as error:
            self.end(job, "FAILED", error=f'{{"error_type": "x", "error_message": "{error}\\nTraceback: secret"}}')
        else:
            self.end(job, "COMPLETED", output=output)
        finally:
            alarm.cancel()

    def end(self, job: PodJob, status: str, output: Any = None, error: str | None = None) -> None:
        if job.ended is None:
            job.output, job.error, job.status, job.ended = output, error, status, time.monotonic()
        job.over.set()

    async def run(self, request: Request) -> Response:
        job = await self.ordered(request, self.run_bytes, self.kept)
        return job if isinstance(job, Response) else JSONResponse({"id": job.id, "status": "IN_QUEUE"})

    async def runsync(self, request: Request) -> Response:
        """Answers when the job has ended, or after the time that `wait` grants with the job still in progress."""
        job = await self.ordered(request, 2 * self.run_bytes, self.kept / 30)
        if isinstance(job, Response):
            return job
        granted = float(request.query_params.get("wait", 90_000)) / 1000
        await run_in_threadpool(job.over.wait, min(max(granted, 1.0), 300.0))
        return JSONResponse(job.shown())

    def known(self, request: Request) -> PodJob | None:
        job = self.jobs.get(request.path_params["id"])
        gone = job is not None and job.ended is not None and time.monotonic() - job.ended > job.kept
        return None if gone else job

    async def status(self, request: Request) -> Response:
        if refused := self.refused(request):
            return refused
        job = self.known(request)
        return JSONResponse({"error": "job not found"}, 404) if job is None else JSONResponse(job.shown())

    async def cancel(self, request: Request) -> Response:
        if refused := self.refused(request):
            return refused
        job = self.known(request)
        if job is None:
            return JSONResponse({"error": "job not found"}, 404)
        self.end(job, "CANCELLED")
        return JSONResponse({"id": job.id, "status": job.status})

    async def health(self, request: Request) -> Response:
        if refused := self.refused(request):
            return refused
        states = [job.status for job in self.jobs.values()]
        running = states.count("IN_PROGRESS")
        counts = {
            "inQueue": states.count("IN_QUEUE"),
            "inProgress": running,
            "completed": states.count("COMPLETED"),
            "failed": states.count("FAILED"),
            "retried": 0,
        }
        return JSONResponse({"jobs": counts, "workers": {"idle": self.total - running, "running": running}})
