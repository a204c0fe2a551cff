"""One DynamoDB table for labels and jobs: items by two keys, two lists of them, writes that are whole or not at all.

An item that changes carries a revision; who writes it says which one he saw, and is refused where it is no longer so.
The two indexes are lists of those items that have their keys: `newest` for looking, `due` for working.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import stamina

from recto.document.errors import BadSettings, StoreUnavailable
from recto.stores.clock import Clock, microseconds

Value = None | bool | int | float | str | Mapping[str, int]
Item = dict[str, Any]
"""Attributes by name, of the types of Value; None is no attribute."""

INDEXES: Final = ("newest", "due")
PASSING: Final = {"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
READ_AGAIN: Final = 25
"""Times that a write is tried anew which others were faster with."""


class Refused(Exception):
    """Someone else was faster: the item is no longer what it was."""


class Busy(Exception):
    """DynamoDB asks for the same once more."""


@dataclass(frozen=True)
class Table:
    """A table of items by `pk` and `sk`, to be shared by threads."""

    client: Any
    name: str
    clock: Clock | None = None

    def now(self) -> int:
        """Microseconds since 1970, by this machine: DynamoDB tells no time."""
        return microseconds(self.clock)

    def get(self, pk: str, sk: str) -> Item | None:
        with reachable():
            found = self.client.get_item(TableName=self.name, Key=key(pk, sk), ConsistentRead=True).get("Item")
        return None if found is None else from_wire(found)

    def some(self, pk: str, sks: Sequence[str]) -> dict[str, Item]:
        """Of up to 100 items those that there are, by their `sk`."""
        wanted: Any = {self.name: {"Keys": [key(pk, sk) for sk in sks], "ConsistentRead": True}}
        found: list[Item] = []
        while wanted:
            with reachable():
                answer = self.client.batch_get_item(RequestItems=wanted)
            found.extend(map(from_wire, answer["Responses"].get(self.name, ())))
            wanted = answer.get("UnprocessedKeys")
        return {item["sk"]: item for item in found}

    def write(self, items: Sequence[Item], revised: Sequence[Item] = ()) -> None:
        """Up to 100 items, all or none. Raises Refused where one of `revised` is not of the revision before."""
        puts = [self.action(item) for item in items] + [self.action(item, guarded=True) for item in revised]
        try:
            for attempt in stamina.retry_context(on=Busy, attempts=10, wait_initial=0.02, wait_max=1.0):
                with attempt, refusals(), reachable():
                    self.client.transact_write_items(TransactItems=[{"Put": put} for put in puts])
        except Busy as error:
            raise StoreUnavailable(str(error)) from error

    def action(self, item: Item, guarded: bool = False) -> dict[str, Any]:
        put = {"TableName": self.name, "Item": to_wire(item)}
        if guarded and item["revision"] == 1:
            return {**put, "ConditionExpression": "attribute_not_exists(pk)"}
        if guarded:
            seen = to_wire({":seen": item["revision"] - 1})
            return {**put, "ConditionExpression": "revision = :seen", "ExpressionAttributeValues": seen}
        return put

    def below(self, pk: str, prefix: str = "") -> Iterator[Item]:
        """The items of one `pk` whose `sk` begins so, in order, as they are now."""
        condition = "pk = :pk AND begins_with(sk, :sk)" if prefix else "pk = :pk"
        values = {":pk": pk, **({":sk": prefix} if prefix else {})}
        yield from self.pages(values, KeyConditionExpression=condition, ConsistentRead=True)

    def listed(
        self,
        index: str,
        name: str,
        wanted: str = "",
        values: Mapping[str, Value] | None = None,
        backwards: bool = False,
    ) -> Iterator[Item]:
        """The items of a list in order, those that are `wanted` by an expression over `#state` and their attributes.

        A list lags behind its items a little, as DynamoDB's indexes do.
        """
        more: dict[str, Any] = {"FilterExpression": wanted} if wanted else {}
        if "#state" in wanted:
            more["ExpressionAttributeNames"] = {"#state": "state"}
        yield from self.pages(
            {":list": name, **(values or {})},
            IndexName=index,
            KeyConditionExpression=f"{index}_pk = :list",
            ScanIndexForward=not backwards,
            **more,
        )

    def pages(self, values: Mapping[str, Value], **query: Any) -> Iterator[Item]:
        while True:
            with reachable():
                answer = self.client.query(TableName=self.name, ExpressionAttributeValues=to_wire(values), **query)
            yield from map(from_wire, answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def delete(self, items: Sequence[Item]) -> None:
        with reachable():
            for item in items:
                self.client.delete_item(TableName=self.name, Key=key(item["pk"], item["sk"]))


def dynamo_table(url: str, clock: Clock | None = None) -> Table:
    """The table of `dynamodb://name`, made where there is none, as the AWS variables of the environment say.

    Raises BadSettings for another URL.
    """
    if not url.startswith("dynamodb://"):
        raise BadSettings(f"{url!r} is no URL such as dynamodb://table.")
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise BadSettings("DynamoDB needs the extra `cloud` (pip install 'recto[cloud]').") from error
    patience = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
    with reachable():
        # It would write to standard output, which is the program's, where nobody has set up structlog.
        stamina.instrumentation.set_on_retry_hooks([stamina.instrumentation.LoggingOnRetryHook])
        table = Table(boto3.client("dynamodb", config=patience), url.removeprefix("dynamodb://").strip("/"), clock)
        made(table)
    return table


def made(table: Table) -> None:
    """Makes the table where there is none, paid by the request."""
    client = table.client
    if any(table.name in page["TableNames"] for page in client.get_paginator("list_tables").paginate()):
        return
    keys = ["pk", "sk", *(f"{index}_{part}" for index in INDEXES for part in ("pk", "sk"))]
    client.create_table(
        TableName=table.name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=schema("pk", "sk"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": schema(f"{index}_pk", f"{index}_sk"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in INDEXES
        ],
    )
    client.get_waiter("table_exists").wait(TableName=table.name, WaiterConfig={"Delay": 1})


def schema(pk: str, sk: str) -> list[dict[str, str]]:
    return [{"AttributeName": pk, "KeyType": "HASH"}, {"AttributeName": sk, "KeyType": "RANGE"}]


def key(pk: str, sk: str) -> dict[str, Any]:
    return to_wire({"pk": pk, "sk": sk})


def to_wire(item: Mapping[str, Value]) -> dict[str, Any]:
    return {name: typed(value) for name, value in item.items() if value is not None}


def typed(value: Value) -> dict[str, Any]:
    """As DynamoDB writes a value: `{"N": "3"}`."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | float):
        return {"N": repr(value)}
    if isinstance(value, Mapping):
        return {"M": to_wire(value)}
    return {"S": value}


def from_wire(item: Mapping[str, Any]) -> Item:
    readers: dict[str, Callable[[Any], Any]] = {"N": number, "M": from_wire}
    return {
        name: readers.get(kind, lambda same: same)(value) for name, pair in item.items() for kind, value in pair.items()
    }


def number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdigit() else float(text)


@contextmanager
def refusals() -> Iterator[None]:
    """Turns a cancelled transaction into Refused, or into Busy where nothing was wrong with it."""
    from botocore.exceptions import ClientError

    try:
        yield
    except StoreUnavailable as error:
        cause = error.__cause__
        if not isinstance(cause, ClientError) or cause.response["Error"]["Code"] != "TransactionCanceledException":
            raise
        reasons = {reason.get("Code", "None") for reason in cause.response.get("CancellationReasons", ())}
        raise (Busy if reasons <= PASSING else Refused)(str(cause)) from cause


@contextmanager
def reachable() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StoreUnavailable(str(error)) from error
