"""Documents beside their truth: which values are right, which rows are which, and what intervals say."""

from datetime import date
from decimal import Decimal

import pytest

from recto.document.assurance import Assurance
from recto.document.reading import Field, Row, Table, Tag
from recto.training.assurance import PRIOR, Case, fit
from recto.training.datasets import made
from recto.training.example import Example
from recto.training.outcome import agrees, aligned, outcome, row_counts, verdict
from recto.training.passing import passing, wilson
from recto.training.thresholds import crossed, held


def money(value, name="amount"):
    return Field(name, Decimal(value), "money", value, "grounded", 0.9)


def row(text, amount):
    return Row({"description": Field("description", text, "text", text, "grounded", 0.9), "amount": money(amount)})


def test_amounts_are_right_by_value_and_days_in_any_form():
    assert agrees(money("9.00"), "RM 9.00")
    assert not agrees(money("9.00"), "9.01")
    day = Field("transaction_date", date(2018, 4, 6), "date", "06/04/18", "grounded")
    assert agrees(day, "06/04/2018")
    assert agrees(day, "2018-04-06")
    assert not agrees(day, "2018-04-07")


def test_what_a_complete_truth_leaves_out_is_wrong_and_what_a_partial_one_leaves_out_is_unknown():
    whole = Example("a", "receipt", (), (), (), fields={"total": "9.00"}, source="synth")
    partial = Example("a", "receipt", (), (), (), fields={"total": "9.00"}, source="sroie")
    tip = money("1.00", "tip")
    assert verdict(whole, tip) is False
    assert verdict(partial, tip) is None
    assert verdict(whole, money("0.00", "tip")) is None, "an empty box may be read as a zero"


def test_rows_are_paired_in_order_though_one_is_missing_and_one_is_read_twice():
    truth = [
        {"description": text, "amount": amount} for text, amount in (("tea", "1.00"), ("rice", "2.00"), ("egg", "3.00"))
    ]
    rows = (row("tea", "1.00"), row("tea", "9.99"), row("egg", "3.00"))
    assert aligned(rows, truth) == [(0, 0), (2, 2)]
    assert row_counts(Table("items", rows), truth) == (2, 3, 3)


def test_an_interval_of_a_share_holds_it_and_narrows_with_more():
    low, high = wilson(9, 10)
    assert low < 0.9 < high
    assert wilson(900, 1000)[0] > low
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(50, 50)[1] == 1.0


def test_weights_follow_what_is_right_and_stay_where_nothing_was_seen():
    sure = [Case(({"always": 1.0, "label": 2.0},), 1.0, True)] * 50 + [
        Case(({"always": 1.0, "label": -2.0},), 1.0, False)
    ] * 50
    assert fit(sure, {"label": 0.0})["label"] > 1.0
    assert fit([], PRIOR) == PRIOR


@pytest.fixture(scope="module")
def receipts():
    return made("receipt", 4, 8_000_000)


def test_a_document_that_is_labelled_as_its_truth_is_read_right_and_where_it_stands(receipts):
    for example in receipts:
        from_truth = outcome(example, tags_of(example))
        rights = [value.right for value in from_truth.values if value.required]
        assert rights and all(rights)
        boxes = list(from_truth.boxes())
        assert boxes and all(any(read.iou(one) > 0.5 for one in true) for _, read, true in boxes)


def test_the_whole_way_from_documents_to_figures_by_kind(receipts):
    found = passing(Truthful(receipts), receipts)["receipt"]
    assert found["documents"] == 4
    assert found["fields"]["total"]["recall"] == 1.0
    assert found["placement"]["share"] == 1.0
    trials = crossed([outcome(example, tags_of(example)) for example in receipts], {})
    assert sum(one.documents for one in held(trials).values()) == 4


def tags_of(example):
    return tuple(Tag(name or "O", 0.99) for name in example.tags)


class Truthful:
    """A labeller that knows the truth of these documents."""

    def __init__(self, examples):
        self.known = {example.words: tags_of(example) for example in examples}

    def label(self, documents):
        return [self.known[words] for words, _ in documents]

    def assurance(self, kind):
        return Assurance({"*": 0.5})
