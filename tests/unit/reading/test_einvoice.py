"""Invoices that carry their own truth: both syntaxes say the same, and nothing in an XML can grow or reach outside."""

from datetime import date
from decimal import Decimal

import pytest

from recto.document.errors import Damaged, TooLarge, UnsupportedMedia
from recto.reading import einvoice
from recto.reading.einvoice import parse

CII = b"""<rsm:CrossIndustryInvoice xmlns:rsm="urn:rsm" xmlns:ram="urn:ram" xmlns:udt="urn:udt">
<rsm:ExchangedDocument><ram:ID>R-17</ram:ID><ram:TypeCode>380</ram:TypeCode>
<ram:IssueDateTime><udt:DateTimeString format="102">20240131</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
<ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedTradeProduct><ram:Name>Screws</ram:Name></ram:SpecifiedTradeProduct>
<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>25.00</ram:ChargeAmount>
<ram:BasisQuantity>100</ram:BasisQuantity></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">400</ram:BilledQuantity>
</ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>
<ram:LineTotalAmount>100.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>
</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
<ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Screw Works</ram:Name></ram:SellerTradeParty>
</ram:ApplicableHeaderTradeAgreement>
<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
<ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
<ram:TaxTotalAmount currencyID="CHF">18.00</ram:TaxTotalAmount>
<ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
<ram:GrandTotalAmount>119.00</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
</ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""

UBL = b"""<Invoice xmlns="urn:ubl" xmlns:b="urn:basic"><b:ID>R-17</b:ID><b:IssueDate>2024-01-31</b:IssueDate>
<b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>
<AccountingSupplierParty><Party><PartyName><b:Name>Trading name</b:Name></PartyName>
<PartyLegalEntity><b:RegistrationName>Screw Works</b:RegistrationName></PartyLegalEntity></Party>
</AccountingSupplierParty>
<TaxTotal><b:TaxAmount currencyID="EUR">19.00</b:TaxAmount></TaxTotal>
<LegalMonetaryTotal><b:TaxExclusiveAmount>100.00</b:TaxExclusiveAmount>
<b:TaxInclusiveAmount>119.00</b:TaxInclusiveAmount></LegalMonetaryTotal>
<InvoiceLine><b:InvoicedQuantity unitCode="C62">400</b:InvoicedQuantity>
<b:LineExtensionAmount>100.00</b:LineExtensionAmount>
<Item><b:Name>Screws</b:Name></Item><Price><b:PriceAmount>25.00</b:PriceAmount><b:BaseQuantity>100</b:BaseQuantity>
</Price>
</InvoiceLine></Invoice>"""


@pytest.mark.parametrize("xml", [CII, UBL])
def test_both_syntaxes_state_the_same_invoice(xml):
    invoice = parse(xml)
    assert (invoice.number, invoice.issued, invoice.currency) == ("R-17", date(2024, 1, 31), "EUR")
    assert (invoice.net, invoice.tax, invoice.gross) == (Decimal("100.00"), Decimal("19.00"), Decimal("119.00"))
    assert invoice.seller.name == "Screw Works"
    (line,) = invoice.lines
    assert (line.description, line.quantity, line.unit, line.amount) == ("Screws", 400, "C62", Decimal("100.00"))


@pytest.mark.parametrize("xml", [CII, UBL])
def test_a_price_for_a_hundred_is_stated_for_one(xml):
    assert parse(xml).lines[0].unit_price == Decimal("0.25")


def test_the_tax_is_the_one_in_the_invoices_own_currency():
    assert parse(CII).tax == Decimal("19.00")


def test_what_the_xml_does_not_state_is_none():
    assert parse(UBL).due is None
    assert parse(CII).iban is None


def test_the_names_of_the_first_zugferd_are_understood():
    old = CII.replace(b"rsm:CrossIndustryInvoice", b"rsm:CrossIndustryDocument")
    old = old.replace(b"rsm:ExchangedDocument", b"rsm:HeaderExchangedDocument")
    old = old.replace(b"rsm:SupplyChainTradeTransaction", b"rsm:SpecifiedSupplyChainTradeTransaction")
    assert parse(old) == parse(CII)


@pytest.mark.parametrize(
    "xml",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><Invoice>&b;</Invoice>',
        b'<!DOCTYPE Invoice SYSTEM "file:///etc/passwd"><Invoice/>',
        b"<Invoice><ID>R-17</Invoice>",
        b"",
        b"<a>" * 100 + b"</a>" * 100,
    ],
    ids=["entity", "outside", "not well formed", "empty", "deep"],
)
def test_an_xml_that_is_no_plain_invoice_is_refused(xml):
    with pytest.raises(Damaged):
        parse(xml)


def test_an_amount_that_is_no_number_is_named():
    with pytest.raises(Damaged, match="abc"):
        parse(UBL.replace(b"119.00", b"abc"))


def test_another_xml_is_no_invoice():
    with pytest.raises(UnsupportedMedia, match="html"):
        parse(b"<html/>")


def test_an_xml_larger_than_an_invoice_is_not_parsed():
    with pytest.raises(TooLarge):
        parse(b" " * (einvoice.MOST_BYTES + 1))
