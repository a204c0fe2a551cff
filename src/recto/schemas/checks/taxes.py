"""Rules of W-2, 1099 and 1098: rates, wage bases and relations between boxes, as the IRS's instructions give them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from recto.schemas.checks.facts import Facts, Finding, Rule, judged, untestable
from recto.schemas.checks.sums import CENT
from recto.schemas.values.ids import is_ein, is_ssn

WAGE_BASE: Final = {
    2009: 106800, 2010: 106800, 2011: 106800, 2012: 110100, 2013: 113700, 2014: 117000, 2015: 118500, 2016: 118500,
    2017: 127200, 2018: 128400, 2019: 132900, 2020: 137700, 2021: 142800, 2022: 147000, 2023: 160200, 2024: 168600,
    2025: 176100, 2026: 184500,
}  # fmt: skip
"""The most that social security tax is paid on, by year (SSA, contribution and benefit base)."""

_SOCIAL_SECURITY: Final = Decimal("0.062")
_HOLIDAY: Final = Decimal("0.042")
"""In 2011 and 2012 employees paid two points less."""

_MEDICARE: Final = Decimal("0.0145")
_ADDITIONAL: Final = Decimal("0.009")
_ADDITIONAL_FROM: Final = Decimal(200_000)
_PAYDAYS: Final = Decimal("0.27")
"""Tax is withheld and rounded each payday: 53 weekly paydays may each be half a cent off."""

_DOLLAR: Final = Decimal(1)
_FIRST_YEAR: Final = 1990
_ZERO: Final = Decimal(0)

_INCOME: Final = {
    "1099-INT": (
        "interest_income",
        "interest_on_us_savings_bonds_and_treasury_obligations",
        "tax_exempt_interest",
        "market_discount",
    ),
    "1099-DIV": (
        "total_ordinary_dividends",
        "total_capital_gain_distributions",
        "nondividend_distributions",
        "exempt_interest_dividends",
        "cash_liquidation_distributions",
        "noncash_liquidation_distributions",
    ),
    "1099-MISC": (
        "rents",
        "royalties",
        "other_income",
        "fishing_boat_proceeds",
        "medical_and_health_care_payments",
        "substitute_payments",
        "crop_insurance_proceeds",
        "gross_proceeds_paid_to_an_attorney",
        "fish_purchased_for_resale",
        "section_409a_deferrals",
        "excess_golden_parachute_payments",
        "nonqualified_deferred_compensation",
    ),
    "1099-NEC": ("nonemployee_compensation", "excess_golden_parachute_payments"),
    "1099-R": ("gross_distribution",),
}
"""What tax is withheld from, by form."""


def social_security_tax_rate(facts: Facts) -> Finding:
    """Box 4 is 6.2 % of boxes 3 and 7."""
    wages, tax = facts.amount("social_security_wages"), facts.amount("social_security_tax_withheld")
    if wages is None or tax is None:
        return untestable("social_security_wages", "social_security_tax_withheld")
    tips = facts.amount("social_security_tips") or _ZERO
    rate = _HOLIDAY if _year(facts) in (2011, 2012) else _SOCIAL_SECURITY
    due = ((wages + tips) * rate).quantize(CENT)
    holds = abs(due - tax) <= _PAYDAYS
    inputs = ["social_security_wages", "social_security_tips", "social_security_tax_withheld"]
    detail = f"{rate * 100:.1f} % of {wages + tips} = {due}" + ("" if holds else f", not {tax}")
    return judged(holds, _read(facts, inputs), detail)


def medicare_tax_rate(facts: Facts) -> Finding:
    """Box 6 is 1.45 % of box 5, and 0.9 % more of what is above 200,000."""
    wages, tax = facts.amount("medicare_wages_and_tips"), facts.amount("medicare_tax_withheld")
    if wages is None or tax is None:
        return untestable("medicare_wages_and_tips", "medicare_tax_withheld")
    due = (wages * _MEDICARE + max(_ZERO, wages - _ADDITIONAL_FROM) * _ADDITIONAL).quantize(CENT)
    holds = abs(due - tax) <= _PAYDAYS
    detail = f"1.45 % of {wages} = {due}" + ("" if holds else f", not {tax}")
    return judged(holds, ["medicare_wages_and_tips", "medicare_tax_withheld"], detail)


def social_security_wage_base(facts: Facts) -> Finding:
    """Boxes 3 and 7 together are not above the year's wage base."""
    wages, base = facts.amount("social_security_wages"), WAGE_BASE.get(_year(facts) or 0)
    if wages is None or base is None:
        return untestable("social_security_wages", "a tax year whose wage base is known")
    subject = wages + (facts.amount("social_security_tips") or _ZERO)
    holds = subject <= base
    inputs = _read(facts, ["social_security_wages", "social_security_tips", "tax_year"])
    return judged(holds, inputs, f"{subject} is {'not ' if holds else ''}above {base}")


def medicare_not_below_social_security(facts: Facts) -> Finding:
    """There is no base for Medicare, so box 5 is at least boxes 3 and 7."""
    medicare, wages = facts.amount("medicare_wages_and_tips"), facts.amount("social_security_wages")
    if medicare is None or wages is None:
        return untestable("medicare_wages_and_tips", "social_security_wages")
    subject = wages + (facts.amount("social_security_tips") or _ZERO)
    holds = medicare >= subject - CENT
    inputs = _read(facts, ["medicare_wages_and_tips", "social_security_wages", "social_security_tips"])
    return judged(holds, inputs, "" if holds else f"{medicare} is below {subject}")


def withheld_not_above_wages(facts: Facts) -> Finding:
    return _not_above(facts, "federal_income_tax_withheld", "wages_tips_and_other_compensation")


def state_tax_not_above_wages(facts: Facts) -> Finding:
    return _rows_not_above(facts, "state_tax_infos", "state_income_tax", "state_wages_tips_etc")


def withheld_not_above_income(facts: Facts) -> Finding:
    """Federal tax withheld is not above all the income on the form."""
    tax = facts.amount("federal_income_tax_withheld")
    names = [name for name in _INCOME.get(facts.kind, ()) if facts.amount(name) is not None]
    if tax is None or not names:
        return untestable("federal_income_tax_withheld", "an income")
    income = sum((facts.amount(name) or _ZERO for name in names), _ZERO)
    detail = "" if tax <= income else f"{tax} is above {income}"
    return judged(tax <= income, ["federal_income_tax_withheld", *names], detail)


def state_tax_not_above_income(facts: Facts) -> Finding:
    names = [name for name in _INCOME.get(facts.kind, ()) if facts.amount(name) is not None]
    taxes = facts.column("state_taxes_withheld", "state_tax_withheld")
    if not names or not taxes:
        return untestable("state_taxes_withheld", "an income")
    income, tax = sum((facts.amount(name) or _ZERO for name in names), _ZERO), sum(taxes)
    return judged(tax <= income, ["state_taxes_withheld", *names], "" if tax <= income else f"{tax} is above {income}")


def bond_interest_not_above_exempt(facts: Facts) -> Finding:
    """Box 9 is part of box 8."""
    return _not_above(facts, "specified_private_activity_bond_interest", "tax_exempt_interest")


def qualified_not_above_ordinary(facts: Facts) -> Finding:
    """Box 1b is part of box 1a."""
    return _not_above(facts, "qualified_dividends", "total_ordinary_dividends")


def gain_parts_not_above_total(facts: Facts) -> Finding:
    """Boxes 2b, 2c, 2d and 2f are parts of box 2a, each by itself."""
    total = facts.amount("total_capital_gain_distributions")
    names = ("unrecaptured_section_1250_gain", "section_1202_gain", "collectibles_gain", "section_897_capital_gain")
    known = [name for name in names if facts.amount(name) is not None]
    if total is None or not known:
        return untestable("total_capital_gain_distributions", "a part of it")
    wrong = [name for name in known if (facts.amount(name) or _ZERO) > total]
    detail = "; ".join(f"{name} {facts.amount(name)} is above {total}" for name in wrong)
    return judged(not wrong, ["total_capital_gain_distributions", *(wrong or known)], detail)


def taxable_not_above_gross(facts: Facts) -> Finding:
    """Box 2a is part of box 1."""
    return _not_above(facts, "taxable_amount", "gross_distribution")


def capital_gain_not_above_taxable(facts: Facts) -> Finding:
    """Box 3 is included in box 2a."""
    return _not_above(facts, "capital_gain", "taxable_amount")


def interest_not_above_principal(facts: Facts) -> Finding:
    """A year's interest is less than the principal."""
    return _not_above(facts, "mortgage_interest", "outstanding_mortgage_principal")


def origination_before_year_end(facts: Facts) -> Finding:
    year, begun = _year(facts), facts.day("mortgage_origination_date")
    if year is None or begun is None:
        return untestable("tax_year", "mortgage_origination_date")
    holds = begun <= date(year, 12, 31)
    return judged(holds, ["mortgage_origination_date", "tax_year"], "" if holds else f"{begun} is after {year}")


def ssn_is_possible(facts: Facts) -> Finding:
    number = facts.text("employee.social_security_number")
    if number is None or "*" in number:
        return untestable("a whole social security number")
    return judged(is_ssn(number), ["employee.social_security_number"], "" if is_ssn(number) else "never given out")


def ein_is_possible(facts: Facts) -> Finding:
    number = facts.text("employer.id_number")
    if number is None or "*" in number:
        return untestable("a whole employer identification number")
    return judged(is_ein(number), ["employer.id_number"], "" if is_ein(number) else "its prefix is never given out")


def tin_is_possible(facts: Facts) -> Finding:
    """Payer's and recipient's numbers are SSNs or EINs that can have been given out."""
    known = [(n, t) for n in ("payer.tin", "recipient.tin") if (t := facts.text(n)) and "*" not in t]
    if not known:
        return untestable("a whole TIN")
    wrong = [name for name, tin in known if not (is_ssn(tin) or is_ein(tin))]
    return judged(not wrong, wrong or [name for name, _ in known], "never given out" if wrong else "")


def tax_year_is_plausible(facts: Facts) -> Finding:
    year = _year(facts)
    if year is None:
        return untestable("tax_year")
    holds = _FIRST_YEAR <= year <= date.today().year + 1
    return judged(holds, ["tax_year"], "" if holds else f"{year} is not a year of these forms")


def _year(facts: Facts) -> int | None:
    text = facts.text("tax_year")
    return int(text) if text and text.isdigit() else None


def _read(facts: Facts, names: Iterable[str]) -> list[str]:
    return [name for name in names if facts.value(name) is not None]


def _not_above(facts: Facts, part: str, whole: str) -> Finding:
    """A part that is not above its whole, a dollar allowed, because whole dollars may be reported."""
    small, large = facts.amount(part), facts.amount(whole)
    if small is None or large is None:
        return untestable(part, whole)
    holds = small <= large + _DOLLAR
    return judged(holds, [part, whole], "" if holds else f"{small} is above {large}")


def _rows_not_above(facts: Facts, table: str, part: str, whole: str) -> Finding:
    pairs = [(row, row.amount(part), row.amount(whole)) for row in facts.rows(table)]
    known = [(row, small, large) for row, small, large in pairs if small is not None and large is not None]
    if not known:
        return untestable(f"{table} with {part} and {whole}")
    wrong = [(row, f"{row.name}: {small} is above {large}") for row, small, large in known if small > large]
    return judged(not wrong, [row.name for row, _ in wrong] or [table], "; ".join(text for _, text in wrong))


RULES: Final[tuple[Rule, ...]] = (
    social_security_tax_rate,
    medicare_tax_rate,
    social_security_wage_base,
    medicare_not_below_social_security,
    withheld_not_above_wages,
    state_tax_not_above_wages,
    withheld_not_above_income,
    state_tax_not_above_income,
    bond_interest_not_above_exempt,
    qualified_not_above_ordinary,
    gain_parts_not_above_total,
    taxable_not_above_gross,
    capital_gain_not_above_taxable,
    interest_not_above_principal,
    origination_before_year_end,
    ssn_is_possible,
    ein_is_possible,
    tin_is_possible,
    tax_year_is_plausible,
)
