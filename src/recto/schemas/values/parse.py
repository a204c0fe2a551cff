"""From the raw text of a field to its value, by the type that its schema gives."""

import re

from recto.schemas.schema import Type
from recto.schemas.values.address import address_text
from recto.schemas.values.currencies import currency_of, sign_pattern
from recto.schemas.values.dates import date_of, time_of
from recto.schemas.values.evidence import Evidence
from recto.schemas.values.ids import (
    account_of,
    bic_of,
    card_of,
    ein_of,
    iban_of,
    magnetic_of,
    phone_of,
    routing_of,
    ssn_of,
    tin_of,
)
from recto.schemas.values.money import money_of
from recto.schemas.values.names import name_text
from recto.schemas.values.numbers import boolean_of, number_of, percentage_of, quantity_of, year_of
from recto.schemas.values.parsed import NOTHING, Parsed
from recto.schemas.values.spelled import words_of_amount

_BY_EVIDENCE = {
    "money": money_of,
    "date": date_of,
    "number": number_of,
    "quantity": quantity_of,
    "percentage": percentage_of,
    "phone": phone_of,
}
_BY_ITSELF = {
    "time": time_of,
    "year": year_of,
    "boolean": boolean_of,
    "ssn": ssn_of,
    "ein": ein_of,
    "tin": tin_of,
    "account": account_of,
    "card": card_of,
    "iban": iban_of,
    "bic": bic_of,
    "routing": routing_of,
    "magnetic": magnetic_of,
    "spelled": words_of_amount,
}


def value_of(type_: Type, raw: str, evidence: Evidence) -> Parsed:
    """The value of a raw text, line breaks in it included. Text that is not of its type has no value."""
    if type_ in _BY_EVIDENCE:
        return _BY_EVIDENCE[type_](raw, evidence)
    if type_ in _BY_ITSELF:
        return _BY_ITSELF[type_](raw)
    if type_ == "address":
        return _text(address_text(raw.split("\n")))
    if type_ == "name":
        return _text(name_text(raw))
    if type_ == "currency":
        return _currency(raw, evidence)
    if type_ == "state":
        found = re.search(r"[A-Za-z]{2}", raw)
        return Parsed(found.group().upper()) if found else NOTHING
    return _text(re.sub(r"\s+", " ", raw))


def _text(text: str) -> Parsed:
    tidy = text.strip(" :;,|_")
    return Parsed(tidy) if tidy else NOTHING


def _currency(raw: str, evidence: Evidence) -> Parsed:
    found = sign_pattern().search(raw)
    code = currency_of(found.group(), evidence.country) if found else None
    return Parsed(code) if code else NOTHING
