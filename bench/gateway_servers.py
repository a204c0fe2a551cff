"""The servers that `bench.gateway` compares: the same instant engine behind the gateway, bare Starlette, and LitServe.

`python -m bench.gateway_servers NAME PORT [PROFILE]` serves one of them until it is told to stop.
"""

import cProfile
import importlib
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from recto.app import Installation, settings
from recto.document.page import Raster
from recto.document.reading import Engine, Guess
from recto.doors.http import logs
from recto.doors.http.server import build
from recto.ports import Exhibit, Verdict
from recto.submission import Desk

ENGINE = Engine("instant", "1")
VERDICT = Verdict(Guess("receipt", 0.99), "It is always one.", ENGINE)


class Instant:
    """Answers at once, without a look."""

    engine = ENGINE

    def judge(self, exhibits: Sequence[Exhibit]) -> list[Verdict]:
        return [VERDICT for _ in exhibits]


class Scripted(Installation):
    """An installation whose judge is instant; everything else is as it is."""

    @cached_property
    def desk(self) -> Desk:
        plain = super().desk
        return Desk(plain.reader, Instant(), plain.understanding, plain.answerer)


def gateway() -> object:
    """Keys, limits, validation, logs and figures are on."""
    app = Scripted(settings(gateway={"at_once": 8, "waiting": 1000}))
    logs.configure("INFO")
    return build(app)


def starlette() -> object:
    """None of it: JSON in, the engine in a thread as any engine is run, JSON out."""
    engine = Instant()

    def nothing() -> None:
        raise NotImplementedError

    def image(number: int, side: int) -> Raster:
        raise NotImplementedError

    async def classify(request: Request) -> JSONResponse:
        asked = await request.json()
        exhibit = Exhibit(len(asked["image_urls"]), nothing, image, asked.get("prompt", ""))  # type: ignore[arg-type]
        (verdict,) = await run_in_threadpool(engine.judge, [exhibit])
        guess = verdict.guess
        return JSONResponse({"type": guess.kind, "confidence": guess.confidence, "reasoning": verdict.reasoning})

    return Starlette(routes=[Route("/v1/classify", classify, methods=["POST"])])


APPS: dict[str, Callable[[], object]] = {"gateway": gateway, "starlette": starlette}


def main() -> None:
    name, port, *profile = sys.argv[1:]
    if name == "litserve":
        importlib.import_module("bench.litserve_peer").serve(int(port))
        return
    config = uvicorn.Config(APPS[name](), host="127.0.0.1", port=int(port), log_config=None, access_log=False)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    if not profile:
        server.run()
        return
    profiler = cProfile.Profile()
    try:
        profiler.runcall(server.run)
    finally:  # the server passes the signal on that ended it
        profiler.dump_stats(Path(profile[0]))


if __name__ == "__main__":
    main()
