"""Labels in DynamoDB: of each document a head, the current label of each word, and everything that was said.

The head counts the labels by their status and carries the revision that lets only one at a time write the document's.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from types import SimpleNamespace
from typing import Final

from recto.document.errors import Conflict, StoreUnavailable
from recto.document.label import Label, Labelled, Status
from recto.stores.clock import instant, moment
from recto.stores.dynamo import READ_AGAIN, Item, Refused, Table, dynamo_table
from recto.stores.labels import label_of, row_of
from recto.stores.seal import UNSEALED, Seal, renewed

AT_ONCE: Final = 40
"""Labels in one transaction, which holds 100 items: each is one as the current and one of the history."""


class DynamoLabels:
    """Labels and LabelledDocuments. The words' texts are kept under seal."""

    def __init__(self, table: Table, seal: Seal = UNSEALED) -> None:
        self.table = table
        self.seal = seal

    def current(self, document_id: str, owner: str) -> tuple[Label, ...]:
        return self.found(document_id, owner, "WORD#")

    def history(self, document_id: str, owner: str, word: str) -> tuple[Label, ...]:
        return self.found(document_id, owner, f"SAID#{word}#")

    def found(self, document_id: str, owner: str, prefix: str) -> tuple[Label, ...]:
        return tuple(label_from(item, self.seal) for item in self.table.below(place(document_id, owner), prefix))

    def write(self, document_id: str, owner: str, labels: Sequence[Label]) -> None:
        """Of up to 40 labels all or none. Raises Conflict, which names the word."""
        rest = iter(labels)
        while some := tuple(islice(rest, AT_ONCE)):
            self.write_some(document_id, owner, some)

    def write_some(self, document_id: str, owner: str, labels: Sequence[Label]) -> None:
        pk = place(document_id, owner)
        for _ in range(READ_AGAIN):
            head = self.table.get(pk, "HEAD") or head_of(document_id, owner)
            found = self.table.some(pk, [f"WORD#{label.word}" for label in labels])
            before = {label.word: found.get(f"WORD#{label.word}") for label in labels}
            for label in labels:
                if label.version != version(before[label.word]) + 1:
                    raise Conflict(f"Word {label.word} of document {document_id} was labelled meanwhile.")
            try:
                return self.table.write(list(items_of(pk, labels, self.seal)), [counted(head, labels, before)])
            except Refused:
                continue
        raise StoreUnavailable(f"Document {document_id} is labelled by too many at once.")

    def labelled(
        self, owner: str | None = None, status: Status | None = None, limit: int = 1000
    ) -> tuple[Labelled, ...]:
        heads = self.table.listed("newest", "LABELLED", backwards=True)
        fitting = (
            head
            for head in heads
            if owner in (None, head["owner"]) and (head["counts"].get(status, 0) if status else True)
        )
        return tuple(map(labelled_from, islice(fitting, limit)))

    def renew(self, document_id: str, owner: str) -> list[bool]:
        """Brings the texts of a document's labels under the newest key; of each whether it was not so already."""
        pk = place(document_id, owner)
        for _ in range(READ_AGAIN):
            head, items = self.table.get(pk, "HEAD"), [item for item in self.table.below(pk) if "text" in item]
            texts = [renewed(self.seal, item["text"].encode()).decode() for item in items]
            old = [item["text"] != text for item, text in zip(items, texts, strict=True)]
            changed = [{**item, "text": text} for item, text in zip(items, texts, strict=True) if item["text"] != text]
            try:
                for start in range(0, len(changed), 2 * AT_ONCE):
                    assert head, "what is said of a document has a head"
                    head = {**head, "revision": head["revision"] + 1}
                    self.table.write(changed[start : start + 2 * AT_ONCE], [head])
            except Refused:  # it is labelled meanwhile
                continue
            return old
        raise StoreUnavailable(f"Document {document_id} is labelled by too many at once.")

    def forget(self, document_id: str, owner: str) -> None:
        self.table.delete(list(self.table.below(place(document_id, owner))))


def dynamo_labels(url: str, seal: Seal = UNSEALED) -> DynamoLabels:
    """Those of `dynamodb://table`."""
    return DynamoLabels(dynamo_table(url), seal)


def place(document_id: str, owner: str) -> str:
    """The document's id is hexadecimal, so the rest is the owner whatever it is."""
    return f"LABELS#{document_id}#{owner}"


def version(item: Item | None) -> int:
    return item["version"] if item else 0


def head_of(document_id: str, owner: str) -> Item:
    return {
        "pk": place(document_id, owner),
        "sk": "HEAD",
        "newest_pk": "LABELLED",
        "document_id": document_id,
        "owner": owner,
        "counts": {},
        "at": 0,
        "revision": 0,
    }


def counted(head: Item, labels: Sequence[Label], before: dict[str, Item | None]) -> Item:
    """The head after these labels."""
    counts = dict(head["counts"])
    for label in labels:
        counts[label.status] = counts.get(label.status, 0) + 1
        if old := before[label.word]:
            counts[old["status"]] -= 1
    at = max(head["at"], *(instant(label.at) for label in labels))
    return {
        **head,
        "counts": {status: count for status, count in counts.items() if count},
        "at": at,
        "newest_sk": f"{at:020d}#{head['document_id']}",
        "revision": head["revision"] + 1,
    }


def items_of(pk: str, labels: Sequence[Label], seal: Seal) -> Iterator[Item]:
    for label in labels:
        row = {**row_of(label, seal), "at": instant(label.at)}
        row["box"], row["among"] = json.dumps(row["box"]), json.dumps(row["among"])
        yield {**row, "pk": pk, "sk": f"WORD#{label.word}"}
        yield {**row, "pk": pk, "sk": f"SAID#{label.word}#{label.version:010d}"}


def label_from(item: Item, seal: Seal) -> Label:
    parsed = {"box": json.loads(item["box"]), "among": json.loads(item["among"]), "at": moment(item["at"])}
    sure = item.get("confidence")
    absent = {"replaced": item.get("replaced"), "confidence": None if sure is None else float(sure)}
    return label_of(SimpleNamespace(**{**item, **absent, **parsed}), seal)


def labelled_from(head: Item) -> Labelled:
    return Labelled(head["document_id"], head["owner"], head["counts"], moment(head["at"]))
