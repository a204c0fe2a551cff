"""An e-invoice's own statements as fields: grounded on the page all the same, and held against what the page says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from recto.document.errors import RectoError
from recto.document.page import Words
from recto.document.reading import Check, Field, Table
from recto.reading.einvoice import EInvoice, Line, Party, parse
from recto.schemas.grounding import stated
from recto.schemas.values import canonical

COMPARED: Final = ("invoice_id", "invoice_date", "sub_total", "total_tax", "invoice_total", "amount_due", "vendor_name")
CHECK: Final = "matches_attachment"

Item = Field | Table


def with_attachment(xml: bytes, read: Sequence[Item], words: Words) -> tuple[tuple[Item, ...], Check]:
    """The fields as the attached XML states them, and whether the page agrees; as read where it is no invoice."""
    try:
        invoice = parse(xml)
    except RectoError as error:
        return tuple(read), Check(CHECK, "not_testable", (), f"the attachment could not be read: {error}")
    own, found = attached(invoice, read, words)
    return with_currency(own, invoice.currency), found


def attached(invoice: EInvoice, read: Sequence[Item], words: Words) -> tuple[tuple[Item, ...], Check]:
    """The fields by the attachment, each with its place on the page, those that it does not state as they were read;
    and the check whether page and attachment say the same.
    """
    own = stated("invoice", answer_of(invoice), words)
    names = {item.name for item in own}
    kept = tuple(item for item in read if item.name not in names)
    return (*own, *kept), compared(own, read)


def compared(own: Sequence[Item], read: Sequence[Item]) -> Check:
    """Whether what the attachment states is on the page.

    A value that stands on the page agrees, unless it stands there as something else: a total that the page shows as
    its net amount. One that does not, while the page was read to say another, is a difference. One that the page does
    not say at all cannot be tested.
    """
    page = {item.name: item for item in read if isinstance(item, Field)}
    pairs = [(item, page.get(item.name)) for item in own if isinstance(item, Field) and item.name in COMPARED]
    agreed = [item.name for item, other in pairs if (other and _same(item, other)) or _shown(item, page)]
    differing = [
        (item, other) for item, other in pairs if item.name not in agreed and other and other.value is not None
    ]
    if differing:
        said = "; ".join(f"{item.name}: attachment {item.value}, page {other.value}" for item, other in differing)
        return Check(CHECK, "fail", tuple(item.name for item, _ in differing), said)
    if agreed:
        return Check(CHECK, "pass", tuple(agreed), f"{len(agreed)} values of the attachment stand on the page")
    return Check(CHECK, "not_testable", (), "no value of the attachment is on the page, nor another in its place")


def _shown(item: Field, page: Mapping[str, Field]) -> bool:
    """Whether its value stands on the page, and not only where another field was read."""
    others = {index for name, field in page.items() if name != item.name for index in field.words}
    return bool(set(item.words) - others) or (bool(item.words) and item.name not in page)


def _same(one: Field, other: Field) -> bool:
    return one.value is not None and canonical(one.value) == canonical(other.value)


def answer_of(invoice: EInvoice) -> dict[str, str | list[dict[str, str]]]:
    """The values by the names of the invoice's schema, in canonical form; what is not stated is left out."""
    single = {
        "invoice_id": invoice.number,
        "invoice_date": _day(invoice.issued),
        "due_date": _day(invoice.due),
        "delivery_date": _day(invoice.delivered),
        "purchase_order": invoice.order,
        "payment_term": invoice.terms,
        "currency": invoice.currency,
        **_party("vendor", invoice.seller),
        **_party("customer", invoice.buyer),
        "sub_total": _money(invoice.net),
        "total_tax": _money(invoice.tax),
        "invoice_total": _money(invoice.gross),
        "total_discount": _money(invoice.allowances) if invoice.allowances else None,
        "amount_paid": _money(invoice.prepaid) if invoice.prepaid else None,
        "rounding": _money(invoice.rounding) if invoice.rounding else None,
        "amount_due": _money(invoice.payable),
    }
    tables = {
        "items": [_line(line) for line in invoice.lines if line.amount is not None],
        "tax_details": [
            _stated({"rate": _plain(tax.rate), "net_amount": _money(tax.basis), "amount": _money(tax.amount)})
            for tax in invoice.taxes
        ],
        "payment_details": [_stated({"iban": invoice.iban, "swift": invoice.bic})] if invoice.iban else [],
    }
    return {**_stated(single), **{name: rows for name, rows in tables.items() if rows}}


def _party(name: str, party: Party) -> dict[str, str | None]:
    return {
        f"{name}_name": party.name,
        f"{name}_address": "\n".join(party.address) or None,
        f"{name}_tax_id": party.tax_id,
    }


def _line(line: Line) -> dict[str, str]:
    return _stated(
        {
            "description": line.description,
            "product_code": line.product_code,
            "quantity": _plain(line.quantity),
            "unit": line.unit,
            "unit_price": _plain(line.unit_price),
            "tax_rate": _plain(line.tax_rate),
            "amount": _money(line.amount),
        }
    )


def _stated(values: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _plain(number: Decimal | None) -> str | None:
    """The number without needless zeros: `19.00` per cent are 19."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_currency(items: Sequence[Item], currency: str | None) -> tuple[Item, ...]:
    """Money in the invoice's currency: the XML states it once for all."""
    return tuple(_in(item, currency) if isinstance(item, Field) else item for item in items)


def _in(item: Field, currency: str | None) -> Field:
    return replace(item, currency=currency) if item.type == "money" and currency else item
