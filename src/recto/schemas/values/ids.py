"""Numbers that identify: tax numbers, accounts, cards, routing numbers, phones. Checksums by python-stdnum."""

import re
from collections.abc import Iterator
from typing import Final

import phonenumbers
from stdnum import iban as iban_number
from stdnum import luhn
from stdnum.us import rtn, ssn

from recto.schemas.values.evidence import Evidence
from recto.schemas.values.letters import mended, plain
from recto.schemas.values.parsed import NOTHING, Parsed

BANKS: Final = re.compile(r"^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}$")
"""Routing numbers begin with a district of the Federal Reserve, of thrifts, or of electronic payers."""
_IN_INK: Final = {"9": "7", "6": "1"}
"""Figures of magnetic ink (E-13B) that OCR takes for another: its seven has a closed head, its one a broad foot."""
_HIDDEN: Final = re.compile(r"^(?=(?:.*?[xX*•#]){2})[xX*•#0Oo]*[xX*•#]")
"""The signs that hide the beginning of a number, round ones among them read as zeros."""
_LABELLED: Final = re.compile(r"^[^\d*xX•]*?(?=[\d*xX•OlI])")


def ssn_of(raw: str) -> Parsed:
    """`123-45-6789`, also where it is partly hidden; a different count of digits is no SSN."""
    digits = re.sub(r"^\*+(?=\d{4}$)", "*****", _digits(raw))  # how many signs hide the rest says nothing
    return Parsed(f"{digits[:3]}-{digits[3:5]}-{digits[5:]}") if len(digits) == 9 else NOTHING


def ein_of(raw: str) -> Parsed:
    """`12-3456789`."""
    digits = _digits(raw)
    return Parsed(f"{digits[:2]}-{digits[2:]}") if len(digits) == 9 else NOTHING


def tin_of(raw: str) -> Parsed:
    """An SSN or an EIN: the hyphens on the paper say which."""
    if re.search(r"\d{2}\s*-\s*\d{7}", plain(raw)) or re.search(r"\*{2}\s*-\s*[\d*]{7}", plain(raw)):
        return ein_of(raw)
    return ssn_of(raw)


def account_of(raw: str) -> Parsed:
    """An account number as printed, without the spaces and hyphens between its groups."""
    text = _veiled(re.sub(r"[\s\-.]", "", plain(raw)).strip(":#"))
    return Parsed(text) if re.search(r"[\dxX*•]", text) else NOTHING


def card_of(raw: str) -> Parsed:
    """A card number, or what is left to see of it (`************1234`)."""
    text = _veiled(re.sub(r"[\s\-.]", "", plain(raw)))
    found = re.findall(r"[\d*xX•#]{4,}", text)
    return Parsed(re.sub("[xX•#]", "*", max(found, key=len))) if found else NOTHING


def _veiled(text: str) -> str:
    """The text with one sign for all that hide its beginning: `XXX00X4983` shows four digits."""
    hidden = _HIDDEN.match(text)
    if hidden is None:
        return text
    sign = next(letter for letter in hidden.group() if letter not in "0Oo")
    return sign * len(hidden.group()) + text[hidden.end() :]


def iban_of(raw: str) -> Parsed:
    """An IBAN without spaces; one whose checksum is wrong is kept, and the check says so."""
    text = re.sub(r"[\s\-]", "", plain(raw)).upper()
    found = re.search(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", text.replace("IBAN", "", 1))
    return Parsed(found.group()) if found else NOTHING


def bic_of(raw: str) -> Parsed:
    """A BIC: bank, country and place, and a branch or none."""
    found = re.search(r"(?<![A-Z0-9])[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Z0-9])", plain(raw).upper())
    return Parsed(found.group()) if found else NOTHING


def routing_of(raw: str) -> Parsed:
    """Nine digits; slips of OCR mended where the checksum then holds."""
    digits = "".join(re.findall(r"\d", mended(re.sub(r"[⑆⑈⑇⑉|A-CE-NPRT-Y\s:'\"-]", "", plain(raw)))))
    closed = re.match(r"^\W*[⑆:|]\D*(\d{9})\d$", plain(raw))  # the closing sign of the magnetic line read as a digit
    found = digits if len(digits) == 9 else routing_in(digits) or (closed.group(1) if closed else "")
    able = [] if not found or is_routing(found) else [other for other in _alike(found) if is_bank(other)]
    return Parsed(able[0], (found,)) if len(able) == 1 else Parsed(found) if found else NOTHING


def _alike(digits: str) -> Iterator[str]:
    """The numbers in magnetic ink of which one figure may have been taken for that of these."""
    for at, digit in enumerate(digits):
        if digit in _IN_INK:
            yield digits[:at] + _IN_INK[digit] + digits[at + 1 :]


def may_be_in_ink(read: str, number: str) -> bool:
    """Whether a number in magnetic ink may have been read so, for each figure that differs looks like the one there."""
    return len(read) == len(number) and all(a == b or _IN_INK.get(a) == b for a, b in zip(read, number, strict=True))


def routing_in(digits: str) -> str:
    """The one valid routing number in ten or eleven digits, where a sign beside it was read as one; empty for none."""
    windows = {digits[at : at + 9] for at in range(len(digits) - 8)} if 10 <= len(digits) <= 11 else set()
    valid = [window for window in windows if is_bank(window)]
    return valid[0] if len(valid) == 1 else ""


def magnetic_of(raw: str) -> Parsed:
    """Digits in magnetic ink, without the signs between them, whatever OCR took these for."""
    digits = "".join(re.findall(r"\d", plain(raw)))
    return Parsed(digits) if digits else NOTHING


def is_routing(digits: str) -> bool:
    """The ABA checksum."""
    return bool(rtn.is_valid(digits))


def is_bank(digits: str) -> bool:
    """A routing number that can have been given out: its checksum holds, and it begins as they do."""
    return bool(BANKS.match(digits)) and is_routing(digits)


def is_card(digits: str) -> bool:
    """The Luhn checksum, on 13 to 19 digits."""
    return 13 <= len(digits) <= 19 and bool(luhn.is_valid(digits))


def is_iban(text: str) -> bool:
    return bool(iban_number.is_valid(text))


def is_ssn(text: str) -> bool:
    """Whether such a number can have been given out: also an ITIN, which begins with 9."""
    return bool(ssn.is_valid(text)) or bool(re.fullmatch(r"9\d{2}-[5-9]\d-\d{4}", text))


def is_ein(text: str) -> bool:
    """Nine digits whose first two are a prefix that the IRS gives out."""
    return bool(re.fullmatch(r"\d{2}-\d{7}", text)) and text[:2] not in _NO_PREFIX


_NO_PREFIX: Final = frozenset(
    {"00", "07", "08", "09", "17", "18", "19", "28", "29", "49", "69", "70", "78", "79", "89", "96", "97"}
)


def phone_of(raw: str, evidence: Evidence) -> Parsed:
    """In E.164 (`+60312345678`) where the country is known or written; else the digits as they stand."""
    text = re.sub(r"^[^\d+(]*", "", plain(raw))
    region = evidence.country
    for match in phonenumbers.PhoneNumberMatcher(text, region) if region or "+" in text else ():
        return Parsed(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    first = re.split(r"[/,;]|\s{2,}|(?i:fax|ext)", text)[0]
    digits = re.sub(r"[^\d+]", "", first)
    return Parsed(digits) if 5 <= len(digits) <= 15 else NOTHING


def _digits(raw: str) -> str:
    """Digits and asterisks of a number, its slips mended."""
    text = re.sub(r"[\s\-.–:_~]", "", _LABELLED.sub("", plain(raw)))
    return re.sub("[xX•]", "*", text) if re.search("[xX•*]", text) else re.sub(r"\D", "", mended(text))
