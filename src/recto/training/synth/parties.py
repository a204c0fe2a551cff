"""People and companies of the United States with the numbers that tax forms and banks know them by."""

from dataclasses import dataclass

from recto.training.synth.chance import Chance
from recto.training.synth.lexicon import drawn, filled, table

_COMPANY = (
    "{coined} {industry}",
    "{surname} {industry} LLC",
    "{coined} {industry} Inc",
    "{adj} {noun} {industry}",
    "{coined} Corporation",
    "{surname} & {surname2} LLP",
    "{place} {industry} Co",
    "{coined} Holdings, Inc.",
    "{adj} {industry} Group",
    "City of {coined}",
    "{coined} Unified School District",
    "University of {coined}",
    "{coined} Health System",
    "{noun} {number}",
)
_BANK = (
    "{coined} Bank",
    "First {coined} Bank",
    "{coined} Federal Credit Union",
    "{adj} Trust Bank",
    "Bank of {coined}",
    "{coined} Savings Bank",
    "{place} Community Bank",
    "{coined} Financial",
    "{coined} Bank, N.A.",
    "{noun} National Bank",
    "{coined} BANK USA",
    "{coined} Securities LLC",
    "{coined} Funds",
)


@dataclass(frozen=True, slots=True)
class Party:
    """A name with an address (street first) and a telephone number."""

    name: str
    street: str
    city: str
    phone: str

    @property
    def address(self) -> str:
        return f"{self.street} {self.city}"

    @property
    def parts(self) -> tuple[str, str, str]:
        """Town, state and ZIP code of the second line."""
        town, state, code = self.city.rsplit(maxsplit=2)
        return town.rstrip(","), state.rstrip(","), code


def company(chance: Chance, bank: bool = False) -> Party:
    """A company, or a bank."""
    pattern = chance.pick(_BANK if bank else _COMPANY)
    pattern = pattern.replace("{surname2}", drawn("surname", chance)).replace("{number}", str(chance.randint(10, 999)))
    return _party(filled(pattern, chance), chance)


def person(chance: Chance) -> Party:
    """A person of two names, at times with an initial."""
    middle = chance.pick(
        ("", "", "", f"{chance.pick('ABCDEFGHJKLMNPRSTW')} ", f"{chance.pick('ABCDEFGHJKLMNPRSTW')}. ")
    )
    return _party(f"{drawn('first', chance)} {middle}{drawn('surname', chance)}", chance)


def _party(name: str, chance: Chance) -> Party:
    country = table("countries")["US"]
    street = filled(
        chance.pick(("{streets}", "{streets}", "{streets}, Apt %#", "{streets} {units}", "P.O. Box %###")),
        chance,
        country,
    )
    city = filled(chance.pick(("{cities} {zip}", "{cities} {zip}", "{cities}, {zip}")), chance, country)
    if chance.maybe(0.3):
        city = city.replace(",", "")
    return Party(name, street, city, filled(chance.pick(country["phones"]), chance))


def ssn(chance: Chance) -> str:
    """A social security number of the range that is never given out (9##), whole or masked."""
    return filled(
        chance.pick(
            ("9##-##-####", "9##-##-####", "9##-##-####", "XXX-XX-####", "***-**-####", "9## ## ####", "9########")
        ),
        chance,
    )


def ein(chance: Chance) -> str:
    return filled(chance.pick(("##-#######", "##-#######", "##-#######", "## #######", "##-###-####")), chance)


def routing(chance: Chance) -> str:
    """Nine digits whose check digit is right (ABA: weights 3, 7, 1)."""
    digits = [int(digit) for digit in filled("0########", chance)[:8]]
    weights = (3, 7, 1, 3, 7, 1, 3, 7)
    check = -sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 10
    return "".join(map(str, digits)) + str(check)
