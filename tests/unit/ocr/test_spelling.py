"""Doubtful letters inside known words."""

from dataclasses import replace

import pytest

from recto.document.errors import EngineUnavailable
from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.recogniser import Letter
from recto.engines.ocr.spelling import Spelling, known_lines, spelling


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


@pytest.mark.parametrize("word", ["UHilities", "Uhlities"])
def test_a_long_word_is_known_by_two_doubtful_letters_less(word):
    assert mended(word, {1: 0.6}) == "Utilities"


@pytest.mark.parametrize(
    ("word", "at", "meant"),
    [("eared", 2, "earned"), ("Atanta,", 1, "Atlanta,"), ("Nashiville", 3, "Nashville"), ("Eectric", 0, "Electric")],
)
def test_a_letter_that_disappeared_beside_a_doubtful_one_or_came_twice_is_mended(word, at, meant):
    assert mended(word, {at: 0.7}) == meant


def test_a_letter_more_or_less_stays_where_none_near_it_is_doubtful_the_word_is_short_or_could_be_two():
    assert mended("eared", {}) == "eared" and mended("Eectric", {6: 0.5}) == "Eectric"
    parted = [replace(letter, parted=1.0) for letter in read("Utilit", {5: 0.5})]
    assert spelling().mended(parted) == parted
    known = Spelling({"APPLY": 9, "ATTEND": 9, "ATTENT": 9})
    for word, at in (("APLY", 1), ("ATTEN", 4)):
        assert known.mended(read(word, {at: 0.5})) == read(word, {at: 0.5})


def test_a_long_word_that_could_be_two_or_whose_letters_are_sure_stays():
    known = Spelling({"STATIONARY": 9, "STATIONERY": 9, "UTILITIES": 9})
    assert known.mended(read("STATIONXY", {7: 0.5})) == read("STATIONXY", {7: 0.5})
    assert known.mended(read("UHILITIES", {})) == read("UHILITIES", {})


def test_what_looks_alike_comes_before_what_is_frequent():
    letters = Spelling({"TAMAN": 3, "TALAN": 30}).mended(read("TANAN", {2: 0.5}))
    assert "".join(letter.text for letter in letters) == "TAMAN"


HEAD = Spelling({}, known_lines(["LIAN HING STATIONERY SDN. BHD.", "Lot 3, Jalan Pelabur 23/1,", "Short"]))


def as_known(text: str, doubtful: dict[int, float]) -> str:
    return "".join(letter.text for letter in HEAD.line(read(text, doubtful)))


@pytest.mark.parametrize(
    ("text", "doubtful", "meant"),
    [
        ("UANHINGSTATIONERYSDNBHD", [0], "LIANHINGSTATIONERYSDNBHD"),
        ("LIANHINGSTATONERYSDN.BHD.", [12], "LIANHINGSTATIONERYSDN.BHD."),
        ("Lot3,JalangPelabur23/1,", [10], "Lot3,JalanPelabur23/1,"),
        ("Lot3,JalauPelabur23/1,", [9], "Lot3,JalanPelabur23/1,"),
    ],
)
def test_a_line_is_read_as_the_known_one_that_it_resembles(text, doubtful, meant):
    assert as_known(text, dict.fromkeys(doubtful, 0.8)) == meant
    assert as_known(text, {}) == text


@pytest.mark.parametrize(
    "text", ["Lot8,JalanPelabur23/1,", "LIANHINGBAKERYSDNBHD", "Shart", "OLDLIANHINGSTATIONERYSDNBHD"]
)
def test_other_numbers_and_other_lines_stay(text):
    assert as_known(text, dict.fromkeys(range(len(text)), 0.8)) == text


def test_a_letter_put_before_a_word_begins_it():
    letters = [*read("AT", {}), *read("UANHINGSTATIONERY", {0: 0.5})]
    letters[2] = replace(letters[2], parted=0.9)
    known = Spelling({}, known_lines(["AT LIAN HING STATIONERY"])).line(letters)
    assert [letter.text for letter in known if letter.parted > 0.5] == ["L"]


def test_the_lines_of_a_user_are_known(tmp_path):
    vendors = tmp_path / "vendors.txt"
    vendors.write_text("NOBODY SELLS THIS ANYWHERE\n")
    assert "NOBODYSELLSTHISANYWHERE" in RapidOcr(known=str(vendors)).spelling.lines
    assert RapidOcr(known=str(vendors)).engine.digest != RapidOcr().engine.digest
    with pytest.raises(EngineUnavailable, match="nowhere"):
        _ = RapidOcr(known="nowhere.txt").engine
