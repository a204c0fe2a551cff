"""Truths that are values without places, found among the words."""

import json
import os
from pathlib import Path

import pytest

from recto.document.box import Box
from recto.document.page import Word
from recto.training.sources import vendors, zugferd
from recto.training.sources.stated import Statement, example, examples

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[4] / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the public documents are not at ../shared/data")

LINES = ("INVOICE R-17", "Date 05.03.2018", "Paper A4 20 9,90 198,00", "Yoghurt 50 5,50 275,00", "Total EUR 473,00")
WORDS = tuple(
    Word(text, Box(0.1 + 0.15 * at, 0.1 + 0.05 * line, 0.2 + 0.15 * at, 0.13 + 0.05 * line), line=line)
    for line, texts in enumerate(LINES)
    for at, text in enumerate(texts.split())
)


def stated(**values) -> Statement:
    return Statement("one", "invoice", values, "group", "test")


def tagged(made, label: str) -> list[str]:
    return [word.text for word, tag in zip(made.words, made.tags, strict=True) if tag and tag[2:] == label]


def test_a_date_and_an_amount_are_found_in_the_form_that_is_printed():
    made, lost = example(stated(invoice_date="2018-03-05", invoice_total="473.00"), WORDS)
    assert tagged(made, "invoice_date") == ["05.03.2018"]
    assert tagged(made, "invoice_total") == ["473,00"]
    assert lost == []
    assert made.fields == {"invoice_date": "2018-03-05", "invoice_total": "473.00"}


def test_rows_are_found_cell_by_cell():
    rows = [{"description": "Paper A4", "amount": "198.0"}, {"description": "Yoghurt", "amount": "275.0"}]
    made, lost = example(stated(items=rows), WORDS)
    assert tagged(made, "items.description") == ["Paper", "A4", "Yoghurt"]
    assert tagged(made, "items.amount") == ["198,00", "275,00"]
    assert lost == []


def test_what_stands_nowhere_is_listed_and_of_its_label_nothing_is_said():
    made, lost = example(stated(invoice_id="R-17", vendor_name="Nobody & Sons"), WORDS)
    assert [(one.document, one.key, one.value) for one in lost] == [("one", "vendor_name", "Nobody & Sons")]
    assert made.labelled == ("invoice_id",)
    assert "vendor_name" not in made.fields


def test_lost_values_are_counted_in_the_log(caplog):
    caplog.set_level("INFO", "recto.training")
    made = examples([stated(invoice_id="R-17", vendor_name="Nobody")], {"one": WORDS})
    assert len(made) == 1
    assert "1 of 2 values stand on no words, or on several:" in caplog.messages


def test_a_document_without_words_is_left_out():
    assert examples([stated(invoice_id="R-17")], {}) == []


@pytest.mark.data
@needs_data
def test_the_labelled_samples_are_of_our_kinds_with_our_names():
    found = list(vendors.statements(DATA))
    assert sorted({one.kind for one in found}) == ["1099-MISC", "bank_statement", "check", "invoice"]
    (scanned,) = [one for one in found if one.document.endswith("f1099_scanned.jpg")]
    assert scanned.values["recipient.name"] == "JOHN PARK"
    assert "is_direct_sales" not in scanned.values


@pytest.mark.data
@needs_data
def test_what_the_manifest_says_is_not_printed_is_not_stated():
    found = {one.document: one.values for one in zugferd.statements(DATA)}
    entries = json.loads((DATA / "zugferd" / "manifest.json").read_text())
    hidden = [e["id"] for e in entries if e.get("visible", {}).get("issue_date") is False]
    assert len(found) == 56
    assert hidden
    assert all("invoice_date" not in found.get(f"zugferd/pdf/{name}.pdf", {}) for name in hidden)
