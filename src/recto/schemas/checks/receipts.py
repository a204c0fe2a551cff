"""Rules of receipts. Tax may be inside the prices or on top, so a sum has several honest ways; one must hold.

Taxes, charges and discounts stand there under any name, so where a sum fails a part of it was mostly not read: that
speaks against the parts that were, and hardly against the total (decision 181).
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from recto.schemas.checks.facts import Facts, Finding, Rule, judged, untestable
from recto.schemas.checks.sums import NONE, Term, column, minus, one_reaches, plus, products, subsets

_FIRST_YEAR = 1990


def line_totals(facts: Facts) -> Finding:
    return products(facts, "items", ("quantity", "price"), "total_price")


def items_add_up(facts: Facts) -> Finding:
    """Lines, less discounts, are the subtotal; where there is none, the total with or without its tax and charges."""
    lines = column(facts, "items", "total_price")
    if not lines:
        return untestable("items with amounts")
    off = column(facts, "discounts", "amount", -1)
    ways = [[*lines, *off], lines]
    subtotal, total = facts.amount("subtotal"), facts.amount("total")
    if subtotal is None and total is None:
        return untestable("subtotal or total")
    finding = untestable()
    if subtotal is not None:
        finding = one_reaches(ways, Term("subtotal", subtotal))
    if finding.outcome != "pass" and total is not None:
        # Beside a subtotal, lines that bear their tax already are the total but for its rounding.
        extra = plus(
            facts, *(("rounding",) if subtotal is not None else ("total_tax", "tip", "service_charge", "rounding"))
        )
        second = one_reaches([[*way, *some] for some in subsets(extra)[::-1] for way in ways], Term("total", total))
        finding = second if second.outcome == "pass" or subtotal is None else finding
    return finding if finding.outcome == "pass" else _of_parts(_excused(facts, finding))


def _of_parts(finding: Finding) -> Finding:
    """The finding with its doubt on the parts of the sum alone."""
    return replace(finding, doubts=tuple(name for name in finding.inputs if name != "total"))


def _excused(facts: Facts, finding: Finding) -> Finding:
    """A row without an amount may be what is missing."""
    bare = [row.name for row in facts.rows("items") if row.amount("total_price") is None]
    if not bare:
        return finding
    return Finding("not_testable", tuple(bare), f"{', '.join(bare[:3])} without an amount")


def subtotal_to_total(facts: Facts) -> Finding:
    """Subtotal and tax and charges, less discounts, rounded, are the total; each may already be in the subtotal."""
    subtotal, total = facts.amount("subtotal"), facts.amount("total")
    if subtotal is None or total is None:
        return untestable("subtotal", "total")
    extra = [
        *plus(facts, "total_tax", "tip", "service_charge", "rounding"),
        *column(facts, "discounts", "amount", -1),
    ]
    return _of_parts(
        one_reaches([[Term("subtotal", subtotal), *some] for some in subsets(extra)], Term("total", total))
    )


def tax_details_add_up(facts: Facts) -> Finding:
    parts, tax = column(facts, "tax_details", "amount"), facts.amount("total_tax")
    if not parts or tax is None:
        return untestable("tax_details", "total_tax")
    return one_reaches([parts], Term("total_tax", tax))


def cash_and_change(facts: Facts) -> Finding:
    """What was paid, less the total, is the change."""
    change, total = facts.amount("change"), facts.amount("total")
    paid = [Term("payments", sum(map(abs, facts.column("payments", "amount")), NONE))]
    if change is None or total is None or not facts.column("payments", "amount"):
        return untestable("payments", "total", "change")
    extra = plus(facts, "cash_back")
    due = minus(facts, "total")
    ways = [[*paid, *due], [*paid, *due, *minus(facts, "tip")], [*paid, *due, *plus(facts, "rounding")]]
    ways += [[*paid, *due, *(Term(term.name, term.amount, -1) for term in extra)]]
    return one_reaches(ways, Term("change", abs(change)))


def total_is_not_negative(facts: Facts) -> Finding:
    total = facts.amount("total")
    if total is None:
        return untestable("total")
    holds = total >= 0 or facts.amount("refund") is not None
    return judged(holds, ["total"], f"{total} without a refund" if not holds else "")


def date_is_plausible(facts: Facts) -> Finding:
    """The document's own date is after 1990 and not after tomorrow (clocks run in other time zones)."""
    for name in ("transaction_date", "invoice_date", "check_date"):
        day = facts.day(name)
        if day is not None:
            last = date.today() + timedelta(1)
            holds = date(_FIRST_YEAR, 1, 1) <= day <= last
            return judged(holds, [name], "" if holds else f"{day} is not between {_FIRST_YEAR} and today")
    return untestable("a date")


RULES: Final[tuple[Rule, ...]] = (
    line_totals,
    items_add_up,
    subtotal_to_total,
    tax_details_add_up,
    cash_and_change,
    total_is_not_negative,
    date_is_plausible,
)
