"""How the shipped model comes to be: its data, its outputs, its settings, from `../shared/data` and the generator."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from recto.document.kinds import KINDS
from recto.engines.label.space import Space
from recto.schemas.catalog import labels_of
from recto.training.example import Example
from recto.training.settings import TrainSettings
from recto.training.sources import reread, sroie
from recto.training.splits import FROZEN, Split, split_by

MADE: Mapping[str, int] = {
    "receipt": 450,
    "invoice": 60,
    "bank_statement": 20,
    "credit_card_statement": 20,
    "check": 20,
    "W2": 20,
    "1099-INT": 15,
    "1099-DIV": 15,
    "1099-MISC": 15,
    "1099-NEC": 15,
    "1099-R": 15,
    "1098": 15,
    "other": 30,
}
"""Made-up documents in an epoch, by kind: receipts are what the figures ask for, forms are soon learned."""


def space() -> Space:
    """Every kind's labels as the schemas have them."""
    return Space({kind: labels_of(kind) for kind in KINDS})


def examples(data: Path, cache: Path) -> list[Example]:
    """SROIE's training part on its given words, and on our own OCR's words where `cache` has them."""
    folder = data / "sroie" / "train"
    return [*sroie.examples(folder), *reread.examples(folder, cache / "sroie.jsonl")]


def split(given: Sequence[Example]) -> Split:
    """The frozen validation receipts apart from the rest."""
    return split_by(given, FROZEN)


def settings(out: Path, minutes: float = 60.0, name: str = "recto-layout-1") -> TrainSettings:
    """What the shipped model was trained with; `minutes` on two cores."""
    return TrainSettings(
        name=name, out=out, epochs=1000, minutes=minutes, patience=0, validate_every=5, made=MADE, kind_weight=0.2
    )
