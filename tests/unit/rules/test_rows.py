"""Words to rows on a page that a camera saw at a slant."""

from itertools import groupby

import pytest

from recto.document.box import Box
from recto.document.page import Word
from recto.engines.label.rows import rows_of
from recto.reading.tilt import in_tilted_lines

HEIGHT = 0.006


def photographed(text, x, y, slope, change):
    """A word of the sheet as it is seen when lines fall by `slope` half way down and by `change` more further down."""
    fall = slope + change * (y - 0.5)
    left, right = (y + fall * x, y + fall * (x + 0.01 * len(text)))
    return Word(text, Box(x, min(left, right) - HEIGHT / 2, x + 0.01 * len(text), max(left, right) + HEIGHT / 2))


def statement(slope, change, rows=30):
    """Captions of three words at the left and amounts far to the right, as OCR boxes them."""
    words = []
    for number in range(rows):
        y = 0.3 + 0.0075 * number
        row = ((0.1, "Northern"), (0.19, "Mill"), (0.24, f"Shop{number}"), (0.85, f"{number}.50"))
        words.extend(photographed(text, x, y, slope, change) for x, text in row)
    return tuple(words)


@pytest.mark.parametrize("change", [-0.08, -0.05, 0.0, 0.05, 0.08])
@pytest.mark.parametrize("slope", [-0.05, 0.03])
def test_amounts_stay_with_their_captions_however_the_slope_changes_down_the_page(slope, change):
    rows = [row.texts for row in rows_of(statement(slope, change))]
    assert rows == [("Northern", "Mill", f"Shop{number}", f"{number}.50") for number in range(30)]


@pytest.mark.parametrize("change", [-0.08, 0.0, 0.08])
def test_lines_run_to_their_amounts_however_the_slope_changes_down_the_page(change):
    words = in_tilted_lines(statement(0.03, change))
    lines = [" ".join(word.text for word in line) for _, line in groupby(words, key=lambda word: word.line)]
    assert lines == [f"Northern Mill Shop{number} {number}.50" for number in range(30)]
    assert {word.box for word in words} == {word.box for word in statement(0.03, change)}


def test_a_word_that_stands_half_a_line_too_high_stays_with_the_words_that_it_was_read_with():
    def word(text, x, y, line):
        return Word(text, Box(x, y - 0.005, x + 0.01 * len(text), y + 0.005), line=line)

    upper = (word("Account", 0.1, 0.266, 0), word("type:", 0.18, 0.266, 0), word("Savings", 0.33, 0.267, 0))
    lower = (word("Dates", 0.1, 0.273, 1), word("11/01", 0.33, 0.2727, 1), word("to", 0.39, 0.2705, 1))
    rows = [row.texts for row in rows_of((*upper, *lower, word("11/28", 0.42, 0.27, 1)))]
    assert rows == [("Account", "type:", "Savings"), ("Dates", "11/01", "to", "11/28")]


def test_words_that_nobody_put_in_lines_stand_in_rows_by_their_own_height():
    assert len(rows_of(tuple(reversed(statement(0.0, 0.0, rows=6))))) == 6


def strips_apart(rows=20):
    """Rows whose text OCR cut out level and whose amounts, far to the right, stand most of a word's height higher."""
    words = []
    for number in range(rows):
        y = 0.3 + 0.0165 * number
        row = ((0.1, "Northern", y), (0.19, "Mill", y), (0.24, f"Shop{number}", y), (0.88, f"{number}.50", y - 0.0055))
        words.extend(Word(text, Box(x, at - 0.0035, x + 0.008 * len(text), at + 0.0035)) for x, text, at in row)
    return tuple(words)


def test_a_page_whose_strips_are_level_and_stand_ever_higher_has_whole_lines_and_rows():
    words = in_tilted_lines(strips_apart())
    lines = [" ".join(word.text for word in line) for _, line in groupby(words, key=lambda word: word.line)]
    whole = [f"Northern Mill Shop{number} {number}.50" for number in range(20)]
    assert lines == whole and [" ".join(row.texts) for row in rows_of(words)] == whole
