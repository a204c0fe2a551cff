"""Money that moves on an account: transactions whose balances add up, in words that banks print."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from recto.training.synth.chance import Chance
from recto.training.synth.lexicon import drawn, table

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Movement:
    """One transaction: a positive amount comes in, a negative one goes out."""

    day: date
    text: str
    amount: Decimal
    balance: Decimal
    check: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A period of an account. `closing` is what is printed; it follows from the movements unless it was altered."""

    start: date
    end: date
    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]
    altered: tuple[str, ...] = ()

    @property
    def gained(self) -> Decimal:
        return sum((m.amount for m in self.movements if m.amount > 0), Decimal(0))

    @property
    def spent(self) -> Decimal:
        """As a positive number."""
        return -sum((m.amount for m in self.movements if m.amount < 0), Decimal(0))


def account(chance: Chance, country: dict[str, object], rows: int | None, wrong: str | None) -> Account:
    """A month (or a quarter) of movements in the order of their days."""
    count = chance.pick((0, 3, 5, 8, 12, 16, 20, 28, 40, 60)) if rows is None else rows
    start = date(chance.randint(2014, 2026), chance.randint(1, 12), chance.pick((1, 1, 1, 5, 12, 16, 21)))
    length = chance.pick((27, 29, 30, 30, 30, 89))
    days = sorted(start + timedelta(days=chance.randint(0, length)) for _ in range(count))
    opening = amount(chance, 50, 30_000)
    made = Account(start, start + timedelta(days=length), opening, opening, ())
    for day in days:
        made = moved(made, day, chance, country)
    if wrong in ("balance", "total") or (wrong and not made.movements):
        return replace(made, closing=made.closing + altered_by(chance), altered=("ending_balance",))
    if wrong:
        return misprinted(made, chance)
    return made


def moved(before: Account, day: date, chance: Chance, country: dict[str, object]) -> Account:
    """With one more movement; what goes out is mostly covered."""
    gains = chance.maybe(0.25) or before.closing < 40
    size = amount(chance, 20, 4200) if gains else min(amount(chance, 2, 900), max(before.closing - 1, Decimal(2)))
    check = str(chance.randint(101, 9899)) if not gains and chance.maybe(0.12) else ""
    said = drawn("gained" if gains else "spent", chance, {**country, **table("statements")})
    text = chance.pick(("CHECK", "Check", "CHECK PAID")) if check else said.replace("  ", " ")
    signed = size if gains else -size
    movement = Movement(day, text, signed, before.closing + signed, check)
    return replace(before, closing=movement.balance, movements=(*before.movements, movement))


def misprinted(right: Account, chance: Chance) -> Account:
    """One amount printed wrong, so that nothing that was added up from it holds."""
    number = chance.randrange(len(right.movements))
    movement = right.movements[number]
    by = altered_by(chance)
    wrong = replace(movement, amount=movement.amount + (by if movement.amount > 0 else -by))
    movements = (*right.movements[:number], wrong, *right.movements[number + 1 :])
    return replace(right, movements=movements, altered=(f"transactions.{number}",))


def altered_by(chance: Chance) -> Decimal:
    return chance.pick((Decimal("0.10"), Decimal("1.00"), Decimal("9.00"), Decimal("27.00"), Decimal("300.00")))


def amount(chance: Chance, low: float, high: float) -> Decimal:
    """Between the two, small ones more often."""
    value = low * (high / low) ** chance.random()
    whole = chance.maybe(0.15)
    return (Decimal(round(value)) if whole else Decimal(round(value * 100)) / 100).quantize(CENT)


def person(chance: Chance) -> str:
    name = f"{drawn('first', chance)} {chance.pick(('', '', 'A. ', 'J ', 'M. '))}{drawn('surname', chance)}"
    return name.upper() if chance.maybe(0.45) else name
