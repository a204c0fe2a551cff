"""Names as people say them."""

import pytest

from recto.schemas.spoken import spoken, spoken_within


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("merchant_name", "Merchant name"),
        ("MERCHANT_NAME", "Merchant name"),
        ("LOYALTY_ID", "Loyalty ID"),
        ("payer.tin", "Payer TIN"),
        ("micr.routing_number", "MICR routing number"),
        ("sub_total", "Subtotal"),
    ],
)
def test_a_name_is_said_in_words_and_its_initials_in_capitals(name, said):
    assert spoken(name) == said


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("3.50 (total_tax) is not 4.00 (total)", "3.50 (total tax) is not 4.00 (total)"),
        ("items[2].amount: 4.00 expected", "items row 2 amount: 4.00 expected"),
        ("'www.shop.example_one' is not a date", "'www.shop.example_one' is not a date"),
        ("needs payer.tin, an income", "needs payer TIN, an income"),
        ("100.00 (sub_total) + 19.00", "100.00 (subtotal) + 19.00"),
    ],
)
def test_names_in_a_sentence_are_said_in_words_and_what_was_printed_stays(sentence, said):
    assert spoken_within(sentence) == said
