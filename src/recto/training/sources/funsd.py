"""The FUNSD format: `annotations/*.json` with `form: [{"label", "words": [{"text", "box": [x1, y1, x2, y2]}]}]`.

Boxes are in pixels of `images/NAME.png`. Labels are lower case names; a map turns them into ours, the rest is `O`.
FUNSD: Jaume, Ekenel, Thiran, "FUNSD: A Dataset for Form Understanding in Noisy Scanned Documents" (2019).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from recto.document.box import Box
from recto.document.errors import BadRequest
from recto.document.page import Word
from recto.reading.lines import in_lines
from recto.training.example import Example


def examples(folder: Path, kind: str = "receipt", names: Mapping[str, str] | None = None) -> list[Example]:
    """The documents of a folder in FUNSD's form as documents of `kind`; raises BadRequest for one not of the form.

    `names` maps FUNSD's labels to ours; without it a label is ours when it is ours in capitals (`date` -> `DATE`).
    """
    return [_example(path, folder, kind, names) for path in sorted((folder / "annotations").glob("*.json"))]


def _example(path: Path, folder: Path, kind: str, names: Mapping[str, str] | None) -> Example:
    tags: dict[Word, str] = {}
    try:
        with Image.open(folder / "images" / f"{path.stem}.png") as image:
            width, height = image.size
        for entity in json.loads(path.read_text(encoding="utf-8"))["form"]:
            label = _label(entity["label"], names)
            for at, stated in enumerate(word for word in entity["words"] if word["text"].strip()):
                tags[_word(stated, width, height)] = f"{'I' if at else 'B'}-{label}" if label else "O"
    except (OSError, KeyError, TypeError, ValueError) as wrong:
        raise BadRequest(f"{path.name} is not in FUNSD's form: {wrong!r}") from wrong
    words = in_lines(list(tags))
    plain = tuple(tags[Word(word.text, word.box)] for word in words)
    labelled = tuple(sorted(set(names.values()) if names else {tag[2:] for tag in plain if tag != "O"}))
    return Example(path.stem, kind, words, plain, labelled, group=path.stem, source="funsd", quality="scan")


def _label(stated: str, names: Mapping[str, str] | None) -> str:
    if names is not None:
        return names.get(stated, "")
    return "" if stated.lower() in ("other", "o") else stated.upper()


def _word(stated: Mapping[str, Any], width: int, height: int) -> Word:
    left, top, right, bottom = stated["box"]
    return Word(stated["text"].strip(), Box(left / width, top / height, right / width, bottom / height).clipped())
