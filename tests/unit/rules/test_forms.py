"""Printed tax forms by rules: what stands in a box is its value, wherever the form lies and whatever was misread."""

import math
from dataclasses import replace

import pytest

from recto.document.box import Box
from recto.document.page import Word
from recto.document.reading import Field, Table
from recto.engines.label.rules import RulesLabeller
from recto.reading.lines import in_lines
from recto.schemas.fields import fields_of
from recto.schemas.printed import layouts_of
from recto.training.synth import generate

LETTER, HEIGHT = 0.0075, 0.009
W2 = {
    "social_security_number": "123-45-6789",
    "id_number": "12-3456789",
    "wages_tips_and_other_compensation": "48,500.00",
    "federal_income_tax_withheld": "6,120.00",
    "medicare_tax_withheld": "703.25",
    "control_number": "A1B2-77",
}


def placed(text, left, top):
    words = []
    for part in text.split():
        words.append(Word(part, Box(left, top, left + len(part) * LETTER, top + HEIGHT)))
        left += (len(part) + 1) * LETTER
    return words


def form(kind, values, at=(0.05, 0.08, 0.9, 0.38), without=()):
    """The words of a form whose captions stand in their boxes, values below them; `at` is left, top, width, height."""
    left, top, wide, high = at
    words = []
    for box in layouts_of(kind)[0]:
        x, y = left + wide * box.left / 100 + 0.002, top + high * box.top / 100 + 0.001
        if box.caption and box.path.rpartition(".")[2] not in without:
            words += placed(f"{box.number} {box.caption}"[:34], x, y)
        value = values.get(box.path.rpartition(".")[2], "")
        for number, line in enumerate(value.split("\n") if value else ()):
            words += placed(line, x + 0.01, y + 0.014 + 0.011 * number)
    return words


def turned(words, degrees):
    """The same page, photographed at a slant."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))

    def moved(word):
        x, y = word.box.left - 0.5, (word.box.top - 0.5) * 1.3
        left, top = 0.5 + x * cosine - y * sine, 0.5 + (x * sine + y * cosine) / 1.3
        return replace(word, box=Box(left, top, left + word.box.width, top + word.box.height).clipped())

    return [moved(word) for word in words]


def read(kind, words):
    words = in_lines(words)
    (tags,) = RulesLabeller().label([(words, kind)])
    return {item.name: item for item in fields_of(kind, words, tags)}


def values(found):
    return {name: str(item.value) for name, item in found.items() if isinstance(item, Field)}


def test_each_box_of_a_w2_gives_its_value():
    found = values(read("W2", form("W2", W2)))
    assert found["employee.social_security_number"] == "123-45-6789"
    assert found["employer.id_number"] == "12-3456789"
    assert found["wages_tips_and_other_compensation"] == "48500.00"
    assert found["federal_income_tax_withheld"] == "6120.00"
    assert found["control_number"] == "A1B2-77"


@pytest.mark.parametrize("degrees", [-4, 3])
def test_a_form_that_lies_at_a_slant_is_read_as_one_that_lies_straight(degrees):
    assert values(read("W2", turned(form("W2", W2), degrees))) == values(read("W2", form("W2", W2)))


def test_a_box_has_its_place_though_its_caption_was_not_read():
    unread = ("wages_tips_and_other_compensation", "id_number", "medicare_tax_withheld")
    found = values(read("W2", form("W2", W2, without=unread)))
    assert found["wages_tips_and_other_compensation"] == "48500.00"
    assert found["employer.id_number"] == "12-3456789"
    assert found["medicare_tax_withheld"] == "703.25"


def test_an_empty_form_has_no_amounts():
    assert not read("W2", form("W2", {}))


def test_copies_side_by_side_are_one_form():
    name = {**W2, "name": "Ann Lee"}
    two = [*form("W2", name, (0.02, 0.1, 0.46, 0.4)), *form("W2", name, (0.52, 0.1, 0.46, 0.4))]
    assert values(read("W2", two))["wages_tips_and_other_compensation"] == "48500.00"
    assert values(read("W2", two))["employee.name"] == "Ann Lee"


def test_two_states_are_two_rows():
    state = {
        "state": "NY\nNJ",
        "employer_state_id_number": "11-111\n22-222",
        "state_wages_tips_etc": "100.00\n200.00",
        "state_income_tax": "1.00\n2.00",
    }
    table = read("W2", form("W2", {**W2, **state}))["state_tax_infos"]
    assert isinstance(table, Table)
    assert [str(row.cells["state"].value) for row in table.rows] == ["NY", "NJ"]
    assert [str(row.cells["state_income_tax"].value) for row in table.rows] == ["1.00", "2.00"]


def test_the_number_of_the_next_box_is_no_amount():
    found = read("1099-INT", form("1099-INT", {"interest_income": "12.50"}))
    assert [name for name, item in found.items() if isinstance(item, Field) and item.type == "money"] == [
        "interest_income"
    ]


@pytest.mark.parametrize("printed", ["$ C", "O", "$ o"])
def test_a_zero_by_hand_that_was_read_as_a_letter_is_none_the_less_a_zero(printed):
    found = values(read("1099-INT", form("1099-INT", {"interest_income": "12.50", "bond_premium": printed})))
    assert found["bond_premium"] == "0.00"


def test_thousands_that_stand_apart_are_one_amount():
    assert values(read("1099-INT", form("1099-INT", {"interest_income": "1 234.50"})))["interest_income"] == "1234.50"


def test_a_hidden_number_is_kept_with_what_is_left_to_see():
    found = values(read("1099-INT", form("1099-INT", {"tin": "XXX-XX-6789"})))
    assert found["recipient.tin"] == "***-**-6789"


def test_a_mark_before_corrected_says_that_the_form_is():
    marked = [*placed("X CORRECTED (if checked)", 0.4, 0.06), *form("1099-INT", {"interest_income": "12.50"})]
    plain = [*placed("CORRECTED (if checked)", 0.4, 0.06), *form("1099-INT", {"interest_income": "12.50"})]
    assert values(read("1099-INT", marked))["is_corrected"] == "True"
    assert "is_corrected" not in read("1099-INT", plain)


def test_a_banks_own_list_is_read_by_its_captions():
    lines = (
        "2024 Form 1099-INT Interest Income",
        "Payer's name and address:",
        "First Example Bank",
        "12 Main Street",
        "Reno, NV 89501",
        "Federal ID No.: 12-3456789",
        "Box 1 Interest income                                     88.72",
        "Box 4 Federal income tax withheld                          8.87",
    )
    words = [word for n, line in enumerate(lines) for word in placed(line, 0.1, 0.1 + 0.02 * n)]
    for word in [w for w in words if w.text in ("88.72", "8.87")]:
        words[words.index(word)] = replace(word, box=Box(0.8, word.box.top, 0.85, word.box.bottom))
    found = values(read("1099-INT", words))
    assert found["payer.name"] == "First Example Bank"
    assert found["payer.tin"] == "12-3456789"
    assert (found["interest_income"], found["federal_income_tax_withheld"]) == ("88.72", "8.87")


@pytest.mark.parametrize("kind", ["W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098"])
def test_of_made_up_forms_nearly_every_value_is_read_as_it_is(kind):
    right = wanted = 0
    for seed in range(4):
        example = generate(kind, seed, held_out=True).example
        (tags,) = RulesLabeller().label([(example.words, kind)])
        found = {item.name: item for item in fields_of(kind, example.words, tags)}
        for name, truth in example.fields.items():
            if isinstance(truth, str):
                got = found.get(name)
                wanted += 1
                right += isinstance(got, Field) and bare(str(got.value)).endswith(bare(truth))
    assert right >= 0.95 * wanted


def bare(text):
    return "".join(letter for letter in text.casefold() if letter.isalnum()).removesuffix("00").lstrip("0")
