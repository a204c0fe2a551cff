"""Statements by rules: captioned figures, the period, who sends and who gets it, and rows of movements."""

import os
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.schemas.paper import pages, paper

from recto.document.reading import Field, Table
from recto.engines.label.rules import RulesLabeller
from recto.reading.paper import opened
from recto.schemas.checks import check
from recto.schemas.fields import fields_of
from recto.training.synth.generator import Request, generate_many

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[4] / "shared" / "data"))
HEAD = """
First Harbor Bank
12 Main Street
Reno, NV 89501

JANE DOE @60 Account Number: 00123456
45 Oak Avenue @60 Statement Period 01/01/2024 through 01/31/2024
Austin, TX 78701

Beginning Balance on 01/01 @60 $1,000.00
Deposits and Additions (1) @60 $500.00
Withdrawals and Debits @60 -$125.50
Ending Balance @60 $1,374.50
"""
MOVES = """
Date @12 Description @50 Deposits @66 Withdrawals @86 Balance
01/03 @12 PAYROLL ACME @51 500.00 @85 1,500.00
01/05 @12 CHECK 1204 @71 100.00 @85 1,400.00
01/09 @12 GROCERY STORE @72 25.50 @85 1,374.50
"""


def read(words, kind="bank_statement"):
    """(single fields by name, rows of transactions as texts)."""
    tags = RulesLabeller().label([(words, kind)])[0]
    items = fields_of(kind, words, tags)
    singles = {item.name: item.value for item in items if isinstance(item, Field)}
    table = next((item for item in items if isinstance(item, Table) and item.name == "transactions"), None)
    rows = [{name: str(cell.value) for name, cell in row.cells.items()} for row in table.rows] if table else []
    return singles, rows, table


def test_an_amount_belongs_to_the_caption_beside_it_whatever_count_or_day_stands_between():
    singles, _, _ = read(paper(HEAD + MOVES)[0])
    assert singles["beginning_balance"] == Decimal("1000.00")
    assert singles["total_deposits"] == Decimal("500.00")
    assert singles["ending_balance"] == Decimal("1374.50")


def test_what_was_withdrawn_is_positive_with_or_without_its_minus():
    singles, rows, _ = read(paper(HEAD + MOVES)[0])
    assert singles["total_withdrawals"] == Decimal("125.50")
    assert rows[1]["withdrawal_amount"] == "100.00"


def test_bank_and_holder_are_told_apart_with_their_addresses():
    singles, _, _ = read(paper(HEAD + MOVES)[0])
    assert (singles["bank_name"], singles["account_holder_name"]) == ("First Harbor Bank", "JANE DOE")
    assert "Reno" in singles["bank_address"] and "Austin" in singles["account_holder_address"]
    assert singles["account_number"] == "00123456"


def test_days_without_a_year_fall_into_the_period():
    singles, rows, _ = read(paper(HEAD + MOVES)[0])
    assert (str(singles["statement_start_date"]), str(singles["statement_end_date"])) == ("2024-01-01", "2024-01-31")
    assert [row["date"] for row in rows] == ["2024-01-03", "2024-01-05", "2024-01-09"]


@pytest.mark.parametrize("link", ["01/01/2024to 01/31/2024", "01/01/2024- 01/31/2024"])
def test_a_period_is_read_when_its_link_runs_into_the_first_day(link):
    singles, _, _ = read(paper(HEAD.replace("01/01/2024 through 01/31/2024", link) + MOVES)[0])
    assert (str(singles["statement_start_date"]), str(singles["statement_end_date"])) == ("2024-01-01", "2024-01-31")


def test_references_are_told_by_the_rows_where_their_head_cannot_be_read():
    moves = """
Trans Date @16 Rxfxrxncx @34 Description @70 Amount
01/03/2024 @16 R237B405 @34 NORTH MILL GROCERY Reno, NV @70 50.00
01/05/2024 @16 48932960286313179 @34 PEARL HOTELS Austin, TX @70 100.00
01/06/2024 @16 W153D49P @34 GIFT SHOP Denver, CO @70 20.00
"""
    _, rows, _ = read(paper(HEAD + moves)[0], "credit_card_statement")
    assert [row["reference_number"] for row in rows] == ["R237B405", "48932960286313179", "W153D49P"]
    assert [row["description"][:5] for row in rows] == ["NORTH", "PEARL", "GIFT "]


def test_the_number_of_a_check_is_told_from_its_description():
    _, rows, _ = read(paper(HEAD + MOVES)[0])
    assert rows[1]["description"] == "CHECK" and rows[1]["check_number"] == "1204"


def test_balances_brought_forward_and_totals_are_no_rows():
    moves = MOVES.replace("01/03 @12", "@12 Balance Forward @85 1,000.00\n01/03 @12", 1)
    _, rows, table = read(paper(HEAD + moves + "Total @51 500.00 @71 125.50\n@12 Ending Balance @85 1,374.50")[0])
    assert len(rows) == 3 and table.rows_expected == 3


def test_a_wrapped_description_is_one_row_and_a_repeated_head_is_none():
    first = HEAD + MOVES.replace("GROCERY STORE @72", "GROCERY STORE @72") + "@12 PORTLAND OREGON"
    second = MOVES.replace("01/0", "01/1")
    _, rows, table = read(pages(first, second)[0])
    assert len(rows) == 6 and table.rows_expected == 6
    assert rows[2]["description"] == "GROCERY STORE PORTLAND OREGON"


def test_one_column_of_amounts_is_told_apart_by_sign():
    moves = """
Date @12 Description @50 Amount @66 Balance
01/03 @12 PAYROLL ACME @49 500.00 @65 1,500.00
01/05 @12 RENT @48 -100.00 @65 1,400.00
"""
    _, rows, _ = read(paper(HEAD + moves)[0])
    assert rows[0]["deposit_amount"] == "500.00" and rows[1]["withdrawal_amount"] == "100.00"


def test_one_column_without_signs_is_told_apart_by_the_running_balance():
    moves = """
Date @12 Description @50 Amount @66 Balance
01/03 @12 PAYROLL ACME @49 500.00 @65 1,500.00
01/05 @12 RENT @48 100.00 @65 1,400.00
01/06 @12 REFUND @49 20.00 @65 1,420.00
"""
    _, rows, _ = read(paper(HEAD + moves)[0])
    assert [("withdrawal_amount" in row, "deposit_amount" in row) for row in rows[1:]] == [(True, False), (False, True)]


def test_rows_are_found_where_their_head_was_read_as_nothing():
    moves = MOVES.replace("Date @12 Description @50 Deposits @66 Withdrawals @86 Balance", "D@t8 @12 D3scrpt1on")
    _, rows, _ = read(paper(HEAD + moves)[0])
    assert [row["balance"] for row in rows] == ["1500.00", "1400.00", "1374.50"]


def test_heads_that_were_read_as_one_word_are_parted():
    moves = MOVES.replace("Date @12 Description", "DateDescription")
    _, rows, _ = read(paper(HEAD + moves)[0])
    assert len(rows) == 3 and rows[0]["deposit_amount"] == "500.00"


def test_the_day_of_posting_is_told_by_the_rows_where_the_heads_of_both_days_ran_into_each_other():
    moves = """
Date of Transactidlost Date @34 Transaction Description @86 Amount
01/12/2019 @20 01/15/2019 @34 CITY TRIP Columbus, OH @86 10.89
01/18/2019 @20 01/19/2019 @34 PHARMACY 8396 Portland, OR @86 3.66
01/20/2019 @20 01/21/2019 @34 AIR 2766152337 @86 194.02
"""
    _, rows, _ = read(paper(moves)[0], "credit_card_statement")
    assert rows[1] == {
        "date": "2019-01-18",
        "posting_date": "2019-01-19",
        "description": "PHARMACY 8396 Portland, OR",
        "amount": "3.66",
    }
    assert [row["date"] for row in rows] == ["2019-01-12", "2019-01-18", "2019-01-20"]


@pytest.mark.parametrize("heads", ["Post Date @34 TransacMiomhant Name @86 Amount", "Post Date @86 Amount"])
def test_the_descriptions_are_told_by_the_rows_where_no_head_names_them(heads):
    moves = f"""
Trans Date @20 {heads}
01/12/2019 @20 01/15/2019 @34 CITY TRIP Columbus, OH @86 10.89
01/18/2019 @20 01/19/2019 @34 PHARMACY 8396 Portland, OR @86 3.66
01/20/2019 @20 01/21/2019 @34 AIR 2766152337 @86 194.02
"""
    _, rows, _ = read(paper(moves)[0], "credit_card_statement")
    assert [row["description"] for row in rows] == [
        "CITY TRIP Columbus, OH",
        "PHARMACY 8396 Portland, OR",
        "AIR 2766152337",
    ]
    assert [row["amount"] for row in rows] == ["10.89", "3.66", "194.02"]
    assert [row["posting_date"] for row in rows] == ["2019-01-15", "2019-01-19", "2019-01-21"]


def test_an_entry_that_does_not_say_its_day_has_that_of_the_entry_above():
    _, rows, _ = read(paper(HEAD + MOVES.replace("01/09 @12 GROCERY", "@12 GROCERY"))[0])
    assert [row["date"] for row in rows] == ["2024-01-03", "2024-01-05", "2024-01-05"]


def test_a_period_that_could_be_read_two_ways_is_read_as_a_month():
    words, _ = paper("""
First Harbor Bank
Statement Period 09/01/2026 through 10/01/2026
Date @12 Description @50 Deposits @66 Withdrawals
09/04/2026 @12 PAYROLL ACME @51 500.00
""")
    singles, rows, _ = read(words)
    assert str(singles["statement_end_date"]) == "2026-10-01" and rows[0]["date"] == "2026-09-04"


@pytest.mark.parametrize("kind", ["bank_statement", "credit_card_statement"])
def test_made_up_statements_of_templates_kept_apart_are_read_whole(kind):
    for made in generate_many(Request(kind, rows=12, held_out=True), 4, 3):
        singles, rows, table = read(made.example.words, kind)
        truth = made.example.fields
        assert len(rows) == len(truth["transactions"]) == table.rows_expected
        required = ("new_balance", "payment_due_date") if "new_balance" in truth else ("ending_balance",)
        assert [str(singles[name]) for name in required] == [truth[name] for name in required]


def test_a_list_of_checks_paid_in_columns_is_a_table_of_its_own():
    words, _ = paper(
        HEAD + "Checks\nDATE @8 CHECK # @20 AMOUNT @40 DATE @48 CHECK # @60 AMOUNT\n"
        "01/05 @8 1401 @20 450.00 @40 01/06 @48 1402 @60 101.39"
    )
    tags = RulesLabeller().label([(words, "bank_statement")])[0]
    tables = {item.name: item for item in fields_of("bank_statement", words, tags) if isinstance(item, Table)}
    rows = [{name: str(cell.value) for name, cell in row.cells.items()} for row in tables["checks"].rows]
    assert [(row["number"], row["amount"]) for row in rows] == [("1401", "450.00"), ("1402", "101.39")]
    assert "transactions" not in tables or not tables["transactions"].rows_expected


def test_thousands_that_ocr_parted_stay_with_their_amount():
    _, rows, _ = read(paper(HEAD + MOVES.replace("@85 1,500.00", "@84 1, 500.00"))[0])
    assert rows[0]["balance"] == "1500.00" and rows[0]["description"] == "PAYROLL ACME"


def test_balances_follow_where_the_newest_entry_is_printed_first():
    lines = MOVES.strip().splitlines()
    words, _ = paper(HEAD + "\n".join([lines[0], *lines[:0:-1]]))
    tags = RulesLabeller().label([(words, "bank_statement")])[0]
    outcomes = {each.name: each for each in check("bank_statement", fields_of("bank_statement", words, tags), words)}
    assert outcomes["running_balance"].outcome == "pass"


ROUND = """
Date @12 Description @50 Credits @66 Debits @86 Balance
2/4/2022 @12 Life Insurance @69 445 @83 9500.45
@12 Property Management @69 300 @83 9945.45
2/3/2022 @12 Rental Deposit @54 3000 @85 9869.5
@12 Shoe Store Refund @56 33 @86 9902.5
"""


def test_rows_of_amounts_without_cents_are_read_and_counted():
    _, rows, table = read(paper(ROUND)[0])
    amounts = [row.get("deposit_amount") or row.get("withdrawal_amount") for row in rows]
    assert amounts == ["445.00", "300.00", "3000.00", "33.00"]
    assert (len(rows), table.rows_expected) == (4, 4)


def test_whole_numbers_that_no_head_calls_amounts_are_no_rows():
    others = """
@12 Reference number @50 123456
@12 of the year @31 2022 @36 and later
@12 Points earned @70 250
"""
    _, rows, table = read(paper(HEAD + MOVES + others.strip("\n"))[0])
    assert len(rows) == table.rows_expected == 3


@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="the folder of public documents is not here")
def test_a_real_statement_of_whole_amounts_is_counted_whole():
    document = DATA / "business_docs" / "bank_statement" / "textract__Textract-MergeCell-Statement.pdf"
    with opened(document.read_bytes(), document.name) as file:
        words = tuple(word for sheet in file.sheets() for word in sheet.page.words)
    _, rows, table = read(words)
    assert (len(rows), table.rows_expected) == (11, 11)
