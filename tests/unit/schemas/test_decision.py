"""A document goes straight through only when nothing speaks against it, and says in words what does."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from recto.document.box import Box
from recto.document.page import Word
from recto.document.reading import Check, Field, Row, Table
from recto.schemas.checks import check
from recto.schemas.decision import decide, vouched

SURE = (
    Field("merchant_name", "KF", "name", "KF", "grounded", 0.99),
    Field("transaction_date", date(2018, 3, 4), "date", "4/3/18", "grounded", 0.95),
    Field("total", Decimal("9.00"), "money", "9.00", "grounded", 0.97),
)
ALL = {"*": 0.8}


def reasons(fields, checks=(), thresholds=ALL, faults=()):
    found = decide("receipt", fields, checks, thresholds, faults)
    assert (found.outcome == "straight_through") == (found.reasons == ())
    return found.reasons


def withheld(fields, checks=(), thresholds=ALL):
    """What a document that goes straight through leaves out."""
    found = decide("receipt", fields, checks, thresholds)
    assert found.outcome == "straight_through"
    return found.withheld


def taken(fields, checks=(), thresholds=ALL):
    """The names of the single fields that are vouched for."""
    found = vouched("receipt", fields, checks, thresholds)
    return [item.name for item in found if isinstance(item, Field) and item.vouched]


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


def test_a_value_that_no_label_stands_for_says_that_it_was_read_beside_its_caption():
    amount = Field("amount", Decimal("9.00"), "money", "9.00", "grounded", None)
    method = Field("method", "CASH", "text", "CASH", "grounded", 0.99)
    told = withheld((*SURE, Table("payments", (Row({"method": method, "amount": amount}),))))
    assert told == ("payments.amount: read beside its caption, and how often that is right is not measured (row 1)",)


def test_a_confidence_without_a_threshold_says_nothing():
    assert "total: no threshold is known for its confidence" in reasons(SURE, thresholds=None)


def test_what_the_page_does_not_carry_needs_a_person():
    assert reasons(changed("total", grounding="not_found")) == ("total: no words on the page carry it",)


def test_an_open_value_is_told_with_its_other_reading():
    found = reasons(changed("transaction_date", grounding="ambiguous", alternatives=("2018-04-03",)))
    assert found == ("transaction_date: it could also be 2018-04-03",)


def test_a_value_that_is_none_of_its_type_needs_a_person():
    assert reasons(changed("total", value=None, raw="9.0x")) == ("total: '9.0x' is not an amount",)


PHONE = Field("merchant_phone_number", "03-123", "phone", "03-123", "grounded", 0.5)
LINE = Field("total_price", Decimal("8.00"), "money", "8.00", "grounded", 0.9)
ITEMS = Table("items", (Row({"total_price": LINE}),))


def test_an_optional_value_that_is_not_sure_is_withheld():
    assert withheld((*SURE, PHONE)) == ("merchant_phone_number: confidence 0.50 is under 0.80",)
    assert taken((*SURE, PHONE)) == [field.name for field in SURE]


def test_an_optional_value_of_unmeasured_confidence_is_withheld():
    assert withheld((*SURE, replace(PHONE, confidence=None))) == (
        "merchant_phone_number: its confidence is not measured",
    )


def test_a_failed_check_on_a_required_field_needs_a_person():
    failed = Check("items_add_up", "fail", ("items", "total"), "8.00 is not 9.00")
    assert "total: items_add_up failed: 8.00 is not 9.00" in reasons((*SURE, ITEMS), [failed])
    assert "total" not in taken((*SURE, ITEMS), [failed])


def test_a_failed_check_falls_on_those_inputs_that_no_other_check_confirms():
    failed = Check("items_add_up", "fail", ("items", "total"), "8.00 is not 9.00")
    paid = Check("cash_and_change", "pass", ("payments", "total", "change"))
    assert withheld((*SURE, ITEMS), [failed, paid]) == (
        "items.total_price: items_add_up failed: 8.00 is not 9.00 (row 1)",
    )


def test_a_failed_check_whose_inputs_all_hold_elsewhere_falls_on_all_of_them():
    failed = Check("items_add_up", "fail", ("total",), "8.00 is not 9.00")
    paid = Check("cash_and_change", "pass", ("payments", "total", "change"))
    assert reasons(SURE, [failed, paid]) == ("total: items_add_up failed: 8.00 is not 9.00",)


def test_a_failed_check_that_names_no_field_needs_a_person():
    failed = Check("page_agrees", "fail", (), "the attachment says 8.00")
    assert reasons(SURE, [failed]) == ("page_agrees failed: the attachment says 8.00",)


def test_rows_that_may_be_missing_are_withheld_with_all_cells_of_their_table():
    table = replace(ITEMS, rows_expected=3)
    assert withheld((*SURE, table)) == ("items: 1 rows read, 3 seen on the page",)
    (*_, found) = vouched("receipt", (*SURE, table), (), ALL)
    assert [cell.vouched for row in found.rows for cell in row.cells.values()] == [False]


def test_rows_that_may_be_missing_from_a_statement_need_a_person():
    amount = Field("deposit_amount", Decimal("8.00"), "money", "8.00", "grounded", 0.9)
    table = Table("transactions", (Row({"deposit_amount": amount}),), 2)
    found = decide("bank_statement", (table,), (), ALL)
    assert "transactions: 1 rows read, 2 seen on the page" in found.reasons


def test_one_doubt_of_many_rows_is_told_once_with_the_rows():
    row = Row({"description": Field("description", "A", "text", "A", "not_found", 0.9)})
    assert withheld((*SURE, Table("items", (row,) * 3))) == (
        "items.description: no words on the page carry it (rows 1, 2, 3)",
    )
    assert withheld((*SURE, Table("items", (row,) * 9)))[0].endswith("(rows 1, 2, 3, 4, 5 and 4 more)")


def test_what_is_wrong_with_a_page_needs_a_person():
    assert reasons(SURE, faults=("page 2 is too blurred to be read",)) == ("page 2 is too blurred to be read",)


def test_an_amount_that_stands_on_the_page_again_is_not_what_a_failed_check_falls_on():
    words = tuple(Word(text, Box(0.1, 0.1 * n, 0.2, 0.1 * n + 0.02), line=n) for n, text in enumerate(("9.00", "9.00")))
    failed = Check("items_add_up", "fail", ("items", "total"), "8.00 is not 9.00")
    fields = (*changed("total", words=(0,)), ITEMS)
    assert decide("receipt", fields, [failed], ALL).outcome == "review"
    found = decide("receipt", fields, [failed], ALL, words=words)
    assert found.outcome == "straight_through"
    assert found.withheld == ("items.total_price: items_add_up failed: 8.00 is not 9.00 (row 1)",)


def test_a_failed_sum_of_a_table_falls_on_its_amounts_and_not_on_its_texts():
    text = Field("description", "TEA", "text", "TEA", "grounded", 0.9)
    table = Table("items", (Row({"description": text, "total_price": LINE}),))
    (*_, found) = vouched("receipt", (*SURE, table), [Check("items_add_up", "fail", ("items",), "")], ALL)
    assert {name: cell.vouched for name, cell in found.rows[0].cells.items()} == {
        "description": True,
        "total_price": False,
    }


def test_a_sum_of_a_receipt_that_fails_speaks_against_its_parts_and_not_against_the_total():
    subtotal = Field("subtotal", Decimal("8.49"), "money", "8.49", "grounded", 0.99)
    fields = (*SURE, subtotal)
    failed = check("receipt", fields)
    assert reasons(fields, failed) == ()
    assert withheld(fields, failed) == (
        "subtotal: subtotal_to_total failed: 8.49 (subtotal) = 8.49, is not 9.00 (total)",
    )


def test_cash_that_less_its_change_is_another_total_speaks_against_the_total():
    change = Field("change", Decimal("2.00"), "money", "2.00", "grounded", 0.99)
    paid = Row(
        {
            "method": Field("method", "CASH", "text", "CASH", "grounded"),
            "amount": Field("amount", Decimal("10.00"), "money", "10.00", "grounded"),
        }
    )
    fields = (*SURE, change, Table("payments", (paid,)))
    assert any(
        reason.startswith("total: cash_and_change failed") for reason in reasons(fields, check("receipt", fields))
    )
