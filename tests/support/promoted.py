"""An installation with labelled receipts, and a model beside the shipped one that is worse: it calls totals taxes."""

import hashlib
import shutil
from pathlib import Path

from recto.app import Installation
from recto.document.page import Document, Page
from recto.document.reading import Guess, Reading, Tag
from recto.document.record import Record
from recto.engines.label.bundle import SHIPPED, digest_of
from recto.training.synth import generate
from recto.training.truth import labels_from
from tests.support.labelled import NOON

RECEIPTS = 60
"""Enough for a model to be judged on."""


def worsened(home: Path) -> None:
    """Lays the model `worse` beside the others."""
    worse = home / "models" / "worse"
    shutil.copytree(SHIPPED / "default", worse)
    text = (worse / "label_map.json").read_text()
    for old, new in (("GRAND_TOTAL", "?"), ("TAX", "GRAND_TOTAL"), ("?", "TAX")):
        text = text.replace(f'"{old}"', f'"{new}"')
    (worse / "label_map.json").write_text(text)
    (worse / "digest.txt").write_text(digest_of(worse) + "\n")


def keep(app: Installation, seed: int, labelled: bool = True) -> str:
    """The id of a made-up receipt that was read, with its truth as labels."""
    example = generate("receipt", 8_300_000 + seed, held_out=True).example
    document = Document(hashlib.sha256(f"{seed}".encode()).hexdigest(), f"{seed}.png", "image/png", 1)
    tags = tuple(Tag(tag or "O", 0.9) for tag in example.tags)
    reading = Reading(document, (Page(1, 600, 800),), example.words, Guess("receipt", 0.9), tags)
    app.records.save(Record(document, "read", reading=reading))
    if labelled:
        app.labels.write(document.id, "", labels_from(example, "made", NOON))
    return document.id
