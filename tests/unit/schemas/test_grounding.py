"""What an engine states is found again among the words, or said not to be there."""

from decimal import Decimal

from tests.unit.schemas.paper import pages, paper

from recto.schemas.grounding import ground, stated

PAGE, _ = paper("""
ACME WIDGETS LTD
12 Long Street @40 Invoice 4711
London W1A 1AA @40 4 March 2024
Widget @40 1,234.50
Widget @40 99.00
Total @40 1,333.50
Page 1 of 1
""")


def text(found):
    return " ".join(PAGE[index].text for index in found.words)


def test_a_value_is_found_whatever_its_case_and_punctuation():
    found = ground("Acme Widgets, Ltd.", PAGE)
    assert (text(found), found.grounding, found.likeness) == ("ACME WIDGETS LTD", "grounded", 1.0)


def test_money_is_found_in_another_form():
    assert text(ground("1333.5", PAGE, "money")) == "1,333.50"
    assert text(ground("99", PAGE, "money")) == "99.00"


def test_a_date_is_found_in_another_form():
    assert text(ground("2024-03-04", PAGE, "date")) == "4 March 2024"


def test_a_misread_letter_is_forgiven_and_counted():
    found = ground("ACME W1DGETS LTD", PAGE)
    assert text(found) == "ACME WIDGETS LTD"
    assert 0.85 < found.likeness < 1.0


def test_a_value_over_several_lines_of_a_column_is_found():
    assert text(ground("12 Long Street, London W1A 1AA", PAGE, "address")) == "12 Long Street London W1A 1AA"


def test_what_no_words_carry_is_not_found():
    found = ground("Zebra Holdings", PAGE)
    assert (found.words, found.grounding) == ((), "not_found")
    assert ground("777.00", PAGE, "money").grounding == "not_found"


def test_a_short_number_is_not_another_one():
    assert ground("4712", PAGE).grounding == "not_found"


def test_several_places_are_ambiguous_unless_the_order_settles_them():
    assert ground("Widget", PAGE).grounding == "ambiguous"
    first = ground("Widget", PAGE, after=0)
    second = ground("Widget", PAGE, after=first.words[0])
    assert first.grounding == second.grounding == "grounded"
    assert first.words[0] < second.words[0]


def test_a_value_on_a_later_page_is_found_there():
    words, _ = pages("first page", "second page\nGrand total 12.00")
    found = ground("12.00", words, "money")
    assert words[found.words[0]].page == 2


def test_an_answer_becomes_typed_fields_on_their_places():
    answer = {
        "invoice_id": "4711",
        "vendor_name": "Acme Widgets Ltd",
        "invoice_total": "1333.50",
        "customer_name": "Nobody Inc",
        "items": [{"description": "Widget", "amount": "1234.50"}, {"description": "Widget", "amount": "99.00"}],
    }
    found = {item.name: item for item in stated("invoice", answer, PAGE)}
    assert (found["invoice_total"].value, found["invoice_total"].raw) == (Decimal("1333.50"), "1,333.50")
    assert found["invoice_id"].boxes
    assert (found["customer_name"].grounding, found["customer_name"].boxes) == ("not_found", ())
    lines = [row.cells["description"] for row in found["items"].rows]
    assert [PAGE[cell.words[0]].line for cell in lines] == [3, 4]
