"""Which pages of a file belong together."""

import pytest

from recto.document.box import Box
from recto.document.page import Word
from recto.reading.packets import Leaf, parted


def leaf(
    number: int,
    kind: str,
    head: str = "",
    body: str = "some words in the middle",
    foot: str = "",
    shape: float | None = None,
) -> Leaf:
    places = ((head, 0.05), (body, 0.5), (foot, 0.95))
    words = tuple(
        Word(text, Box(0.1, top, 0.2, top + 0.01), page=number) for line, top in places for text in line.split()
    )
    return Leaf(number, words, kind, shape)


def test_pages_that_count_themselves_are_parted_where_the_count_begins_anew():
    pages = [
        leaf(1, "invoice", foot="Page 1 of 2"),
        leaf(2, "other", foot="Page 2 of 2"),
        leaf(3, "invoice", foot="Page 1 of 1"),
    ]
    assert parted(pages) == [(1, 2), (3,)]


def test_every_receipt_is_a_document():
    assert parted([leaf(number, "receipt") for number in (1, 2, 3)]) == [(1,), (2,), (3,)]


def test_a_receipt_beside_one_that_looks_like_an_invoice_is_told_by_its_paper():
    pages = [leaf(1, "receipt", shape=0.4), leaf(2, "invoice", shape=0.6), leaf(3, "receipt", shape=0.45)]
    assert parted(pages) == [(1,), (2,), (3,)]


def test_pages_of_one_paper_or_with_one_number_stay_together_though_they_look_different():
    assert parted([leaf(1, "invoice", shape=0.707), leaf(2, "receipt", shape=0.71)]) == [(1, 2)]
    named = [leaf(1, "invoice", body="INV-2024001", shape=0.7), leaf(2, "receipt", body="INV-2024001", shape=0.5)]
    assert parted(named) == [(1, 2)]
    assert parted([leaf(1, "invoice", shape=0.7), leaf(2, "other", shape=0.5)]) == [(1, 2)]


@pytest.mark.parametrize("head", ["Seite 2 von 3", "page 2/3", "Pg. 2 of 3"])
def test_a_page_that_says_it_is_the_second_goes_on(head):
    assert parted([leaf(1, "invoice"), leaf(2, "receipt", head=head)]) == [(1, 2)]


def test_forms_are_parted_by_their_names():
    pages = [
        leaf(1, "W2", foot="Form W-2 2024"),
        leaf(2, "1099-INT", foot="Form 1099-INT"),
        leaf(3, "other", head="Form 1099-INT instructions"),
    ]
    assert parted(pages) == [(1,), (2, 3)]


def test_a_statement_goes_on_under_its_account_number_and_its_letterhead():
    pages = [
        leaf(1, "bank_statement", body="Account 000123456789"),
        leaf(2, "other", body="000123456789 continued"),
        leaf(3, "receipt", head="First Lion Bank", foot="Member FDIC"),
        leaf(4, "receipt", head="First Lion Bank", foot="Member FDIC"),
    ]
    assert parted(pages) == [(1, 2, 3, 4)]


def test_the_blank_back_of_a_sheet_stays_with_its_front():
    assert parted([leaf(1, "check"), Leaf(2, (), "other"), leaf(3, "check")]) == [(1, 2), (3,)]


def test_every_page_is_in_exactly_one_document():
    pages = [leaf(number, kind) for number, kind in enumerate(("W2", "other", "check", "invoice", "receipt"), start=1)]
    assert [number for part in parted(pages) for number in part] == [1, 2, 3, 4, 5]
