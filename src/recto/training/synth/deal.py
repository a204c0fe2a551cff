"""What an invoice charges: lines, discounts, freight, taxes by rate, what was paid and what is left, all adding up."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import any_day, cents
from recto.training.synth.lexicon import Table, entries, filled

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `amount` is quantity times price, without tax."""

    name: str
    detail: str
    code: str
    unit: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    amount: Decimal
    day: date

    @property
    def tax(self) -> Decimal:
        return cents(self.amount * self.rate / 100)


@dataclass(frozen=True, slots=True)
class Share:
    """The part of an invoice that is taxed at one rate."""

    rate: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Deal:
    """The amounts of an invoice. `discount` is 0 or negative; `total` is subtotal, discount, shipping and tax."""

    lines: tuple[Line, ...]
    shares: tuple[Share, ...]
    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    paid: Decimal
    previous: Decimal
    day: date
    due: date
    altered: tuple[str, ...] = ()

    @property
    def owed(self) -> Decimal:
        return self.total - self.paid + self.previous


def deal(country: Table, words: Table, look: Look, chance: Chance, rows: int | None) -> Deal:
    """An invoice's amounts in that country's money and taxes."""
    count = chance.choice((1, 1, 2, 2, 3, 3, 4, 5, 6, 8, 10, 14, 20, 32)) if rows is None else rows
    day = any_day(chance, 2012, 2026)
    rates = _rates(country, look, chance)
    lines = tuple(_line(country, words, look, chance, day, rates) for _ in range(count))
    subtotal = sum((line.amount for line in lines), ZERO)
    discount = (
        -cents(subtotal * chance.choice((5, 10, 15)) / 100)
        if look.maybe("discount", 0.2) and chance.maybe(0.6)
        else ZERO
    )
    shipping = (
        cents(Decimal(chance.randint(490, 6000)) / 100) if look.maybe("shipping", 0.22) and chance.maybe(0.7) else ZERO
    )
    shares = _shares(lines, rates, discount + shipping)
    tax = sum((share.tax for share in shares), ZERO)
    total = subtotal + discount + shipping + tax
    paid = cents(total * chance.choice((20, 30, 50)) / 100) if look.maybe("paid", 0.15) and chance.maybe(0.6) else ZERO
    previous = Decimal(chance.randint(50, 900)) if look.maybe("previous", 0.08) else ZERO
    due = day + timedelta(days=chance.choice((7, 10, 14, 14, 30, 30, 45, 60)))
    return Deal(lines, shares, subtotal, discount, shipping, tax, total, paid, previous, day, due)


def _rates(country: Table, look: Look, chance: Chance) -> tuple[Decimal, ...]:
    """The tax rates that this invoice uses: one, two, or none."""
    known = sorted({Decimal(rate) for rate in country["tax_rates"]}, reverse=True)
    if (country["code"] == "USD" and look.maybe("no tax", 0.35)) or look.maybe("no tax at all", 0.05):
        return (ZERO,)
    if country["scheme"] == "inclusive" and look.maybe("two rates", 0.25) and len(known) > 1:
        return (known[0], known[1])
    return (chance.choice(known[:2]),)


def _line(country: Table, words: Table, look: Look, chance: Chance, day: date, rates: tuple[Decimal, ...]) -> Line:
    scale = Decimal(str(country.get("scale", 1)))
    price = cents(Decimal(str(round(0.9 * 2500 ** chance.random(), 2))) * scale)
    if chance.maybe(0.45):
        price = price.quantize(Decimal(1)) + Decimal("0.00")
    quantity = Decimal(chance.choice((1, 1, 1, 2, 3, 4, 5, 8, 10, 12, 20, 40, 50, 100, 200, 400)))
    if price > 300:
        quantity = Decimal(chance.choice((1, 1, 1, 2, 3)))
    if look.maybe("parts", 0.2) and chance.maybe(0.3):
        quantity = Decimal(chance.randint(1, 40)) / 4
    detail = ""
    if look.maybe("details", 0.3) and chance.maybe(0.6):
        code = filled("@@-####", chance)
        detail = filled(chance.pick(entries(words["details"])).replace("{code}", code), chance)
    pattern = look.pick("code", ("@@###", "####", "######", "@#-####", "##.###.##", "TB###@#", "#############"))
    return Line(
        name=chance.pick(entries(words["goods"])),
        detail=detail,
        code=filled(pattern, chance),
        unit=chance.pick(entries(words["units"])),
        quantity=quantity,
        price=price,
        rate=chance.choice(rates),
        amount=cents(price * quantity),
        day=day - timedelta(days=chance.randint(0, 40)),
    )


def _shares(lines: tuple[Line, ...], rates: tuple[Decimal, ...], extra: Decimal) -> tuple[Share, ...]:
    """Net and tax by rate; discount and freight fall to the first rate."""
    shares = []
    for number, rate in enumerate(rates):
        net = sum((line.amount for line in lines if line.rate == rate), ZERO) + (extra if number == 0 else ZERO)
        if net or number == 0:
            shares.append(Share(rate, net, cents(net * rate / 100)))
    return tuple(shares)


def altered(made: Deal, wrong: str, chance: Chance) -> Deal:
    """The deal with one amount printed wrong: `line_total`, `subtotal`, `tax`, else `total`."""
    off = Decimal(chance.randint(1, 9)) + Decimal(chance.randint(1, 99)) / 100
    if wrong == "line_total" and made.lines:
        at = chance.randrange(len(made.lines))
        lines = [replace(line, amount=line.amount + off) if i == at else line for i, line in enumerate(made.lines)]
        return replace(made, lines=tuple(lines), altered=(wrong,))
    if wrong == "subtotal":
        return replace(made, subtotal=made.subtotal + off, altered=(wrong,))
    if wrong == "tax":
        return replace(made, tax=made.tax + off, altered=(wrong,))
    return replace(made, total=made.total + off, altered=("total",))


def iban(country_code: str, chance: Chance) -> str:
    """An IBAN with the right check digits (ISO 13616), in groups of four."""
    lengths = {"DE": 18, "FR": 23, "ES": 20, "IT": 23, "NL": 14, "CH": 17, "GB": 18, "BE": 12, "IE": 18, "AT": 16}
    code = country_code if country_code in lengths else "DE"
    bank = {"NL": "INGB", "GB": "BARC", "IE": "AIBK"}.get(code, "")
    body = bank + filled("#" * (lengths[code] - len(bank)), chance)
    digits = "".join(str(int(letter, 36)) for letter in body + code + "00")
    text = f"{code}{98 - int(digits) % 97:02}{body}"
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def bic(country_code: str, chance: Chance) -> str:
    return filled(f"@@@@{country_code if len(country_code) == 2 else 'DE'}@@", chance) + chance.pick(("XXX", "", "XXX"))
