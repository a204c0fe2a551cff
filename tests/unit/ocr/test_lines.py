"""Words to lines: which words share a line, and in what order."""

import math
import time

from recto.document.box import Box
from recto.document.page import Word
from recto.reading.lines import in_lines


def row(text, top, left=0.1, height=0.02, page=1, letter=0.012):
    """The words of one printed line, each as wide as its letters."""
    words = []
    for token in text.split(" "):
        if token:
            words.append(Word(token, Box(left, top, left + letter * len(token), top + height), page))
        left += letter * (len(token) + 1)
    return words


def slanted(words, degrees):
    """The words after the page was turned a little about its middle."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    turned = []
    for word in words:
        (x, y), box = word.box.center, word.box
        x, y = 0.5 + (x - 0.5) * cosine - (y - 0.5) * sine, 0.5 + (x - 0.5) * sine + (y - 0.5) * cosine
        turned.append(
            Word(
                word.text,
                Box(x - box.width / 2, y - box.height / 2, x + box.width / 2, y + box.height / 2),
                word.page,
            )
        )
    return turned


def texts(words):
    """One string a line, in order."""
    lines: dict[tuple[int, int], list[str]] = {}
    for word in words:
        lines.setdefault((word.page, word.line), []).append(word.text)
    return [" ".join(line) for line in lines.values()]


def test_no_words_make_no_lines():
    assert in_lines([]) == ()


def test_shuffled_words_come_back_in_reading_order():
    words = row("BOOK SHOP SDN BHD", 0.1) + row("TOTAL AMOUNT DUE", 0.2) + row("THANK YOU", 0.3)
    assert texts(in_lines(words[::-1])) == ["BOOK SHOP SDN BHD", "TOTAL AMOUNT DUE", "THANK YOU"]


def test_a_caption_and_its_far_amount_share_a_line():
    words = row("TOTAL", 0.2) + row("9.00", 0.203, left=0.85) + row("CASH", 0.225) + row("10.00", 0.228, left=0.85)
    assert texts(in_lines(words)) == ["TOTAL 9.00", "CASH 10.00"]


def test_a_large_word_shares_its_line_with_small_ones():
    words = row("TOTAL", 0.2, height=0.04) + row("RM 9.00", 0.212, left=0.5)
    assert texts(in_lines(words)) == ["TOTAL RM 9.00"]


def test_lines_of_a_slanted_page_stay_whole():
    printed = [(f"item number {n}", f"{n}.00") for n in range(20)]
    words = [w for n, (a, b) in enumerate(printed) for w in row(a, 0.1 + n * 0.03) + row(b, 0.1 + n * 0.03, left=0.85)]
    for degrees in (-5, -2, 2, 5):
        assert texts(in_lines(slanted(words, degrees))) == [f"{left} {right}" for left, right in printed]


def test_columns_of_prose_are_read_one_after_the_other():
    left = [f"this is left line {n:02}" for n in range(12)]
    right = [f"that is right line {n:02}" for n in range(12)]
    words = row("A title across both columns of the page here", 0.05)
    for n in range(12):
        words += row(left[n], 0.1 + 0.03 * n) + row(right[n], 0.1 + 0.03 * n, left=0.55)
    assert texts(in_lines(words))[1:] == left + right


def test_a_table_of_items_and_prices_is_read_by_rows():
    words = []
    for n in range(12):
        words += row(f"some nice thing {n:02}", 0.1 + 0.03 * n) + row(f"{n}.50", 0.1 + 0.03 * n, left=0.8)
    assert texts(in_lines(words)) == [f"some nice thing {n:02} {n}.50" for n in range(12)]


def test_lines_are_counted_from_zero_on_each_page():
    words = row("second page", 0.1, page=2) + row("first page", 0.1) + row("its end", 0.2)
    assert [(w.page, w.line) for w in in_lines(words)] == [(1, 0), (1, 0), (1, 1), (1, 1), (2, 0), (2, 0)]


def test_words_without_text_are_left_out():
    assert texts(in_lines([*row("a b", 0.1), Word(" ", Box(0.5, 0.1, 0.6, 0.12))])) == ["a b"]


def test_words_that_stand_on_the_same_place_are_no_error():
    twice = [*row("a b c d", 0.1), *row("a b c d", 0.1), Word("x", Box(0.1, 0.1, 0.1, 0.1))]
    assert len(in_lines(twice)) == 9


def test_text_confidence_and_box_stay_as_they_were():
    words = [Word("9.00", Box(0.5, 0.1, 0.6, 0.12), 1, 0, 0.87)]
    assert in_lines(words) == tuple(words)


def test_a_page_of_two_thousand_words_takes_under_a_second_of_a_processor():
    words = [w for n in range(100) for w in row("word " * 20, n * 0.01, left=0.0, height=0.008, letter=0.009)]
    started = time.process_time()
    assert len(in_lines(words)) == 2000
    assert time.process_time() - started < 1.0
