"""Recto's own format of a data set: JSON Lines, one document a line, written and read without loss.

`{"id", "kind", "group", "source", "quality", "labelled": [...], "fields": {...}, "altered": [...], "ignored": [...],
"words": [{"text", "box": [left, top, right, bottom], "page", "line", "confidence"}], "tags": ["B-DATE", "O", null]}`

Only `id`, `kind`, `words` and `tags` must be there. Boxes are shares of the page. `null` is a word of which the truth
says only that it carries none of the labels in `labelled`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from recto.document.box import Box
from recto.document.errors import BadRequest
from recto.document.page import Word
from recto.schemas.catalog import labels_of
from recto.training.example import Example
from recto.training.merge import known


def write(examples: Iterable[Example], path: Path) -> str:
    """Write a snapshot; returns its hash, by which a run tells what it was trained on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(example_json(example), ensure_ascii=False) + "\n" for example in examples]
    path.write_text("".join(lines), encoding="utf-8")
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read(path: Path) -> list[Example]:
    """The examples of a file, or of all `*.jsonl` files of a folder; raises BadRequest, UnknownKind, UnknownLabel."""
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    return [example_from(stated, where) for file in files for where, stated in objects(file)]


def objects(file: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each line's place, for messages, and what it states; raises BadRequest."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as wrong:
        raise BadRequest(f"{file.name}: {wrong}") from wrong
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield f"{file.name}, line {number}", json.loads(line)
            except ValueError as wrong:
                raise BadRequest(f"{file.name}, line {number}: {wrong}") from wrong


def example_from(stated: Mapping[str, Any], where: str) -> Example:
    """What a line states; raises BadRequest, UnknownKind, UnknownLabel."""
    try:
        kind, words = str(stated["kind"]), tuple(_word(word) for word in stated["words"])
        labels = labels_of(kind)
        tags = known(stated["tags"], labels, where)
        name = str(stated["id"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadRequest(f"{where}: {wrong!r}") from wrong
    if len(tags) != len(words):
        raise BadRequest(f"{where}: {len(words)} words but {len(tags)} tags")
    return Example(
        id=name,
        kind=kind,
        words=words,
        tags=tags,
        labelled=tuple(stated.get("labelled", labels)),
        fields=stated.get("fields", {}),
        group=str(stated.get("group", name)),
        source=str(stated.get("source", "jsonl")),
        quality=stated.get("quality", "clean"),
        altered=tuple(stated.get("altered", ())),
        ignored=tuple(stated.get("ignored", ())),
    )


def _word(stated: Mapping[str, Any]) -> Word:
    left, top, right, bottom = stated["box"]
    place = int(stated.get("page", 1)), int(stated.get("line", 0))
    return Word(str(stated["text"]), Box(left, top, right, bottom), *place, stated.get("confidence"))


def example_json(example: Example) -> dict[str, Any]:
    """One example as its line says it."""
    words: Sequence[Word] = example.words
    return {
        "id": example.id,
        "kind": example.kind,
        "group": example.group,
        "source": example.source,
        "quality": example.quality,
        "labelled": example.labelled,
        "fields": example.fields,
        "altered": example.altered,
        "ignored": example.ignored,
        "words": [
            {"text": w.text, "box": w.box.sides, "page": w.page, "line": w.line, "confidence": w.confidence}
            for w in words
        ],
        "tags": example.tags,
    }
