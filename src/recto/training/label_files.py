"""Documents with their labels as files: JSON Lines, and SROIE's folders.

A line is Recto's line of a data set (`sources/jsonlines.py`) with `name`, `pages` and `labels` beside it, so that what
is exported is trained on as it stands, and a data set of that form can be imported.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from recto.document.errors import BadRequest
from recto.document.label import Label
from recto.document.page import Page, Words
from recto.document.record import Record
from recto.pipeline import kind_of
from recto.schemas.label_json import label_from_json, label_json, word_json
from recto.training.example import Example
from recto.training.sources import jsonlines, sroie
from recto.training.truth import examples_of, labels_from

SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A labelled document that comes in: its id, what it is called, its file if there is one, its words and labels.

    Where it has no file, `data` is its words as JSON.
    """

    id: str
    name: str
    kind: str
    data: bytes
    words: Words
    pages: tuple[Page, ...]
    labels: tuple[Label, ...]


def incoming(path: Path, by: str = "") -> Iterator[Incoming]:
    """The documents of a JSON Lines file, of a folder of such files, or of one with SROIE's `box`, `key` and `img`.

    `by` names the data set. Raises BadRequest, UnknownKind and UnknownLabel.
    """
    name = by or path.stem
    if (path / "box").is_dir():
        yield from sroie_receipts(path, by or "sroie")
        return
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    for file in files:
        for where, stated in jsonlines.objects(file):
            yield of_line(stated, where, file.parent, name)


def sroie_receipts(folder: Path, by: str) -> Iterator[Incoming]:
    """Each receipt with its image, on its given words."""
    now = datetime.now(UTC)
    for example in sroie.examples(folder):
        image = next((folder / "img").glob(f"{example.id}.*"))
        data = image.read_bytes()
        width, height = sroie.page_size(folder, example.id)
        labels = labels_from(example, by, now)
        yield Incoming(digest(data), image.name, "receipt", data, example.words, (Page(1, width, height),), labels)


def of_line(stated: Mapping[str, Any], where: str, folder: Path, by: str) -> Incoming:
    """A line: with `labels`, or with `tags` as the truth of a data set. `file` is the document's, beside the lines."""
    example = jsonlines.example_from(stated, where)
    file = stated.get("file")
    data = beside(folder, str(file)).read_bytes() if file else words_json(example)
    own = digest(data) if file or not SHA256.fullmatch(example.id) else example.id
    return Incoming(
        id=own,
        name=str(stated.get("name", example.id)),
        kind=example.kind,
        data=data,
        words=example.words,
        pages=pages_of(stated, example.words),
        labels=labels_of_line(stated, example, by),
    )


def labels_of_line(stated: Mapping[str, Any], example: Example, by: str) -> tuple[Label, ...]:
    if "labels" not in stated:
        return labels_from(example, by, datetime.now(UTC))
    return tuple(label_from_json(label, example.kind) for label in stated["labels"])


def beside(folder: Path, name: str) -> Path:
    """The file of that name in the folder of the lines. Raises BadRequest for one that lies elsewhere or is missing."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise BadRequest(f"There is no file {name!r} beside the lines.")
    return path


def pages_of(stated: Mapping[str, Any], words: Words) -> tuple[Page, ...]:
    """As stated; else as many as the words speak of, of one size."""
    if "pages" in stated:
        return tuple(Page(int(p["number"]), float(p["width"]), float(p["height"])) for p in stated["pages"])
    return tuple(Page(number, 1000.0, 1414.0) for number in range(1, max((w.page for w in words), default=1) + 1))


def words_json(example: Example) -> bytes:
    """What stands for the file of a document that has none."""
    stated = {"name": example.id, "kind": example.kind, "words": [word_json(word) for word in example.words]}
    return json.dumps(stated, sort_keys=True, ensure_ascii=False).encode()


def wordy(document_id: str, kind: str, words: Words) -> Incoming:
    """A document of which only the words are known; its id is `document_id` where that can be one."""
    example = Example(document_id or "words", kind, words, (None,) * len(words), ())
    data = words_json(example)
    own = document_id if SHA256.fullmatch(document_id) else digest(data)
    return Incoming(own, document_id or own[:12], kind, data, words, pages_of({}, words), ())


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def line_of(record: Record, labels: Sequence[Label], file: str | None = None) -> dict[str, Any]:
    """The document as a line. The record has a reading; words and labels are as they are, without a mask."""
    reading = record.reading
    assert reading is not None
    found = examples_of(record, labels)
    known = found[0] if len(found) == 1 and not reading.parts else unknown(record)
    return {
        **jsonlines.example_json(known),
        "name": record.document.name,
        **({"file": file} if file else {}),
        "pages": [{"number": page.number, "width": page.width, "height": page.height} for page in reading.pages],
        "labels": [label_json(label) for label in labels],
    }


def unknown(record: Record) -> Example:
    """The document without a truth: nothing is known of its words."""
    assert record.reading is not None
    words, kind = record.reading.words, kind_of(record.reading)
    nothing: tuple[str | None, ...] = (None,) * len(words)
    return Example(record.document.id, kind, words, nothing, (), ignored=tuple(range(len(words))), source="labels")


def merged(held: Iterable[Label], new: Iterable[Label]) -> tuple[Label, ...]:
    """What is to be written of the new labels: not what is said already, and nothing against a person's word."""
    known = {label.word: label for label in held}
    wanted = []
    for label in new:
        before = known.get(label.word)
        if before is None or (alike(before) != alike(label) and before.source != "person"):
            wanted.append(label.after(before))
    return tuple(wanted)


def alike(label: Label) -> tuple[object, ...]:
    return label.name, label.begins, label.status, label.among
