"""Who sells: a made-up merchant with its names, address, numbers and customs."""

from dataclasses import dataclass
from functools import cache

from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import MoneyFormat
from recto.training.synth.lexicon import Table, drawn, entries, filled, table

_FORMS = ("Inc.", "LLC", "Ltd", "GmbH", "Pvt. Ltd.", "Co.", "S.A.", "SARL", "Corp")


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant. `legal` is the company behind a brand, empty where the name is all there is."""

    country: Table
    trade: Table
    trade_name: str
    name: str
    legal: str
    address: tuple[str, ...]
    phone: str
    website: str
    company_id: str
    tax_id: str


@cache
def country_weights() -> dict[str, float]:
    return {code: entry["weight"] for code, entry in table("countries").items()}


@cache
def trade_weights() -> dict[str, float]:
    return {name: entry["weight"] for name, entry in table("trades").items()}


def shop(country_code: str, trade_name: str, look: Look, chance: Chance) -> Shop:
    """A merchant of that country and trade."""
    country, trade = table("countries")[country_code], table("trades")[trade_name]
    malaysian = country_code == "MY"
    pattern = chance.pick(entries(trade["my_names" if malaysian else "names"]))
    name = filled(pattern, chance, {**country, "surname": _surnames(malaysian)})
    legal = ""
    if look.maybe("legal", 0.25):
        legal, name = (name, drawn("coined", chance)) if malaysian else (_legal(name, chance), name)
    return Shop(
        country=country,
        trade=trade,
        trade_name=trade_name,
        name=name,
        legal=legal,
        address=address(country, chance, look),
        phone=filled(chance.pick(country["phones"]), chance),
        website=website(name, country, chance),
        company_id=filled(chance.pick(country["company_ids"]), chance, country),
        tax_id=filled(chance.pick(country["tax_ids"]), chance, country),
    )


def _surnames(malaysian: bool) -> str:
    names: str = table("names")["surname_my" if malaysian else "surname"]
    return names


def _legal(name: str, chance: Chance) -> str:
    return f"{chance.pick((name, drawn('coined', chance)))} {chance.pick(_FORMS)}"


def address(country: Table, chance: Chance, look: Look | None = None) -> tuple[str, ...]:
    """The lines of an address as that country writes them; the shape is the template's, where there is one."""
    shapes = country["address"]
    shape = look.pick("address", shapes) if look and chance.maybe(0.8) else chance.pick(shapes)
    lines = (filled(line, chance, country).strip() for line in shape)
    return tuple(line for line in lines if line)


def website(name: str, country: Table, chance: Chance) -> str:
    plain = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())[:18] or "shop"
    start = chance.pick(("www.", "www.", "", "http://www.", "https://"))
    return f"{start}{plain}{chance.pick(country['domains'])}"


def money_format(country: Table, look: Look) -> MoneyFormat:
    """How this template prints amounts of that country."""
    return MoneyFormat(
        decimal=country["decimal"],
        thousand=country["thousand"] if look.maybe("thousands", 0.8) else "",
        symbol=look.pick("symbol", country["symbols"]),
        whole=bool(country.get("whole", False)),
        minus=look.pick("minus", ("-", "-", "-", "after", "()")),
    )
