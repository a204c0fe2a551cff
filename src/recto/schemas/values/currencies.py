"""Currencies by their codes and signs. A sign that several countries use is settled by the document's country."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Final

from babel.core import get_global
from babel.numbers import get_territory_currencies

_SIGNS: Final[Mapping[str, str]] = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₩": "KRW",
    "₫": "VND",
    "₺": "TRY",
    "₽": "RUB",
    "₴": "UAH",
    "₪": "ILS",
    "฿": "THB",
    "₱": "PHP",
    "₦": "NGN",
    "zł": "PLN",
    "Kč": "CZK",
    "Ft": "HUF",
    "RM": "MYR",
    "Rp": "IDR",
    "Rs": "INR",
    "R$": "BRL",
    "S$": "SGD",
    "HK$": "HKD",
    "A$": "AUD",
    "AU$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "NT$": "TWD",
    "US$": "USD",
    "$US": "USD",
    "MX$": "MXN",
    "CN¥": "CNY",
    "JP¥": "JPY",
    "Fr.": "CHF",
}
_SHARED: Final[Mapping[str, Mapping[str, str]]] = {
    "$": {"CA": "CAD", "AU": "AUD", "SG": "SGD", "MX": "MXN", "NZ": "NZD", "HK": "HKD", "MY": "MYR"},
    "¥": {"CN": "CNY"},
    "kr": {"NO": "NOK", "DK": "DKK"},
}
_SHARED_DEFAULT: Final = {"$": "USD", "¥": "JPY", "kr": "SEK"}
_WORDS: Final = frozenset({"ALL", "AOA", "BHD", "CUP", "GEL", "MOP", "PEN", "RON", "SOS", "TOP", "TRY"})
"""Codes that are words as well, or stand for other things on receipts: `BALL PEN 2.50`, `RON 95`, `SDN BHD`."""
_BESIDE: Final = r"(?:[-+]? ?\d|[)\]])"
"""In running text a code or a sign of letters is a currency beside a number or in brackets: `SDN BHD` is a company."""

_LETTERS: Final = re.compile(r"(?<![^\W\d_])[A-Za-z]{2,3}(?=[-+. ]{0,2}\d)|(?<=\d)[A-Za-z]{3}(?![^\W\d_])")
"""Letters right before a number, and three right behind one."""


@cache
def _codes() -> frozenset[str]:
    """Those that are tender somewhere today: `ESA` before digits is a Spanish tax number, no longer a peseta."""
    return frozenset(code for land in get_global("territory_currencies") for code in get_territory_currencies(land))


@cache
def sign_pattern() -> re.Pattern[str]:
    """One sign or code. Letters of a sign stand alone: `RM9.00` has one, `FARM` has none."""
    signs = sorted({*_SIGNS, *_SHARED_DEFAULT}, key=len, reverse=True)
    spelled = [
        rf"(?<![^\W\d_]){re.escape(s)}(?![^\W\d_])" if s[0].isalpha() and s[-1].isalpha() else re.escape(s)
        for s in signs
    ]
    codes = "|".join(sorted(_codes()))
    return re.compile(rf"(?<![^\W\d_])(?:{codes})(?![^\W\d_])|" + "|".join(spelled))


def in_its_case(text: str) -> str:
    """An amount whose letters of a currency stand beside it in any case, with the sign as it is known: `rm4.00`."""
    return _LETTERS.sub(lambda found: _cased().get(found.group().lower(), found.group()), text)


@cache
def _cased() -> Mapping[str, str]:
    return {sign.lower(): sign for sign in (*_codes(), *_SIGNS, *_SHARED) if sign.isalpha()}


def currency_of(sign: str, country: str | None = None) -> str | None:
    """The ISO code of a sign or code; a shared sign by the country, else its most common meaning."""
    if sign in _codes():
        return sign
    if sign in _SHARED:
        return _SHARED[sign].get(country or "", _SHARED_DEFAULT[sign])
    return _SIGNS.get(sign)


def currency_in(text: str, country: str | None = None) -> str | None:
    """The currency that a whole document speaks of most: by codes and signs that one has alone, then by shared signs.

    A code that is a word as well counts where it stands beside amounts with their decimals, more than once.
    """
    found = [found for found in sign_pattern().finditer(text) if _is_currency(found, text)]
    shared = [one.group() for one in found if one.group() in _SHARED]
    words = Counter(one.group() for one in found if one.group() in _WORDS and _beside_decimals(one, text))
    own = Counter(code for one in found if (code := _own(one.group())))
    again = Counter({code: count for code, count in words.items() if count > 1})
    for votes in (own, again, Counter(currency_of(sign, country) for sign in shared)):
        if votes:
            return votes.most_common(1)[0][0]
    return None


def _own(sign: str) -> str | None:
    """The currency that alone has this code or sign; none for a shared sign and for a word."""
    return None if sign in _SHARED or sign in _WORDS else currency_of(sign)


def _beside_decimals(found: re.Match[str], text: str) -> bool:
    before, after = text[: found.start()][-6:], text[found.end() :][:20]
    return bool(re.match(r" ?[\d.,']*\d[.,]\d\d(?!\d)", after) or re.search(r"\d[.,]\d\d ?$", before))


def _is_currency(found: re.Match[str], text: str) -> bool:
    if not found.group().isalpha():
        return True
    before, after = text[: found.start()][-12:], text[found.end() :][:4]
    beside = re.match(rf" ?[:.]? ?{_BESIDE}", after) or re.search(r"[\d(\[] ?$", before)
    return bool(beside or re.search(r"\b(in|currency|währung|devise|moneda|valuta) ?:? ?$", before, re.I))


def decimals_of(currency: str | None) -> int | None:
    """How many decimals amounts in a currency have: 2 for most, 0 for JPY, 3 for KWD; None for no currency."""
    if currency is None:
        return None
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])
