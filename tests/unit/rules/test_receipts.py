"""Receipts by rules."""

import pytest

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.engines.label.rules import RulesLabeller

HEAD = ("KEDAI BESI MUAR SDN BHD", "LOT 4, JALAN TELOK GONG,", "42000 PELABUHAN KLANG", "DATE: 05/03/2018 11:02")


def receipt(*rows: str) -> Words:
    words = []
    for number, text in enumerate((*HEAD, *rows)):
        at = 0.05
        for part in text.split():
            words.append(Word(part, Box(at, 0.03 * number, at + 0.012 * len(part), 0.03 * number + 0.02), line=number))
            at += 0.012 * (len(part) + 1)
    return tuple(words)


def carrying(label: str, words: Words) -> list[str]:
    tags = RulesLabeller().label([(words, "receipt")])[0]
    return [word.text for word, tag in zip(words, tags, strict=True) if tag.label == label]


@pytest.mark.parametrize(
    "rows",
    [
        ("NAILS 14.38", "TOTAL SALES (INCLUSIVE GST) RM 14.38", "ROUNDING ADJUSTMENT RM .02", "ROUNDING RM 14.40"),
        ("NAILS 13.58", "SUB TOTAL 13.58", "GST 6% 0.82", "TO : 14.40", "CA : 14.40"),
        ("NAILS 14.38", "TOTAL 14.38", "ROUNDING 0.02", "TOTAL SAVING: 0.00 TOTAL 14.40", "CASH 14.40"),
    ],
)
def test_the_total_is_what_the_sums_make(rows: tuple[str, ...]):
    assert carrying("GRAND_TOTAL", receipt(*rows))[-1] == "14.40"


def test_a_place_that_begins_like_a_caption_is_part_of_the_address():
    assert "TELOK" in carrying("ADDRESS_LINE", receipt("NAILS 14.40", "TOTAL 14.40"))


def test_thanks_and_conditions_are_no_name():
    rows = tuple(word.text for word in receipt())
    words = receipt("GOODS SOLD ARE NOT RETURNABLE TQ", "TOTAL 14.40")
    assert carrying("MERCHANT_NAME", words) == list(rows[:5])
