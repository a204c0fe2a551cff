"""What an attached XML states comes first, has its place on the page all the same, and is held against the page."""

from decimal import Decimal

from tests.unit.schemas.paper import paper

from recto.schemas.einvoice import with_attachment
from recto.schemas.fields import fields_of

PAGE = """
{vendor_name: Screw Works}
Invoice No. {invoice_id: R-17} Date {invoice_date: 31.01.2024}
Net {sub_total: 100.00}
Tax {total_tax: 19.00}
Total {invoice_total: 119.00} EUR
"""

XML = """<Invoice><ID>R-17</ID><IssueDate>2024-01-31</IssueDate><DocumentCurrencyCode>EUR</DocumentCurrencyCode>
<AccountingSupplierParty><Party><PartyLegalEntity><RegistrationName>Screw Works</RegistrationName></PartyLegalEntity>
</Party>
</AccountingSupplierParty><TaxTotal><TaxAmount>19.00</TaxAmount></TaxTotal><LegalMonetaryTotal>
<TaxExclusiveAmount>100.00</TaxExclusiveAmount><TaxInclusiveAmount>{gross}</TaxInclusiveAmount></LegalMonetaryTotal>
</Invoice>"""


def read(xml, page=PAGE):
    words, tags = paper(page)
    items, check = with_attachment(xml.encode(), fields_of("invoice", words, tags), words)
    return {item.name: item for item in items}, check, words


def test_a_page_that_says_the_same_passes():
    fields, check, _ = read(XML.format(gross="119.00"))
    assert check.outcome == "pass"
    assert fields["invoice_total"].value == Decimal("119.00")


def test_what_the_xml_states_has_its_place_on_the_page():
    fields, _, words = read(XML.format(gross="119.00"))
    assert fields["invoice_total"].grounding == "grounded"
    assert [words[index].text for index in fields["invoice_total"].words] == ["119.00"]


def test_a_page_that_says_another_total_is_a_finding_and_the_xml_holds():
    fields, check, _ = read(XML.format(gross="191.00"))
    assert (check.outcome, check.inputs) == ("fail", ("invoice_total",))
    assert "119.00" in check.detail and "191.00" in check.detail
    assert fields["invoice_total"].value == Decimal("191.00")
    assert fields["invoice_total"].grounding == "not_found"


def test_a_total_that_the_page_shows_only_as_its_net_amount_is_a_finding():
    _, check, _ = read(XML.format(gross="100.00"))
    assert (check.outcome, check.inputs) == ("fail", ("invoice_total",))
    assert check.detail == "invoice_total: attachment 100.00, page 119.00"


def test_money_is_in_the_invoices_currency():
    fields, _, _ = read(XML.format(gross="119.00"))
    assert {fields[name].currency for name in ("sub_total", "total_tax", "invoice_total")} == {"EUR"}


def test_an_attachment_that_is_no_invoice_changes_nothing_and_is_told():
    words, tags = paper(PAGE)
    before = fields_of("invoice", words, tags)
    items, check = with_attachment(b"<html/>", before, words)
    assert items == before
    assert check.outcome == "not_testable"
