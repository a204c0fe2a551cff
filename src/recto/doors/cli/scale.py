"""`recto autoscale`: how many workers there should be, for a scheduled function or an operator."""

import json
from typing import Annotated, Any

import typer

from recto.app import install
from recto.document.errors import BadSettings
from recto.doors.autoscale import Target, wished


def autoscale(
    workers: Annotated[int, typer.Option(min=0, help="How many workers there are now.")] = 1,
    seconds_per_job: Annotated[float, typer.Option(min=0.001, help="How long a worker takes for a job.")] = 3.0,
    wait: Annotated[float, typer.Option(min=1, help="Seconds that a due job may wait until it is begun.")] = 60.0,
    least: Annotated[int, typer.Option(min=0, help="Never fewer workers.")] = 0,
    most: Annotated[int, typer.Option(min=1, help="Never more workers.")] = 10,
    namespace: Annotated[
        str | None, typer.Option(help="Also put the figures into CloudWatch, under this name.")
    ] = None,
) -> None:
    """Print the backlog, the backlog for each worker and the number of workers wished for, as JSON."""
    backlog = install().jobs.backlog()
    target = Target(1 / seconds_per_job, wait, least, most)
    figures = {
        "due": backlog.due,
        "running": backlog.running,
        "oldest_seconds": round(backlog.oldest, 1),
        "backlog_per_worker": (backlog.due + backlog.running) / max(1, workers),
        "acceptable_backlog_per_worker": wait / seconds_per_job,
        "wished": wished(backlog, target),
    }
    typer.echo(json.dumps(figures))
    if namespace:
        publish(namespace, figures)


def publish(namespace: str, figures: dict[str, Any]) -> None:
    """Each figure as a metric of one minute."""
    try:
        import boto3
    except ImportError as error:
        raise BadSettings("--namespace needs the extra `cloud` (pip install 'recto[cloud]').") from error
    named = {
        "due": "Due",
        "backlog_per_worker": "BacklogPerWorker",
        "oldest_seconds": "OldestSeconds",
        "wished": "Wished",
    }
    metrics = [{"MetricName": metric, "Value": float(figures[name])} for name, metric in named.items()]
    boto3.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=metrics)
