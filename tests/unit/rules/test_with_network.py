"""Rules and network together: what the rules know by a caption the network does not take away."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from tests.support.papers import text_pdf

from recto.app import build, settings
from recto.pipeline import Wish

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[3] / ".." / "shared" / "data"))
INVOICE = DATA / "zugferd" / "pdf" / "XML-Rechnung__FX__EN16931_Gutschrift.pdf"
FORMS = DATA / "tax" / "gcp_samples"
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


@pytest.mark.data
@pytest.mark.skipif(not FORMS.is_dir(), reason="the folder of public documents is not here")
def test_what_is_printed_on_a_form_is_not_read_as_its_content():
    app = build(settings())
    w2, interest = (
        app.read((FORMS / name).read_bytes(), name) for name in ("2020 Form W-2.pdf", "2020 Form 1099-INT.pdf")
    )
    assert w2.field("wages_tips_and_other_compensation").value == Decimal("23677.70")
    assert w2.field("treasury_tipped_occupation_codes") is None  # `tax 18 Local wages, tips, etc. 19`
    assert w2.field("other") is None  # the 14 of its box
    assert w2.table("local_tax_infos") is None  # `Revenue Service`
    assert interest.field("interest_income").value == Decimal("374.28")
    assert interest.field("foreign_country_or_us_territory") is None  # `IRS. If you are`
