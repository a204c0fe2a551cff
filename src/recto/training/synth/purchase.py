"""What is bought: lines, discounts, taxes, tips and payments whose sums are right."""

from dataclasses import dataclass, replace
from decimal import Decimal

from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import cents
from recto.training.synth.lexicon import entries, filled, table
from recto.training.synth.shop import Shop

ZERO = Decimal("0.00")
_FUELS = ("UN", "REG", "PREMIUM", "DIESEL", "SUPER", "E85", "MIDGRADE", "V-POWER", "SAVE", "PRIMAX", "ULTIMATE")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing bought. `discount` is 0 or negative; `total` is quantity times price plus discount."""

    name: str
    quantity: Decimal
    price: Decimal
    total: Decimal
    code: str = ""
    discount: Decimal = ZERO
    tax_code: str = ""
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tax:
    """One rate: its caption, percentage, the amount it is on and its own amount."""

    name: str
    rate: str
    net: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """All amounts of a receipt. `discount`, `coupon` and `refund` are 0 or negative; taxes may be inside the prices."""

    lines: tuple[Line, ...]
    subtotal: Decimal
    total: Decimal
    taxes: tuple[Tax, ...] = ()
    inclusive: bool = False
    discount: Decimal = ZERO
    coupon: Decimal = ZERO
    service: Decimal = ZERO
    tip: Decimal = ZERO
    rounding: Decimal = ZERO
    cash_back: Decimal = ZERO
    method: str = ""
    card: str = ""
    tendered: Decimal = ZERO
    change: Decimal = ZERO
    altered: tuple[str, ...] = ()

    @property
    def tax(self) -> Decimal:
        return sum((tax.amount for tax in self.taxes), ZERO)

    @property
    def due(self) -> Decimal:
        """The total before it was rounded to coins."""
        return self.total - self.rounding


def purchase(shop: Shop, look: Look, chance: Chance, rows: int | None) -> Purchase:
    """A purchase at the shop, with the template's customs; `rows` fixes the number of lines."""
    lines = _lines(shop, look, chance, rows)
    whole = bool(shop.country.get("whole", False))
    subtotal = sum((line.total for line in lines), ZERO)
    bought = Purchase(lines, subtotal, subtotal)
    bought = _reduced(bought, look, chance, whole)
    bought = _taxed(bought, shop, look, chance, whole)
    bought = _tipped(bought, shop, look, chance, whole)
    bought = _rounded(bought, shop, look)
    return _paid(bought, shop, look, chance)


def _count(shop: Shop, chance: Chance) -> int:
    if shop.trade.get("short"):
        return chance.choice((1, 1, 1, 2, 2, 3, 4))
    if shop.trade.get("long"):
        return min(60, 1 + int(chance.expovariate(1 / 9)))
    return min(30, 1 + int(chance.expovariate(1 / 4.5)))


def _lines(shop: Shop, look: Look, chance: Chance, rows: int | None) -> tuple[Line, ...]:
    names = product_names(shop, chance)
    count = _count(shop, chance) if rows is None else rows
    return tuple(_line(chance.pick(names), shop, look, chance) for _ in range(count))


def product_names(shop: Shop, chance: Chance) -> tuple[str, ...]:
    """What the shop sells, in its country's language mostly."""
    language = "ms" if shop.country["code"] == "MYR" else shop.country["language"]
    own = shop.trade.get(str(language))
    if own and chance.maybe(0.75):
        return entries(own)
    return entries(shop.trade["products"])


def _line(name: str, shop: Shop, look: Look, chance: Chance) -> Line:
    whole = bool(shop.country.get("whole", False))
    scale = Decimal(str(shop.country.get("scale", 1)))
    low, high = float(shop.trade["low"]), float(shop.trade["high"])
    price = Decimal(str(round(low * (high / low) ** chance.random(), 2))) * scale
    price = _charm(price, chance, whole)
    quantity = Decimal(chance.choice((1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4, 5, chance.choice((6, 8, 10, 12)))))
    if shop.trade_name == "fuel" and any(fuel in name for fuel in _FUELS):
        price, quantity = cents(price / 12 + 1, whole), Decimal(chance.randint(4000, 62000)) / 1000
    elif shop.trade_name == "grocery" and look.maybe("weights", 0.4) and chance.maybe(0.25):
        quantity = Decimal(chance.randint(50, 9000)) / 1000
    before = cents(price * quantity, whole)
    discount = ZERO
    if look.maybe("line discounts", 0.25) and chance.maybe(0.2):
        discount = -cents(before * chance.choice((5, 10, 20, 30)) / 100, whole)
    return Line(
        name=_variant(name, chance),
        quantity=quantity,
        price=price,
        total=before + discount,
        code=_code(look, chance),
        discount=discount,
        tax_code=look.pick("tax codes", ("SR", "T", "S", "F", "A", "*", "SR", "B", "N", "X", "ZRL", "TX", "O")),
        extras=tuple(chance.some(entries_of_extras(shop), 2)) if chance.maybe(0.15) else (),
    )


def entries_of_extras(shop: Shop) -> tuple[str, ...]:
    """What is noted under a dish; nothing elsewhere."""
    from_list = "RARE|MEDIUM|NO ONION|EXTRA SAUCE|TO GO|WHITE|NO ICE|SPICY|LESS SUGAR|ADD BACON|Seat 1|W/ FRIES|Only Me"
    return entries(from_list) if shop.trade.get("table") else ()


def _charm(price: Decimal, chance: Chance, whole: bool) -> Decimal:
    if whole:
        step = 500 if price > 3000 else 10
        return Decimal(max(step, int(price / step) * step))
    ending = chance.choice((None, None, "0.99", "0.95", "0.50", "0.00", "0.90", "0.49", "0.80"))
    if ending is None or price < 1:
        return max(Decimal("0.05"), cents(price))
    return Decimal(int(price)) + Decimal(ending) if int(price) else Decimal("0.99")


def _variant(name: str, chance: Chance) -> str:
    if chance.maybe(0.12):
        size = "{} {}|{}{}|{}-{}|{}/{}"
        pattern = chance.pick(size.split("|"))
        return pattern.format(
            name, filled(chance.pick(("%##G", "%L", "#%##", "%#PC", "@%", "%#X%#", "XL", "(@)", "%PK")), chance)
        )
    return name


def _code(look: Look, chance: Chance) -> str:
    if not look.maybe("codes", 0.4):
        return ""
    pattern = look.pick(
        "code",
        ("#############", "####", "######", "########", "%###", "0######", "@####", "@@-####", "0###########", "%##"),
    )
    return filled(pattern, chance)


def _reduced(bought: Purchase, look: Look, chance: Chance, whole: bool) -> Purchase:
    discount = coupon = ZERO
    if look.maybe("discounts", 0.3) and chance.maybe(0.35):
        discount = -cents(bought.subtotal * chance.choice((5, 10, 15, 20, 50)) / 100, whole)
    if look.maybe("coupons", 0.12) and chance.maybe(0.4):
        coupon = -min(bought.subtotal / 2, Decimal(chance.choice((1, 2, 5)))).quantize(Decimal("0.01"))
    return replace(bought, discount=discount, coupon=coupon, total=bought.subtotal + discount + coupon)


def _taxed(bought: Purchase, shop: Shop, look: Look, chance: Chance, whole: bool) -> Purchase:
    scheme = shop.country["scheme"]
    if scheme == "none" or not look.maybe("taxes", 0.85):
        return replace(
            bought,
            service=_service(bought, shop, look, whole),
            total=bought.total + _service(bought, shop, look, whole),
        )
    inclusive = scheme == "inclusive" if scheme != "either" else look.maybe("inclusive", 0.5)
    if scheme == "inclusive" and look.maybe("added after all", 0.2):
        inclusive = False
    service = _service(bought, shop, look, whole)
    base = bought.total + service
    count = look.pick("tax lines", (1, 1, 1, 1, 2))
    taxes = []
    for number in range(count):
        name = look.pick(f"tax name {number}", shop.country["tax_names"])
        rate = look.pick(f"tax rate {number}", shop.country["tax_rates"])
        share = base if number == 0 or not inclusive else ZERO
        taxes.append(_tax(name, rate, share, inclusive, whole))
    added = ZERO if inclusive else sum((tax.amount for tax in taxes), ZERO)
    return replace(bought, taxes=tuple(taxes), inclusive=inclusive, service=service, total=base + added)


def _service(bought: Purchase, shop: Shop, look: Look, whole: bool) -> Decimal:
    if shop.trade.get("table") and look.maybe("service", 0.15):
        return cents(bought.total / 10, whole)
    return ZERO


def _tax(name: str, rate: str, base: Decimal, inclusive: bool, whole: bool) -> Tax:
    share = Decimal(rate) / 100
    if inclusive:
        net = cents(base / (1 + share), whole)
        return Tax(name, rate, net, base - net)
    return Tax(name, rate, base, cents(base * share, whole))


def _tipped(bought: Purchase, shop: Shop, look: Look, chance: Chance, whole: bool) -> Purchase:
    american = shop.country["code"] in ("USD", "CAD")
    if not (american and shop.trade.get("table") and look.maybe("tips", 0.5) and chance.maybe(0.6)):
        return bought
    tip = cents(bought.subtotal * chance.choice((10, 15, 18, 20, 25)) / 100, whole)
    return replace(bought, tip=tip, total=bought.total + tip)


def _rounded(bought: Purchase, shop: Shop, look: Look) -> Purchase:
    if shop.country["code"] not in ("MYR", "AUD", "CHF", "SGD") or not look.maybe("rounding", 0.7):
        return bought
    rounded = (bought.total * 20).quantize(Decimal(1)) / 20
    return replace(bought, rounding=rounded - bought.total, total=cents(rounded))


def _paid(bought: Purchase, shop: Shop, look: Look, chance: Chance) -> Purchase:
    methods = table("captions")["payment_methods"]
    method = chance.pick(entries(methods.get(shop.country["language"], methods["en"])))
    cash = method.lower()[:4] in (
        "cash",
        "bar",
        "espe",
        "espè",
        "efec",
        "cont",
        "tuna",
        "dinh",
        "gotó",
        "goto",
        "kont",
        "gege",
    )
    if not cash:
        card = filled(
            chance.pick(
                (
                    "************####",
                    "XXXXXXXXXXXX####",
                    "#### **** **** ####",
                    "XXXX XXXX XXXX ####",
                    "xx####",
                    "######******####",
                    "****####",
                    "",
                )
            ),
            chance,
        )
        return replace(bought, method=method, card=card, tendered=bought.total)
    step = max(1, 10 ** (len(str(int(bought.total))) - 1))
    notes = chance.choice((0, 0, 5, 10, 50, step))
    missing = -bought.total % notes if notes else ZERO
    tendered = bought.total + (missing + notes if missing < 0 else missing)
    return replace(bought, method=method, tendered=cents(tendered), change=cents(tendered - bought.total))


def altered(bought: Purchase, wrong: str, chance: Chance) -> Purchase:
    """The purchase with one amount printed wrong: `line_total`, `subtotal`, `tax`, `total` or `change`."""
    off = Decimal(chance.choice((-3, -2, 1, 2, 5, 9))) + Decimal(chance.randint(1, 99)) / 100
    if wrong == "line_total" and bought.lines:
        at = chance.randrange(len(bought.lines))
        lines = tuple(
            replace(line, total=line.total + abs(off)) if i == at else line for i, line in enumerate(bought.lines)
        )
        return replace(bought, lines=lines, altered=(wrong,))
    if wrong == "tax" and bought.taxes:
        first = replace(bought.taxes[0], amount=bought.taxes[0].amount + abs(off))
        return replace(bought, taxes=(first, *bought.taxes[1:]), altered=(wrong,))
    if wrong == "change":
        return replace(bought, change=bought.change + abs(off), altered=(wrong,))
    if wrong == "subtotal":
        return replace(bought, subtotal=bought.subtotal + abs(off), altered=(wrong,))
    return replace(bought, total=bought.total + abs(off), altered=("total",))
