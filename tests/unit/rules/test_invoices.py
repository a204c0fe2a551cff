"""Invoices of any maker by rules: parties without captions, columns by what stands under them, sums, numbers, terms."""

from decimal import Decimal

import pytest
from tests.unit.schemas.paper import pages, paper

from recto.document.reading import Field, Table
from recto.engines.label.rules import RulesLabeller
from recto.schemas.checks import check
from recto.schemas.fields import fields_of
from recto.training.synth.generator import Request, generate_many

HEAD = """
Hausbau Kern GmbH
Schillerstr. 8
82276 Stuttgart
Tel. 0711 4455660
info@hausbau-kern.de

Maria Anders
Lindenweg 3
10115 Berlin

Rechnung Nr. 2020-117 vom 05.03.2020
"""
LINES = """
Pos @6 Bezeichnung @40 Menge @50 Einheit @62 Einzelpreis @78 Gesamt
1 @6 Beratung @42 3 @50 Std. @65 80,00 @78 240,00
2 @6 Kabel NYM 3x1,5 @42 10 @50 m @66 1,50 @79 15,00
"""
SUMS = """
@50 Nettobetrag @78 255,00
@50 zzgl. MwSt. 19% @79 48,45
@50 Gesamtbetrag @78 303,45
"""


def read(words):
    """The fields of an invoice by rules alone, by name."""
    return {item.name: item for item in fields_of("invoice", words, RulesLabeller().label([(words, "invoice")])[0])}


def value(fields, name):
    return str(fields[name].value) if isinstance(fields.get(name), Field) else None


def rows(fields, name="items"):
    table = fields.get(name)
    found = table.rows if isinstance(table, Table) else ()
    return [{column: str(cell.value) for column, cell in row.cells.items()} for row in found]


def invoice(head=HEAD, lines=LINES, sums=SUMS):
    return read(paper(head + lines + sums)[0])


def test_sender_and_customer_are_told_apart_without_captions_by_the_site_that_bears_a_name():
    fields = invoice()
    assert value(fields, "vendor_name") == "Hausbau Kern GmbH"
    assert value(fields, "vendor_address") == "Schillerstr. 8, 82276 Stuttgart"
    assert value(fields, "customer_name") == "Maria Anders"
    assert value(fields, "customer_address") == "Lindenweg 3, 10115 Berlin"


def test_the_sender_is_found_below_the_customer_too():
    customer, sender = "Maria Anders\nLindenweg 3\n10115 Berlin\n", HEAD.split("\n\n")[0]
    fields = invoice(head=f"{customer}\n{sender}\n\nRechnung Nr. 2020-117 vom 05.03.2020\n")
    assert value(fields, "vendor_name") == "Hausbau Kern GmbH"
    assert value(fields, "customer_name") == "Maria Anders"


@pytest.mark.parametrize(
    ("caption", "name"),
    [
        ("Bill To", "billing_address"),
        ("Facturé à :", "billing_address"),
        ("Rechnungsadresse", "billing_address"),
        ("Customer", "customer_address"),
        ("Rechnungsempfänger", "customer_address"),
        ("Spett.le", "customer_address"),
    ],
)
def test_an_address_under_a_caption_is_called_after_it_and_ends_where_the_sender_begins(caption, name):
    sender = "Great Bridge Inc.\n720 Elm Ave\nDenver, CO 80201\nwww.great.com\n"
    head = f"{caption}\nLewis LLC\n12 Oak Road\nReno, NV 89501\n{sender}"
    fields = invoice(head=head)
    assert (value(fields, "customer_name"), value(fields, name)) == ("Lewis LLC", "12 Oak Road, Reno, NV 89501")
    assert value(fields, "vendor_name") == "Great Bridge Inc."
    assert value(fields, "vendor_address") == "720 Elm Ave, Denver, CO 80201"


@pytest.mark.parametrize(
    "address",
    [
        ("458 Airport Blvd", "Pueblo, CO", "18718"),
        ("7239 Barrington St. E, Unit 79", "Calgary, AB, J4K 6F4"),
        ("36619 N Harbor Ln", "Ste. 57", "Atlanta, GA 44844-9655"),
        ("Station Parade", "Manchester", "UK3 3BB"),
        ("Erdgeschoss", "Hauptplatz 60a", "D-21207 Berlin"),
        ("BP 612", "690 place des Halles", "02085 TOULOUSE"),
        ("Viale Dante, 60", "00512 Milano"),
        ("Damrakplein 680, 1017 AH Leiden",),
        ("Calle Morelos #307", "Col. Roma Norte", "C.P. 04865 Puebla"),
    ],
)
def test_addresses_of_many_countries_are_read_down_to_their_town(address):
    customer = "\n".join(("Customer:", "Blue Pine Ltd", *address, "", "Invoice No. 4711"))
    fields = invoice(head=f"{customer}\n\n")
    assert value(fields, "customer_address") == ", ".join(address)


def test_the_columns_of_lines_are_read_with_units_and_without_the_numbers_of_the_rows():
    assert rows(invoice()) == [
        {"description": "Beratung", "quantity": "3", "unit": "Std.", "unit_price": "80.00", "amount": "240.00"},
        {"description": "Kabel NYM 3x1,5", "quantity": "10", "unit": "m", "unit_price": "1.50", "amount": "15.00"},
    ]


def test_columns_without_known_heads_are_told_by_what_they_multiply_to():
    lines = """
Bezeichnung @40 Zahl @54 Satz @78 Betrag
Beratung @42 3 @54 80,00 @78 240,00
Kabel @41 10 @55 1,50 @79 15,00
"""
    assert rows(invoice(lines=lines)) == [
        {"description": "Beratung", "quantity": "3", "unit_price": "80.00", "amount": "240.00"},
        {"description": "Kabel", "quantity": "10", "unit_price": "1.50", "amount": "15.00"},
    ]


def test_of_two_columns_headed_as_tax_the_one_is_the_rate_and_the_other_what_it_makes():
    lines = """
Libellé @36 Qté @46 P.U. @56 TVA @66 TVA @78 Montant
Conseil @38 3 @45 80,00 @57 20 @65 48,00 @77 240,00
Câble @37 10 @46 1,50 @57 10 @66 1,50 @78 15,00
"""
    found = rows(invoice(lines=lines))
    assert [(row["tax_rate"], row["tax"]) for row in found] == [("20", "48.00"), ("10", "1.50")]


def test_a_line_shows_its_day_and_an_amount_with_a_space_between_its_thousands():
    lines = """
Date @14 Désignation @78 Montant
02/10/2017 @14 Confiture de figues @77 1 870,00
29/09/2017 @14 Transport @79 112,00
"""
    assert rows(invoice(lines=lines, sums="")) == [
        {"description": "Confiture de figues", "date": "2017-10-02", "amount": "1870.00"},
        {"description": "Transport", "date": "2017-09-29", "amount": "112.00"},
    ]


def test_a_strip_of_captions_with_values_below_is_no_table_of_lines():
    strip = """
Datum @26 Zu zahlen @50 Rechnungsnummer
05.03.2020 @26 303,45 @50 2020-117
"""
    fields = invoice(head=HEAD.replace("Rechnung Nr. 2020-117 vom 05.03.2020", "") + strip)
    assert [row["description"] for row in rows(fields)] == ["Beratung", "Kabel NYM 3x1,5"]
    assert (value(fields, "invoice_id"), value(fields, "amount_due")) == ("2020-117", "303.45")


def test_the_foot_of_a_page_is_no_part_of_the_last_line():
    foot = """
Hausbau Kern GmbH @30 info@hausbau-kern.de @56 Norra Bank @72 HRB 81307
Schillerstr. 8 @30 www.hausbau-kern.de @54 IBAN DE89 3704 0044 0532 0130 00
"""
    fields = invoice(sums=foot)
    assert rows(fields)[-1]["description"] == "Kabel NYM 3x1,5"
    assert rows(fields, "payment_details") == [{"iban": "DE89370400440532013000"}]
    assert value(fields, "kvk_number") == "81307"


def test_a_line_that_is_called_as_a_sum_ends_is_a_line():
    lines = """
Description @78 Amount
Infection check due to inflammation @77 1,233.00
Cadbury Roses Tub 660g net @79 55.08
"""
    fields = invoice(lines=lines, sums="@60 Total: @76 $1,288.08\n")
    assert [row["amount"] for row in rows(fields)] == ["1233.00", "55.08"]
    assert (value(fields, "invoice_total"), value(fields, "sub_total")) == ("1288.08", None)


def test_a_column_of_discounts_is_no_strip_of_sums():
    lines = """
Training Date @20 Description @50 Price @62 Discount @78 Line Total
10/12/2020 @20 Leadership Training @50 $750 @63 10% @79 $675
"""
    found = rows(invoice(lines=lines, sums="@60 Total @79 $675\n"))
    assert [(row["description"], row["unit_price"], row["amount"]) for row in found] == [
        ("Leadership Training", "750.00", "675.00")
    ]


def test_a_text_in_the_middle_of_its_column_is_the_description_and_its_number_no_quantity():
    lines = """
@4 QUANTITY @34 DESCRIPTION @62 UNIT PRICE @78 TOTAL
1 @16 Test for 23 fields @70 1 @79 $100.00
"""
    (row,) = rows(invoice(lines=lines, sums="@60 TOTAL @78 $100.00\n"))
    assert (row["description"], row["quantity"], row["amount"]) == ("Test for 23 fields", "1", "100.00")


def test_quantity_and_price_in_one_column_go_by_the_order_of_their_heads():
    lines = """
DESCRIPTION @36 QTY/HR @50 UNIT PRICE @70 TOTAL
Toto sink @47 4 @59 69 @74 276
"""
    (row,) = rows(invoice(lines=lines, sums="@50 TOTAL @70 $276.00\n"))
    assert (row["quantity"], row["unit_price"]) == ("4", "69.00")


def test_a_customers_mail_address_is_not_the_senders():
    head = """
AnyCompany Hardware
161 Raynor Overpass
Tamfort, WI 18913

Bill To:
Liu Jie
28285 Maggie Club
Dallas, TX 58102
liu.jie@example.com
"""
    fields = invoice(head=head, sums=SUMS + "Questions? inquiry@anycompany.com\n")
    assert value(fields, "vendor_email") == "inquiry@anycompany.com"


def test_a_customer_named_apart_from_the_billed_address_keeps_the_name():
    head = """
CONTOSO LTD. @50 CUSTOMER NAME: MICROSOFT CORPORATION
123 456th St @50 SERVICE PERIOD: 10/14/2019 - 11/14/2019
New York, NY, 10001

BILL TO:
Microsoft Finance
123 Bill St,
Redmond WA, 98052
"""
    fields = invoice(head=head)
    assert value(fields, "vendor_name") == "CONTOSO LTD."
    assert value(fields, "customer_name") == "MICROSOFT CORPORATION"
    assert value(fields, "billing_address") == "123 Bill St, Redmond WA, 98052"
    assert (value(fields, "service_start_date"), value(fields, "service_end_date")) == ("2019-10-14", "2019-11-14")


def test_net_tax_and_gross_are_found_by_their_captions_and_add_up():
    fields = invoice()
    assert [value(fields, name) for name in ("sub_total", "total_tax", "invoice_total")] == [
        "255.00",
        "48.45",
        "303.45",
    ]
    outcomes = {one.name: one.outcome for one in check("invoice", tuple(fields.values()))}
    assert (outcomes["subtotal_to_total"], outcomes["items_add_up"], outcomes["line_totals"]) == ("pass",) * 3


def test_taxes_line_by_line_are_details_and_not_the_whole_tax():
    sums = """
@50 Base imponible @78 255,00
@50 IVA 10% @79 12,00
@50 IVA 21% @79 28,35
@50 Total @78 295,35
"""
    fields = invoice(sums=sums)
    assert rows(fields, "tax_details") == [{"rate": "10", "amount": "12.00"}, {"rate": "21", "amount": "28.35"}]
    assert "total_tax" not in fields


def test_the_sum_of_taxes_line_by_line_is_the_whole_tax():
    sums = """
@50 Netto @78 255,00
@50 USt. 7% @79 12,00
@50 USt. 19% @79 28,35
@50 Summe Umsatzsteuer @79 40,35
@50 Gesamtbetrag @78 295,35
"""
    assert value(invoice(sums=sums), "total_tax") == "40.35"


def test_what_is_to_be_paid_is_the_total_where_nothing_else_is():
    assert value(invoice(sums="@50 Zahlbetrag @78 303,45\n"), "invoice_total") == "303.45"


def test_what_was_paid_is_positive_with_or_without_its_minus():
    sums = SUMS + "@50 Anzahlung @77 -100,00\n@50 Restbetrag @78 203,45\n"
    fields = invoice(sums=sums)
    assert (value(fields, "amount_paid"), value(fields, "amount_due")) == ("100.00", "203.45")
    assert {one.name: one.outcome for one in check("invoice", tuple(fields.values()))}["amount_due_follows"] == "pass"


@pytest.mark.parametrize("title", ["SALES INVOICE", "Factura simplificada", "INVOICE / RECEIPT", "Abschlagsrechnung"])
def test_a_number_behind_a_title_is_the_invoices(title):
    fields = invoice(head=HEAD.replace("Rechnung Nr. 2020-117 vom 05.03.2020", f"{title} 56-BRH5323"))
    assert value(fields, "invoice_id") == "56-BRH5323"


def test_numbers_of_telephone_and_register_are_read_without_a_colon():
    fields = invoice(head=HEAD.replace("info@", "USt-IdNr. DE865163562\ninfo@"))
    assert value(fields, "vendor_phone_number") == "+497114455660"
    assert value(fields, "vendor_tax_id") == "DE865163562"


def test_an_iban_ends_where_its_checksum_holds_though_another_number_follows():
    foot = "Norra Bank @20 IBAN DE89 3704 0044 0532 0130 00 HRB 81307\n"
    assert rows(invoice(sums=SUMS + "\n" + foot), "payment_details") == [{"iban": "DE89370400440532013000"}]


def test_terms_are_read_whole_though_a_caption_stands_in_them():
    fields = invoice(head=HEAD + "Zahlungsbedingungen: Zahlbar sofort netto\n")
    assert value(fields, "payment_term") == "Zahlbar sofort netto"


def test_a_code_behind_client_is_a_customers_number_and_nobodys_name():
    fields = invoice(head=HEAD + "Client : CID-14979\n")
    assert (value(fields, "customer_id"), value(fields, "customer_name")) == ("CID-14979", "Maria Anders")


def test_an_invoice_goes_on_over_pages():
    words, _ = pages(HEAD + LINES, LINES.replace("Beratung", "Montage") + SUMS)
    assert [row["description"] for row in rows(read(words))] == [
        "Beratung",
        "Kabel NYM 3x1,5",
        "Montage",
        "Kabel NYM 3x1,5",
    ]


def test_made_up_invoices_of_many_makers_are_read_nearly_whole():
    right = true = 0
    for made in generate_many(Request("invoice", held_out=False), 12, 23):
        fields = read(made.example.words)
        for name, truth in made.example.fields.items():
            if isinstance(truth, list) and name == "items":
                found = rows(fields)
                true += len(truth)
                right += sum(_amount(one) in [_amount(row) for row in found] for one in truth)
            elif name in ("vendor_name", "customer_name", "invoice_total", "sub_total", "invoice_date"):
                true += 1
                right += value(fields, name) == truth
    assert right >= 0.9 * true


def _amount(row):
    return row.get("description"), Decimal(row.get("amount", "0"))
