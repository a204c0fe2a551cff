"""What an invoice is called: its number, dates and references, by title and captions."""

import re
from collections.abc import Sequence
from typing import Final

from recto.document.reading import Span
from recto.engines.label.captions import Caption, Place, captions_of, compact, find, places
from recto.engines.label.merchants import TELEPHONE
from recto.engines.label.rows import Row
from recto.engines.label.shapes import DATE, Match, matches, moneys
from recto.engines.label.spans import span_in
from recto.schemas.schema import FieldSpec, Schema
from recto.schemas.values.ids import is_iban

NUMBER: Final = r"(?P<id>[A-Z]{0,6}[-/]?(?=[\w./\-]*\d)[\w][\w./\-]*)"
TITLE: Final = re.compile(
    r"(?:\w*rechnung|invoice|facture|factura|fattura|factuur|\w*gutschrift|credit\s?note|avoir|receipt|statement)\b"
    r"(?:\s*\([^)]*\))*(?:\s(?:[^\d:#(]|\([^)]*\)){0,30}?)?\s*(?P<mark>(?:nr|no|n|number|numéro|nummer|id|num)\b\s?[.°º]?|[#:№]|n[°º])+\s*[:#]*\s*"
    + NUMBER,
    re.IGNORECASE,
)
BARE: Final = re.compile(
    r"^\W*(?:[^\W\d]+[ -]){0,2}?(?:\w*rechnung|invoice|bill|facture|factura|fattura|\w*factuur|\w*gutschrift|avoir"
    r"|statement of charges)(?:\s(?:/\s)?(?:[^\W\d]{2,}|#)){0,2}\s+" + NUMBER + r"(?=\s{2}|$)",
    re.IGNORECASE,
)
"""A title with its number and nothing else."""
TITLES: Final = frozenset({"invoice", "rechnung", "facture", "factura", "factuur", "fattura"})
LOOSE: Final = ("reference", "référence", "nummer", "numéro", "number", "num", "numero", "document", "beleg", "ref no")
"""Captions that mean the invoice's number where nothing else does."""
ISSUED: Final = re.compile(r"\b(?:vom|issued|dated|du|del|van|of|le|date)\b", re.IGNORECASE)
ELSEWHEN: Final = re.compile(
    r"due|fällig|zahlbar|échéance|lieferd|delivery|leistung|bestell|order|vencimiento|scadenza|verval|period|zeitraum|bis|until"
    r"|remit|skonto|valid|version|stand|payment|paiement|livraison|printed|gültig|überweis|ziel|frist|vence|\bvto|voldoen|scade"
    r"|betaal|pago\b|pagare|règlement|régler|payer",
    re.IGNORECASE,
)
TOKENS: Final = frozenset({"text", "account", "tin"})
SUMS: Final = frozenset({"money", "currency", "name", "address"})
SAID: Final = re.compile(r"(?:nummer|number|numero|nr|no|n|id|factuurnr)$")
"""How a caption ends that asks for a number."""
FOREIGN: Final = re.compile(
    r"bestell|order|commande|kunden|customer|auftrag|liefer|pedido|vertrag|client", re.IGNORECASE
)
"""Another document's number, spoken of in the title's sentence."""
NUMBERED: Final = frozenset({"vendor_phone_number", "vendor_tax_id", "customer_tax_id", "kvk_number"})
"""What stands behind its caption without a colon too: a telephone's or a register's number."""
DIGITS: Final = 5
"""Such a number has so many digits at least."""
GROUP: Final = re.compile(r"^\d{2,11}[A-Z]?$")
"""Registration numbers are printed in groups: `123 4567 89`."""
CODES: Final = re.compile(r"^#?[A-Z0-9][\w./\-]*\d[\w./\-]*$|^\d+$", re.IGNORECASE)


def identity_spans(rows: Sequence[Row], schema: Schema, last: int) -> list[Span]:
    """Number and date first, then every other captioned field that is no sum and no party."""
    captions = find(rows, captions_of(schema), NUMBERED)
    number = _number(rows, captions)
    spans = [number] if number else []
    day = _date(rows, captions)
    spans += [day] if day else []
    for spec in schema.fields:
        if spec.name not in ("invoice_id", "invoice_date", "vendor_email") and spec.type not in SUMS:
            spans += _captioned(rows, captions, spec)
    spans += _customer_number(rows, captions)
    return [*spans, *_banking(rows), *_account(rows[last:], schema)]


def _number(rows: Sequence[Row], captions: Sequence[Caption]) -> Span | None:
    """The number beside a caption that says number, else in the title, else by a bare title or any other caption."""
    own = [caption for caption in captions if "invoice_id" in caption.names and caption.marked]
    said = [caption for caption in own if SAID.search(caption.key)]
    return (
        _captioned_number(rows, captions, said, "right")
        or _titled(rows, TITLE)
        or _titled(rows, BARE)
        or _captioned_number(rows, captions, own, "right")
        or _captioned_number(rows, captions, said, "below")
        or _captioned_number(rows, captions, [one for one in own if one.key not in TITLES], "below")
        or _loosely(rows)
    )


def _loosely(rows: Sequence[Row]) -> Span | None:
    """The number beside or below a caption that says little."""
    own = find(rows, {compact(text): ("invoice_id",) for text in LOOSE})
    marked = [caption for caption in own if caption.marked]
    return _captioned_number(rows, own, marked, "right") or _captioned_number(rows, own, marked, "below")


def _titled(rows: Sequence[Row], pattern: re.Pattern[str]) -> Span | None:
    for row in rows[:60]:
        for hit in matches(pattern, row.texts, row.gaps):
            found = _token(row, hit)
            if found and not DATE.fullmatch(row.texts[found.start].strip(".,")) and not FOREIGN.search(hit.text):
                return span_in(row, found, "invoice_id")
    return None


def _captioned_number(
    rows: Sequence[Row], captions: Sequence[Caption], own: Sequence[Caption], side: str
) -> Span | None:
    for caption in own:
        for place in places(rows, caption, captions):
            texts = rows[place.row].texts
            able = [n for n in range(place.start, place.stop) if CODES.match(texts[n]) and not DATE.search(texts[n])]
            if able and place.side == side:
                return Span("invoice_id", (rows[place.row].words[able[0]],))
    return None


def _token(row: Row, hit: Match) -> Match | None:
    """The last word of a hit, which carries the number."""
    last = hit.stop - 1
    return Match(last, hit.stop, row.texts[last]) if any(map(str.isdigit, row.texts[last])) else None


def _date(rows: Sequence[Row], captions: Sequence[Caption]) -> Span | None:
    """The date after its caption, or after the title's number, else the first that no caption calls another."""
    for caption in sorted(captions, key=lambda c: (c.names[0] != "invoice_date", -len(c.key), c.row)):
        if "invoice_date" not in caption.names or not caption.marked:
            continue
        for place in places(rows, caption, captions):
            hits = _within(rows[place.row], place.start, place.stop)
            if hits and not _other(captions, caption, place.row, hits[0]):
                return span_in(rows[place.row], hits[0], "invoice_date")
    dated = [(row, hit) for row in rows[:80] for hit in matches(DATE, row.texts, row.gaps)]
    titled = [
        (row, hit) for row, hit in dated if ISSUED.search(" ".join(row.texts[: hit.start])) and TITLE.search(row.text)
    ]
    plain = [(row, hit) for row, hit in dated if not ELSEWHEN.search(row.text)]
    best = next(iter([*titled, *plain]), None)
    return span_in(best[0], best[1], "invoice_date") if best else None


def _other(captions: Sequence[Caption], own: Caption, number: int, hit: Match) -> bool:
    """Whether another caption stands nearer before the date."""
    beside = (c for c in captions if c.row == number == own.row and c is not own)
    return any(own.stop <= c.start < hit.start for c in beside)


def _within(row: Row, start: int, stop: int) -> list[Match]:
    return [hit for hit in matches(DATE, row.texts, row.gaps) if start <= hit.start and hit.stop <= stop]


def _captioned(rows: Sequence[Row], captions: Sequence[Caption], spec: FieldSpec) -> list[Span]:
    """The first value of the right form beside or below one of the field's captions."""
    for caption in captions:
        if spec.name != caption.names[0] or not (caption.marked or spec.type == "date" or spec.name in NUMBERED):
            continue
        for place in places(rows, caption, () if spec.name == "payment_term" else captions):
            found = _fitting(rows[place.row], place.start, place.stop, spec)
            if found and _is_said(caption, place, found, spec):
                return [span_in(rows[place.row], found, spec.name), *_until(rows[place.row], place, found, spec)]
            if place.side == "right":
                break
    return []


def _until(row: Row, place: Place, found: Match, spec: FieldSpec) -> list[Span]:
    """The second day of a period: `10/14/2019 - 11/14/2019`."""
    later = [hit for hit in _within(row, found.stop, place.stop) if spec.name == "service_start_date"]
    return [span_in(row, hit, "service_end_date") for hit in later[:1]]


def _is_said(caption: Caption, place: Place, found: Match, spec: FieldSpec) -> bool:
    """Whether a value is its caption's: below not of one or two letters, right behind one without a colon."""
    digits = sum(map(str.isdigit, found.text))
    if spec.name in NUMBERED and (digits < DIGITS or (spec.type != "phone" and moneys([found.text]))):
        return False
    if not caption.marked and spec.type != "date":
        return place.side == "right" and found.start - caption.stop <= 1
    return place.side == "right" or spec.type == "date" or len(found.text) > 2


def _fitting(row: Row, start: int, stop: int, spec: FieldSpec) -> Match | None:
    """The part of the words from `start` to `stop` that can be a value of this type."""
    if spec.type == "date":
        return next(iter(_within(row, start, stop)), None)
    if spec.type == "phone":
        hits = [hit for hit in matches(TELEPHONE, row.texts, row.gaps) if start <= hit.start < stop]
        return hits[0] if hits else None
    if spec.name == "payment_term":
        end = next(gap for gap in (*sorted(row.gaps), len(row.texts)) if gap > start)
        text = " ".join(row.texts[start:end])
        return Match(start, end, text) if any(map(str.isalpha, text)) else None
    able = [n for n in range(start, min(stop, start + 3)) if CODES.match(row.texts[n].strip(":#"))]
    if not able:
        return None
    first, last = able[0], able[0] + 1
    first -= spec.name in NUMBERED and first > start and re.fullmatch(r"[A-Z]{2}", row.texts[first - 1]) is not None
    while spec.name in NUMBERED and last < stop and last not in row.gaps and GROUP.match(row.texts[last]):
        last += 1
    return Match(first, last, " ".join(row.texts[first:last]))


def _customer_number(rows: Sequence[Row], captions: Sequence[Caption]) -> list[Span]:
    """A number right behind a caption that names the customer: `Client: CID-14979`."""
    for caption in captions:
        place = next(iter(places(rows, caption, captions)), None)
        if caption.names[0] == "customer_name" and caption.marked and place and place.side == "right":
            text = rows[place.row].texts[place.start]
            if place.stop - place.start == 1 and CODES.match(text) and any(map(str.isdigit, text)):
                return [Span("customer_id", (rows[place.row].words[place.start],))]
    return []


IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b")
SHORTEST: Final = 15
"""Letters and digits of the shortest IBAN (Norway); a VAT number has fewer."""
LONGEST: Final = 34
SWIFT: Final = re.compile(r"(?:BIC|SWIFT)\W*\s*(?P<code>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)\b")


def _banking(rows: Sequence[Row]) -> list[Span]:
    """The account that is to be paid to."""
    ordered = sorted(rows, key=lambda row: "iban" not in row.text.casefold())
    hits = [(row, hit) for row in ordered for hit in matches(IBAN, row.texts, row.gaps)]
    ibans = [
        span_in(row, whole, "payment_details.iban")
        for row, hit in hits
        if (whole := _iban(row, hit)) and SHORTEST <= len(compact(whole.text)) <= LONGEST
    ]
    codes = [
        Span("payment_details.swift", (row.words[hit.stop - 1],))
        for row in rows
        for hit in matches(SWIFT, row.texts, row.gaps)
    ]
    return [*ibans[:1], *codes[:1]]


def _account(rows: Sequence[Row], schema: Schema) -> list[Span]:
    """The number of an account below the lines, where no customer's number stands."""
    spec = schema.spec("payment_details.bank_account_number")
    captions = find(rows, {compact(text): ("account",) for text in spec.captions_in()}) if spec else []
    for caption in captions:
        for place in places(rows, caption, captions):
            texts = rows[place.row].texts
            if place.side == "right" and re.fullmatch(r"\d[\d-]{5,}", texts[place.start]):
                return [Span("payment_details.bank_account_number", (rows[place.row].words[place.start],))]
    return []


def _iban(row: Row, hit: Match) -> Match:
    """The words up to which the checksum holds: another column's may stand close behind. All where it never does."""
    for stop in range(hit.stop, hit.start, -1):
        text = " ".join(row.texts[hit.start : stop])
        if is_iban(text):
            return Match(hit.start, stop, text)
    return hit
