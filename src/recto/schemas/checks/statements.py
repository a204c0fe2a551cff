"""Rules of bank and card statements: balances, movements, dates."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Final

from recto.schemas.checks.facts import Facts, Finding, RowFacts, Rule, judged, untestable
from recto.schemas.checks.sums import CENT, Term, column, minus, one_reaches, plus, subsets
from recto.schemas.values.ids import is_card

_WHOLE_DOLLAR = Decimal(1)
"""Available credit is printed in whole dollars by many issuers."""

EXACT = Decimal(0)
"""A bank's books are exact to the cent: no sum of a statement is rounded."""


def balances_add_up(facts: Facts) -> Finding:
    """Opening balance, what came in, less what went out, is the closing balance; checks and fees may stand apart."""
    start, end = facts.amount("beginning_balance"), facts.amount("ending_balance")
    if start is None or end is None:
        return untestable("beginning_balance", "ending_balance")
    moved = [*plus(facts, "total_deposits"), *minus(facts, "total_withdrawals")]
    if not moved:
        return untestable("total_deposits or total_withdrawals")
    apart = minus(facts, "total_checks", "total_service_fees")
    ways = [[Term("beginning_balance", start), *moved, *some] for some in subsets(apart)[::-1]]
    return one_reaches(ways, Term("ending_balance", end), EXACT)


def movements_add_up(facts: Facts) -> Finding:
    """Opening balance and all transactions reach the closing balance."""
    start, end = facts.amount("beginning_balance"), facts.amount("ending_balance")
    moved = _movements(facts)
    if start is None or end is None or not moved:
        return untestable("beginning_balance", "transactions", "ending_balance")
    apart = column(facts, "checks", "amount", -1)
    ways = [[Term("beginning_balance", start), *moved], [Term("beginning_balance", start), *moved, *apart]]
    return one_reaches(ways, Term("ending_balance", end), EXACT)


def _movements(facts: Facts) -> list[Term]:
    came = column(facts, "transactions", "deposit_amount")
    went = column(facts, "transactions", "withdrawal_amount", -1)
    return [*came, *went]


def running_balance(facts: Facts) -> Finding:
    """Each printed balance is the one before it and what moved since; some banks print the newest first."""
    balance, tested, wrong = facts.amount("beginning_balance"), 0, []
    for row in _oldest_first(facts.rows("transactions")):
        balance = None if balance is None else balance + _moved(row)
        printed = row.amount("balance")
        if printed is None:
            continue
        if balance is not None:
            tested += 1
            if printed != balance:
                wrong.append((row.name, f"{row.name}: {balance} expected, {printed} printed"))
        balance = printed
    if not tested:
        return untestable("balances beside the transactions")
    if wrong:
        return judged(False, [name for name, _ in wrong], "; ".join(text for _, text in wrong[:5]))
    return judged(True, ["beginning_balance", "transactions"], f"{tested} balances follow")


def _oldest_first(rows: Sequence[RowFacts]) -> Sequence[RowFacts]:
    """Rows in the order of their days: turned round where no day is later than the one above and some are earlier."""
    days = [day for row in rows if (day := row.day("date"))]
    falling = all(later >= day for later, day in pairwise(days)) and len(set(days)) > 1
    return rows[::-1] if falling else rows


def _moved(row: RowFacts) -> Decimal:
    return (row.amount("deposit_amount") or EXACT) - abs(row.amount("withdrawal_amount") or EXACT)


def deposits_add_up(facts: Facts) -> Finding:
    return _column_total(facts, "deposit_amount", "total_deposits")


def withdrawals_add_up(facts: Facts) -> Finding:
    """Withdrawals are their printed total; checks and fees may be counted apart from it."""
    return _column_total(facts, "withdrawal_amount", "total_withdrawals", "total_checks", "total_service_fees")


def _column_total(facts: Facts, name: str, total: str, *apart: str) -> Finding:
    printed, lines = facts.amount(total), facts.column("transactions", name)
    if printed is None or not lines:
        return untestable("transactions", total)
    found = [Term("transactions", sum(map(abs, lines), EXACT))]
    ways = [[*found, *some] for some in subsets(minus(facts, *apart))[::-1]]
    return one_reaches(ways, Term(total, abs(printed)), EXACT)


def dates_in_period(facts: Facts) -> Finding:
    """Every transaction lies in the statement's period, or in the week before it, when cards were used."""
    start, end = facts.day("statement_start_date"), facts.day("statement_end_date")
    days = [(row, day) for row in facts.rows("transactions") if (day := row.day("date"))]
    if start is None or end is None or not days:
        return untestable("statement_start_date", "statement_end_date", "transactions")
    wrong = [(row, day) for row, day in days if (start - day).days > 7 or day > end]
    detail = "; ".join(f"{row.name}: {day} is not in {start} to {end}" for row, day in wrong[:5])
    return judged(not wrong, [row.name for row, _ in wrong] or ["transactions"], detail)


def period_in_order(facts: Facts) -> Finding:
    start, end = facts.day("statement_start_date"), facts.day("statement_end_date")
    if start is None or end is None:
        return untestable("statement_start_date", "statement_end_date")
    return judged(
        start <= end, ["statement_start_date", "statement_end_date"], "" if start <= end else f"{start} > {end}"
    )


def card_balance_adds_up(facts: Facts) -> Finding:
    """Previous balance, less payments, and everything charged, is the new balance."""
    before, after = facts.amount("previous_balance"), facts.amount("new_balance")
    if before is None or after is None:
        return untestable("previous_balance", "new_balance")
    charged = plus(facts, "purchases", "cash_advances", "balance_transfers", "fees_charged", "interest_charged")
    paid = minus(facts, "payments_and_credits")
    if not charged and not paid:
        return untestable("what was charged or paid")
    return one_reaches([[Term("previous_balance", before), *paid, *charged]], Term("new_balance", after), EXACT)


def card_transactions_add_up(facts: Facts) -> Finding:
    """All transactions are the movement of the balance; or charges are the purchases and credits the payments."""
    lines = facts.column("transactions", "amount")
    if not lines:
        return untestable("transactions")
    before, after = facts.amount("previous_balance"), facts.amount("new_balance")
    finding = untestable("purchases, or previous_balance and new_balance")
    if before is not None and after is not None:
        whole = Term("transactions", sum(lines, EXACT))
        apart = subsets(plus(facts, "fees_charged", "interest_charged"))[::-1]
        ways = [[Term("previous_balance", before), whole, *some] for some in apart]
        finding = one_reaches(ways, Term("new_balance", after), EXACT)
    second = _charges_and_credits(facts, lines)
    return second if second.outcome == "pass" or finding.outcome == "not_testable" else finding


def _charges_and_credits(facts: Facts, lines: Sequence[Decimal]) -> Finding:
    """Lists that leave out payments, or what was charged by the bank itself."""
    purchases, paid = facts.amount("purchases"), facts.amount("payments_and_credits")
    if purchases is None:
        return untestable("purchases")
    charged = Term("transactions", sum((line for line in lines if line > 0), EXACT))
    credited = sum((line for line in lines if line < 0), EXACT)
    listed = minus(facts, "fees_charged", "interest_charged", "cash_advances", "balance_transfers")
    finding = one_reaches([[charged, *some] for some in subsets(listed)[::-1]], Term("purchases", purchases), EXACT)
    if finding.outcome != "pass" or not credited or (paid is not None and abs(credited) == abs(paid)):
        return finding
    told = f"{abs(credited)} of credits (transactions) is not {paid} (payments_and_credits)"
    return judged(False, ["transactions", "payments_and_credits"], told) if paid is not None else finding


def available_credit_follows(facts: Facts) -> Finding:
    limit, balance, available = (facts.amount(name) for name in ("credit_limit", "new_balance", "available_credit"))
    if limit is None or balance is None or available is None:
        return untestable("credit_limit", "new_balance", "available_credit")
    terms = [Term("credit_limit", limit), Term("new_balance", balance, -1)]
    return one_reaches([terms], Term("available_credit", available), _WHOLE_DOLLAR)


def minimum_not_above_balance(facts: Facts) -> Finding:
    least, balance = facts.amount("minimum_payment_due"), facts.amount("new_balance")
    if least is None or balance is None:
        return untestable("minimum_payment_due", "new_balance")
    due = balance + (facts.amount("past_due_amount") or EXACT)
    holds = least <= max(due, EXACT) + CENT
    return judged(holds, ["minimum_payment_due", "new_balance"], "" if holds else f"{least} is more than {due}")


def due_after_statement(facts: Facts) -> Finding:
    end, due = facts.day("statement_end_date"), facts.day("payment_due_date")
    if end is None or due is None:
        return untestable("statement_end_date", "payment_due_date")
    return judged(
        end <= due, ["statement_end_date", "payment_due_date"], "" if end <= due else f"{due} is before {end}"
    )


def card_luhn(facts: Facts) -> Finding:
    number = facts.text("account_number")
    if number is None or not number.isdigit() or not 13 <= len(number) <= 19:
        return untestable("a whole card number")
    return judged(is_card(number), ["account_number"], "" if is_card(number) else "the Luhn checksum does not hold")


RULES: Final[tuple[Rule, ...]] = (
    balances_add_up,
    movements_add_up,
    running_balance,
    deposits_add_up,
    withdrawals_add_up,
    dates_in_period,
    period_in_order,
    card_balance_adds_up,
    card_transactions_add_up,
    available_credit_follows,
    minimum_not_above_balance,
    due_after_statement,
    card_luhn,
)
