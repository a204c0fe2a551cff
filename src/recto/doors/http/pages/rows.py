"""The list of documents as the page shows it: one short line for each record."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from recto.app import App
from recto.document.reading import Field, Reading
from recto.document.record import Found, Query, Record
from recto.doors.http.events import progress_of
from recto.doors.http.pages.families import said_kind
from recto.doors.http.pages.values import money, said_since, shown
from recto.doors.http.pages.views import reasons_of
from recto.schemas.masking import masked

TITLES: Final = (
    "merchant_name", "vendor_name", "employer.name", "payer.name", "lender.name", "bank_name", "payer_name",
    "account_holder_name", "pay_to", "customer_name",
)  # fmt: skip
DATES: Final = (
    "transaction_date", "invoice_date", "statement_end_date", "statement_date", "check_date", "tax_year", "date",
)  # fmt: skip
AMOUNTS: Final = (
    "total", "invoice_total", "amount_due", "new_balance", "ending_balance", "amount",
    "wages_tips_and_other_compensation",
)  # fmt: skip
"""Which fields stand for a document in the list: the first of each that it has."""


@dataclass(frozen=True, slots=True)
class Line:
    """One document in the list. `progress` is 0..1, or None where it is not known.

    `unsure` names which of title, date and amount are not vouched for.
    """

    id: str
    name: str
    state: str
    kind: str
    title: str
    date: str
    amount: str
    unsure: frozenset[str]
    decision: str
    reasons: tuple[str, ...]
    error: str
    pages: int
    progress: float | None
    progress_words: str
    since: str
    created: str


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list, with the conditions that it fulfils and the way to its neighbours."""

    lines: tuple[Line, ...]
    total: int
    query: Query
    previous: str | None
    next: str | None
    busy: bool

    @property
    def first(self) -> int:
        return self.query.offset + 1

    @property
    def last(self) -> int:
        return self.query.offset + len(self.lines)

    @property
    def filtered(self) -> bool:
        return any((self.query.text, self.query.kind, self.query.state, self.query.decision))


def listing(app: App, found: Found, query: Query) -> Listing:
    lines = tuple(line_of(app, record) for record in found.records)
    more = query.offset + len(lines) < found.total
    return Listing(
        lines=lines,
        total=found.total,
        query=query,
        previous=address(query, max(0, query.offset - query.limit)) if query.offset else None,
        next=address(query, query.offset + query.limit) if more else None,
        busy=any(line.state in ("waiting", "reading") for line in lines),
    )


def address(query: Query, offset: int) -> str:
    """The list's address with the same conditions, from that place on."""
    conditions: dict[str, Any] = {
        "text": query.text,
        "kind": query.kind,
        "state": query.state,
        "decision": query.decision,
        "offset": offset or None,
    }
    given = urlencode({name: value for name, value in conditions.items() if value})
    return f"/?{given}" if given else "/"


def line_of(app: App, record: Record) -> Line:
    reading = masked(record.reading) if record.reading else Reading(record.document)
    progress, words = progress_said(app, record)
    fault = reading.errors[0] if reading.errors and record.state == "failed" else None
    title = first_of(reading, TITLES)
    day, amount = first_of(reading, DATES), first_of(reading, AMOUNTS)
    return Line(
        id=record.document.id,
        name=record.document.name,
        state=record.state,
        kind=said_kind(reading),
        title=shown(title.value) if title else "",
        date=shown(day.value) if day else "",
        amount=money(amount),
        unsure=unsure_of(title=title, date=day, amount=amount),
        decision=reading.decision.outcome if reading.decision else "",
        reasons=reasons_of(reading) if reading.decision else (),
        error=fault.title if fault else "",
        pages=reading.document.pages or len(reading.pages),
        progress=progress,
        progress_words=words,
        since=said_since(record.created_at),
        created=record.created_at.isoformat() if record.created_at else "",
    )


def unsure_of(**shown: Field | None) -> frozenset[str]:
    """Those that are there and not vouched for."""
    return frozenset(name for name, field in shown.items() if field is not None and not field.vouched)


def first_of(reading: Reading, names: tuple[str, ...]) -> Field | None:
    fields = (reading.field(name) for name in names)
    return next((field for field in fields if field is not None and field.value is not None), None)


def progress_said(app: App, record: Record) -> tuple[float | None, str]:
    """How far the reading is, 0..1, and in words."""
    if record.state == "waiting":
        return None, "waiting"
    if record.state != "reading":
        return None, ""
    said = progress_of(app, record.job_id)
    page, pages = said.get("page"), said.get("pages")
    if isinstance(page, int) and isinstance(pages, int) and pages > 0:
        return page / pages, f"page {page} of {pages}" if pages > 1 else "reading"
    return None, "reading"
