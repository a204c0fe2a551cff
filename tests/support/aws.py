"""Buckets and queues on a server that speaks AWS."""

import uuid
from typing import Any

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region": "us-east-1"}


def client(service: str, endpoint: str) -> Any:
    import boto3

    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def bucket(endpoint: str) -> str:
    """The name of a new bucket."""
    name = f"recto-{uuid.uuid4().hex}"
    client("s3", endpoint).create_bucket(Bucket=name)
    return name


def sqs(endpoint: str, **attributes: str) -> tuple[Any, str]:
    """A client and the URL of a new queue."""
    it = client("sqs", endpoint)
    return it, it.create_queue(QueueName=f"recto-{uuid.uuid4().hex}", Attributes=attributes)["QueueUrl"]


def dynamo(endpoint: str, clock: Any = None) -> Any:
    """A new table."""
    from recto.stores.dynamo import Table, made

    table = Table(client("dynamodb", endpoint), f"recto-{uuid.uuid4().hex}", clock)
    made(table)
    return table
