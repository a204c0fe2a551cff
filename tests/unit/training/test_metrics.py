"""Figures that are right by hand."""

import pytest

from recto.training.metrics import (
    auroc_of_errors,
    entities,
    entity_counts,
    expected_calibration_error,
    interval,
    word_counts,
)

seqeval = pytest.importorskip("seqeval.metrics")

TRUTH = ["B-TAX", "I-TAX", "O", "B-DATE", "B-DATE", "O"]
GUESS = ["B-TAX", "I-TAX", "B-TIP", "B-DATE", "I-DATE", "O"]


def test_entities_agree_with_seqeval():
    ours = entity_counts(TRUTH, GUESS, ("TAX", "DATE", "TIP")).score
    assert ours.f1 == pytest.approx(seqeval.f1_score([TRUTH], [GUESS]))
    assert ours.precision == pytest.approx(seqeval.precision_score([TRUTH], [GUESS]))
    assert ours.recall == pytest.approx(seqeval.recall_score([TRUTH], [GUESS]))


def test_an_inside_tag_without_its_begin_still_makes_an_entity():
    assert entities(["O", "I-TAX", "I-TAX", "B-TAX"]) == {(1, 2, "TAX"), (3, 3, "TAX")}


def test_labels_of_which_the_truth_does_not_speak_count_for_nothing():
    assert entity_counts(TRUTH, GUESS, ("TAX", "DATE")).found["TIP"] == 0


def test_words_are_counted_without_regard_to_begin_and_inside():
    assert word_counts(TRUTH, GUESS, ("TAX", "DATE", "TIP")).score.recall == 1.0


def test_confidence_that_is_always_met_has_no_calibration_error():
    assert expected_calibration_error([1.0] * 10, [True] * 10) == 0.0
    assert expected_calibration_error([0.9] * 10, [True] * 5 + [False] * 5) == pytest.approx(0.4)


def test_errors_that_are_all_less_sure_are_ranked_perfectly():
    assert auroc_of_errors([0.9, 0.8, 0.3, 0.2], [True, True, False, False]) == 1.0
    assert auroc_of_errors([0.5, 0.5], [True, False]) == 0.5
    assert auroc_of_errors([0.5], [True]) is None


def test_an_interval_holds_the_figure_and_is_the_same_each_time():
    parts = [0.0, 1.0] * 20
    low, high = interval(parts, lambda drawn: sum(drawn) / len(drawn))
    assert low < 0.5 < high
    assert (low, high) == interval(parts, lambda drawn: sum(drawn) / len(drawn))
