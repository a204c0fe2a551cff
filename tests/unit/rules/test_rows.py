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
