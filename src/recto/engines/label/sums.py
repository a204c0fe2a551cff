"""The sums of an invoice: net, tax, gross and what is still due, by their captions and by adding up."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Final

from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import Match, amount_of, amounts
from recto.engines.label.spans import span_in

_TAXES: Final = r"(?:ust|mwst|umsatz\w*|mehrwert\w*|tax(?:es)?|vat|tva|taxe|iva|igic|btw|gst|steuer\w*|versicherung\w*)"
_NET: Final = (
    r"netto(?!preis| a pagare)|\bnet\b(?! a payer| ttc)|\bht\b|hors tax"
    r"|(?:sub|zwischen|sous|subs) ?(?:total|summe|totaal|totale)"
    rf"|(?:ohne|exc\w*|exkl\w*|before|zzgl\w*|sans|senza|sin|zonder|w o) {_TAXES}\b"
    r"|(?:total|importe) bruto|warenwert|base imponible|imponibile|positionssumme|grondslag|taxable"
)
_GROSS: Final = (
    rf"brutto(?!preis)|\bttc\b|(?:ink\w*|inc\w*|einschl\w*|mit|toutes|con|with) (?:\d+ )?{_TAXES}\b"
    r"|grand total|rechnungsbetrag|endbetrag|total facture|invoice total|totale fattura|totale documento"
    r"|factuurbedrag|ivato"
)
_PLUS: Final = rf"^(?:zzgl|zuzuglich|plus|plus de|piu|mas)\s(?:\d+ )?{_TAXES}\b"
_TAX: Final = rf"\b(?:\w*(?:steuer\w*|ust|mwst|versicherung\w*)|{_TAXES})\b|imposta|\bcuota\b"
_DUE: Final = (
    r"zahlbetrag|zu ?zahlen|\bdue\b|payable|a payer|residual|balance|offener|te betalen|da pagare|a pagar|restbetrag"
    r"|uberweisen|falliger|amount owing|please pay|solde|te voldoen|pendiente|openstaand|outstanding|dovuto|restant"
    r"|a pagare|noch offen|^saldo$"
)
_PAID: Final = (
    r"anzahlung|bezahlt|\bpaid\b|prepaid|acompte|\bpayments?\b|deja|a cuenta|anticipo|voorschot|acconto|deposit|gezahlt"
    r"|pagado|\bbetaald|voldaan|vorauszahlung|gezahlter|\bpagato|versat[oi]|aanbetaling|entregado|\brecu\b|gezahlte|received"
)
_CUT: Final = (
    r"rabatt|discount|remise|descuento|korting|sconto|skonto|abschl[aä]g|nachlass|rebate|rabais|\bdto\b|ristourne|abzug"
)
_CARRY: Final = (
    r"shipping|versand|porto|fracht|freight|livraison|frais de port|\bport\b|portes|verzend|spedizione|trasporto"
    r"|zuschlag|transport|lieferkosten|delivery|postage|handling|\bs h\b|envio|spese accessorie|imballo|carriage"
)
_PRIOR: Final = (
    r"previous|prior|forward|ausstehende|alter saldo|ancien solde|(?:solde|saldo) (?:ante\w*|prec\w*|vorig\w*)"
    r"|(?:vorherig|offen|openstaand|vorig)e?r? saldo|saldovortrag"
)
_TOTAL: Final = r"total|summe|gesamt|totaal|totale|importe|beitrag|betrag|somme|amount"
ROLES: Final = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        ("previous_unpaid_balance", _PRIOR),
        ("amount_paid", _PAID),
        ("amount_due", _DUE),
        ("total_tax", _PLUS),
        ("sub_total", _NET),
        ("invoice_total", _GROSS),
        ("total_tax", _TAX),
        ("total_discount", _CUT),
        ("shipping_charge", _CARRY),
        ("invoice_total", _TOTAL),
    )
)
SKIPPED: Final = re.compile(
    r"^[\W\d]*$|^(?:in )?(?:eur|usd|gbp|chf|cad|aud|sgd|myr|inr|mxn|sek|dkk|nok|pln|von|of)$|^\W*[\d.,]+\s?%\W*$"
)


@dataclass(frozen=True, slots=True)
class Sum:
    """A captioned amount: the field that its caption names, its row and its words there."""

    name: str
    caption: str
    row: int
    match: Match
    value: Decimal


def captioned(rows: Sequence[Row]) -> list[Sum]:
    """All amounts whose nearest text to the left names a sum."""
    found = []
    for number, row in enumerate(rows):
        for match in amounts(row.texts, row.gaps)[-1:]:
            beside = _caption(row, match) or _loose(rows, number)
            caption = beside if role_of(beside) else _above(rows, number, match)
            name = role_of(caption)
            value = amount_of(match.text)
            if name and value is not None:
                found.append(Sum(name, caption, number, match, value))
    return found


def role_of(caption: str) -> str:
    """The sum that a caption names, `` for none."""
    return next((name for name, pattern in ROLES if pattern.search(caption)), "")


def _caption(row: Row, match: Match) -> str:
    """The nearest text to the left of the amount: of its own cell, else of the nearest cell that says something."""
    base, cells = 0, []
    for cell in row.cells:
        cells.append(cell.texts[: max(0, match.start - base)])
        base += len(cell.texts)
    spoken = [plain(" ".join(texts)) for texts in cells if texts]
    return next((text for text in reversed(spoken) if not SKIPPED.search(text)), "")


def _loose(rows: Sequence[Row], number: int) -> str:
    """For an amount alone in its row: the text of the nearer neighbour that has none, where rows do not quite meet."""
    row = rows[number]
    if any(letter.isalpha() for letter in row.text.replace("EUR", "")):
        return ""
    near = [rows[n] for n in (number - 1, number + 1) if 0 <= n < len(rows) and rows[n].page == row.page]
    able = [other for other in near if not amounts(other.texts, other.gaps) and len(other.texts) < 6]
    best = min(able, key=lambda other: abs(other.box.center[1] - row.box.center[1]), default=None)
    close = best is not None and abs(best.box.center[1] - row.box.center[1]) < 1.2 * row.box.height
    return plain(best.cells[-1].text) if best is not None and close else ""


def _above(rows: Sequence[Row], number: int, match: Match) -> str:
    """For an amount in a strip of values: the caption right above it, where one asks for what is to be paid."""
    cell = _cell_at(rows[number], match.start)
    if not number or rows[number - 1].page != rows[number].page or not cell:
        return ""
    over = [c for c in rows[number - 1].cells if c.box.left < cell.box.right and c.box.right > cell.box.left]
    return next((text for c in over if role_of(text := plain(c.text)) in ("amount_due", "invoice_total")), "")


def _cell_at(row: Row, place: int) -> Cell | None:
    """The cell in which a row's word stands."""
    for cell in row.cells:
        if place < len(cell.texts):
            return cell
        place -= len(cell.texts)
    return None


def plain(text: str) -> str:
    """Words in plain lower-case letters, one space between them."""
    return " ".join(
        filter(None, (compact(word) if any(map(str.isalnum, word)) else "" for word in re.split(r"[\s/]+", text)))
    )


def chosen(known: Sequence[Sum]) -> dict[str, Sum]:
    """The best of each name; net, tax and gross together, by whether they add up."""
    best = {entry.name: entry for entry in known}  # later rows overwrite: sums stand at the end
    trio = _trio(known)
    if best.get("amount_due") is trio.get("invoice_total"):
        best.pop("amount_due", None)  # one amount is the whole, whatever it is called
    best |= trio
    if "invoice_total" not in best and "amount_due" in best:
        due = best.pop("amount_due")
        best["invoice_total"] = replace(due, name="invoice_total")  # no other amount is the whole
    return best


def _trio(known: Sequence[Sum]) -> Mapping[str, Sum]:
    """Net, tax and gross whose captions fit best and that add up; without such, nothing."""
    by = {
        name: [e for e in known if e.name == name][-8:]
        for name in ("sub_total", "total_tax", "invoice_total", "amount_due")
    }
    gross = by["invoice_total"] + by["amount_due"]
    sums = [
        (net, tax, total)
        for net, tax, total in product(by["sub_total"] + by["invoice_total"], by["total_tax"], gross)
        if net.value + abs(tax.value) == total.value
        and net is not total
        and total.value
        and (tax.value or net.name == "sub_total")
    ]
    if not sums:
        return {}
    net, tax, total = max(sums, key=_fit)
    return {"sub_total": net, "total_tax": tax, "invoice_total": total}


def _fit(trio: tuple[Sum, Sum, Sum]) -> tuple[int, int]:
    """How well captions fit, then how far down the sums stand."""
    net, tax, total = trio
    fit = 2 * (net.name == "sub_total") + 2 * (total.name == "invoice_total") + (net.row <= tax.row <= total.row)
    return fit, total.row


def sum_spans(rows: Sequence[Row], known: Sequence[Sum]) -> list[Span]:
    """A span for each sum that was chosen; taxes that stand line by line by their rates are the details of the tax."""
    parts = by_rate(known)
    best = chosen([entry for entry in known if entry not in parts])
    details = [span for entry in parts for span in _detail(rows[entry.row], entry)]
    return [*details, *(span_in(rows[entry.row], entry.match, name) for name, entry in best.items())]


def by_rate(known: Sequence[Sum]) -> list[Sum]:
    """Taxes in rows one under the other of which none is the whole; none where there is one tax."""
    taxes = [entry for entry in known if entry.name == "total_tax"]
    run = [one for one in taxes if any(abs(one.row - other.row) == 1 for other in taxes)]
    whole = sum((abs(entry.value) for entry in run), Decimal(0))
    parts = [one for one in run if 2 * abs(one.value) != whole]  # a row that is the sum of the others is no part
    return parts if len(run) > 1 and all(abs(one.value) != whole for one in taxes) else []


def _detail(row: Row, entry: Sum) -> list[Span]:
    """The amount of one rate, and the rate where its caption has it: `IVA (10 %)`."""
    rate = next((n for n in range(entry.match.start) if re.match(r"^\W?\d{1,2}(?:[.,]\d+)?\s?%", row.texts[n])), None)
    own = [Span("tax_details.rate", (row.words[rate],))] if rate is not None else []
    return [*own, span_in(row, entry.match, "tax_details.amount")]


def rates(rows: Sequence[Row], known: Sequence[Sum]) -> list[Span]:
    """Tax by rate: rows where a base times a rate is the tax, as printed."""
    found: list[Span] = []
    for row in rows:
        pair = _rate(row)
        if pair:
            base, rate, tax = pair
            found += [
                Span("tax_details.rate", (row.words[rate],)),
                span_in(row, base, "tax_details.net_amount"),
                span_in(row, tax, "tax_details.amount"),
            ]
    return found


def _rate(row: Row) -> tuple[Match, int, Match] | None:
    """Base, position of the rate, and tax of a row."""
    able = [(match, amount_of(match.text)) for match in amounts(row.texts, row.gaps)]
    taken = {n for match, _ in able for n in range(match.start, match.stop)}
    for n, text in enumerate(row.texts):
        rate = re.fullmatch(r"\(?(\d{1,2}(?:[.,]\d{1,3})?)\s?%?\)?", text)
        if not rate or n in taken:
            continue
        share = Decimal(rate.group(1).replace(",", "."))
        for (base, whole), (tax, part) in product(able, able):
            if base is not tax and whole and part and share and abs(whole * share / 100 - part) <= Decimal("0.011"):
                return base, n, tax
    return None
