"""Probabilities to tags."""

import numpy as np
import pytest

from recto.document.box import Box
from recto.document.page import Word
from recto.engines.label.calibration import Calibration
from recto.engines.label.decode import Habits, decoded
from recto.engines.label.space import Space
from recto.training.calibrate import rising

SPACE = Space({"receipt": ("MERCHANT_NAME", "DATE", "GRAND_TOTAL")})


def line(text: str, row: int) -> list[Word]:
    return [
        Word(part, Box(0.1 * at, 0.1 * row, 0.1 * at + 0.09, 0.1 * row + 0.05), line=row)
        for at, part in enumerate(text.split())
    ]


def chances(*given: dict[str, float]) -> np.ndarray:
    rows = np.zeros((len(given), len(SPACE.tags)))
    for row, stated in zip(rows, given, strict=True):
        for tag, chance in stated.items():
            row[SPACE.number(tag)] = chance
        row[0] += 1 - row.sum()
    return rows


def names(words: list[Word], rows: np.ndarray, habits: Habits) -> list[str]:
    return [tag.name for tag in decoded(rows, tuple(words), SPACE, habits)]


def test_a_word_follows_the_rest_of_its_line():
    words = line("BOOK TAK SDN", 0)
    rows = chances({"B-MERCHANT_NAME": 0.9}, {"I-MERCHANT_NAME": 0.4}, {"I-MERCHANT_NAME": 0.9})
    assert names(words, rows, Habits(cells=0.0)) == ["B-MERCHANT_NAME", "O", "B-MERCHANT_NAME"]
    assert names(words, rows, Habits(cells=0.7)) == ["B-MERCHANT_NAME", "I-MERCHANT_NAME", "I-MERCHANT_NAME"]


def test_a_registration_number_does_not_follow_its_line():
    words = line("BOOK TAK (123456-W)", 0)
    rows = chances({"B-MERCHANT_NAME": 0.9}, {"I-MERCHANT_NAME": 0.9}, {})
    assert names(words, rows, Habits(cells=0.9))[2] == "O"


def test_the_best_candidate_is_taken_where_nothing_is_likely():
    words = [*line("TOTAL 9.00", 0), *line("CASH 10.00", 1)]
    rows = chances({}, {"B-GRAND_TOTAL": 0.3}, {}, {"B-GRAND_TOTAL": 0.1})
    habits = Habits(lifts={"GRAND_TOTAL": 0.2})
    assert names(words, rows, habits) == ["O", "B-GRAND_TOTAL", "O", "O"]


def test_one_amount_is_the_total_wherever_it_stands():
    words = [*line("9.00", 0), *line("10.00", 1), *line("9.00", 2)]
    rows = chances({"B-GRAND_TOTAL": 0.6}, {"B-GRAND_TOTAL": 0.7}, {"B-GRAND_TOTAL": 0.6})
    habits = Habits(singles=("GRAND_TOTAL",))
    assert names(words, rows, habits) == ["B-GRAND_TOTAL", "O", "B-GRAND_TOTAL"]


def test_the_day_and_the_year_belong_to_the_month():
    words = line("10 OCT 2017 TUE", 0)
    rows = chances({}, {"B-DATE": 0.9}, {"I-DATE": 0.3}, {})
    assert [name[2:] for name in names(words, rows, Habits(cells=0.0))] == ["DATE", "DATE", "DATE", ""]


@pytest.mark.parametrize("before", ["Dimiliki:", "#000002", "Owned by:"])
def test_a_name_begins_after_its_owner_is_announced(before):
    words = line(f"{before} BANH MI CAFE", 0)
    rows = chances(*[{"B-MERCHANT_NAME": 0.9}] * len(words))
    found = names(words, rows, Habits(cells=0.0))
    assert [name[2:] for name in found[-3:]] == ["MERCHANT_NAME"] * 3
    assert set(found[:-3]) == {"O"}


def test_a_curve_never_falls_and_is_never_certain():
    pairs = [(at / 200, at % 7 != 0 if at < 150 else True) for at in range(200)] + [(1.0, True)] * 50
    xs, ys = rising(pairs)
    assert list(ys) == sorted(ys)
    assert list(xs) == sorted(xs)
    assert min(ys) > 0.0
    assert max(ys) < 1.0


def test_confidence_is_what_the_curve_says():
    calibration = Calibration(curves={"*": ((0.0, 1.0), (0.2, 0.8))})
    assert calibration.measured(["DATE", "DATE"], [0.5, None]) == [0.5, None]
    again = Calibration.from_json(calibration.as_json())
    assert again.measured(["DATE"], [1.0]) == [0.8]


def test_a_caption_parts_the_words_on_both_sides():
    words = line("BANH MI Tel No.: 07-387", 0)
    rows = chances(*[{"B-MERCHANT_NAME": 0.9}] * 2, {}, {}, {"B-MERCHANT_NAME": 0.4})
    assert [name[2:] for name in names(words, rows, Habits(cells=1.0))] == ["MERCHANT_NAME"] * 2 + [""] * 3


def test_a_name_ends_with_its_closing_though_a_number_is_glued_to_it():
    words = line("KEDAI BESI ( Sdn Bhd(728384-M)", 0)
    rows = chances({"B-MERCHANT_NAME": 0.9}, {"B-MERCHANT_NAME": 0.9}, {}, {"B-MERCHANT_NAME": 0.9}, {})
    assert [name[2:] for name in names(words, rows, Habits(cells=0.0))] == ["MERCHANT_NAME"] * 5


def test_an_amount_that_ends_with_its_mark_takes_the_cents():
    words = line("TOTAL RM96. 20", 0)
    rows = chances({}, {"B-GRAND_TOTAL": 0.9}, {})
    assert [name[2:] for name in names(words, rows, Habits())] == ["", "GRAND_TOTAL", "GRAND_TOTAL"]


def test_what_is_no_date_is_left_beside_a_date_and_given_up_for_the_rules():
    words = [*line("MAR 18", 0), *line("25/03/2018", 1)]
    both = chances({"B-DATE": 0.9}, {}, {"B-DATE": 0.9})
    assert names(words, both, Habits(cells=0.0)) == ["O", "O", "B-DATE"]
    one = chances({"B-DATE": 0.9}, {}, {})
    found = decoded(one, tuple(words), SPACE, Habits(cells=0.0), ("O", "O", "B-DATE"))
    assert [tag.label for tag in found] == ["O", "O", "DATE"]


def test_where_the_first_word_of_the_rules_span_is_left_the_next_begins_one():
    words = [*line("1. BOOK TAK", 0), *line("2. CLAY", 1)]
    rows = chances({}, {"B-MERCHANT_NAME": 0.9}, {"I-MERCHANT_NAME": 0.9}, {}, {"I-MERCHANT_NAME": 0.9})
    opinion = ("B-MERCHANT_NAME", "I-MERCHANT_NAME", "I-MERCHANT_NAME", "B-MERCHANT_NAME", "I-MERCHANT_NAME")
    found = decoded(rows, tuple(words), SPACE, Habits(cells=0.0), opinion)
    assert [tag.name[0] for tag in found] == ["O", "B", "I", "O", "B"]


def test_a_kinds_own_curve_goes_before_the_curve_of_all_kinds():
    flat, own = ((0.0, 1.0), (0.5, 0.5)), ((0.0, 1.0), (0.2, 0.2))
    calibration = Calibration(curves={"*": flat, "O": flat, "receipt/O": own})
    assert calibration.measured(["O", "DATE"], [0.9, 0.9], "receipt") == [0.2, 0.5]
    assert calibration.measured(["O"], [0.9], "W2") == [0.5]
