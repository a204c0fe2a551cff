"""SROIE (ICDAR 2019, CC BY 4.0): text lines with quads, and four values given as strings, aligned to words here.

Format: `box/*.json` is a list of `{"text", "quad": [x1, y1, ... x4, y4]}` in pixels, `key/*.json` has `company`,
`date`, `address`, `total`; `img/` holds the pages, whose size makes the boxes relative.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.reading.lines import in_lines
from recto.training.align import align, bare
from recto.training.example import Example
from recto.training.merchants import merchant_groups
from recto.training.totals import total_words

LABELS = {"company": "MERCHANT_NAME", "date": "DATE", "address": "ADDRESS_LINE", "total": "GRAND_TOTAL"}
"""The four keys as our labels."""

FIELDS = {
    "company": "merchant_name",
    "date": "transaction_date",
    "address": "merchant_address",
    "total": "total",
}
"""The four keys as our field names."""


@dataclass(frozen=True, slots=True)
class Unaligned:
    """A value that no words carry: where, which key, what it says."""

    document: str
    key: str
    value: str


def examples(folder: Path) -> list[Example]:
    """All receipts of `folder` (`box`, `key`, `img` below it) on their given words, grouped by merchant."""
    keys = read_keys(folder)
    groups = groups_of(keys)
    return [
        example(name, words_of(folder, name), values, groups[name], "sroie") for name, values in sorted(keys.items())
    ]


def read_keys(folder: Path) -> dict[str, dict[str, str]]:
    """The four values of every receipt, by its name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted((folder / "key").glob("*.json"))}


def groups_of(keys: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The merchant of every receipt."""
    return merchant_groups({name: values["company"] for name, values in keys.items()})


def words_of(folder: Path, name: str) -> Words:
    """The given words of one receipt in reading order: text lines cut at spaces, boxes in proportion to letters."""
    width, height = page_size(folder, name)
    lines = json.loads((folder / "box" / f"{name}.json").read_text())
    return in_lines([word for line in lines for word in split_line(line["text"], line["quad"], width, height)])


def page_size(folder: Path, name: str) -> tuple[int, int]:
    """(width, height) of the receipt's image in pixels."""
    with Image.open(next((folder / "img").glob(f"{name}.*"))) as image:
        return image.size


def split_line(text: str, quad: Sequence[float], width: float, height: float) -> Iterator[Word]:
    """The words of a text line. `quad` is x1, y1, ... x4, y4 in pixels of a page of `width` by `height`."""
    left, right = min(quad[::2]) / width, max(quad[::2]) / width
    top, bottom = min(quad[1::2]) / height, max(quad[1::2]) / height
    for match in re.finditer(r"\S+", text):
        start, end = (left + (right - left) * at / len(text) for at in match.span())
        yield Word(match.group(), Box(start, top, end, bottom).clipped())


def example(name: str, words: Words, values: Mapping[str, str], group: str, source: str) -> Example:
    """One receipt with the tags of those keys that could be aligned; the others' labels are left out of `labelled`."""
    stretches = {key: aligned(key, values.get(key, ""), words) for key in LABELS}
    tags: list[str | None] = [None] * len(words)
    for key in ("total", "date", "address", "company"):
        for place in stretches[key] or ():
            for before, word in zip((None, *place), place, strict=False):
                tags[word] = f"{_side(key, before, word, words)}-{LABELS[key]}"
    return Example(
        id=name,
        kind="receipt",
        words=words,
        tags=tuple(tags),
        labelled=tuple(LABELS[key] for key in LABELS if stretches[key]),
        fields={FIELDS[key]: values.get(key, "") for key in LABELS},
        group=group,
        source=source,
        quality="scan",
    )


def _side(key: str, before: int | None, word: int, words: Words) -> str:
    """`B` at the start of the value, and of each line of an address; `I` elsewhere."""
    new_line = before is None or (key == "address" and words[before].line != words[word].line)
    return "B" if new_line else "I"


def aligned(key: str, value: str, words: Words) -> list[tuple[int, ...]] | None:
    """Every place that carries the value of `key`, as word indexes; None where there is none."""
    texts = [word.text for word in words]
    if key == "total":
        return total_words(value, words) or None
    stretch = align(value, texts)
    if stretch is None or not bare(value):
        return None
    if key == "date":
        return [stretch.words, *again(texts, stretch.words)]
    return [stretch.words]


def again(texts: Sequence[str], found: Sequence[int]) -> list[tuple[int, ...]]:
    """Other places with exactly the same words (a date printed twice)."""
    wanted = [bare(texts[word]) for word in found]
    length = len(wanted)
    return [
        tuple(range(start, start + length))
        for start in range(len(texts) - length + 1)
        if start not in found and [bare(text) for text in texts[start : start + length]] == wanted
    ]


def unaligned(examples: Iterable[Example]) -> list[Unaligned]:
    """The values that no words of their receipt carry."""
    return [
        Unaligned(example.id, key, str(example.fields.get(FIELDS[key], "")))
        for example in examples
        for key, label in LABELS.items()
        if label not in example.labelled
    ]
