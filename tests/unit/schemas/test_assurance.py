"""The confidence of a value: that of its labels, weighed with what else the page says."""

from dataclasses import replace
from decimal import Decimal

import pytest

from recto.document.assurance import UNMEASURED, Assurance
from recto.document.box import Box
from recto.document.page import Word
from recto.document.reading import Check, Field, Row, Table
from recto.schemas.assurance import Page, assured, field_signals, print_chance, word_signals

PLAIN = {"*": {"label": 1.0}}
LETTERS = {"always": 3.0, "doubt": -1.0}


def word(text, line=0, place=0, confidence=0.99):
    left = 0.1 + 0.12 * place
    return Word(text, Box(left, 0.05 * line, left + 0.1, 0.05 * line + 0.03), line=line, confidence=confidence)


def total(*words, confidence=0.9):
    return Field("total", Decimal("9.00"), "money", "9.00", "grounded", confidence, words=words)


def confidence(field, words, assurance, checks=()):
    (found,) = assured((field,), words, checks, assurance)
    return found.confidence


def test_without_weights_a_value_is_as_sure_as_its_labels():
    assert confidence(total(0), (word("9.00"),), UNMEASURED) == 0.9
    assert confidence(total(0), (word("9.00"),), Assurance(weights=PLAIN)) == pytest.approx(0.9, abs=1e-4)


def test_an_unmeasured_confidence_stays_unmeasured():
    assert confidence(total(0, confidence=None), (word("9.00"),), Assurance(weights=PLAIN)) is None


def test_words_that_ocr_doubts_make_a_value_less_sure_and_given_words_do_not():
    assurance = Assurance(weights=PLAIN, letters=LETTERS)
    sure, doubtful, given = (
        confidence(total(0), (word("9.00", confidence=read),), assurance) for read in (0.999, 0.7, None)
    )
    assert given == pytest.approx(0.9, abs=1e-4)
    assert given > sure > doubtful


def test_many_words_are_less_likely_all_right_than_one():
    one = print_chance([word("JALAN")], LETTERS)
    assert print_chance([word("JALAN"), word("BESAR")], LETTERS) == pytest.approx(one * one, rel=0.01)


def test_uncertain_letters_count_not_the_mean_over_a_long_word():
    short, long = word("AB", confidence=0.9), word("ABCDEFGHIJ", confidence=0.98)
    assert word_signals(short)["doubt"] == pytest.approx(word_signals(long)["doubt"])


def test_the_weights_of_a_path_come_before_those_of_its_type_and_of_all():
    weights = {"*": {"always": -3.0}, "money": {"always": 0.0}, "total": {"always": 3.0}}
    words = (word("9.00"),)
    assert confidence(total(0), words, Assurance(weights=weights)) > 0.9
    assert confidence(replace(total(0), name="tip"), words, Assurance(weights=weights)) == 0.5
    assert confidence(replace(total(0), name="memo", type="text"), words, Assurance(weights=weights)) < 0.1


def test_a_value_that_stands_again_is_told():
    words = (word("9.00"), word("CASH", 1), word("9.00", 1, 1), word("X", 2))
    assert field_signals(total(0), "total", Page(words))["again"] == 1.0
    assert field_signals(total(0), "total", Page(words[:2]))["again"] == 0.0
    name = Field("merchant_name", "X", "name", "X", "grounded", 0.9, words=(3,))
    assert field_signals(name, "merchant_name", Page((*words, word("X", 3))))["again"] == 0.0, "too short to tell"


def test_a_sum_that_comes_out_confirms_amounts_and_no_texts():
    page = Page((word("9.00"),), [Check("items_add_up", "pass", ("items", "total")), Check("alone", "pass", ("tip",))])
    assert field_signals(total(0), "total", page)["confirmed"] == 1.0
    assert field_signals(total(0), "items.total_price", page)["confirmed"] == 1.0
    assert field_signals(replace(total(0), type="text"), "items", page)["confirmed"] == 0.0
    assert field_signals(total(0), "tip", page)["confirmed"] == 0.0, "a check on one field compares nothing"


def test_a_name_that_was_cut_short_is_told_by_the_word_beside_it():
    words = (word("City", 0, 0), word("of", 0, 1), word("Ipoh", 0, 2), word("Tax", 0, 6))
    name = Field("payer.name", "City of", "name", "City of", "grounded", 0.9, words=(0, 1))
    assert field_signals(name, "payer.name", Page(words))["cut"] == 1.0
    assert field_signals(replace(name, words=(0, 1, 2)), "payer.name", Page(words))["cut"] == 0.0


def test_cells_of_tables_have_the_confidence_of_their_values_too():
    table = Table("items", (Row({"total_price": replace(total(0), name="total_price")}),))
    (found,) = assured((table,), (word("9.00"),), (), Assurance(weights={"*": {"always": 0.0}}))
    assert found.rows[0].cells["total_price"].confidence == 0.5
