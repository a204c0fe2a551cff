"""Rows of items are counted by adding up: the lines that make the first sum below them are rows, sums are none."""

from tests.unit.schemas.paper import paper

from recto.schemas.fields import fields_of

ITEMS = """
Red Wine
{QUANTITY: 1} x {UNIT_PRICE: 1.90} @40 {LINE_TOTAL: 1.90}
TORTILLAS 10CT
{QUANTITY: 5} x {UNIT_PRICE: 5.25} @39 {LINE_TOTAL: 26.25}
"""


def counted(text, kind="receipt"):
    words, tags = paper(text)
    return next(item for item in fields_of(kind, words, tags) if item.name == "items").rows_expected


def test_a_sum_under_a_name_that_nobody_knows_is_no_row():
    heads = "Qty Description @20 Unit$ @40 Total"
    assert counted(f"{heads}{ITEMS}Food @39 28.15\nTax (7%) @40 1.97\nAmount Due @39 {{GRAND_TOTAL: 30.12}}") == 2


def test_rows_are_counted_without_any_heads_over_them():
    assert counted(f"{ITEMS}SUBTOTAL @39 28.15\nTOTAL @39 {{GRAND_TOTAL: 28.15}}") == 2


def test_a_row_that_was_not_read_is_counted():
    assert counted(f"{ITEMS}Bread @40 3.00\nSUBTOTAL @39 31.15\nTOTAL @39 {{GRAND_TOTAL: 31.15}}") == 3


def test_a_discount_is_no_row_whether_the_sum_is_less_by_it_or_not():
    less = f"{ITEMS}Promo @40 -1.15\nSUBTOTAL @39 27.00\nTOTAL @39 {{GRAND_TOTAL: 27.00}}"
    already = f"{ITEMS}Promo @40 -1.15\nSUBTOTAL @39 28.15\nTOTAL @39 {{GRAND_TOTAL: 28.15}}"
    assert (counted(less), counted(already)) == (2, 2)


def test_a_tax_between_the_items_and_their_total_is_no_row():
    assert counted(f"{ITEMS}CA TAX 7% @40 1.97\nTOTAL @39 {{GRAND_TOTAL: 30.12}}") == 2


def test_a_price_of_one_on_a_line_of_its_own_is_no_row():
    cut, vaccine = "WOMENS CUT @38 {LINE_TOTAL: 122.45}\n5 @ 24.49", "VACCINE @39 {LINE_TOTAL: 29.95}"
    assert counted(f"{cut}\n{vaccine}\nBALANCE DUE @38 {{GRAND_TOTAL: 152.40}}") == 2


def test_one_row_alone_is_counted_when_it_is_the_first_amount_of_all():
    assert counted("{PRODUCT_NAME: Clay} @40 {LINE_TOTAL: 9.00}\nTOTAL @40 {GRAND_TOTAL: 9.00}") == 1


def test_items_that_happen_to_add_up_to_the_next_item_are_rows_all_the_same():
    prices = {"Tea": "1.00", "Bun": "2.00", "Pie": "3.00", "Jam": "4.50", "Nut": "5.50"}
    five = "\n".join(f"{{PRODUCT_NAME: {name}}} @40 {{LINE_TOTAL: {price}}}" for name, price in prices.items())
    assert counted(f"{five}\nSUBTOTAL @39 16.00\nTOTAL @39 {{GRAND_TOTAL: 16.00}}") == 5


def test_thousands_that_stand_apart_are_added_up_whole():
    row = "{items.description: %s} @40 {items.amount: %s}"
    text = "\n".join((row % ("Verre", "6 073,20"), row % ("Peinture", "943,56"), row % ("Tuyau", "177,68")))
    assert counted(f"Facture\n{text}\nTotal hors taxes @40 7 194,44\nTVA @40 0,00", "invoice") == 3


def test_nothing_is_counted_where_nothing_adds_up_and_no_heads_stand():
    assert counted(f"{ITEMS}TOTAL @39 {{GRAND_TOTAL: 44.00}}") is None
