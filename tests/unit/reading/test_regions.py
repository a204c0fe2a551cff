"""Several receipts on one page are told apart by the empty strips between them."""

from recto.document.box import Box
from recto.document.page import Page, Word
from recto.reading.lines import in_lines
from recto.reading.regions import receipts_on

PAGE = Page(1, 1000, 1000)
LINES = ["SHOP OF TEA", "12 GREEN ROAD IPOH", "TEA CHINA 4.50", "RICE 4.50", "TOTAL 9.00", "CASH 9.00"]


def receipt(left, top, width=0.3, lines=LINES):
    """Its words as they stand there: texts to the left, amounts at the right edge, headings in the middle."""
    words = []
    for number, line in enumerate(lines):
        parts = line.split()
        at = left if number > 1 else left + width / 4
        for part in parts:
            x = left + width - 0.05 if part[0].isdigit() and "." in part else at
            words.append(Word(part, Box(x, top + 0.03 * number, x + 0.05, top + 0.03 * number + 0.015)))
            at += 0.06
    return words


def texts(words):
    return " ".join(word.text for word in words)


def test_receipts_side_by_side_and_below_each_other_are_apart():
    words = in_lines([*receipt(0.05, 0.1), *receipt(0.5, 0.1), *receipt(0.5, 0.6)])
    found = receipts_on(words, PAGE)
    assert [texts(region) for region in found] == [texts(in_lines(receipt(0.05, 0.1)))] * 3
    assert sum(map(len, found)) == len(words)


def test_the_columns_of_one_receipt_stay_together():
    words = in_lines(receipt(0.1, 0.1, width=0.7))
    assert receipts_on(words, PAGE) == [words]


def test_what_is_no_receipt_by_itself_goes_with_the_nearest():
    stamp = [Word("PAID", Box(0.55, 0.9, 0.6, 0.92))]
    found = receipts_on(in_lines([*receipt(0.05, 0.1), *receipt(0.5, 0.1), *stamp]), PAGE)
    assert ["PAID" in texts(region) for region in found] == [False, True]


def test_a_page_of_text_is_one():
    words = in_lines(
        [Word("word", Box(0.1 * x, 0.04 * y, 0.1 * x + 0.05, 0.04 * y + 0.02)) for x in range(9) for y in range(20)]
    )
    assert receipts_on(words, PAGE) == [words]
    assert receipts_on((), PAGE) == [()]
