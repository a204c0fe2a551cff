"""What the whole document says about how its numbers and dates are written: computed once, handed to every parser."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from recto.document.page import Words
from recto.schemas.values.currencies import currency_in
from recto.schemas.values.letters import plain

Order = Literal["dmy", "mdy", "ymd"]
Mark = Literal[".", ","]

_SPOKEN: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of to for total date invoice amount due tax number payment from your with thank you please qty",
        "de": "der die das und von für rechnung betrag datum mwst menge preis nr zahlbar bis kunde ust summe netto",
        "fr": "le la les et de des du facture montant date tva quantité prix client à payer échéance ht ttc merci",
        "es": "el los las y de del factura importe fecha iva cantidad precio cliente vencimiento base gracias",
        "nl": "de het een en van voor factuur bedrag datum btw aantal prijs klant betalen vervaldatum totaal bedankt",
        "it": "il lo gli e di del fattura importo data iva quantità prezzo cliente scadenza imponibile totale grazie",
        "pt": "o os e de do da fatura valor data iva quantidade preço cliente vencimento obrigado nif",
        "ms": "jumlah tarikh masa resit tunai baki terima kasih sila dan",
    }.items()
}
_SCRIPTS: Final = (("ja", re.compile("[\u3040-\u30ff]")), ("ko", re.compile("[\uac00-\ud7af]")))
_HAN: Final = re.compile("[\u4e00-\u9fff]")

_STATES: Final = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR"
    "|PA|PR|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_MALAYSIAN: Final = (
    r"sdn|bhd|berhad|malaysia|kuala lumpur|putrajaya|selangor|johor|penang|pulau pinang|perak|melaka|negeri sembilan"
    r"|pahang|kelantan|terengganu|kedah|perlis|sabah|sarawak|petaling jaya|shah alam|jln"
)
_COUNTRY_SIGNS: Final = tuple(
    (country, re.compile(pattern, flags))
    for country, pattern, flags in (
        ("MY", rf"\b({_MALAYSIAN}|\+?60[1-9]\d{{7,8}})\b", re.I),
        ("US", rf"[A-Za-z.]{{2,}},? +(?:{_STATES}),? +\d{{5}}(?:-\d{{4}})?\b", 0),
        ("US", r"\b\d{1,2}-\d{1,4}/\d{4}\b|[⑆:]\d{9}[⑆|:]|\b(?:fdic|equal housing lender)\b", re.I),
        ("US", r"\bpay\s*to\s*the\b[^\n]{0,40}?\s*order\s*of\b", re.I),
        ("US", r"\b(u\.?s\.?a|united states|internal revenue|irs|form w-?2|form 109[89])\b", re.I),
        ("CA", r"\b[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d\b", 0),
        ("CA", r"\b(canada|ontario|quebec)\b", re.I),
        ("GB", r"\b(united kingdom|england|london|vat reg)\b", re.I),
        ("AU", r"\b(australia|abn:? ?\d{2} ?\d{3})\b", re.I),
        ("SG", r"\bsingapore\b", re.I),
        ("IN", r"\b(gstin|india)\b", re.I),
        ("DE", r"\b(gmbh|deutschland|germany|DE\d{9})\b", re.I),
        ("AT", r"\b(österreich|austria|ATU\d{8})\b", re.I),
        ("CH", r"\b(schweiz|suisse|svizzera|switzerland|CHE-?\d{3})\b", re.I),
        ("FR", r"\b(france|siret|s\.?a\.?r\.?l\.?|FR\d{11})\b", re.I),
        ("ES", r"\b(españa|spain|s\.l\.u?)(?!\w)", re.I),
        ("IT", r"\b(italia|italy|s\.r\.l\.?|IT\d{11})(?!\w)", re.I),
        ("NL", r"\b(nederland|netherlands|kvk|NL\d{9}B\d{2})\b", re.I),
    )
)
_COMMA_LANGUAGES: Final = frozenset({"de", "fr", "es", "nl", "it", "pt"})
_COMMA_COUNTRIES: Final = frozenset({"DE", "AT", "FR", "ES", "IT", "NL"})
_POINT_COUNTRIES: Final = frozenset({"US", "CA", "GB", "AU", "SG", "IN", "MY", "CH"})
_MONTH_FIRST_COUNTRIES: Final = frozenset({"US"})
_NO_ORDER_COUNTRIES: Final = frozenset({"CA"})
"""In Canada all three orders are in use."""

_POINT_AMOUNT = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:[,' \u00a0]\d{2,3})+|\d+)\.\d{2}(?![\d.,])")
_COMMA_AMOUNT = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:[.' \u00a0]\d{3})+|\d+),\d{2}(?![\d.,])")
_SPACED_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0]\d{3})+,\d{2}(?![\d.,])")
_NUMERIC_DATE = re.compile(r"(?<![\d/.-])(\d{1,4})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_CENTURIES = frozenset({"19", "20"})
_LAST_YEAR = "30"
"""`11-22-31` is a time of day, or a number."""
_DAY_FIRST_TAX = re.compile(r"\b(?:GST|SST|VAT)\b", re.I)
_CANADIAN_TAX = re.compile(r"\b(?:HST|PST|QST|TPS|TVQ)\b", re.I)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How this document writes things; None where it does not say.

    `decimal` is its decimal mark, `spaced` whether it groups thousands by spaces, `order` that of its numeric dates.
    """

    decimal: Mark | None = None
    spaced: bool = False
    order: Order | None = None
    currency: str | None = None
    country: str | None = None
    language: str | None = None

    @classmethod
    def of(cls, words: Words) -> "Evidence":
        """From the words of a document."""
        lines = groupby(words, key=lambda word: (word.page, word.line))
        return cls.of_texts(" ".join(word.text for word in line) for _, line in lines)

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "Evidence":
        """From its lines."""
        lines = [plain(text) for text in texts]
        whole = "\n".join(lines)
        language, country = _language(whole), _country(whole)
        currency = currency_in(whole, country)
        return cls(
            decimal=_decimal(whole, language, country),
            spaced=bool(_SPACED_AMOUNT.search(whole)),
            order=_order(whole, language, country, currency),
            currency=currency,
            country=country,
            language=language,
        )


def country_signs(country: str) -> tuple[re.Pattern[str], ...]:
    """What a text is searched for to tell this country."""
    return tuple(sign for code, sign in _COUNTRY_SIGNS if code == country)


def _language(text: str) -> str | None:
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    if _HAN.search(text):
        return "zh"
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    votes = Counter({language: sum(words[word] for word in spoken) for language, spoken in _SPOKEN.items()})
    (first, most), (_, next_most) = votes.most_common(2)
    return first if most >= 2 and most > next_most else None


def _country(text: str) -> str | None:
    votes = Counter({country: 0 for country, _ in _COUNTRY_SIGNS})
    for country, sign in _COUNTRY_SIGNS:
        votes[country] += len(sign.findall(text))
    (first, most), (_, next_most) = votes.most_common(2)
    return first if most > next_most else None


def _decimal(text: str, language: str | None, country: str | None) -> Mark | None:
    """By the amounts that can only be read one way; where they are silent or of two minds, by country and language.

    Of two minds is a German invoice with its opening hours (`08.30`).
    """
    points, commas = len(_POINT_AMOUNT.findall(text)), len(_COMMA_AMOUNT.findall(text))
    if points > 2 * commas:
        return "."
    if commas > 2 * points:
        return ","
    if country in _POINT_COUNTRIES or (country is None and language in ("en", "ja", "zh", "ko", "ms")):
        return "."
    return "," if country in _COMMA_COUNTRIES or language in _COMMA_LANGUAGES else None


def _order(text: str, language: str | None, country: str | None, currency: str | None) -> Order | None:
    """By the dates that can only be read one way; where they are silent, by country, language, currency and taxes.

    A date with its year in front says how it is itself read, and of others only what nothing else does.
    """
    votes = Counter(order for found in _NUMERIC_DATE.finditer(text) if (order := _order_shown(found)))
    led = votes.pop("ymd", 0)
    if votes:
        (first, most), *rest = votes.most_common()
        return first if not rest or most > 2 * rest[0][1] else None
    return _usual_order(country, language) or ("ymd" if led else _order_by_money(text, country, currency))


def _usual_order(country: str | None, language: str | None) -> Order | None:
    """As people of the country write dates, or where it is not known those of the language."""
    if country is not None:
        if country in _NO_ORDER_COUNTRIES:
            return None
        return "mdy" if country in _MONTH_FIRST_COUNTRIES else "dmy"
    if language in ("ja", "zh", "ko"):
        return "ymd"
    return "dmy" if language not in (None, "en") else None


def _order_by_money(text: str, country: str | None, currency: str | None) -> Order | None:
    """Dollars are spent where the month is first; the taxes of other countries are not levied there."""
    if country in _NO_ORDER_COUNTRIES or currency == "CAD":
        return None
    if currency is not None:
        return "mdy" if currency == "USD" else "dmy"
    return "dmy" if _DAY_FIRST_TAX.search(text) and not _CANADIAN_TAX.search(text) else None


def _order_shown(found: re.Match[str]) -> Order | None:
    first, mark, second, last = found.groups()
    if len(first) == 4:
        return "ymd" if first[:2] in _CENTURIES and 1 <= int(second) <= 12 and int(last) <= 31 else None
    if len(first) == 3 or (len(last) == 4 and last[:2] not in _CENTURIES):
        return None
    if int(first) > 12 and 1 <= int(second) <= 12 and int(first) <= 31 and len(last) == 4:
        return "dmy"
    if int(second) > 12 and 1 <= int(first) <= 12 and int(second) <= 31 and mark != "." and last[-2:] <= _LAST_YEAR:
        return "mdy"
    return "dmy" if mark == "." and len(last) == 4 else None
