"""A document goes straight through only when nothing speaks against it, and says in words what does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from recto.document.reading import Check, Field, Row, Table
from recto.schemas.decision import Sight, decide

SURE = (
    Field("merchant_name", "KF", "name", "KF", "grounded", 0.99),
    Field("transaction_date", date(2018, 3, 4), "date", "4/3/18", "grounded", 0.95),
    Field("total", Decimal("9.00"), "money", "9.00", "grounded", 0.97),
)
ALL = {"*": 0.8}


def reasons(fields, checks=(), thresholds=ALL, sight=None):
    found = decide("receipt", fields, checks, thresholds, *([sight] if sight else []))
    assert (found.outcome == "straight_through") == (found.reasons == ())
    return found.reasons


def changed(name, **values):
    return tuple(replace(field, **values) if field.name == name else field for field in SURE)


def test_sure_grounded_complete_and_checked_goes_straight_through():
    assert reasons(SURE, [Check("items_add_up", "pass"), Check("line_totals", "not_testable")]) == ()


def test_a_missing_required_field_needs_a_person():
    assert reasons(SURE[:2]) == ("total: required, and not found",)


def test_a_confidence_under_its_threshold_needs_a_person():
    assert reasons(changed("total", confidence=0.62)) == ("total: confidence 0.62 is under 0.80",)
    assert reasons(SURE, thresholds={"*": 0.8, "total": 0.98}) == ("total: confidence 0.97 is under 0.98",)


def test_an_unmeasured_confidence_of_a_required_field_needs_a_person():
    assert reasons(changed("total", confidence=None)) == ("total: its confidence is not measured",)


def test_a_confidence_without_a_threshold_says_nothing():
    assert "total: no threshold is known for its confidence" in reasons(SURE, thresholds=None)


def test_what_the_page_does_not_carry_needs_a_person():
    assert reasons(changed("total", grounding="not_found")) == ("total: no words on the page carry it",)


def test_an_open_value_is_told_with_its_other_reading():
    found = reasons(changed("transaction_date", grounding="ambiguous", alternatives=("2018-04-03",)))
    assert found == ("transaction_date: it could also be 2018-04-03",)


def test_a_value_that_is_none_of_its_type_needs_a_person():
    assert reasons(changed("total", value=None, raw="9.0x")) == ("total: '9.0x' is not a money",)


def test_a_failed_check_needs_a_person():
    assert reasons(SURE, [Check("items_add_up", "fail", (), "8.00 is not 9.00")]) == (
        "items_add_up failed: 8.00 is not 9.00",
    )


def test_rows_that_may_be_missing_need_a_person():
    row = Row({"description": Field("description", "A", "text", "A", "grounded", 0.9)})
    assert reasons((*SURE, Table("items", (row,), 3))) == ("items: 1 rows read, 3 seen on the page",)


def test_one_doubt_of_many_rows_is_told_once():
    row = Row({"description": Field("description", "A", "text", "A", "not_found", 0.9)})
    assert reasons((*SURE, Table("items", (row,) * 3))) == (
        "items.description: no words on the page carry it (3 rows)",
    )


def test_a_page_that_could_hardly_be_read_needs_a_person():
    assert reasons(SURE, sight=Sight(0.4, ("the picture is blurred",))) == (
        "the words could hardly be read (OCR confidence 0.40)",
        "the picture is blurred",
    )
