"""Rules of invoices: lines, tax by rate, totals, what is due, and when."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from recto.schemas.checks.facts import Facts, Finding, RowFacts, Rule, judged, untestable
from recto.schemas.checks.sums import (
    CENT,
    NONE,
    ROUNDING,
    Term,
    column,
    line_tolerance,
    minus,
    one_reaches,
    plus,
    subsets,
)
from recto.schemas.values.ids import is_iban

_HUNDRED = Decimal(100)
_DAYS = re.compile(
    r"(?:net|netto|in|innerhalb|within|binnen|entro|dans|a)?\s*(?:von\s+)?(\d{1,3})\s*"
    r"(?:days?|tagen?|tage|jours?|días|dias|dagen|giorni|gg|d\b)|\bnet\s*(\d{1,3})\b",
    re.I,
)
_AT_ONCE = re.compile(r"(due on receipt|upon receipt|immediate|sofort|comptant|à réception|contado|direct)", re.I)
_FROM_LATER = re.compile(r"(month|monat|mois|mes\b|maand|mese|eom|fine|ultimo)", re.I)


def line_totals(facts: Facts) -> Finding:
    """Quantity times unit price is the line's amount, net or with the line's tax."""
    full = [row for row in facts.rows("items") if None not in _line(row)]
    if not full:
        return untestable("a row with quantity, unit_price and amount")
    rates = facts.column("tax_details", "rate")
    wrong = [row for row in full if not _line_holds(row, rates)]
    if not wrong:
        return judged(True, ["items"], f"{len(full)} rows multiply")
    told = []
    for row in wrong[:5]:
        quantity, price, amount = (value or Decimal(0) for value in _line(row))
        told.append(f"{row.name}: {quantity} x {price} = {(quantity * price).quantize(CENT)}, not {amount}")
    return judged(False, [row.name for row in wrong], "; ".join(told))


def _line(row: RowFacts) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return row.amount("quantity"), row.amount("unit_price"), row.amount("amount")


def _line_holds(row: RowFacts, rates: Sequence[Decimal]) -> bool:
    """A line with tax in it bears its own rate, or one of those that the invoice lists."""
    quantity, price, amount = (value or NONE for value in _line(row))
    net, own = quantity * price, row.amount("tax_rate")
    results = [net, *(net * (1 + rate / _HUNDRED) for rate in (rates if own is None else [own]))]
    return any(abs(result - amount) <= line_tolerance(quantity) for result in results)


def items_add_up(facts: Facts) -> Finding:
    """Lines are the net total, before or after discount and freight; lines with tax are the invoice's total."""
    lines = column(facts, "items", "amount")
    if not lines:
        return untestable("items with amounts")
    extra = [*minus(facts, "total_discount"), *plus(facts, "shipping_charge", "rounding")]
    ways = [[*lines, *some] for some in subsets(extra)[::-1]]
    net, gross = facts.amount("sub_total"), facts.amount("invoice_total")
    if net is None and gross is None:
        return untestable("sub_total or invoice_total")
    tolerance = max(ROUNDING, CENT * len(facts.rows("items")) / 2)
    finding = one_reaches(ways, Term("sub_total", net), tolerance) if net is not None else untestable()
    if finding.outcome != "pass" and gross is not None:
        taxed = [[*way, *tax] for way in ways for tax in ([], plus(facts, "total_tax"))]
        second = one_reaches(taxed, Term("invoice_total", gross), tolerance)
        finding = second if second.outcome == "pass" or net is None else finding
    return finding


def tax_by_rate(facts: Facts) -> Finding:
    """Each rate times its base is its tax. A cent a line is allowed, because some systems round line by line."""
    tolerance = CENT * max(1, len(facts.rows("items")))
    rows = facts.rows("tax_details")
    parts = [(row, row.amount("net_amount"), row.amount("rate"), row.amount("amount")) for row in rows]
    full = [
        (row, net, rate, tax)
        for row, net, rate, tax in parts
        if net is not None and rate is not None and tax is not None
    ]
    if not full:
        return _one_rate(facts, tolerance)
    wrong = [
        (row, f"{row.name}: {rate} % of {net} is not {tax}")
        for row, net, rate, tax in full
        if abs(net * rate / _HUNDRED - tax) > tolerance
    ]
    inputs = [row.name for row, _ in wrong] or ["tax_details"]
    return judged(not wrong, inputs, "; ".join(text for _, text in wrong) or f"{len(full)} rates")


def _one_rate(facts: Facts, tolerance: Decimal) -> Finding:
    """Without a table of rates: where all lines bear one rate, it gives the whole tax."""
    rates = {row.amount("tax_rate") for row in facts.rows("items")}
    net, tax = facts.amount("sub_total"), facts.amount("total_tax")
    if len(rates) != 1 or None in rates or net is None or tax is None:
        return untestable("tax_details, or one rate on all lines")
    rate = rates.pop() or Decimal(0)
    off, freight = facts.amount("total_discount") or NONE, facts.amount("shipping_charge") or NONE
    bases = [net, net - abs(off), net + freight]
    holds = any(abs(base * rate / _HUNDRED - tax) <= tolerance for base in bases)
    detail = f"{rate} % of {net} is {(net * rate / _HUNDRED).quantize(CENT)}" + ("" if holds else f", not {tax}")
    return judged(holds, ["items", "sub_total", "total_tax"], detail)


def subtotal_to_total(facts: Facts) -> Finding:
    """Net and tax are the total; discount, freight and rounding may be in the net already."""
    net, total = facts.amount("sub_total"), facts.amount("invoice_total")
    if net is None or total is None:
        return untestable("sub_total", "invoice_total")
    fixed = [Term("sub_total", net), *plus(facts, "total_tax")]
    extra = [*minus(facts, "total_discount"), *plus(facts, "shipping_charge", "rounding")]
    return one_reaches([[*fixed, *some] for some in subsets(extra)], Term("invoice_total", total))


def amount_due_follows(facts: Facts) -> Finding:
    due, total = facts.amount("amount_due"), facts.amount("invoice_total")
    if due is None or total is None:
        return untestable("amount_due", "invoice_total")
    extra = plus(facts, "previous_unpaid_balance")
    fixed = [Term("invoice_total", total), *minus(facts, "amount_paid"), *extra]
    ways = [fixed, [*fixed, *plus(facts, "rounding")]]
    paid = facts.amount("amount_paid")
    if paid is not None and paid < 0:
        # A minus may only say that it is taken off, or that it was paid back.
        ways.append([Term("invoice_total", total), Term("amount_paid", paid, -1), *extra])
    return one_reaches(ways, Term("amount_due", due))


def dates_in_order(facts: Facts) -> Finding:
    pairs = [("invoice_date", "due_date"), ("service_start_date", "service_end_date")]
    known = [(a, b) for a, b in pairs if facts.day(a) and facts.day(b)]
    if not known:
        return untestable("invoice_date", "due_date")
    wrong = [(a, b) for a, b in known if str(facts.day(a)) > str(facts.day(b))]
    detail = "; ".join(f"{a} {facts.day(a)} is after {b} {facts.day(b)}" for a, b in wrong)
    return judged(not wrong, [name for pair in wrong or known for name in pair], detail)


def due_date_by_terms(facts: Facts) -> Finding:
    """`30 days` after the invoice's date, a day more or less, because some count the first day."""
    day, due, terms = facts.day("invoice_date"), facts.day("due_date"), facts.text("payment_term")
    if day is None or due is None or not terms:
        return untestable("invoice_date", "due_date", "payment_term")
    if _FROM_LATER.search(terms):
        return untestable("terms that count from the invoice's date")
    counts = [int(found.group(1) or found.group(2)) for found in _DAYS.finditer(terms)]
    if _AT_ONCE.search(terms):
        counts.append(0)
    if not counts:
        return untestable("terms that name days")
    # Terms with an early-payment discount name two times (`2/10 net 30`); one of them is the due date.
    holds = any(abs(day + timedelta(count) - due) <= timedelta(1) for count in counts)
    days = " or ".join(str(count) for count in counts)
    detail = f"{day} and {days} days " + ("reach" if holds else "do not reach") + f" {due}"
    return judged(holds, ["invoice_date", "due_date", "payment_term"], detail)


def iban_checksum(facts: Facts) -> Finding:
    rows = [(row, value) for row in facts.rows("payment_details") if isinstance(value := row.value("iban"), str)]
    if not rows:
        return untestable("an IBAN")
    wrong = [row.name for row, value in rows if not is_iban(value)]
    return judged(not wrong, wrong or ["payment_details"], "the checksum does not hold" if wrong else "")


RULES: Final[tuple[Rule, ...]] = (
    line_totals,
    items_add_up,
    tax_by_rate,
    subtotal_to_total,
    amount_due_follows,
    dates_in_order,
    due_date_by_terms,
    iban_checksum,
)
