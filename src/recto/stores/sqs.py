"""A queue that SQS carries: messages hold job ids and nothing else, the table of jobs stays the truth.

SQS tells a worker quickly that there is work without asking the database. What it tells too late, twice or not at all
does no harm: a claim goes through the table, and a job that has been due for some seconds is claimed without a message.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final

from recto.document.errors import BadSettings, Conflict, NotFound, StoreUnavailable
from recto.document.job import Job, Order
from recto.stores.jobs import SqlJobs

LONGEST_DELAY: Final = 900
LONGEST_VISIBILITY: Final = 12 * 3600


class SqsQueue:
    """Queue and Leases. `poll` is for how many seconds a claim waits for a message, `late` when it does without one."""

    def __init__(self, table: SqlJobs, client: Any, url: str, poll: int = 1, late: float = 5.0) -> None:
        self.table = table
        self.client = client
        self.url = url
        self.poll = poll
        self.late = late
        self.receipts: dict[str, str] = {}

    def order(self, order: Order) -> Job:
        """The job, on the disk when this returns, whether or not SQS can be told of it."""
        job = self.table.order(order)
        if job.state == "queued" and job.run_at and job.created_at:
            delay = (job.run_at - job.created_at).total_seconds()
            with suppress(StoreUnavailable), reachable():
                self.client.send_message(
                    QueueUrl=self.url, MessageBody=job.id, DelaySeconds=within(delay, LONGEST_DELAY)
                )
        return job

    def claim(self, worker: str, kinds: Sequence[str], seconds: float) -> Job | None:
        """The job of the next message, else one that is overdue."""
        for message in self.received(seconds):
            job_id = message["Body"]
            job = self.table.claim_one(job_id, worker, kinds, seconds)
            if job:
                self.receipts[job_id] = message["ReceiptHandle"]
                return job
            if self.over(job_id):
                self.forget(message["ReceiptHandle"])
        return self.table.claim(worker, kinds, seconds, self.late)

    def received(self, seconds: float) -> list[Any]:
        """At most one message; none where SQS cannot be reached, since the table can do without."""
        with suppress(StoreUnavailable), reachable():
            answer = self.client.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=1,
                WaitTimeSeconds=self.poll,
                VisibilityTimeout=within(seconds, LONGEST_VISIBILITY),
            )
            return list(answer.get("Messages", []))
        return []

    def over(self, job_id: str) -> bool:
        """Whether no message about it is needed any more."""
        try:
            return self.table.job(job_id).state not in ("queued", "running")
        except NotFound:
            return True

    def settle(self, job: Job, seconds: float = 0.0) -> None:
        """Writes to the table, then tells SQS: the message stays invisible for as long as the job is not due."""
        try:
            self.table.settle(job, seconds)
        except Conflict:
            self.receipts.pop(job.id, None)
            raise
        receipt = self.receipts.get(job.id) if job.state == "running" else self.receipts.pop(job.id, None)
        if receipt is None:
            return
        if job.state in ("queued", "running"):
            self.hide(receipt, seconds)
        else:
            self.forget(receipt)

    def hide(self, receipt: str, seconds: float) -> None:
        with suppress(StoreUnavailable), reachable():
            self.client.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=within(seconds, LONGEST_VISIBILITY)
            )

    def forget(self, receipt: str) -> None:
        with suppress(StoreUnavailable), reachable():
            self.client.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)

    def holders(self) -> list[str]:
        return self.table.holders()

    def release(self, worker: str) -> None:
        self.table.release(worker)


def sqs_queue(url: str, jobs: SqlJobs) -> SqsQueue:
    """The queue that `sqs://name` names, in the account and region that the AWS variables of the environment say."""
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise BadSettings("queue: SQS needs the extra `cloud` (pip install 'recto[cloud]').") from error
    name = url.removeprefix("sqs://").strip("/")
    # A worker that waits for SQS does not renew its leases meanwhile.
    patience = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    with reachable():
        client = boto3.client("sqs", config=patience)
        return SqsQueue(jobs, client, client.get_queue_url(QueueName=name)["QueueUrl"])


def within(seconds: float, most: int) -> int:
    return max(0, min(most, round(seconds)))


@contextmanager
def reachable() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable(str(error)) from error
