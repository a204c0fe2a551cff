"""Labels and jobs from one store to another, as they stand, whichever the two are."""

from collections import defaultdict

from recto.document.label import Label
from recto.ports import JobShelf, Labels
from recto.stores.dynamo import dynamo_table
from recto.stores.dynamo_jobs import DynamoJobs
from recto.stores.dynamo_labels import DynamoLabels
from recto.stores.jobs import SqlJobs
from recto.stores.labels import SqlLabels
from recto.stores.seal import UNSEALED, Seal
from recto.stores.sql import connect

LAST = 1_000_000_000


def labels_at(url: str, seal: Seal = UNSEALED) -> SqlLabels | DynamoLabels:
    """`dynamodb://table`, or the URL of a database."""
    return DynamoLabels(dynamo_table(url), seal) if is_dynamo(url) else SqlLabels(connect(url), seal)


def jobs_at(url: str) -> SqlJobs | DynamoJobs:
    """Likewise."""
    return DynamoJobs(dynamo_table(url)) if is_dynamo(url) else SqlJobs(connect(url))


def is_dynamo(url: str) -> bool:
    return url.startswith("dynamodb://")


def copy_jobs(source: JobShelf, target: JobShelf, kind: str | None = None) -> int:
    """How many were not there yet. Those that run do so under their lease, in both."""
    return sum(target.bring(job, unique) for job, unique in source.every(kind))


def copy_labels(source: SqlLabels | DynamoLabels, target: SqlLabels | DynamoLabels) -> int:
    """How many were not there yet, those of the history too.

    A word of which the target knows more than the source is left as it is.
    """
    documents = source.labelled(limit=LAST)
    return sum(copy_document(source, target, one.document_id, one.owner) for one in documents)


def copy_document(source: Labels, target: Labels, document_id: str, owner: str) -> int:
    """A version after the other, since a store takes each only after the one before."""
    there = {label.word: label.version for label in target.current(document_id, owner)}
    versions: dict[int, list[Label]] = defaultdict(list)
    for last in source.current(document_id, owner):
        for label in source.history(document_id, owner, last.word):
            if label.version > there.get(label.word, 0):
                versions[label.version].append(label)
    for number in sorted(versions):
        target.write(document_id, owner, versions[number])
    return sum(map(len, versions.values()))
