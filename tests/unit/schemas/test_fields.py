"""Words and tags become typed fields, each on its place; rows are complete or said not to be."""

from datetime import date, time
from decimal import Decimal

from tests.unit.schemas.paper import pages, paper

from recto.document.reading import Tag
from recto.schemas.fields import fields_of

RECEIPT = """
{MERCHANT_NAME: KF HARDWARE SDN BHD}
{ADDRESS_LINE: 12, JALAN BESAR,}
{ADDRESS_LINE: 50000 KUALA LUMPUR}
TEL: {PHONE_NUMBER: 03-2078 1234}
DATE: {DATE: 04/03/2018} {TIME: 1:05 PM}
{PRODUCT_NAME: MODELLING CLAY}
{QUANTITY: 2} x {UNIT_PRICE: 4.50} @40 {LINE_TOTAL: 9.00}
{PRODUCT_NAME: BRUSH} @40 {LINE_TOTAL: 1.02}
SUBTOTAL @40 {SUBTOTAL: 10.02}
ROUNDING ADJ @40 -0.02
TOTAL @37 {GRAND_TOTAL: RM 10.00}
{PAYMENT_METHOD: CASH} @40 20.00
CHANGE @40 {CHANGE: 10.00}
THANK YOU
TOTAL @37 {GRAND_TOTAL: RM 10.00}
"""


def read(kind, text, confidence=None):
    words, tags = paper(text, confidence=confidence)
    return words, {item.name: item for item in fields_of(kind, words, tags)}


def test_a_receipt_becomes_typed_fields():
    _, found = read("receipt", RECEIPT)
    assert found["merchant_name"].value == "KF HARDWARE SDN BHD"
    assert found["merchant_address"].value == "12, JALAN BESAR, 50000 KUALA LUMPUR"
    assert len(found["merchant_address"].boxes) == 2
    assert found["merchant_phone_number"].value == "+60320781234"
    assert found["transaction_date"].value == date(2018, 3, 4)
    assert found["transaction_time"].value == time(13, 5)
    assert (found["total"].value, found["total"].currency) == (Decimal("10.00"), "MYR")
    assert found["currency"].value == "MYR"


def test_raw_text_stays_as_it_stands():
    _, found = read("receipt", "TOTAL {GRAND_TOTAL: RM 1O.5O}")
    assert (found["total"].raw, found["total"].value) == ("RM 1O.5O", Decimal("10.50"))


def test_rows_join_a_name_above_with_the_amounts_below():
    _, found = read("receipt", RECEIPT)
    first, second = found["items"].rows
    assert {name: cell.value for name, cell in first.cells.items()} == {
        "description": "MODELLING CLAY",
        "quantity": Decimal("2"),
        "price": Decimal("4.50"),
        "total_price": Decimal("9.00"),
    }
    assert second.cells["description"].value == "BRUSH"


def test_amounts_without_a_label_are_read_beside_their_captions():
    _, found = read("receipt", RECEIPT)
    assert found["rounding"].value == Decimal("-0.02")
    assert found["payments"].rows[0].cells["amount"].value == Decimal("20.00")


def test_a_total_that_stands_twice_is_one_and_grounded():
    _, found = read("receipt", RECEIPT)
    assert found["total"].grounding == "grounded"


def test_totals_that_differ_are_ambiguous_and_both_shown():
    _, found = read("receipt", "TOTAL {GRAND_TOTAL: 10.00}\nNET {GRAND_TOTAL: 12.00}")
    assert found["total"].grounding == "ambiguous"
    assert {str(found["total"].value), *found["total"].alternatives} == {"10.00", "12.00"}


def test_a_value_that_most_places_agree_on_wins():
    text = "A {GRAND_TOTAL: 10.00}\nB {GRAND_TOTAL: 10.00}\nC {GRAND_TOTAL: 12.00}"
    _, found = read("receipt", text, confidence=0.9)
    assert found["total"].value == Decimal("10.00")


def test_a_field_is_as_sure_as_its_least_sure_word():
    words, _ = paper("{MERCHANT_NAME: TWO WORDS}")
    tags = (Tag("B-MERCHANT_NAME", 0.9), Tag("I-MERCHANT_NAME", 0.6))
    assert fields_of("receipt", words, tags)[0].confidence == 0.6
    unmeasured = (Tag("B-MERCHANT_NAME", 0.9), Tag("I-MERCHANT_NAME"))
    assert fields_of("receipt", words, unmeasured)[0].confidence is None


def test_a_tag_that_goes_on_without_having_begun_begins():
    words, _ = paper("TOTAL 9.00")
    found = fields_of("receipt", words, (Tag("O"), Tag("I-GRAND_TOTAL")))
    assert found[0].value == Decimal("9.00")


def test_wrapped_descriptions_join_their_row():
    text = """
Description @30 Qty @40 Price @50 Amount
{items.description: Garden chair,} @30 {items.quantity: 2} @40 {items.unit_price: 50.00} @50 {items.amount: 100.00}
{items.description: oiled beech}
{items.description: Table} @30 {items.quantity: 1} @40 {items.unit_price: 80.00} @50 {items.amount: 80.00}
Total @50 {invoice_total: 180.00}
"""
    _, found = read("invoice", text)
    rows = found["items"].rows
    assert [row.cells["description"].value for row in rows] == ["Garden chair, oiled beech", "Table"]
    assert found["items"].rows_expected == 2


def test_names_join_the_amounts_above_them_where_no_name_stands_above_the_first():
    text = """
{QUANTITY: 1} x {UNIT_PRICE: 3.44} @40 {LINE_TOTAL: 3.44}
{PRODUCT_NAME: FRIED RICE}
{QUANTITY: 2} x {UNIT_PRICE: 28.99} @39 {LINE_TOTAL: 57.98}
{PRODUCT_NAME: KIMCHI JJIGAE}
TOTAL @39 {GRAND_TOTAL: 61.42}
"""
    _, found = read("receipt", text)
    rows = [(row.cells["description"].value, row.cells["total_price"].value) for row in found["items"].rows]
    assert rows == [("FRIED RICE", Decimal("3.44")), ("KIMCHI JJIGAE", Decimal("57.98"))]


def test_a_row_that_was_not_read_is_counted_on_the_page_all_the_same():
    text = """
Description @40 Amount
{items.description: Chair} @40 {items.amount: 100.00}
Sofa @40 250.00
{items.description: Table} @40 {items.amount: 80.00}
Total @40 {invoice_total: 430.00}
"""
    _, found = read("invoice", text)
    assert (len(found["items"].rows), found["items"].rows_expected) == (2, 3)


STATEMENT_TOP = """
Ridge Bank
Statement period {statement_start_date: 12/20/2023} to {statement_end_date: 01/19/2024}
Date @10 Description @40 Deposits @52 Withdrawals @66 Balance
"""


def transactions(*rows):
    lines = []
    for day, text, deposit, withdrawal, balance in rows:
        line = f"{{transactions.date: {day}}} @10 {{transactions.description: {text}}}"
        if deposit:
            line += f" @42 {{transactions.deposit_amount: {deposit}}}"
        if withdrawal:
            line += f" @55 {{transactions.withdrawal_amount: {withdrawal}}}"
        lines.append(f"{line} @66 {{transactions.balance: {balance}}}")
    return "\n".join(lines)


def test_statement_days_get_the_year_in_which_they_fall():
    body = transactions(("12/28", "RENT", "", "900.00", "100.00"), ("01/05", "PAY", "500.00", "", "600.00"))
    words, tags = paper(STATEMENT_TOP + body)
    table = next(item for item in fields_of("bank_statement", words, tags) if item.name == "transactions")
    assert [row.cells["date"].value for row in table.rows] == [date(2023, 12, 28), date(2024, 1, 5)]


def test_a_table_goes_on_over_pages_and_repeated_heads_are_no_rows():
    head = "Date @10 Description @40 Deposits @52 Withdrawals @66 Balance\n"
    first = STATEMENT_TOP + transactions(("12/28", "RENT", "", "900.00", "100.00"))
    second = head + transactions(("01/05", "PAY", "500.00", "", "600.00"), ("01/06", "FOOD", "", "20.00", "580.00"))
    words, tags = pages(first, second)
    table = next(item for item in fields_of("bank_statement", words, tags) if item.name == "transactions")
    assert [row.cells["description"].value for row in table.rows] == ["RENT", "PAY", "FOOD"]
    assert table.rows_expected == 3
    assert table.rows[1].cells["date"].page == 2


def test_a_statement_of_three_thousand_rows_is_read_whole():
    rows = [("12/28", f"ENTRY {number}", "", "1.00", f"{9000 - number}.00") for number in range(3000)]
    texts = [STATEMENT_TOP + transactions(*rows[start : start + 40]) for start in range(0, 3000, 40)]
    words, tags = pages(*texts)
    table = next(item for item in fields_of("bank_statement", words, tags) if item.name == "transactions")
    assert (len(table.rows), table.rows_expected) == (3000, 3000)


def test_a_currency_sign_alone_takes_the_amount_behind_it_or_is_no_value():
    _, found = read("receipt", "SUBTOTAL {SUBTOTAL: RM} 9.00\nTAX {TAX: RM}")
    assert found["subtotal"].value == Decimal("9.00")
    assert "total_tax" not in found


def test_rounding_is_not_a_discount_too_and_a_rounded_total_is_no_rounding():
    _, found = read(
        "receipt", "LESS {DISCOUNT: -5.00}\nROUNDING {DISCOUNT: -0.01}\nROUND OFF TOTAL {GRAND_TOTAL: 33.90}"
    )
    assert [row.cells["amount"].value for row in found["discounts"].rows] == [Decimal("-5.00")]
    assert found["rounding"].value == Decimal("-0.01")


def test_a_line_of_totals_is_no_row_whatever_its_label():
    _, found = read(
        "receipt", "{PRODUCT_NAME: A} @40 {LINE_TOTAL: 9.00}\nTOTAL QTY {QUANTITY: 1} @40 {LINE_TOTAL: 9.00}"
    )
    assert len(found["items"].rows) == 1


def test_a_name_over_two_lines_is_one():
    _, found = read("receipt", "{MERCHANT_NAME: YONG TAT}\n{MERCHANT_NAME: HARDWARE TRADING}")
    assert (found["merchant_name"].value, found["merchant_name"].grounding) == ("YONG TAT HARDWARE TRADING", "grounded")


def test_a_summary_of_taxes_is_read_by_its_heads():
    text = """
TOTAL @40 {GRAND_TOTAL: 7.60}
GST Summary @20 Amount(RM) @40 Tax(RM)
SR @4 6% @23 7.17 @41 0.43
Total @23 7.17 @41 0.43
"""
    _, found = read("receipt", text)
    (row,) = found["tax_details"].rows
    assert {name: str(cell.value) for name, cell in row.cells.items()} == {
        "net_amount": "7.17",
        "amount": "0.43",
        "rate": "6",
        "description": "SR 6%",
    }


def test_a_registration_number_behind_a_name_is_no_part_of_it():
    _, found = read("receipt", "{MERCHANT_NAME: GARDENIA BAKERIES (KL) SDN BHD (139386 X)}")
    assert found["merchant_name"].value == "GARDENIA BAKERIES (KL) SDN BHD"
    assert found["merchant_name"].raw.endswith("(139386 X)")
