"""Doubtful letters inside known words."""

import pytest

from recto.engines.ocr.recogniser import Letter
from recto.engines.ocr.spelling import Spelling, spelling


def read(word: str, doubtful: dict[int, float]) -> list[Letter]:
    return [Letter(text, at / 10, (at + 1) / 10, doubtful.get(at, 0.99)) for at, text in enumerate(word)]


def mended(word: str, doubtful: dict[int, float]) -> str:
    return "".join(letter.text for letter in spelling().mended(read(word, doubtful)))


@pytest.mark.parametrize(
    ("word", "at", "meant"),
    [
        ("FL0OR", 2, "FLOOR"),
        ("Totai", 4, "Total"),
        ("Grourd,", 4, "Ground,"),
        ("CASHTER:", 4, "CASHIER:"),
        ("ltem", 0, "Item"),
        ("(nunber)", 3, "(number)"),
    ],
)
def test_a_doubtful_letter_is_read_as_the_known_word_has_it(word, at, meant):
    assert mended(word, {at: 0.6}) == meant


@pytest.mark.parametrize("word", ["FL0OR", "Totai", "Grourd"])
def test_what_the_recogniser_is_sure_of_stays(word):
    assert mended(word, {}) == word


@pytest.mark.parametrize("word", ["12.50", "RM1O.00", "A1B2C3", "5O", "TOTAL", "O", "--"])
def test_numbers_codes_and_known_words_stay_however_doubtful(word):
    assert mended(word, dict.fromkeys(range(len(word)), 0.3)) == word


def test_only_the_doubtful_letter_is_exchanged_and_stays_doubtful():
    letters = Spelling({"LIGHT": 9, "RIGHT": 3, "EIGHT": 3}).mended(read("SIGHT", {0: 0.5, 3: 0.95}))
    assert "".join(letter.text for letter in letters) == "LIGHT"
    assert [letter.confidence for letter in letters] == [0.5, 0.99, 0.99, 0.95, 0.99]


def test_a_word_of_one_document_is_no_reason():
    assert Spelling({"LIGHT": 1}).mended(read("SIGHT", {0: 0.2})) == read("SIGHT", {0: 0.2})


def test_what_looks_alike_comes_before_what_is_frequent():
    letters = Spelling({"TAMAN": 3, "TALAN": 30}).mended(read("TANAN", {2: 0.5}))
    assert "".join(letter.text for letter in letters) == "TAMAN"
