"""Checks by rules: the order, the amount twice, the parties and the magnetic line."""

from decimal import Decimal

import pytest
from tests.unit.schemas.paper import paper

from recto.document.reading import Field
from recto.engines.label.rules import RulesLabeller
from recto.schemas.fields import fields_of
from recto.schemas.values.ids import routing_of
from recto.schemas.values.spelled import amount_in_words, words_of_amount
from recto.training.synth.generator import Request, generate_many

CHECK = """
Vareti Corp. @85 1204
25 Main Street @60 Date 03/14/2024
Atlanta, GA 30303

Pay to the
Order of Marcar LLC @70 $ 1,402.50
One thousand four hundred two and 50/100 @80 Dollars
First Lotus Bank
Charlotte, NC 28202
Memo rent March @60 Authorized Signature
{}
"""
MAGNETIC = "⑆021000021⑆ 0570619448⑈ 1204"


def read(text):
    words = paper(text)[0]
    tags = RulesLabeller().label([(words, "check")])[0]
    return {item.name: str(item.value) for item in fields_of("check", words, tags) if isinstance(item, Field)}


def test_every_part_of_a_check_is_read():
    found = read(CHECK.format(MAGNETIC))
    assert {
        "payer_name": "Vareti Corp.",
        "check_number": "1204",
        "check_date": "2024-03-14",
        "pay_to": "Marcar LLC",
        "number_amount": "1402.50",
        "word_amount": "One thousand four hundred two and 50/100",
        "bank_name": "First Lotus Bank",
        "memo": "rent March",
        "micr.routing_number": "021000021",
        "micr.account_number": "0570619448",
        "micr.check_number": "1204",
    }.items() <= found.items()


@pytest.mark.parametrize(
    "line",
    [
        "|:021000021|: 0570619448||' 1204",
        ':021000021: 0570619448" 1204',
        "A021000021A 0570619448C 1204",
        "021000021 0570619448 1204",
        "*021000021% 0570619448* 1204",
        "⑈1204⑈ ⑆021000021⑆ 0570619448⑈",
    ],
)
def test_the_magnetic_line_is_read_whatever_its_signs_were_taken_for(line):
    found = read(CHECK.format(line))
    assert found["micr.routing_number"] == "021000021"
    assert (found["micr.account_number"], found["micr.check_number"]) == ("0570619448", "1204")


def test_the_routing_number_is_the_one_whose_checksum_holds():
    assert read(CHECK.format("123456789 021000021 1204"))["micr.routing_number"] == "021000021"


def test_a_sign_read_as_a_digit_beside_the_routing_number_is_left_out_where_the_checksum_tells_it():
    assert routing_of("0210000215").value == "021000021"
    assert routing_of("12345678901").value is None


@pytest.mark.parametrize(
    ("spelled", "amount"),
    [
        ("Five and 53 / IOO", Decimal("5.53")),
        ("Gight hundred sixty-two and 64/100", Decimal("862.64")),
        ("Gighty and 20/xx", Decimal("80.20")),
    ],
)
def test_an_amount_in_words_begins_with_its_first_word_however_that_was_read(spelled, amount):
    found = read(CHECK.replace("One thousand four hundred two and 50/100", spelled).format(MAGNETIC))
    assert amount_in_words(found["word_amount"]) == amount


def test_a_memo_that_was_left_empty_is_no_signature():
    assert "memo" not in read(CHECK.replace("Memo rent March", "Memo").format(MAGNETIC))


def test_made_up_checks_of_templates_kept_apart_are_read_whole():
    for made in generate_many(Request("check", held_out=True), 8, 3):
        words = made.example.words
        tags = RulesLabeller().label([(words, "check")])[0]
        found = {item.name: str(item.value) for item in fields_of("check", words, tags) if isinstance(item, Field)}
        names = ("number_amount", "check_date", "micr.routing_number", "micr.account_number")
        assert {name: found[name] for name in names} == {name: made.example.fields[name] for name in names}


def test_the_closing_sign_read_as_a_digit_is_no_part_of_a_routing_number():
    found = read(CHECK.format('"0003401 :0636086681 7789778136"'))
    assert found["micr.routing_number"] == "063608668"
    assert (found["micr.account_number"], found["micr.check_number"]) == ("7789778136", "0003401")


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("One theusand eight hundred fifteen and No/ICC", "One thousand eight hundred fifteen and No/100"),
        ("FOURTEEN and 52/1CC", "FOURTEEN and 52/100"),
        ("***Eight Thousand Seven Hundred Two and C8 / 100***", "Eight Thousand Seven Hundred Two and 08/100"),
        ("Nine thousand eight and 04/xx", "Nine thousand eight and 04/xx"),
        ("ONE HUNDRED FIFTY-FOUR and I6 / IOO", "ONE HUNDRED FIFTY-FOUR and 16/100"),
        ("EIGHTY-NINE AND 7O/OO", "EIGHTY-NINE AND 70/100"),
        ("Ten Thousand Two and OO/x", "Ten Thousand Two and 00/xx"),
    ],
)
def test_the_slips_of_an_amount_in_words_are_mended_and_what_is_printed_is_kept(raw, mended):
    assert words_of_amount(raw).value == mended
    assert amount_in_words(mended) is not None


def test_a_word_that_could_be_two_numbers_is_left_as_it_is():
    assert words_of_amount("Sixtx and 00/100").value == "Sixty and 00/100"
    assert words_of_amount("Tue and 00/100").value == "Tue and 00/100"
