"""Statements as a photograph gives them: leaning columns, signs and marks that were lost, days misread."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.unit.rules.test_statements import HEAD, MOVES, read
from tests.unit.schemas.paper import paper

from recto.document.box import Box
from recto.document.reading import Table
from recto.schemas.fields import fields_of

ONE_COLUMN = """
Date @12 Description @50 Amount @66 Balance
01/03 @12 GROCERY STORE @49 100.00 @65 900.00
01/05 @12 RENT @48 -100.00 @65 800.00
01/06 @12 CHECK 1204 @49 20.00 @65 780.00
01/07 @12 PAYROLL @49 520.00 @65 1,300.00
"""


def leaning(words, left, right):
    """The words of a page whose edges lean so far to the right, each a share of its width per page height."""
    leant = []
    for word in words:
        away = (left + (right - left) * word.box.center[0]) * word.box.center[1]
        box = Box(word.box.left + away, word.box.top, word.box.right + away, word.box.bottom)
        leant.append(replace(word, box=box))
    return tuple(leant)


def many(count):
    """A table of so many movements, in and out by turns."""
    rows, balance = [], 1000
    for number in range(count):
        text, amount, column = ("DEPOSIT", 50, "@53") if number % 2 else ("CARD PURCHASE", -20, "@73")
        balance += amount
        rows.append(f"01/{number % 28 + 1:02} @12 {text} {column} {abs(amount)}.00 @85 {balance}.00")
    return "Date @12 Description @50 Deposits @66 Withdrawals @86 Balance\n" + "\n".join(rows)


@pytest.mark.parametrize(("left", "right"), [(0.16, 0.02), (-0.05, 0.16), (0.0, -0.16)])
def test_columns_of_a_page_that_leans_are_read_as_those_of_one_that_does_not(left, right):
    words, _ = paper(many(28))
    straight, leant = read(words), read(leaning(words, left, right))
    assert len(straight[1]) == 28 and leant[1] == straight[1]


def test_a_minus_that_was_lost_is_told_by_the_running_balance_and_by_the_opening_one():
    _, rows, _ = read(paper(HEAD + ONE_COLUMN)[0])
    assert [row.get("withdrawal_amount") for row in rows] == ["100.00", "100.00", "20.00", None]
    assert rows[3]["deposit_amount"] == "520.00"


def test_an_amount_that_slipped_under_the_head_beside_its_own_is_told_by_the_running_balance():
    _, rows, _ = read(paper(HEAD + MOVES.replace("@71 100.00", "@51 100.00"))[0])
    assert rows[1]["withdrawal_amount"] == "100.00" and "deposit_amount" not in rows[1]


def test_balances_that_say_nothing_of_an_amount_leave_it_in_its_column():
    _, rows, _ = read(paper(HEAD + MOVES.replace("1,400.00", "1,499.00"))[0])
    assert rows[1]["withdrawal_amount"] == "100.00"


@pytest.mark.parametrize("day", ["0105", "Jam 05", "Jan -05", "81/05", "Jan 65"])
def test_a_day_with_a_sign_a_letter_or_a_round_figure_misread_is_the_day_of_the_period_that_it_can_be(day):
    _, rows, _ = read(paper(HEAD + MOVES.replace("01/05 @12", f"{day} @12"))[0])
    assert [row["date"] for row in rows] == ["2024-01-03", "2024-01-05", "2024-01-09"]


def test_a_row_whose_day_cannot_be_read_is_kept_and_does_not_get_the_day_of_the_row_above():
    _, rows, table = read(paper(HEAD + MOVES.replace("01/05 @12", "Jan 0s @12"))[0])
    assert len(rows) == 3 and rows[1]["date"] == "None" and rows[1]["withdrawal_amount"] == "100.00"
    assert table.rows[1].cells["date"].raw == "Jan 0s"


def test_a_dollar_that_was_read_as_a_letter_may_be_a_five_and_both_readings_are_told():
    _, _, table = read(paper(HEAD + MOVES.replace("100.00", "S100.00"))[0])
    cell = table.rows[1].cells["withdrawal_amount"]
    assert cell.value == Decimal("100.00") and cell.alternatives == ("5100.00",)


def test_the_point_before_the_cents_may_be_missing_where_a_comma_parts_the_thousands():
    _, rows, _ = read(paper(HEAD + MOVES.replace("1,400.00", "1,40000"))[0])
    assert rows[1]["balance"] == "1400.00" and rows[1]["description"] == "CHECK"


def test_a_comma_that_parts_the_cents_is_never_taken_for_one_that_parts_thousands():
    german = """
Kontoauszug Betrag 12,50 EUR 1.204,30 EUR 99,00 EUR
{transactions.date: 03.01.2024} @12 {transactions.description: Kurs} @50 {transactions.deposit_amount: 1,23456}
"""
    words, tags = paper(german)
    from_tags = fields_of("bank_statement", words, tags)
    table = next(item for item in from_tags if isinstance(item, Table))
    assert table.rows[0].cells["deposit_amount"].value == Decimal("1.23456")


def test_heads_of_a_list_of_accounts_that_ran_together_name_no_holder():
    accounts = "\nACCOUNTNAME @30 ACCOUNTNUMBER @60 BALANCE\nSavings @30 00123456 @60 $1,374.50\n"
    singles, _, _ = read(paper(HEAD + accounts + MOVES)[0])
    assert singles["account_holder_name"] == "JANE DOE"


@pytest.mark.parametrize("line", ["UnitP", "Unit P", "Suite12"])
def test_a_unit_that_runs_into_its_number_is_a_line_of_the_address(line):
    head = HEAD.replace("12 Main Street\n", f"12 1st Pl\n{line}\n").replace("Reno, NV 89501", "Reno,NV 89501")
    singles, _, _ = read(paper(head + MOVES)[0])
    assert singles["account_holder_name"] == "JANE DOE" and singles["bank_address"].startswith("12 1st Pl, " + line)
    assert singles["bank_address"].endswith("89501")


def test_the_groups_of_an_account_that_their_signs_join_are_one_number():
    singles, _, _ = read(paper(HEAD.replace("00123456", "833 1-4122-27") + MOVES)[0])
    assert singles["account_number"].replace("-", "") == "8331412227"


def test_references_are_cut_off_the_descriptions_where_their_head_ran_into_the_one_before():
    moves = """
Date of Transactileference @34 Description @70 Amount
01/03/2024 @16 R237B405 @34 NORTH MILL GROCERY Reno, NV @70 50.00
01/05/2024 @16 48932960286313179 @34 PEARL HOTELS Austin, TX @70 100.00
01/06/2024 @16 W153D49P @34 GIFT SHOP Denver, CO @70 20.00
"""
    _, rows, _ = read(paper(HEAD + moves)[0], "credit_card_statement")
    assert [row["reference_number"] for row in rows] == ["R237B405", "48932960286313179", "W153D49P"]
    assert [row["description"][:5] for row in rows] == ["NORTH", "PEARL", "GIFT "]


def test_numbers_at_the_start_of_descriptions_are_no_references_where_nothing_parts_them():
    moves = """
Date @16 Description @70 Amount
01/03/2024 @16 84837 NORTH MILL GROCERY @70 50.00
01/05/2024 @16 848371 PEARL HOTELS @70 100.00
01/06/2024 @16 GIFT SHOP 12345678 @70 20.00
"""
    _, rows, _ = read(paper(HEAD + moves)[0], "credit_card_statement")
    assert not any("reference_number" in row for row in rows)


@pytest.mark.parametrize("amount", [".100.00", "*100.00"])
def test_a_speck_before_an_amount_does_not_hide_it(amount):
    words = paper(HEAD.replace("-$125.50", ".125.50") + MOVES.replace("100.00", amount))[0]
    singles, rows, _ = read(words)
    assert singles["total_withdrawals"] == Decimal("125.50") and rows[1]["withdrawal_amount"] == "100.00"


def test_a_day_with_one_figure_too_many_keeps_its_row():
    _, rows, table = read(paper(HEAD + MOVES.replace("01/05 @12", "01705/24 @12"))[0])
    assert [row["date"] for row in rows] == ["2024-01-03", "None", "2024-01-09"]
    assert table.rows_expected == 3
