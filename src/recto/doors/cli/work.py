"""`recto worker`: works off the jobs of an installation."""

import logging
import os
import signal
from contextlib import nullcontext
from typing import Annotated

import typer

from recto.app import install, settings, side_by_side
from recto.document.errors import BadSettings
from recto.doors.learning import handlers
from recto.doors.worker import Plan, Worker
from recto.doors.worker_health import Health, health_on
from recto.doors.worker_tidy import NIGHTLY


def worker(
    queue: Annotated[str | None, typer.Option(help="Where jobs come from: `database`, or `sqs://…`.")] = None,
    kinds: Annotated[str | None, typer.Option(help="Only jobs of these kinds, separated by commas.")] = None,
    concurrency: Annotated[int, typer.Option(min=0, help="Processes side by side; 0 for one a core.")] = 1,
    once: Annotated[bool, typer.Option("--once/--continuous", help="End when nothing is due.")] = False,
    health_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Answer /live, /ready and /metrics on this port.")
    ] = None,
    health_host: Annotated[str, typer.Option(help="The address for --health-port.")] = "127.0.0.1",
) -> None:
    """Work off the queue: read what was uploaded. SIGTERM lets it finish what it began."""
    processes = concurrency or os.cpu_count() or 1
    chosen = settings() if queue is None else settings(queue=queue)
    logging.getLogger("recto").setLevel(chosen.log_level.upper())
    app = install(side_by_side(chosen, processes))
    known = handlers(app)
    wanted = {kind.strip() for kind in kinds.split(",")} if kinds else set(known)
    if unknown := wanted - set(known):
        raise BadSettings(f"--kinds: no job is of the kind {', '.join(sorted(unknown))}.")
    plan = Plan(concurrency=processes)
    it = Worker(app.queue, {kind: known[kind] for kind in sorted(wanted)}, plan, app.schedules)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: it.stop())
    if not once:
        app.schedules.put(NIGHTLY)
    health = Health(it, app.jobs)
    with nullcontext() if health_port is None else health_on((health_host, health_port), health):
        it.run(once)
