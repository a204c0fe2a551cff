"""From which confidence a value is vouched for."""

from dataclasses import replace

import pytest

from recto.document.reading import Field
from recto.engines.label.bundle import assurance_in
from recto.training.assurance import Fitted
from recto.training.example import Example
from recto.training.outcome import Outcome, Value
from recto.training.thresholds import NEVER, Straight, Trial, held, least, straight, thresholds, write_thresholds


def trial(number, *sure, blocked=False, kind="receipt", source="real"):
    """A document with a required value for each (confidence, whether it is right)."""
    field = Field("total", "9", "money", "9", "grounded")
    values = tuple(Value("total", field, right, True, False, {"always": 1.0}, ()) for _, right in sure)
    example = Example(f"d{number}", kind, (), (), (), group=f"g{number}", source=source)
    outcome = Outcome(example, (), (), (), values, blocked)
    return Trial(outcome, tuple(confidence for confidence, _ in sure))


def test_what_is_always_right_passes_from_its_least_confidence():
    trials = [trial(number, (0.5 + number / 1000, True)) for number in range(200)]
    assert least(trials, 0.02) == 0.5


def test_nothing_passes_where_too_little_was_seen():
    assert least([trial(number, (0.99, True)) for number in range(40)], 0.02) == NEVER


def test_errors_at_low_confidence_raise_the_threshold_above_them():
    trials = [trial(number, (0.9, True)) for number in range(300)]
    trials += [trial(number, (0.4, False)) for number in range(300, 400)]
    assert least(trials, 0.02) == 0.9


def test_a_document_passes_by_its_least_sure_required_value():
    trials = [trial(1, (0.99, True), (0.6, True)), trial(2, (0.95, True), (0.9, False))]
    assert straight(trials, 0.8) == Straight(documents=2, through=1, values=2, wrong=1)
    assert straight(trials, 0.6) == Straight(documents=2, through=2, values=4, wrong=1)


def test_a_document_that_goes_to_a_person_anyway_never_passes():
    assert straight([trial(1, (0.99, True), blocked=True)], 0.0).through == 0


def test_values_of_unknown_truth_count_for_nothing():
    assert straight([trial(1, (0.99, True), (0.99, None))], 0.5) == Straight(1, 1, 1, 0)


def test_an_optional_value_that_is_not_sure_counts_for_nothing():
    whole = trial(1, (0.99, True), (0.3, False))
    first, second = whole.outcome.values
    optional = replace(whole.outcome, values=(first, replace(second, required=False)))
    assert straight([Trial(optional, whole.confidences)], 0.5) == Straight(1, 1, 1, 0)


def test_a_kind_of_which_enough_was_seen_has_a_threshold_of_its_own():
    receipts = [trial(number, (0.9, number % 10 > 0)) for number in range(100)]
    receipts += [trial(number, (0.97, True)) for number in range(100, 200)]
    checks = [trial(number, (0.5, True), kind="check") for number in range(200, 300)]
    assert thresholds([*receipts, *checks], 0.02) == {"check": 0.5, "receipt": 0.97}


def test_a_kind_of_which_little_was_seen_takes_the_threshold_of_all():
    receipts = [trial(number, (0.8, True)) for number in range(100)]
    checks = [trial(number, (0.9, True), kind="check") for number in range(100, 110)]
    assert thresholds([*receipts, *checks], 0.02) == {"check": 0.8, "receipt": 0.8}


def test_one_document_of_many_values_says_too_little_of_its_kind():
    receipts = [trial(number, (0.8, number < 100)) for number in range(100)]
    receipts += [trial(number, (0.5, False)) for number in range(100, 120)]
    statement = trial(120, *[(0.3, True)] * 200, kind="bank_statement")
    assert thresholds([*receipts, statement], 0.02)["bank_statement"] == 0.8


def test_a_kind_that_fares_worse_than_all_has_a_stricter_threshold_or_none():
    receipts = [trial(number, (0.8, True)) for number in range(400)]
    bad = [trial(number, (0.9, False), kind="check") for number in range(400, 405)]
    good = [trial(number, (0.95, True), kind="check") for number in range(405, 415)]
    assert thresholds([*receipts, *bad, *good], 0.02)["check"] == 0.95
    assert thresholds([*receipts, *bad], 0.02)["check"] == NEVER


def test_each_fold_is_judged_at_the_threshold_of_the_others():
    trials = [trial(number, (0.9, True)) for number in range(300)]
    found = held([*trials, trial(300, (0.95, False))], 0.02)["receipt", "real"]
    assert found.documents == 301
    assert found.share == pytest.approx(1.0)
    assert found.wrong == 1


def test_what_a_bundle_states_comes_back_with_the_weights_of_all_kinds_below_those_of_its_own(tmp_path):
    weights = Fitted(
        {"always": 3.0}, {"*": {"label": 1.0}, "money": {"label": 2.0}}, {"receipt": {"total": {"label": 3.0}}}
    )
    write_thresholds(tmp_path, {"receipt": 0.91234, "check": 0.8}, weights, "rapidocr")
    found = assurance_in(tmp_path)
    assert found["receipt"].thresholds == {"*": 0.9123}
    assert found["receipt"].weights == {"*": {"label": 1.0}, "money": {"label": 2.0}, "total": {"label": 3.0}}
    assert found["check"].weights == {"*": {"label": 1.0}, "money": {"label": 2.0}}
    assert (found["check"].letters, found["check"].ocr) == ({"always": 3.0}, "rapidocr")


def test_a_kind_that_fares_badly_does_not_raise_the_threshold_of_the_others():
    good = [trial(number, (0.6, True)) for number in range(100)]
    bad = [trial(number, (0.8, number % 2 == 0), kind="check") for number in range(100, 140)]
    found = thresholds([*good, *bad], 0.02)
    assert found == {"receipt": 0.6, "check": NEVER}
