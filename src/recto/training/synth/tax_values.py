"""What stands in the boxes of a tax form: amounts that agree with each other, people, numbers, states."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from recto.schemas.printed import PrintedBox as Box
from recto.schemas.printed import printed_forms
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import any_day, cents
from recto.training.synth.lexicon import filled
from recto.training.synth.parties import Party, company, ein, person, routing, ssn

Value = Decimal | str | bool | date
STATES = ("CA", "NY", "TX", "FL", "PA", "OH", "IL", "MN", "WA", "NC", "GA", "MA", "NJ", "VA", "CO", "AZ", "MI", "OR")
_OCCUPATIONS = ("101", "102", "103", "201", "203", "301", "402", "501", "603", "711", "803")
"""Of the codes for tipped occupations; what each means is nothing to us."""
_SOCIAL_SECURITY_CAP = {
    2015: 118500,
    2016: 118500,
    2017: 127200,
    2018: 128400,
    2019: 132900,
    2020: 137700,
    2021: 142800,
    2022: 147000,
    2023: 160200,
    2024: 168600,
    2025: 176100,
    2026: 184500,
    2027: 184500,
}


@dataclass(slots=True)
class Filing:
    """The content of one form: single values and table rows by label, and who the two parties are."""

    year: int
    issuer: Party
    holder: Party
    values: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)
    altered: tuple[str, ...] = ()

    def texts(self, label: str) -> list[Value]:
        """All values that a label has, from the single fields or from the rows of its table."""
        if label in self.values:
            return [self.values[label]]
        table, _, column = label.partition(".")
        return [row[column] for row in self.rows.get(table, []) if column in row]


def is_revised(kind: str, look: Look) -> bool:
    """Whether the template is the form's revision of 2026, where there is one."""
    return "revised" in printed_forms().get(kind, {}) and look.maybe("revised", 0.25)


def filing(kind: str, boxes: tuple[Box, ...], look: Look, chance: Chance, wrong: str | None) -> Filing:
    """Values for the boxes of a form."""
    issuer = company(chance, bank=kind in ("1099-INT", "1099-DIV", "1098", "1099-R", "1098-E", "1099-B"))
    years = (2026, 2027) if is_revised(kind, look) else (2015, 2026)
    filed = Filing(chance.randint(*years), issuer, person(chance))
    for box in boxes:
        value = _value(box.holds, chance, filed)
        label = box.label.rstrip("+") or f"{box.number} {box.caption}"
        if value is not None and (box.holds in ("ein", "ssn") or chance.maybe(0.85)):
            filed.values[label] = value
    _amounts(boxes, filed, look, chance)
    if kind == "W2":
        _wages(filed, chance)
    elif kind != "other":
        _relations(kind, filed, chance)
    _states(kind, filed, look, chance)
    if wrong:
        _alter(filed, wrong)
    return filed


def _value(holds: str, chance: Chance, filed: Filing) -> Value | None:
    """A value for everything but money and tables; None where the box stays empty here."""
    day = any_day(chance, filed.year - 12, filed.year)
    makers: dict[str, Value | None] = {
        "ein": ein(chance),
        "ssn": ssn(chance),
        "account": filled(
            chance.pick(("##########", "######-@", "####-####-##", "XXXXXX####", "@#########", "%####-@")), chance
        ),
        "routing": routing(chance) if chance.maybe(0.4) else None,
        "check": True if chance.maybe(0.25) else None,
        "country": chance.pick(("U.S.", "Canada", "Germany", "Various", "UK")) if chance.maybe(0.3) else None,
        "cusip": filled("#####@##%", chance) if chance.maybe(0.3) else None,
        "occupation": chance.pick(_OCCUPATIONS) if chance.maybe(0.4) else None,
        "control": filled(chance.pick(("######", "@@@###", "####-####", "###### @@/@@@")), chance),
        "verification": filled("@#@#-####-@@##-#@##", chance) if chance.maybe(0.2) else None,
        "distribution": chance.pick(("1", "2", "3", "4", "7", "G", "7D", "1B", "4G", "Q", "7")),
        "date": day,
        "year": str(filed.year),
        "first year": str(day.year) if chance.maybe(0.2) else None,
        "count": chance.pick(("1", "1", "001", "2", "3")),
        "percent": f"{chance.randint(5, 100)}%" if chance.maybe(0.3) else None,
        "code": filled(chance.pick(("@", "%", "####", "@%")), chance),
        "words": filled(
            chance.pick(
                (
                    "100 sh. {coined} Co.",
                    "CREDIT CARD",
                    "{coined} COMMON STOCK",
                    "SEE ATTACHED",
                    "LOT %# {coined} ESTATES",
                )
            ),
            chance,
        ),
        "address": person(chance).address,
        "other": filled(chance.pick(("SDI %##.##", "HEALTH %###.##", "UNION %##.##", "CASDI %##.##")), chance)
        if chance.maybe(0.4)
        else None,
    }
    return makers.get(holds)


def _amounts(boxes: tuple[Box, ...], filed: Filing, look: Look, chance: Chance) -> None:
    """An amount for the first money box, smaller ones for some of the others."""
    money = sorted((box for box in boxes if box.holds == "money"), key=lambda box: box.number not in ("1", "1a"))
    if not money:
        return
    main = cents(Decimal(str(round(20 * 6000 ** chance.random(), 2))))
    dense = look.pick("dense", (0.08, 0.25, 0.5, 0.95))
    zeros = look.maybe("zeros", 0.2)
    for number, box in enumerate(money):
        label = box.label or f"{box.number} {box.caption}"
        if number == 0:
            filed.values[label] = main
        elif chance.maybe(dense):
            filed.values[label] = cents(main * Decimal(str(round(chance.uniform(0.001, 0.9), 4))))
        elif zeros:
            filed.values[label] = Decimal("0.00")


def _relations(kind: str, filed: Filing, chance: Chance) -> None:
    """What must agree on the 1099s: tax withheld is a share of the income, a part is no more than its whole."""
    values = filed.values
    main = next(value for value in values.values() if isinstance(value, Decimal))
    if values.get("federal_income_tax_withheld"):
        values["federal_income_tax_withheld"] = cents(main * chance.choice((10, 20, 22, 24)) / 100)
    for part, whole in (("qualified_dividends", "total_ordinary_dividends"), ("taxable_amount", "gross_distribution")):
        if kind in ("1099-DIV", "1099-R") and chance.maybe(0.8):
            values[part] = main if chance.maybe(0.4) else cents(main * chance.randint(10, 99) / 100)
        elif part in values and whole in values:
            values[part] = main
    if kind == "1098":
        values["outstanding_mortgage_principal"] = cents(main * chance.randint(20, 40))
        values |= _escrowed(main, chance)


def _escrowed(main: Decimal, chance: Chance) -> dict[str, Value]:
    """What box 10 of a 1098 says besides: the taxes on the estate, something else, or nothing."""
    if chance.maybe(0.45):
        return {"real_estate_tax": cents(main * chance.randint(5, 60) / 100)}
    if chance.maybe(0.3):
        return {"other": filled(chance.pick(("ESCROW BAL %##.##", "LATE CHG %#.##", "INS PAID %##.##")), chance)}
    return {}


def _wages(filed: Filing, chance: Chance) -> None:
    """Wages with the rates of social security (6.2 % up to the year's cap) and Medicare (1.45 %)."""
    wages = cents(Decimal(str(round(chance.uniform(6000, 240000), 2))))
    deferred = cents(wages * chance.choice((0, 0, 3, 5, 8, 12)) / 100)
    gross = wages + deferred
    capped = min(gross, Decimal(_SOCIAL_SECURITY_CAP.get(filed.year, 128400)))
    extra = max(Decimal(0), gross - 200000) * Decimal("0.009")
    filed.values |= {
        "wages_tips_and_other_compensation": wages,
        "federal_income_tax_withheld": cents(wages * chance.randint(6, 26) / 100),
        "social_security_wages": capped,
        "social_security_tax_withheld": cents(capped * Decimal("0.062")),
        "medicare_wages_and_tips": gross,
        "medicare_tax_withheld": cents(gross * Decimal("0.0145") + extra),
    }
    codes = chance.some(("DD", "W", "C", "P", "AA", "E"), 3)
    rows: list[dict[str, Value]] = []
    if deferred:
        rows.append({"letter_code": "D", "amount": deferred})
    rows += [{"letter_code": code, "amount": cents(wages * chance.randint(1, 90) / 1000)} for code in codes]
    filed.rows["additional_info"] = rows[:4]


def _states(kind: str, filed: Filing, look: Look, chance: Chance) -> None:
    """Up to two states, and up to two localities, with their income and tax."""
    main = next((value for value in filed.values.values() if isinstance(value, Decimal) and value), Decimal(1000))
    count = look.pick("states", (0, 1, 1, 1, 2)) if kind != "W2" else look.pick("states", (1, 1, 1, 2, 2, 0))
    rows: list[dict[str, Value]] = []
    local: list[dict[str, Value]] = []
    for state in chance.sample(STATES, count):
        number = filled(chance.pick(("##-#######", "###-####-#", "#########", "#-###-####", "00-0-0###")), chance)
        tax = cents(main * chance.randint(20, 70) / 1000)
        rows.append(
            {
                "state": state,
                "payer_state_number": number,
                "employer_state_id_number": number,
                "state_tax_withheld": tax,
                "state_income_tax": tax,
                "state_wages_tips_etc": main,
                "state_income": main,
                "state_distribution": main,
            }
        )
        if look.maybe("localities", 0.3):
            city = filled("{coined}", chance).upper()[:8]
            share = cents(main * chance.randint(5, 30) / 1000)
            local.append(
                {
                    "locality_name": city,
                    "local_wages_tips_etc": main,
                    "local_income_tax": share,
                    "local_tax_withheld": share,
                    "local_distribution": main,
                }
            )
    filed.rows["state_tax_infos" if kind == "W2" else "state_taxes_withheld"] = rows
    filed.rows["local_tax_infos" if kind == "W2" else "local_taxes_withheld"] = local


def _alter(filed: Filing, wrong: str) -> None:
    """`withholding`: a tax that does not follow from its income. Any other name: the first amount."""
    label = (
        "social_security_tax_withheld"
        if "social_security_tax_withheld" in filed.values
        else "federal_income_tax_withheld"
    )
    if wrong != "withholding" or label not in filed.values:
        label = next(key for key, value in filed.values.items() if isinstance(value, Decimal))
    before = filed.values[label]
    assert isinstance(before, Decimal)
    filed.values[label] = before * 2 + Decimal("137.11")
    filed.altered = (label,)
