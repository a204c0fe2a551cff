"""The sums of a receipt: each by its caption and place, the grand total also by what adds up to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from recto.document.reading import Span
from recto.engines.label.rows import Row
from recto.engines.label.shapes import SYMBOL, Match, amount_of, matches, moneys
from recto.engines.label.spans import span_in
from recto.engines.label.spelling import spelled

ROLES: Final = (
    # The first that matches names the row; `none` rows are captions that would mislead.
    (
        "none",
        r"TOTAL\s*(?:QTY|QUANTIT|ITEM|SAVING|POINT|NO\.?\b|UNIT|PCS|SUPPL|\d+%)|(?:QTY|QUANTITY|ITEMS?|POINTS?)\s*TOTAL",
    ),
    ("none", r"MEMBER|POINTS?\b|SAVED|SAVINGS?\b|GST SUMMARY|AMOUNTS? (?:IN|ARE)|LAST BALANCE|EXPIR"),
    ("charge", r"\bS(?:E?RV|VC)\w*\.?\s*CH|SERVICE\s*C"),
    ("change", r"CHANGE\b"),
    ("tax", r"(?:GST|TAX|SST|VAT)\s*PAYABLE"),
    ("paid", r"ACCEPTED|TENDER|RECEIVED|TOTAL PAID|PAID AMOUNT|AMOUNT PAID"),
    ("total", r"TO BE PAID|AM(?:OUN)?T\.?\s*(?:PAID\s*)?INC"),
    ("total", r"(?:TOTAL|TTL).*\b(?:AFTER|ROUNDED|ADJ)\b|ROUNDED\s*TOTAL|\bROUNDED\b"),
    ("rounding", r"ROUND(?!ED)|RNDG|\bRDG\b|PEMBUNDARAN|BUNDAR|\bADJ(?:UST\w*|\.)?\b"),
    ("subtotal", r"SUB[\s\-.]*TO?TA?L|\bS[./]?TO?TA?L\b|SUBTTL|ZWISCHENSUMME|SOUS[\s-]TOTAL"),
    (
        "subtotal",
        r"TOTAL.*\b(?:EXC\w*|BEFORE|W/?O|WITHOUT)\b|\b(?:EXC\w*|BEFORE).*TOTAL|NETT? AMOUNT|TAXABLE|AMOUNT BEFORE",
    ),
    (
        "total",
        r"TOTAL.*\b(?:INC\w*|WITH|PAYABLE|DUE)\b|INC\w*.*TOTAL|GRAND\s*TOTAL",
    ),
    ("tax", r"(?:GST|TAX|SST|VAT|MWST|TVA|IVA|HST|PST).*TOTAL|TOTAL.*\b(?:GST|TAX|SST|VAT)\b"),
    ("discount", r"DISC(?:OUNT)?\b|DISC\s*%|TOTAL DISC|REBATE|PROMO\w*|RABATT|REMISE"),
    ("coupon", r"COUPON|VOUCHER"),
    (
        "total",
        r"TOTAL|\bTTL\b|\bTOT\b|(?:AMOUNT|AMT|BALANCE) DUE|TO PAY|PAYABLE|JUMLAH|SUMME|GESAMT|NETT?\b|BILL AMT",
    ),
    ("total", r"ZU ZAHLEN|À PAYER|A PAYER|(?<!PAID )\bAMOUNT\b(?! (?:PAID|TENDER))|(?<!CHANGE )\bAMT\b|\bDUE\b"),
    ("cash_back", r"CASH\s*BACK"),
    ("refund", r"REFUND(?:ED)?\b"),
    ("change", r"CHANGE|\bBAKI\b|R[ÜU]CKGELD|WECHSELGELD|RENDU|CHG\b|BALANCE"),
    ("tip", r"\bTIPS?\b|GRATUITY|TRINKGELD|POURBOIRE"),
    ("charge", r"SERVICE\s*C\w*|SVC|SERV\.?\s*CH|CHARGE"),
    ("tax", r"\bGST\b|\bTAX\b|\bSST\b|\bVAT\b|MWST|\bTVA\b|\bIVA\b|\bHST\b|\bPST\b|GOV\b"),
    (
        "paid",
        r"CASH|VISA|MASTER|CREDIT|DEBIT|\bCARD\b|PAID|PAYMENT|AMEX|NETS|E-?WALLET|\bBAR\b",
    ),
)
_PATTERNS: Final = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in ROLES)
LABELS: Final = {
    "subtotal": "SUBTOTAL",
    "tax": "TAX",
    "tip": "TIP",
    "discount": "DISCOUNT",
    "coupon": "COUPON",
    "change": "CHANGE",
    "cash_back": "CASH_BACK",
    "refund": "REFUND",
}
SUMMARY: Final = re.compile(
    r"(?:GST|TAX|SST|VAT)\s*(?:SUMMARY|ANALYSIS|DETAILS?|INFO|RATE|CODE)|SUMMARY|TAX\s*CODE|\bGST\s*EXCL|STEUERSATZ",
    re.I,
)


_COIN: Final = Decimal("0.05")
"""To which cash is rounded where there are no cents; no rounding is as much."""

PAYMENT: Final = re.compile(
    r"\b(?:CASH(?!IER| BACK| (?:BILL|SALES?|INV))|VISA|MASTER\s?CARD|AMEX|AMERICAN EXPRESS|DEBIT(?: CARD)?"
    r"|CREDIT(?: CARD)?|MYDEBIT|PAYPAL|APPLE PAY|GOOGLE PAY|EC[\s-]KARTE|GIROCARD|BARZAHLUNG|BAR"
    r"|CARTE BANCAIRE|NETS|DISCOVER)\b|[X*]{4,}[\sX*-]*\d{4}\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A caption with its amount: `role` is one of ROLES, `row` the amount's; `summary`: it stands in a tax table."""

    role: str
    caption: str
    row: int
    match: Match
    value: Decimal
    summary: bool = False


def entries(rows: Sequence[Row], start: int) -> list[Entry]:
    """Captioned amounts from row `start` on; an amount alone in a row belongs to the caption without one above it."""
    found: list[Entry] = []
    waiting: tuple[str, str] | None = None
    summary = False
    for number in range(start, len(rows)):
        row = rows[number]
        summary = summary or bool(SUMMARY.search(spelled(row.text)))
        amounts = moneys(row.texts, row.gaps)
        caption = _last_caption(row, amounts) or _caption(row, amounts)
        role = role_of(caption)
        if not amounts:
            waiting = (role, caption) if role else None
            continue
        if not role and waiting and not re.search(r"\w", caption):
            role, caption = waiting
        waiting = None
        value = amount_of(amounts[-1].text)
        if value is not None:
            found.append(Entry(role, spelled(caption), number, amounts[-1], value, summary))
    return found


def _caption(row: Row, found: Sequence[Match]) -> str:
    """The words before the first amount, and what is glued to it: `Grand TotalRM15.40`."""
    if not found:
        return " ".join(row.texts).strip(" :.*")
    glued = re.match(rf"(.*[A-Z]\w?)(?:{SYMBOL})[-(]?\d", row.texts[found[0].start], re.IGNORECASE)
    return " ".join([*row.texts[: found[0].start], glued.group(1) if glued else ""]).strip(" :.*-")


def _last_caption(row: Row, found: Sequence[Match]) -> str:
    """The words between the last two amounts, where they are a caption: `TOTAL SAVING: 0.00 TOTAL 6.85`."""
    between = row.texts[found[-2].stop : found[-1].start] if len(found) > 1 else ()
    return " ".join(between).strip(" :.*-") if role_of(" ".join(between)) else ""


def role_of(caption: str) -> str:
    """What a caption calls its amount, `` if nothing known."""
    meant = spelled(caption)
    return next((role for role, pattern in _PATTERNS if pattern.search(meant)), "")


def sums_of(rows: Sequence[Row], start: int) -> list[Span]:
    """Spans of the grand total, then of the other sums outside tax tables."""
    known = entries(rows, start)
    total = grand_total(known)
    spans = [span_in(rows[total.row], total.match, "GRAND_TOTAL")] if total else []
    for entry in known:
        label = LABELS.get(entry.role)
        if label and not entry.summary and entry.value != 0:
            spans.append(span_in(rows[entry.row], entry.match, label))
    return spans


def grand_total(known: Sequence[Entry]) -> Entry | None:
    """The entry that the most evidence calls the total; without a total's caption, what was paid."""
    able = [entry for entry in known if (entry.role == "total" or _is_rounded_total(entry, known)) and entry.value > 0]
    able += [entry for entry in known if entry.role in ("", "subtotal") and _paid_for(entry.value, known)]
    bases = {entry.value for entry in known if entry.role == "subtotal"}
    made = [entry for entry in known if not entry.role and entry.value not in bases and _built_from(entry.value, known)]
    able += [entry for entry in made if entry not in able]
    if not able:
        able = [entry for entry in known if entry.role in ("subtotal", "paid") and entry.value > 0]
    return max(able, key=lambda entry: _total_score(entry, known), default=None)


def _total_score(entry: Entry, known: Sequence[Entry]) -> float:
    score = 0.0
    score += 2.0 if re.search(r"GRAND|PAYABLE|DUE|ROUNDED|INC|AFTER|NETT?\b", entry.caption, re.I) else 0.0
    score += 1.0 if re.search(r"TOTAL", entry.caption, re.I) else 0.0
    score -= 3.0 if entry.summary else 0.0
    score += 3.0 if _paid_for(entry.value, known) else 0.0
    score += 3.0 if _rounded(entry, known) else 0.0
    score += 6.0 if _is_rounded_total(entry, known) else 0.0
    score -= 0.0 if entry.role == "total" else 2.0
    score += 1.0 if _built_from(entry.value, known) else 0.0
    score += 0.5 * sum(1 for other in known if other.value == entry.value and other is not entry)
    return score


def _paid_for(value: Decimal, known: Sequence[Entry]) -> bool:
    """Paid less change is the total."""
    paid = [entry.value for entry in known if entry.role == "paid"]
    change = [entry.value for entry in known if entry.role == "change"] or [Decimal(0)]
    return value > 0 and any(p - abs(c) == value for p in paid for c in change)


def _rounded(entry: Entry, known: Sequence[Entry]) -> bool:
    """Another total above, rounded, is this one."""
    above = {other.value for other in known if other.role in ("total", "subtotal") and other.row < entry.row}
    rounding = [other.value for other in known if other.role == "rounding" and other.value]
    return any(value + sign * by == entry.value for value in above for by in rounding for sign in (1, -1))


def _is_rounded_total(entry: Entry, known: Sequence[Entry]) -> bool:
    """Captioned as rounding, it is a total above to the next five cents: some tills call both rounding."""
    above = [other.value for other in known if other.role in ("total", "subtotal") and other.row < entry.row]
    whole = entry.value % _COIN == 0
    return entry.role == "rounding" and whole and any(0 < abs(value - entry.value) < _COIN for value in above)


def _built_from(value: Decimal, known: Sequence[Entry]) -> bool:
    """Subtotal, tax, charge, discount and rounding, some of them, make the total."""
    subtotals = [entry.value for entry in known if entry.role == "subtotal"]
    extras = [
        sum(c, Decimal(0)) for c in _choices([e for e in known if e.role in ("tax", "charge", "rounding", "tip")])
    ]
    return any(base + extra == value for base in subtotals for extra in extras)


def _choices(known: Sequence[Entry]) -> list[tuple[Decimal, ...]]:
    """Every choice among the first six amounts."""
    chosen: list[tuple[Decimal, ...]] = [()]
    for entry in known[:6]:
        chosen += [(*some, entry.value) for some in chosen]
    return chosen


def payments(rows: Sequence[Row], start: int) -> list[Span]:
    """The words that name how it was paid, with a card's masked number."""
    return [
        span_in(row, match, "PAYMENT_METHOD")
        for row in rows[start:]
        if moneys(row.texts, row.gaps) or re.search(r"[X*]{4,}", row.text)
        for match in matches(PAYMENT, row.texts, row.gaps)[:2]
        if role_of(" ".join(row.texts[: match.stop])) in ("paid", "") and len(row.texts) < 9
    ]
