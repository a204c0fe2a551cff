"""Jobs in DynamoDB: the same promises as the SQL table's, for export jobs of installations that live there.

A claim looks at the list of what is due and takes the first that nobody was faster with. Fences are those of the item,
never of the list, which lags behind.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any, Final

from recto.document.errors import Conflict, NotFound, StoreUnavailable
from recto.document.job import Backlog, Job, JobState, Order
from recto.stores.clock import instant, moment
from recto.stores.dynamo import READ_AGAIN, Item, Refused, Table, dynamo_table
from recto.stores.jobs import fault_json, job_of, row_of

HIGHEST: Final = 2**31
JSON: Final = ("payload", "progress", "result", "error")
TIMES: Final = ("due_at", "created_at", "updated_at")

Change = Callable[[Item], dict[str, Any]]
"""What becomes of an item; raises Conflict where nothing may."""


class DynamoJobs:
    """Queue, Leases, JobList, Depth and JobDesk over one table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def order(self, order: Order) -> Job:
        """The job, kept by DynamoDB when this returns; the earlier one where `unique` is known already."""
        now = self.table.now()
        row: Item = {
            "id": uuid.uuid4().hex,
            "kind": order.kind,
            "owner": order.owner,
            "payload": json.dumps(dict(order.payload)),
            "state": "queued",
            "priority": order.priority,
            "attempts": 0,
            "max_attempts": order.max_attempts,
            "fence": 0,
            "due_at": instant(order.run_at) if order.run_at else now,
            "progress": "{}",
            "unique_key": order.unique,
            "created_at": now,
        }
        try:
            return job_from(self.add({**row, "updated_at": now, "revision": 1}))
        except Refused:
            known = self.table.get(f"UNIQUE#{order.unique}", "UNIQUE")
            return self.job(known["id"] if known else row["id"])

    def add(self, row: Item) -> Item:
        """Together with its unique key. Raises Refused where either is there."""
        item, unique = item_of(row), row["unique_key"]
        only = [] if unique is None else [{"pk": f"UNIQUE#{unique}", "sk": "UNIQUE", "id": row["id"], "revision": 1}]
        self.table.write([], [item, *only])
        return item

    def every(self, kind: str | None = None) -> Iterator[tuple[Job, str | None]]:
        for item in self.table.listed("newest", "JOBS"):
            if kind in (None, item["kind"]):
                yield job_from(item), item.get("unique_key")

    def bring(self, job: Job, unique: str | None) -> bool:
        row = {**row_of(job), "unique_key": unique}
        texts = {name: None if row[name] is None else json.dumps(row[name]) for name in JSON}
        times = {name: instant(row[name]) for name in TIMES}
        try:
            self.add({**row, **texts, **times, "revision": 1})
        except Refused:
            return False
        return True

    def claim(self, worker: str, kinds: Sequence[str], seconds: float) -> Job | None:
        now = self.table.now()
        for item in self.due("due_at <= :now", {":now": now}, kinds):
            claimed = {
                "state": "running",
                "worker": worker,
                "attempts": item["attempts"] + 1,
                "fence": item["fence"] + 1,
                "due_at": now + round(seconds * 1_000_000),
            }
            try:
                return job_from(self.revised(item, claimed))
            except Refused:
                continue
        return None

    def due(self, wanted: str, values: dict[str, Any], kinds: Sequence[str] = (), name: str = "DUE") -> Iterator[Item]:
        """Of the list of what is not over, the most urgent first."""
        for item in self.table.listed("due", name, wanted, values):
            if not kinds or item["kind"] in kinds:
                yield item

    def settle(self, job: Job, seconds: float = 0.0) -> None:
        def settled(item: Item) -> dict[str, Any]:
            if (item["fence"], item.get("worker"), item["state"]) != (job.fence, job.worker, "running"):
                raise Conflict(f"Job {job.id} was cancelled or went to another worker.")
            return {
                "state": job.state,
                "attempts": job.attempts,
                "progress": json.dumps(dict(job.progress)),
                "result": None if job.result is None else json.dumps(dict(job.result)),
                "error": None if job.error is None else json.dumps(fault_json(job.error)),
                "due_at": self.table.now() + round(seconds * 1_000_000),
            }

        self.moved(job.id, settled)

    def holders(self) -> list[str]:
        return sorted({item["worker"] for item in self.due("#state = :running", {":running": "running"})})

    def release(self, worker: str) -> None:
        def freed(item: Item) -> dict[str, Any]:
            mine = item["state"] == "running" and item.get("worker") == worker
            return {"due_at": self.table.now()} if mine else {}

        for item in self.due("worker = :worker", {":worker": worker}):
            self.moved(item["id"], freed)

    def job(self, job_id: str) -> Job:
        return job_from(self.item(job_id))

    def item(self, job_id: str) -> Item:
        item = self.table.get(f"JOB#{job_id}", "JOB")
        if item is None:
            raise NotFound(f"No job {job_id}.")
        return item

    def jobs(
        self, kind: str | None = None, state: JobState | None = None, owner: str | None = None, limit: int = 100
    ) -> list[Job]:
        """The newest jobs that fit, newest first."""
        found: list[Job] = []
        for item in self.table.listed("newest", "JOBS", backwards=True):
            wishes = ((kind, item["kind"]), (state, item["state"]), (owner, item["owner"]))
            if all(wish in (None, has) for wish, has in wishes):
                found.append(job_from(item))
            if len(found) == limit:
                break
        return found

    def backlog(self, kinds: Sequence[str] = ()) -> Backlog:
        now = self.table.now()
        items = list(self.due("", {}, kinds))
        waiting = [item["due_at"] for item in items if item["state"] == "queued"]
        due = [time for time in waiting if time <= now]
        dead = sum(1 for _ in self.due("", {}, kinds, "FAILED"))
        oldest = (now - min(due)) / 1_000_000 if due else 0.0
        return Backlog(len(due), len(waiting) - len(due), len(items) - len(waiting), dead, oldest)

    def cancel(self, job_id: str) -> Job:
        """Takes the job away from whoever has it. Raises Conflict where it is over already."""

        def cancelled(item: Item) -> dict[str, Any]:
            only_if(item, "queued", "running")
            return {"state": "cancelled", "fence": item["fence"] + 1}

        return self.moved(job_id, cancelled)

    def retry(self, job_id: str) -> Job:
        """A failed or cancelled job once more, with all its attempts. Raises Conflict where it is neither."""

        def fresh(item: Item) -> dict[str, Any]:
            only_if(item, "failed", "cancelled")
            now = self.table.now()
            return {"state": "queued", "attempts": 0, "due_at": now, "error": None, "progress": "{}"}

        return self.moved(job_id, fresh)

    def moved(self, job_id: str, change: Change) -> Job:
        """The job as `change` makes it, looked at again where someone was faster."""
        for _ in range(READ_AGAIN):
            item = self.item(job_id)
            try:
                return job_from(self.revised(item, change(item)))
            except Refused:
                continue
        raise StoreUnavailable(f"Job {job_id} is changed by too many at once.")

    def revised(self, item: Item, changes: dict[str, Any]) -> Item:
        fuller = {**item, **changes, "updated_at": self.table.now(), "revision": item["revision"] + 1}
        new = item_of(fuller)
        self.table.write([], [new])
        return new


def dynamo_jobs(url: str) -> DynamoJobs:
    """Those of `dynamodb://table`."""
    return DynamoJobs(dynamo_table(url))


def item_of(row: dict[str, Any]) -> Item:
    """With its keys, and those of the lists that it stands in."""
    lists = {"queued": "DUE", "running": "DUE", "failed": "FAILED"}
    return {
        **row,
        "pk": f"JOB#{row['id']}",
        "sk": "JOB",
        "newest_pk": "JOBS",
        "newest_sk": f"{row['created_at']:020d}#{row['id']}",
        "due_pk": lists.get(row["state"]),
        "due_sk": f"{HIGHEST - row['priority']:010d}#{row['due_at']:020d}#{row['id']}",
    }


def job_from(item: Item) -> Job:
    read = {name: json.loads(item[name]) if item.get(name) else None for name in JSON}
    times = {name: moment(item[name]) for name in TIMES}
    return job_of(SimpleNamespace(**{"worker": None, **item, **read, **times}))


def only_if(item: Item, *states: str) -> None:
    if item["state"] not in states:
        raise Conflict(f"Job {item['id']} is {item['state']}.")
