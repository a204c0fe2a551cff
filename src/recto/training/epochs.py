"""What a network said of the validation documents after each epoch that was judged: kept small, one blob an epoch.

`epochs/<run>/<epoch>.json.gz` holds `{"tags": [names], "documents": {id: {"words", "tags", "sure"}}}`: of each word
the index of its tag and the network's own confidence, which is not calibrated. Of the words themselves only a hash is
kept, so that tags are never shown on the words of another reading.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from recto.document.page import Words
from recto.document.reading import Tag, Tags
from recto.ports import Blobs
from recto.training.evaluation import Report

Keep = Callable[[int, Report], None]
"""Told the epoch and how its validation documents were judged."""

DIGITS: Final = 4
"""Of a confidence."""


def keeper(run_id: str, shelves: Sequence[Blobs]) -> Keep:
    """Keeps what a run says in each of these places. An epoch that is run again replaces what it said before."""

    def keep(epoch: int, report: Report) -> None:
        data, key = packed(report), key_of(run_id, epoch)
        for shelf in shelves:
            shelf.delete(key)
            shelf.put(key, data)

    return keep


def key_of(run_id: str, epoch: int) -> str:
    return f"{folder_of(run_id)}{epoch:04}.json.gz"


def folder_of(run_id: str) -> str:
    """What the keys of a run's epochs begin with."""
    return f"epochs/{run_id}/"


def packed(report: Report) -> bytes:
    names = sorted({tag.name for judged in report.documents for tag in judged.tags})
    number = {name: at for at, name in enumerate(names)}
    documents = {
        judged.example.id: {
            "words": hash_of(judged.example.words),
            "tags": [number[tag.name] for tag in judged.tags],
            "sure": [None if tag.confidence is None else round(tag.confidence, DIGITS) for tag in judged.tags],
        }
        for judged in report.documents
    }
    stated = json.dumps({"tags": names, "documents": documents}, separators=(",", ":"))
    return gzip.compress(stated.encode(), mtime=0)


def unpacked(data: bytes, name: str, words: Words) -> Tags | None:
    """The tags of the example of that name; None where it is not among them, or had other words."""
    stated: dict[str, Any] = json.loads(gzip.decompress(data))
    found = stated["documents"].get(name)
    if found is None or found["words"] != hash_of(words):
        return None
    pairs = zip(found["tags"], found["sure"], strict=True)
    return tuple(Tag(stated["tags"][at], sure) for at, sure in pairs)


def hash_of(words: Words) -> str:
    return hashlib.sha256("\n".join(word.text for word in words).encode()).hexdigest()[:16]
