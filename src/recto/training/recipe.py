"""How the shipped model comes to be: its data, its outputs, its settings, from `../shared/data` and the generator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

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

    `read` adds the words of our own OCR to the given ones; `made` says how many made-up documents an epoch has.
    """

    name: str
    minutes: float
    rate: float
    read: bool
    made: Mapping[str, int]


STAGES: Sequence[Stage] = (
    Stage("receipts", 18, 5e-4, False, {"receipt": 450}),
    Stage("read", 19, 4e-4, True, {"receipt": 320, **_FORMS}),
    Stage("kinds", 25, 3e-4, True, {"receipt": 260, **_FORMS, "invoice": 35}),
    Stage("last", 6, 1.2e-4, True, {"receipt": 120, **_FORMS, "invoice": 35, "other": 12}),
)
"""How the shipped model was trained on two busy cores. It is the mean of the weights of the last two stages."""

RULED: Sequence[str] = (
    *("invoice_id", "invoice_date", "due_date", "delivery_date", "purchase_order", "customer_id", "payment_term"),
    *("vendor_name", "vendor_address", "vendor_email", "vendor_phone_number", "vendor_tax_id"),
    *("customer_name", "customer_address", "sub_total", "total_tax", "total_discount", "shipping_charge"),
    *("invoice_total", "amount_due", "amount_paid", "previous_unpaid_balance"),
    *("items.description", "items.product_code", "items.quantity", "items.unit", "items.unit_price", "items.amount"),
    *(
        "currency",
        "items.tax",
        "items.tax_rate",
        "items.date",
        "tax_details.rate",
        "tax_details.net_amount",
        "tax_details.amount",
    ),
    *("payment_details.iban", "payment_details.swift"),
)
"""Labels of invoices that the rules give better than a network that has only seen made-up invoices."""


ADVISED: Sequence[str] = ("W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098")
"""Kinds on which network and rules are better together: entity F1 0.78 and 0.77 alone, 0.90 at a weight of 0.35."""


def habits() -> Habits:
    """The usual decoding; on invoices the rules decide and the network says how sure to be, on forms they advise it."""
    usual = Habits.usual()
    forms = {label: 0.35 for kind in ADVISED for label in labels_of(kind)}
    receipts = dict.fromkeys(labels_of("receipt"), 0.2)
    return replace(usual, trust={**forms, **receipts, **usual.trust, **dict.fromkeys(RULED, 0.6)})


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


def settings(stage: Stage, out: Path, base: Path | None, name: str = "recto-layout-1") -> TrainSettings:
    """The settings of a stage; `base` is the folder of the stage before."""
    return TrainSettings(
        name=name,
        out=out,
        base=None if base is None else str(base / "net"),
        epochs=1000,
        minutes=stage.minutes,
        patience=0,
        validate_every=4,
        learning_rate=stage.rate,
        warmup=0.1 if base is None else 0.05,
        average=0.995 if base is None else 0.997,
        kind_weight=0.0 if base is None else 0.05,
        made=stage.made,
    )
