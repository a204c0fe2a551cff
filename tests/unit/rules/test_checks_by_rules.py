"""Checks by rules: the order, the amount twice, the parties and the magnetic line."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.schemas.paper import paper

from recto.document.reading import Field
from recto.engines.label.rules import RulesLabeller
from recto.schemas.checks import check
from recto.schemas.fields import fields_of
from recto.schemas.values.ids import routing_of
from recto.schemas.values.spelled import amount_in_words, words_of_amount
from recto.schemas.values.wording import in_words, read_as
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


WORDS = "One thousand four hundred two and 50/100"


def items_of(text):
    words = paper(text)[0]
    return fields_of("check", words, RulesLabeller().label([(words, "check")])[0])


def field_of(text, name):
    return next(item for item in items_of(text) if item.name == name)


def read(text):
    return {item.name: str(item.value) for item in items_of(text) if isinstance(item, Field)}


def outcome_of(text, name):
    return next(each.outcome for each in check("check", items_of(text)) if each.name == name)


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


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("*Sixty-Two and O/IOO", "Sixty-Two and 00/100"),
        ("Ninety and 5 / 1OC", "Ninety and 05/100"),
        ("FORTY and 46//O0***", "FORTY and 46/100"),
        ("TEN and 70 / TOO", "TEN and 70/100"),
        ("FIFTY-FOUR and I6 IOO", "FIFTY-FOUR and 16/100"),
        ("TWENTY-TWOand 85/100", "TWENTY-TWO and 85/100"),
        ("ONE HUNDRED 5EVENTY AND 97/XX***", "ONE HUNDRED SEVENTY AND 97/XX"),
        ("Ten and 21/x* *XX", "Ten and 21/xx"),
        ("One thousand and 00/100", "One thousand and 00/100"),
    ],
)
def test_cents_and_words_that_ran_together_are_read_as_they_are_spelled(raw, mended):
    assert words_of_amount(raw).value == mended
    assert amount_in_words(mended) is not None


@pytest.mark.parametrize(
    ("digits", "raw", "mended"),
    [
        ("14.17", "Farteen and 17/100", "Fourteen and 17/100"),
        ("11,022.85", "GUEVEN THOUSAND TWENTY-TWO and 85/100", "ELEVEN THOUSAND TWENTY-TWO and 85/100"),
        ("792.25", "seven hundred ninetytu and T5 /1OO", "seven hundred ninety-two and 25/100"),
        ("24,554.36", "TwertyFur Thousand Five Hundred FifyFour and 36/100",
         "Twenty-Four Thousand Five Hundred Fifty-Four and 36/100"),
        ("2,087.46", "Tu. Thousand Eighty Seven and 46/100", "Two Thousand Eighty Seven and 46/100"),
        ("582.59", "FIVE HUNDRED EIGHTY-TWO NJ 59/100", "FIVE HUNDRED EIGHTY-TWO AND 59/100"),
        ("27.01", "Twenty-Seven and CT/ICO", "Twenty-Seven and 01/100"),
    ],
)  # fmt: skip
def test_of_words_that_none_can_read_the_digits_choose_among_the_nearest(digits, raw, mended):
    found = field_of(CHECK.replace("1,402.50", digits).replace(WORDS, raw).format(MAGNETIC), "word_amount")
    assert found.value == mended
    assert found.alternatives and found.grounding == "ambiguous"


def test_an_amount_in_words_that_the_digits_helped_to_read_confirms_nothing():
    text = CHECK.replace("One thousand four", "One thousand fxxr").format(MAGNETIC)
    assert field_of(text, "word_amount").value == WORDS
    assert outcome_of(text, "words_against_digits") == "not_testable"
    assert outcome_of(CHECK.format(MAGNETIC), "words_against_digits") == "pass"


@pytest.mark.parametrize(
    "said",
    [
        "One thousand five hundred two and 50/100",  # every word of it can be read
        "One thousand four hundred and 50/100",
        "One thousand five hundxxx two and 50/100",  # and of this the five
        "One thousand four hxxxxxx two and 40/100",
        "One thousand fovx hundred two and 51/10O",
        "One thousand thrxx hundred two and 50/100",  # nearer to three than to four
        "One thousand four hundred two qqqqqqqq and 50/100",
    ],
)
def test_what_can_be_read_in_words_is_never_overruled_by_the_digits(said):
    text = CHECK.replace(WORDS, said).format(MAGNETIC)
    found = field_of(text, "word_amount")
    assert amount_in_words(found.value) != Decimal("1402.50") and not found.alternatives
    assert outcome_of(text, "words_against_digits") != "pass"


def test_a_payee_that_rises_towards_the_upper_line_of_its_caption_is_read_whole():
    words = paper(CHECK.format(MAGNETIC))[0]
    upper = next(word.box for word in words if word.text == "Pay")
    risen = tuple(
        replace(word, box=replace(word.box, top=upper.top, bottom=upper.bottom)) if word.text == "LLC" else word
        for word in words
    )
    found = fields_of("check", risen, RulesLabeller().label([(risen, "check")])[0])
    assert next(item.value for item in found if item.name == "pay_to") == "Marcar LLC"


@pytest.mark.parametrize("caption", ["Pay to the onder of", "Paytothe rder of", "PAY TO THE ORDEROF"])
def test_a_caption_of_the_payee_with_a_letter_misread_is_no_part_of_the_name(caption):
    one_line = CHECK.replace("Pay to the\nOrder of", caption)
    assert read(one_line.format(MAGNETIC))["pay_to"] == "Marcar LLC"


def test_a_caption_of_the_memo_with_a_letter_misread_is_known():
    assert read(CHECK.replace("Memo rent", "Meme rent").format(MAGNETIC))["memo"] == "rent March"


def test_a_payee_that_ends_like_a_state_is_no_line_of_the_payers_address():
    text = CHECK.replace(
        "Atlanta, GA 30303\n\nPay to the\nOrder of Marcar LLC", "Atlanta, GA 30303\nPay to the order of Linha In"
    )
    assert read(text.format(MAGNETIC))["payer_address"] == "25 Main Street, Atlanta, GA 30303"


def test_the_day_of_a_check_paid_to_an_order_is_read_month_first():
    plain = CHECK.replace(", GA 30303", "").replace(", NC 28202", "").replace("03/14/2024", "3/4/2024")
    assert read(plain.format("021000021 0570619448 1204"))["check_date"] == "2024-03-04"


def test_the_day_of_a_canadian_check_is_left_open():
    text = CHECK.replace("Charlotte, NC 28202", "Toronto, Canada M5V 2T6").replace("Atlanta, GA 30303", "")
    day = field_of(text.replace("03/14/2024", "3/4/2024").format("021000021 0570619448 1204"), "check_date")
    assert day.value is None
    assert set(day.alternatives) == {"2024-03-04", "2024-04-03"}


def test_a_figure_of_magnetic_ink_that_looks_like_another_is_told_by_the_checksum_and_both_are_shown():
    found = field_of(CHECK.format("*013151139% 0570619448* 1204"), "micr.routing_number")
    assert (found.value, found.alternatives) == ("013151137", ("013151139",))
    assert outcome_of(CHECK.format("*013151139% 0570619448* 1204"), "routing_checksum") == "not_testable"


def test_a_routing_number_that_several_figures_could_mend_is_left_as_it_is_read():
    assert routing_of("611605103") == routing_of("⑆611605103⑆")
    assert routing_of("611605103").value == "611605103"
    assert not routing_of("611605103").alternatives


def test_a_number_with_a_right_checksum_that_no_bank_begins_with_is_no_routing_number():
    found = read(CHECK.format('*013151137 480346258" 093605'))
    assert (found["micr.routing_number"], found["micr.account_number"]) == ("013151137", "480346258")


def test_a_sign_before_the_routing_number_read_as_a_digit_is_left_out():
    assert routing_of("2015713670*%").value == "015713670"


def test_the_number_in_the_corner_tells_figures_of_magnetic_ink_that_look_alike():
    text = CHECK.replace("@85 1204", "@85 35792").format("323630652% 395458393 35992")
    found = field_of(text, "micr.check_number")
    assert (found.value, found.alternatives) == ("35792", ("35992",))
    assert outcome_of(text, "micr_check_number") == "not_testable"
    other = CHECK.replace("@85 1204", "@85 35792").format("323630652% 395458393 35892")
    assert outcome_of(other, "micr_check_number") == "fail"


@pytest.mark.parametrize("figures", ["$ 1.,402.50", "$ 140250", "$140250"])
def test_the_words_tell_where_the_point_of_an_amount_stands_whose_figures_they_say(figures):
    text = CHECK.replace("$ 1,402.50", figures).format(MAGNETIC)
    assert field_of(text, "number_amount").value == Decimal("1402.50")
    assert outcome_of(text, "words_against_digits") == "pass"
    assert field_of(text.replace("hundred two", "hundred five"), "number_amount").value != Decimal("1402.50")


def test_a_day_is_no_amount_where_none_was_read():
    assert "number_amount" not in read(
        CHECK.replace("03/14/2024", "03.14.24").replace("$ 1,402.50", "").format(MAGNETIC)
    )


@pytest.mark.parametrize("printed", ["OCTOBER 6. 2022", "Oct 6 2022", "October 6, 2022"])
def test_a_point_behind_the_day_of_a_month_in_letters_is_read_as_a_comma(printed):
    assert read(CHECK.replace("03/14/2024", printed).format(MAGNETIC))["check_date"] == "2022-10-06"


def test_numbers_of_streets_whose_figure_was_read_as_a_letter_are_mended():
    address = read(CHECK.replace("25 Main Street", "606 Sth Drive").format(MAGNETIC))["payer_address"]
    assert address == "606 5th Drive, Atlanta, GA 30303"


@given(st.integers(0, 10**9 - 1))
def test_every_whole_amount_is_read_as_it_is_spelled(dollars):
    assert amount_in_words(" ".join(in_words(dollars)) + " and 00/100") == dollars


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.data())
def test_with_any_letter_misread_the_words_say_the_amount_in_digits_or_nothing_is_made_of_them(cents, other, data):
    said, amount = Decimal(cents) / 100, Decimal(data.draw(st.sampled_from((cents, other)))) / 100
    text = " ".join(in_words(cents // 100)) + f" and {cents % 100:02}/100"
    at = data.draw(st.integers(0, len(text) - 5))
    misread = text[:at] + data.draw(st.sampled_from("aeoxZ1 -")) + text[at + 1 :]
    found = read_as(misread, amount)
    assert found is None or amount_in_words(found) == amount
    if amount != said and amount_in_words(misread) == said:
        assert found is None


def test_amounts_that_no_check_is_made_out_for_are_not_spelled():
    assert read_as("fxxr and 00/100", Decimal(-4)) is None
    assert read_as("one thousand mxxxion and 00/100", Decimal(10**9)) is None
