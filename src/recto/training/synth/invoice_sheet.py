"""An invoice in the making: its parties, its words, its truth so far, and where it is to be paid."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from recto.training.example import Truth
from recto.training.synth.chance import Chance, Look
from recto.training.synth.deal import Deal, bic, iban
from recto.training.synth.formats import MoneyFormat, canonical, date_text
from recto.training.synth.lexicon import Table, entries, filled
from recto.training.synth.office import Office
from recto.training.synth.sheet import Font, Part
from recto.training.synth.shop import address

_FORMS = {
    "de": (" GmbH", " AG", " GmbH & Co. KG", " e.K.", " UG (haftungsbeschränkt)", ""),
    "fr": (" SARL", " SA", " SAS", " EURL", ""),
    "es": (" S.L.", " S.A.", " S.L.U.", ""),
    "it": (" S.r.l.", " S.p.A.", " S.n.c.", ""),
    "nl": (" B.V.", " V.O.F.", " N.V.", ""),
    "en": (" Inc.", " LLC", " Ltd", " Ltd.", " Corp.", " & Co.", " LLP", " Pty Ltd", "", ""),
}
_NAMES = (
    "{coined} {industry}",
    "{coined}",
    "{surname} {industry}",
    "{surname} & {surname}",
    "{adj} {noun} {industry}",
    "{coined} {noun}",
    "{first} {surname}",
)


SIGN = re.compile(r"\bUSD\b|\bEUR\b|[$€]")
"""What a caption can say of the currency."""


@dataclass(slots=True)
class Firm:
    """A party of an invoice."""

    name: str
    address: tuple[str, ...]
    phone: str
    mail: str
    site: str
    tax_id: str


@dataclass(slots=True)
class Invoice:
    """An invoice in the making: the page, the words of its language, what it charges, and the truth so far."""

    page: Office
    code: str
    country: Table
    words: Table
    money: MoneyFormat
    made: Deal
    chance: Chance
    vendor: Firm
    customer: Firm
    number: str
    order: str
    fields: dict[str, Truth] = field(default_factory=dict)

    @property
    def dates(self) -> list[str]:
        """The date formats of offices: no weekday, no apostrophe."""
        return [pattern for pattern in self.country["dates"] if "EEE" not in pattern and "'" not in pattern]

    @property
    def look(self) -> Look:
        return self.page.look

    def caption(self, key: str) -> str:
        """The template's caption; one with a sign of money has that of the invoice, and tells it."""
        text = self.look.pick(f"caption {key}", entries(self.words[key]))
        found = SIGN.search(text)
        if found is None:
            return text
        self.fields["currency"] = self.country["code"]
        sign = self.money.symbol.strip() if len(found.group()) == 1 else self.country["code"]
        return text.replace(found.group(), sign or self.country["code"])

    def shown(self, name: str, text: str, canon: str | None = None) -> Part:
        """A value with its label; the truth keeps its canonical form."""
        self.fields[name] = text if canon is None else canon
        return Part(text, name)

    def amount(self, name: str, value: Decimal) -> Part:
        """An amount; the sign that it is printed with tells the currency."""
        if self.money.symbol:
            self.fields["currency"] = self.country["code"]
        return self.shown(name, self.money(value), canonical(value))

    def day(self, name: str, value: date) -> Part:
        pattern = self.look.pick("date", self.dates)
        return self.shown(name, date_text(pattern, value, self.country["language"]), value.isoformat())


def firm(country: Table, chance: Chance) -> Firm:
    """A company, or a person in business."""
    pattern = chance.pick(_NAMES)
    name = filled(pattern, chance)
    if not pattern.startswith("{first}"):
        name += chance.pick(_FORMS.get(country["language"], _FORMS["en"]))
    word = "".join(letter for letter in name.lower().split()[0] if letter.isascii() and letter.isalpha()) or "office"
    domain = f"{word}{chance.pick(country['domains'])}"
    tax_id = number_of(filled(chance.pick(country["tax_ids"]), chance))
    phone = filled(chance.pick(country["phones"]), chance)
    mail = f"{chance.pick(('info', 'office', 'billing', 'accounts', 'kontakt', 'sales'))}@{domain}"
    return Firm(name, address(country, chance), phone, mail, f"www.{domain}", tax_id)


def number_of(text: str) -> str:
    """A registration number without its caption: all from the first word with a digit on (`123 4567 89`)."""
    words = text.replace("№", "№ ").split()
    first = next((place for place, word in enumerate(words) if any(map(str.isdigit, word))), len(words))
    return " ".join(words[first:]).strip("()")


def bank_lines(bill: Invoice) -> list[list[Part]]:
    """Where to pay: bank, IBAN and BIC, or an account and routing number."""
    rows = bill.fields.setdefault("payment_details", [])
    assert isinstance(rows, list)
    bank = [Part(filled("{coined} Bank", bill.chance))]
    if bill.code in ("US", "CA", "AU", "IN", "SG", "MY", "MX"):
        number = filled("%#########", bill.chance)
        rows.append({"bank_account_number": number})
        return [bank, [Part(bill.caption("account")), Part(number, "payment_details.bank_account_number")]]
    account, code = iban(bill.code, bill.chance), bic(bill.code, bill.chance)
    rows.append({"iban": account, "swift": code})
    return [
        bank,
        [Part("IBAN"), Part(account, "payment_details.iban")],
        [Part(bill.look.pick("bic", ("BIC", "BIC:", "SWIFT", "SWIFT/BIC"))), Part(code, "payment_details.swift")],
    ]


def narrowed(font: Font, text: str, room: float) -> Font:
    return font.drawn_in(min(1.0, room / max(font.width(text), 1.0)))
