"""Numbers that identify a person are nowhere to be found in what is shown without the right to see them."""

import json
from dataclasses import replace

import pytest
from tests.unit.schemas.paper import paper

from recto.document.page import Document
from recto.document.reading import Check, Decision, Guess, Reading
from recto.schemas.checks import check
from recto.schemas.fields import fields_of
from recto.schemas.json import reading_json
from recto.schemas.masking import masked, masked_text, masked_value

W2 = """
a Employee's social security number {employee.social_security_number: 123-45-6789}
b Employer identification number {employer.id_number: 12-3456789}
e Employee's name {employee.name: ADA FIELDS}
Copy for 123 45 6789 and again 123456789 control 99
Card 4111 1111 1111 1111 on file, SSN:123-45-6789
"""


@pytest.fixture
def reading():
    words, tags = paper(W2)
    fields = fields_of("W2", words, tags)
    checks = (*check("W2", fields, words), Check("told", "fail", (), "123-45-6789 is odd", "use 123456789"))
    return Reading(
        Document("a" * 64, "w2.pdf", "application/pdf", 1),
        words=words,
        kind=Guess("W2", 0.9),
        tags=tags,
        fields=fields,
        checks=checks,
        decision=Decision("review", ("employee.social_security_number: 123-45-6789",)),
    )


@pytest.mark.parametrize("names", ["recto", "azure", "textract", "google"])
def test_no_output_holds_a_sensitive_number_in_any_spacing(reading, names):
    shown = json.dumps(reading_json(reading, words=True, names=names), ensure_ascii=False)
    texts = " ".join(word.text for word in masked(reading).words)
    for text in (shown, texts):
        digits = "".join(letter for letter in text if letter.isdigit() or letter == "*")
        for number in ("123456789", "4111111111111111"):
            assert number not in digits
        assert "123-45" not in text


def test_the_last_four_stay(reading):
    found = {field.name: field for field in masked(reading).every_field()}
    assert found["employee.social_security_number"].value == "***-**-6789"
    assert found["employer.id_number"].value == "**-***6789"


def test_what_is_not_sensitive_stays_as_it_is(reading):
    shown = masked(reading)
    assert shown.field("employee.name").value == "ADA FIELDS"
    assert "99" in [word.text for word in shown.words]


def test_whoever_may_see_them_sees_them(reading):
    assert "123-45-6789" in json.dumps(reading_json(reading, reveal=True))


def test_an_account_whose_label_was_not_understood_is_masked_too():
    words, tags = paper("Account {account_number: 00123} {account_number: 4567890}")
    reading = Reading(Document("a" * 64, "s.pdf", "x/y", 1), words=words, kind=Guess("bank_statement", None), tags=tags)
    assert [word.text for word in masked(reading).words] == ["Account", "*****", "***7890"]


def test_a_masked_reading_is_the_same_when_masked_again(reading):
    assert masked(masked(reading)) == masked(reading)


def test_masks_keep_punctuation_and_hide_all_but_four():
    assert masked_value("DE89 3704 0044 0532 0130 00") == "**** **** **** **** **30 00"
    assert masked_text("paid with 4111-1111-1111-1111 today") == "paid with ****-****-****-1111 today"
    assert masked_text("order 4111-1111-1111-1112") == "order 4111-1111-1111-1112"


def test_money_beside_a_secret_is_not_hidden(reading):
    words, tags = paper("{employee.social_security_number: 123-45-6789} {wages_tips_and_other_compensation: 6,789.00}")
    shown = masked(replace(reading, words=words, tags=tags, fields=fields_of("W2", words, tags)))
    assert shown.field("wages_tips_and_other_compensation").raw == "6,789.00"
