"""The same receipts on words as our own OCR reads them: read once, kept as JSON Lines beside the working tree.

One object a line: `{"id", "words": [{"text", "box": [left, top, right, bottom], "line", "confidence"}]}`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from recto.document.box import Box
from recto.document.page import Raster, Word, Words
from recto.ports import Ocr
from recto.reading.lines import in_lines
from recto.training.example import Example
from recto.training.sources import sroie


def examples(folder: Path, cache: Path) -> list[Example]:
    """The receipts of `folder` whose words stand in `cache`; none where there is no such file."""
    if not cache.is_file():
        return []
    keys = sroie.read_keys(folder)
    groups = sroie.groups_of(keys)
    found = []
    for name, words in read_words(cache):
        if name in keys:
            example = sroie.example(name, words, keys[name], groups[name], "sroie-ocr")
            found.append(replace(example, id=f"{name}/ocr"))
    return found


def read_words(cache: Path) -> Iterator[tuple[str, Words]]:
    """Each document's name and words."""
    for line in cache.read_text(encoding="utf-8").splitlines():
        if line.strip():
            kept = json.loads(line)
            yield kept["id"], in_lines([_word(word) for word in kept["words"]])


def reread(folder: Path, cache: Path, ocr: Ocr) -> int:
    """Read every receipt of `folder` that `cache` has not yet, a line at a time; returns how many were read."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    done = {name for name, _ in read_words(cache)} if cache.is_file() else set()
    todo = [path for path in sorted((folder / "img").iterdir()) if path.stem not in done]
    with cache.open("a", encoding="utf-8") as file:
        for path in todo:
            sight = ocr.read([raster(path)])[0]
            words = [_stated(word) for word in sight.words]
            file.write(json.dumps({"id": path.stem, "turn": sight.turn, "words": words}) + "\n")
            file.flush()
    return len(todo)


def raster(path: Path) -> Raster:
    """The pixels of an image file."""
    with Image.open(path) as image:
        rgb = image.convert("RGB")
        return Raster(rgb.width, rgb.height, rgb.tobytes())


def _stated(word: Word) -> dict[str, Any]:
    box = [round(side, 5) for side in word.box.sides]
    return {"text": word.text, "box": box, "line": word.line, "confidence": word.confidence}


def _word(stated: Mapping[str, Any]) -> Word:
    box = Box(*stated["box"])
    return Word(stated["text"], box, line=int(stated["line"]), confidence=stated["confidence"])
