"""Arithmetic that several kinds share: sums that may be made up in more than one honest way, and rows that multiply."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from recto.schemas.checks.facts import Facts, Finding, judged, untestable

CENT = Decimal("0.01")
ROUNDING = Decimal("0.02")
"""Tolerance of a sum: each printed amount is rounded to a cent, and a total is rounded once more."""

NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Term:
    """One summand with its sign, its amount and the input that it came from."""

    name: str
    amount: Decimal
    sign: int = 1

    def __str__(self) -> str:
        return f"{'-' if self.sign < 0 else '+'} {self.amount} ({self.name})"


Sum = Sequence[Term]


def plus(facts: Facts, *names: str) -> list[Term]:
    """The fields that were read, to be added; an absent one adds nothing."""
    return [Term(name, amount) for name in names if (amount := facts.amount(name)) is not None]


def minus(facts: Facts, *names: str) -> list[Term]:
    """The fields to be taken off, whether they were printed with a minus or without."""
    return [Term(name, abs(amount), -1) for name in names if (amount := facts.amount(name)) is not None]


def column(facts: Facts, table: str, name: str, sign: int = 1) -> list[Term]:
    """A table's column as one summand; of one that is taken off the signs do not matter."""
    amounts = facts.column(table, name)
    if not amounts:
        return []
    return [Term(table, sum(map(abs, amounts) if sign < 0 else amounts, NONE), sign)]


def value_of(terms: Sum) -> Decimal:
    return sum((term.sign * term.amount for term in terms), NONE)


def told(terms: Sum) -> str:
    """`10.00 (subtotal) + 0.60 (total_tax)`."""
    return " ".join(map(str, terms)).removeprefix("+ ")


def one_reaches(sums: Iterable[Sum], target: Term, tolerance: Decimal = ROUNDING) -> Finding:
    """Passes when one of the honest ways to add up gives the target; the detail shows that way, else the first."""
    ways = [way for way in sums if way]
    if not ways:
        return untestable("something to add up")
    best = min(ways, key=lambda way: abs(value_of(way) - target.amount))
    holds = abs(value_of(best) - target.amount) <= tolerance
    shown = best if holds else ways[0]
    relation = "=" if holds else "is not"
    detail = f"{told(shown)} = {value_of(shown)}"
    detail += f" = {target.name}" if holds else f", {relation} {target.amount} ({target.name})"
    return judged(holds, [*(term.name for term in shown), target.name], detail)


def subsets(terms: Sequence[Term]) -> list[list[Term]]:
    """Every selection of the terms, the fullest first: what a form may or may not have included already."""
    ways: list[list[Term]] = [[]]
    for term in terms:
        ways += [[*way, term] for way in ways]
    return sorted(ways, key=len, reverse=True)


def products(facts: Facts, table: str, factors: tuple[str, str], result: str) -> Finding:
    """Quantity times unit price is the line's total, on every row that has all three."""
    rows = [(row, row.amount(factors[0]), row.amount(factors[1]), row.amount(result)) for row in facts.rows(table)]
    full = [(row, q, p, t) for row, q, p, t in rows if q is not None and p is not None and t is not None]
    if not full:
        return untestable(f"a row with {factors[0]}, {factors[1]} and {result}")
    wrong = [
        (row, f"{row.name}: {q} x {p} = {(q * p).quantize(CENT)}, not {t}")
        for row, q, p, t in full
        if abs(q * p - t) > line_tolerance(q)
    ]
    if wrong:
        return judged(False, [row.name for row, _ in wrong], "; ".join(text for _, text in wrong[:5]))
    return judged(True, [table], f"{len(full)} rows multiply")


def line_tolerance(quantity: Decimal) -> Decimal:
    """The unit price was rounded to a cent, so each piece may be half a cent off, and the result once more."""
    return max(CENT, (abs(quantity) + 1) * CENT / 2)
