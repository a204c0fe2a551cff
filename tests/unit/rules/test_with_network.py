"""Rules and network together: what the rules know by a caption the network does not take away."""

import os
from pathlib import Path

import pytest
from tests.support.papers import text_pdf

from recto.app import build, settings
from recto.pipeline import Wish

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[3] / ".." / "shared" / "data"))
INVOICE = DATA / "zugferd" / "pdf" / "XML-Rechnung__FX__EN16931_Gutschrift.pdf"
SPARSE = {
    "W2": (
        [
            "Form W-2 Wage and Tax Statement 2024",
            "a Employee's social security number 536-22-8714",
            "b Employer identification number 12-3456789",
            "1 Wages, tips, other compensation 40000.00",
        ],
        {
            "tax_year": "2024",
            "employee.social_security_number": "536-22-8714",
            "employer.id_number": "12-3456789",
            "wages_tips_and_other_compensation": "40000.00",
        },
    ),
    "1099-NEC": (
        [
            "Form 1099-NEC 2023 Nonemployee Compensation",
            "PAYER'S TIN 12-3456789",
            "RECIPIENT'S TIN 536-22-8714",
            "1 Nonemployee compensation $ 4,000.00",
        ],
        {"payer.tin": "12-3456789", "recipient.tin": "536-22-8714", "nonemployee_compensation": "4000.00"},
    ),
}


@pytest.mark.parametrize("kind", SPARSE)
def test_a_form_of_a_few_lines_keeps_every_value_that_stands_at_its_caption(kind):
    lines, truth = SPARSE[kind]
    reading = build(settings()).read(text_pdf(lines), "form.pdf", Wish(kind=kind))
    found = {field.name: str(field.value) for field in reading.fields if field.name in truth}
    assert found == truth


@pytest.mark.data
@pytest.mark.skipif(not INVOICE.is_file(), reason="the folder of public documents is not here")
def test_a_number_of_goods_below_an_invoices_line_does_not_tear_it_apart():
    reading = build(settings()).read(INVOICE.read_bytes(), INVOICE.name, Wish("invoice", attachment=False))
    rows = reading.table("items").rows
    assert [str(row.cells["amount"].value) for row in rows] == ["198.00", "275.00"]
