"""From which confidence a field may pass."""

import pytest

from recto.training.thresholds import NEVER, least, of_kind


def test_what_is_always_right_passes_from_its_least_confidence():
    assert least([(0.5 + number / 1000, True) for number in range(200)], 0.02) == 0.5


def test_nothing_passes_where_too_little_was_seen():
    assert least([(0.99, True)] * 10, 0.02) == NEVER


def test_errors_at_low_confidence_raise_the_threshold_above_them():
    right = [(0.9, True)] * 300
    wrong = [(0.4, False)] * 100
    assert least([*right, *wrong], 0.02) == 0.9


def test_among_those_that_pass_few_enough_are_wrong():
    pairs = [(number / 1000, number % 7 != 0 or number > 600) for number in range(1000)]
    threshold = least(pairs, 0.05)
    passed = [right for confidence, right in pairs if confidence >= threshold]
    assert passed and passed.count(False) / len(passed) <= 0.05


def test_a_path_seen_too_seldom_counts_for_the_rest():
    found = of_kind({"total": [(0.9, True)] * 100, "tip": [(0.8, True)] * 5}, 0.02)
    assert set(found) == {"*", "total"}
    assert found["*"] == pytest.approx(0.8)
