"""Made-up invoices: six languages, right sums, tables of any length."""

from decimal import Decimal

import pytest

from recto.schemas.catalog import labels_of
from recto.training.synth import Request, generate, generate_many
from recto.training.synth.chance import Chance
from recto.training.synth.deal import iban


@pytest.mark.parametrize("seed", range(60))
def test_the_sums_of_a_right_invoice_add_up(seed):
    fields = generate("invoice", seed).example.fields
    lines = sum((Decimal(row["amount"]) for row in fields["items"]), Decimal(0))
    if "sub_total" in fields:
        assert lines == Decimal(fields["sub_total"])
    if "total_tax" in fields:
        extra = sum(Decimal(fields.get(name, 0)) for name in ("total_discount", "shipping_charge", "total_tax"))
        assert lines + extra == Decimal(fields["invoice_total"])


@pytest.mark.parametrize("seed", range(60))
def test_every_tag_is_a_label_and_every_box_on_its_page(seed):
    example = generate("invoice", seed).example
    assert {tag[2:] for tag in example.tags if tag != "O"} <= set(labels_of("invoice"))
    assert all(0 <= w.box.left < w.box.right <= 1 and 0 <= w.box.top < w.box.bottom <= 1 for w in example.words)


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (12, 1), (200, 4)])
def test_a_table_of_any_length_goes_on_over_pages(rows, pages):
    example = generate("invoice", 8, rows=rows).example
    assert len(example.fields["items"]) == rows
    assert example.words[-1].page >= pages
    amounts = sum(tag == "B-items.amount" for tag in example.tags)
    assert amounts == rows


def test_all_six_languages_come_up():
    found = {made.draft.language for made in generate_many(Request("invoice"), 200, 3)}
    assert found == {"en", "de", "fr", "es", "nl", "it"}


@pytest.mark.parametrize("code", ["DE", "FR", "NL", "ES", "IT", "GB"])
def test_an_iban_has_the_right_check_digits(code):
    text = iban(code, Chance(code)).replace(" ", "")
    assert int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1


def test_a_wrong_total_is_printed_and_named():
    example = generate("invoice", 5, wrong="total").example
    assert example.altered == ("total",)
    printed = [w.text for w, tag in zip(example.words, example.tags, strict=True) if tag[2:] == "invoice_total"]
    assert printed and example.fields["invoice_total"] != generate("invoice", 5).example.fields["invoice_total"]


def test_counts_are_printed_with_as_many_places_as_they_have():
    for made in generate_many(Request("invoice"), 60, 4):
        printed = {word.text for word in made.example.words}
        counts = (row["quantity"] for row in made.example.fields["items"] if "quantity" in row)
        assert all(any(_number(text) == Decimal(count) for text in printed) for count in counts)


def _number(text):
    """A printed count as a number; None for what is none."""
    plain = text.replace(",", ".")
    return Decimal(plain) if plain.replace(".", "", 1).isdigit() else None


def test_a_printed_sign_of_money_tells_the_currency():
    shown = [
        made
        for made in generate_many(Request("invoice"), 60, 5)
        if any(sign in word.text for word in made.example.words for sign in ("€", "£", "EUR", "USD", "GBP"))
    ]
    assert shown and all("currency" in made.example.fields for made in shown)
