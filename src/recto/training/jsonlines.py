"""Examples as JSON Lines: one object a document, read and written without loss. docs/training.md describes the form."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from recto.document.box import Box
from recto.document.errors import BadRequest
from recto.document.page import Word
from recto.training.example import Example


def example_json(example: Example) -> dict[str, Any]:
    """One example as plain JSON values."""
    return {
        "id": example.id,
        "kind": example.kind,
        "group": example.group,
        "source": example.source,
        "quality": example.quality,
        "altered": list(example.altered),
        "labelled": list(example.labelled),
        "fields": dict(example.fields),
        "words": [word_json(word, tag) for word, tag in zip(example.words, example.tags, strict=True)],
    }


def word_json(word: Word, tag: str | None) -> dict[str, Any]:
    """A word with its place (page-relative, 0..1) and its BIO tag; null where the source does not say."""
    box = [round(side, 5) for side in word.box.sides]
    place = {"page": word.page, "line": word.line, "box": box, "confidence": word.confidence}
    return {"text": word.text, "tag": tag, **place}


def example_from_json(stored: dict[str, Any]) -> Example:
    """The inverse of `example_json`; only id, kind and words with text, box and tag must be there. Raises KeyError."""
    return Example(
        id=stored["id"],
        kind=stored["kind"],
        words=tuple(word_from_json(word) for word in stored["words"]),
        tags=tuple(word["tag"] for word in stored["words"]),
        labelled=tuple(stored.get("labelled", ())),
        fields=stored.get("fields", {}),
        group=stored.get("group", ""),
        source=stored.get("source", ""),
        quality=stored.get("quality", "clean"),
        altered=tuple(stored.get("altered", ())),
    )


def word_from_json(stored: dict[str, Any]) -> Word:
    box = Box(*(float(side) for side in stored["box"]))
    return Word(stored["text"], box, stored.get("page", 1), stored.get("line", 0), stored.get("confidence"))


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Writes them all and says how many there were."""
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for count, example in enumerate(examples, start=1):  # noqa: B007 - the count is the answer
            out.write(json.dumps(example_json(example), ensure_ascii=False) + "\n")
    return count


def read_examples(path: Path) -> Iterator[Example]:
    """Every example of a file, or of all `*.jsonl` of a folder. Raises BadRequest, which names the file and line."""
    for file in sorted(path.glob("*.jsonl")) if path.is_dir() else [path]:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield parsed(line, f"{file}:{number}")


def parsed(line: str, place: str) -> Example:
    try:
        return example_from_json(json.loads(line))
    except (ValueError, KeyError, TypeError) as error:
        raise BadRequest(f"{place}: {type(error).__name__}: {error}.") from error
