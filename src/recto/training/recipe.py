"""How the shipped model comes to be: its data, its outputs, its settings, from `../shared/data` and the generator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from recto.document.kinds import KINDS
from recto.engines.label.decode import Habits
from recto.engines.label.space import Space
from recto.schemas.catalog import labels_of
from recto.training.example import Example
from recto.training.settings import TrainSettings
from recto.training.sources import reread, sroie
from recto.training.splits import FROZEN, Split, split_by

_FORMS: Mapping[str, int] = {
    "bank_statement": 10,
    "credit_card_statement": 10,
    "check": 10,
    **dict.fromkeys(("W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098"), 5),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One stretch of the training: begins from the weights of the stage before, with a vocabulary kept from the first.

    `read` adds the words of our own OCR to the given ones; `made` says how many made-up documents an epoch has. It ends
    after so many epochs and never by the clock, so that a busy machine gives the same weights, only later.
    """

    name: str
    rate: float
    read: bool
    made: Mapping[str, int]
    epochs: int


@dataclass(frozen=True, slots=True)
class Held:
    """How many made-up documents the bundle is finished with, beside the validation receipts.

    `receipts` (each a second time as hurried readers give it, its words run together and misread) and `others` (of each
    other kind) fit the confidence; `kinds` (of each kind) teach the classifier, and
    `kinds_apart` of templates that it has not seen fit its confidence and judge it. `tests` are the tables of the card.
    `pictured` of each kind and quality are read from their pictures for the thresholds; 0: their words are given.
    """

    tests: Sequence[str]
    receipts: int
    others: int
    kinds: int
    kinds_apart: int
    pictured: int = 6


@dataclass(frozen=True, slots=True)
class Recipe:
    """A model's training from beginning to end; `knobs` are settings that differ from the usual ones."""

    name: str
    stages: Sequence[Stage]
    held: Held
    knobs: Mapping[str, Any] = field(default_factory=dict)


SHIPPED: Final = Recipe(
    name="recto-layout-1",
    stages=(
        Stage("receipts", 5e-4, False, {"receipt": 450}, epochs=20),
        Stage("read", 4e-4, True, {"receipt": 320, **_FORMS}, epochs=18),
        Stage("kinds", 3e-4, True, {"receipt": 260, **_FORMS, "invoice": 35}, epochs=20),
        Stage("last", 1.2e-4, True, {"receipt": 120, **_FORMS, "invoice": 35, "other": 12}, epochs=8),
    ),
    held=Held(("sroie", "sroie-ocr", "wildreceipt", "synthetic-receipts", "synthetic-forms"), 60, 4, 90, 30),
)
"""How the shipped model is trained: hours on two cores. It is the mean of the weights of the last two stages."""

TINY: Final = Recipe(
    name="recto-tiny",
    stages=(
        Stage("receipts", 2e-3, False, {"receipt": 4}, epochs=3),
        Stage("last", 1e-3, True, {"receipt": 2, "check": 2}, epochs=2),
    ),
    held=Held(("sroie", "sroie-ocr"), 2, 1, 2, 1, pictured=0),
    knobs={"hidden": 32, "layers": 1, "heads": 2, "vocabulary": 700, "bfloat16": False},
)
"""The same way in a minute: what comes of it is good for nothing but to show that the way is open."""

ADVISED: Sequence[str] = ("W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098")
"""Kinds on which network and rules are better together: entity F1 0.78 and 0.77 alone, 0.90 at a weight of 0.35."""


def habits() -> Habits:
    """The usual decoding; on forms and invoices the rules advise the network, and decide where they say something."""
    usual = Habits.usual()
    forms = {label: 0.35 for kind in ADVISED for label in labels_of(kind)}
    receipts = dict.fromkeys(labels_of("receipt"), 0.2)
    # At 0.35 a true row of the real invoices is lost, at 0.5 rows of made-up ones are.
    invoices = dict.fromkeys(labels_of("invoice"), 0.45)
    return replace(usual, trust={**forms, **receipts, **usual.trust, **invoices})


def space() -> Space:
    """Every kind's labels as the schemas have them."""
    return Space({kind: labels_of(kind) for kind in KINDS})


def examples(data: Path, cache: Path, read: bool = True) -> list[Example]:
    """SROIE's training part on its given words, and with `read` on our own OCR's words where `cache` has them."""
    folder = data / "sroie" / "train"
    return [*sroie.examples(folder), *(reread.examples(folder, cache / "sroie.jsonl") if read else ())]


def split(given: Sequence[Example]) -> Split:
    """The frozen validation receipts apart from the rest."""
    return split_by(given, FROZEN)


def settings(recipe: Recipe, stage: Stage, out: Path, base: Path | None) -> TrainSettings:
    """The settings of a stage; `base` is the folder of the stage before."""
    usual = TrainSettings(
        name=recipe.name,
        out=out,
        base=None if base is None else str(base / "net"),
        epochs=stage.epochs,
        patience=0,
        validate_every=4,
        learning_rate=stage.rate,
        warmup=0.1 if base is None else 0.05,
        average=0.995 if base is None else 0.997,
        kind_weight=0.0 if base is None else 0.05,
        made=stage.made,
    )
    return replace(usual, **recipe.knobs)
