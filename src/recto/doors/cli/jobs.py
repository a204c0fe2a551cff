"""`recto jobs`: looks at jobs, cancels them, tries dead ones again."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from recto.app import install
from recto.document.errors import BadRequest
from recto.document.job import Job, JobState, Order
from recto.document.schedule import Schedule

jobs = typer.Typer(name="jobs", help="Look at jobs, cancel them, try them again.", no_args_is_help=True)

Ids = Annotated[list[str], typer.Argument(help="Ids of jobs.", metavar="ID…")]


@jobs.command("list")
def look(
    kind: Annotated[str | None, typer.Option(help="Only of this kind.")] = None,
    state: Annotated[str | None, typer.Option(help="queued, running, done, failed or cancelled.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, from the newest.")] = 50,
) -> None:
    """The newest jobs. `--state failed` is the dead-letter list."""
    table = Table("id", "kind", "state", "tried", "since", "due", "why", box=None)
    wanted: JobState | None = state  # type: ignore[assignment]  # another word finds nothing
    for job in install().jobs.jobs(kind, wanted, limit=limit):
        tried, why = f"{job.attempts}/{job.max_attempts}", str(job.error.code if job.error else "")
        due = f"{job.run_at:%Y-%m-%d %H:%M:%S}" if job.run_at else ""
        table.add_row(job.id, job.kind, job.state, tried, f"{job.updated_at:%Y-%m-%d %H:%M:%S}", due, why)
    Console().print(table)


@jobs.command()
def show(ids: Ids) -> None:
    """Everything about each job, as a line of JSON."""
    for job_id in ids:
        typer.echo(json.dumps(shown(install().jobs.job(job_id)), ensure_ascii=False))


@jobs.command()
def cancel(ids: Ids) -> None:
    """Take each job from the queue, and from the process that works on it."""
    desk = install().jobs
    for job_id in ids:
        typer.echo(f"{desk.cancel(job_id).id} cancelled")


@jobs.command()
def retry(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of failed or cancelled jobs.", metavar="ID…")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All jobs on the dead-letter list.")] = False,
) -> None:
    """Try failed or cancelled jobs again, with all their attempts."""
    desk = install().jobs
    dead = [job.id for job in desk.jobs(state="failed", limit=100_000)] if failed else []
    for job_id in [*(ids or ()), *dead]:
        typer.echo(f"{desk.retry(job_id).id} queued")


@jobs.command()
def order(
    kind: Annotated[str, typer.Argument(help="The kind of job.")],
    payload: Annotated[str, typer.Option(help="As a JSON object.")] = "{}",
    wait: Annotated[float, typer.Option(min=0, help="Seconds until it is due.")] = 0.0,
    owner: Annotated[str, typer.Option(help="Whose it is: the id of a key.")] = "",
) -> None:
    """Order a job, now or for later."""
    run_at = datetime.now(UTC) + timedelta(seconds=wait) if wait else None
    job = install().queue.order(Order(kind, object_of(payload), owner, run_at=run_at))
    typer.echo(f"{job.id} {job.state}")


@jobs.command()
def schedules() -> None:
    """What is ordered again and again, the next first."""
    table = Table("name", "next", "cron", "zone", "kind", box=None)
    for one in install().schedules.schedules():
        table.add_row(one.name, f"{one.next_at:%Y-%m-%d %H:%M:%S}Z", one.cron, one.zone, one.kind)
    Console().print(table)


@jobs.command()
def schedule(
    name: Annotated[str, typer.Argument(help="Its name; one of that name is replaced.")],
    cron: Annotated[str, typer.Argument(help="Five fields, such as '*/5 * * * *'.")],
    kind: Annotated[str, typer.Argument(help="The kind of job.")],
    payload: Annotated[str, typer.Option(help="As a JSON object.")] = "{}",
    zone: Annotated[str, typer.Option(help="By the clocks of this time zone, such as Europe/Berlin.")] = "UTC",
) -> None:
    """Order a job at each of these times."""
    kept = install().schedules.put(Schedule(name, cron, kind, object_of(payload), zone))
    typer.echo(f"{kept.name}: next at {kept.next_at:%Y-%m-%d %H:%M:%S}Z")


@jobs.command()
def unschedule(name: Annotated[str, typer.Argument(help="Its name.")]) -> None:
    """Order it no more."""
    install().schedules.delete(name)
    typer.echo(f"{name} is scheduled no more")


def object_of(text: str) -> dict[str, Any]:
    with suppress(ValueError):
        if isinstance(given := json.loads(text), dict):
            return given
    raise BadRequest(f"--payload: {text!r} is no JSON object.")


def shown(job: Job) -> dict[str, Any]:
    """As JSON; the payload too, but not a document's password."""
    payload = {name: "…" if name == "password" else value for name, value in job.payload.items()}
    error = job.error and {"code": job.error.code, "title": job.error.title, "detail": job.error.detail}
    times = {name: getattr(job, name) for name in ("run_at", "lease_until", "created_at", "updated_at")}
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "owner": job.owner,
        "payload": payload,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "worker": job.worker,
        "progress": dict(job.progress),
        "result": None if job.result is None else dict(job.result),
        "error": error,
        **{name: time.isoformat() for name, time in times.items() if time},
    }
