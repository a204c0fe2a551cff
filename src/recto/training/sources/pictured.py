"""Made-up documents as our own OCR reads their pictures, with their truth: read once, kept as JSON Lines.

The truth is kept with the words, because a generator that has changed since draws another document from the same seed.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from recto.document.kinds import KINDS
from recto.document.page import Raster, Word
from recto.ports import Ocr
from recto.reading.paper import opened
from recto.reading.raster import encoded
from recto.reading.seen import numbered
from recto.reading.tilt import in_tilted_lines
from recto.training.example import Example, Quality
from recto.training.sources import jsonlines
from recto.training.sources.jsonlines import example_json
from recto.training.synth.generator import generate
from recto.training.synth.synthetic import Synthetic

QUALITIES: tuple[Quality, ...] = ("clean", "scan", "photo")
SEED, EACH = 9_000_000, 6
"""So many documents of each kind and quality, of templates kept for testing, from this seed on."""

LONG_SIDE = 2000
"""As the reader renders pages."""

MOST_PAGES = 2
"""Longer ones tell nothing more and take long to read."""


def examples(cache: Path) -> list[Example]:
    """Those that stand in `cache`; none where there is no such file."""
    return [replace(each, source="synth-pictured") for each in jsonlines.read(cache)] if cache.is_file() else []


def picture(cache: Path, ocr: Ocr, each: int = EACH) -> int:
    """Read every document that `cache` has not yet, a line at a time; returns how many were read."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    done = {example.id for example in examples(cache)}
    count = 0
    with cache.open("a", encoding="utf-8") as file:
        for made in drawn(each):
            if made.example.id not in done:
                file.write(json.dumps(example_json(seen(made, ocr)), ensure_ascii=False) + "\n")
                file.flush()
                count += 1
    return count


def drawn(each: int) -> Iterator[Synthetic]:
    """`each` documents of every kind and quality; of `other` there is no truth to compare with."""
    for number in range(each):
        for step, quality in enumerate(QUALITIES):
            for kind in KINDS:
                seed = SEED + len(QUALITIES) * number + step
                made = generate(kind, seed, quality=quality, held_out=True) if kind != "other" else None
                if made and made.pages <= MOST_PAGES:
                    yield made


def seen(made: Synthetic, ocr: Ocr) -> Example:
    """The document's truth on the words of its pictures; of no word it is known what it carries."""
    words = tuple(word for number, page in enumerate(made.render(), 1) for word in read(page, number, ocr))
    return replace(made.example, words=words, tags=(None,) * len(words), labelled=())


def read(page: Raster, number: int, ocr: Ocr) -> Sequence[Word]:
    """The words of a page that goes the way of any image file."""
    with opened(encoded(page, "image/png"), "page.png") as paper:
        (sight,) = ocr.read([paper.raster(1, LONG_SIDE)])
    return numbered(in_tilted_lines(sight.words), number)
