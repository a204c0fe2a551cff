"""The upper part of an invoice: letterhead, address window, title, number and dates, and the columns at the foot."""

from collections.abc import Callable

from recto.training.synth.invoice_sheet import Firm, Invoice, bank_lines, firm, narrowed
from recto.training.synth.lexicon import entries, filled
from recto.training.synth.sheet import Align, Part


def letterhead(bill: Invoice) -> None:
    """Who sends it: at the left, the right, the middle, or on one line."""
    page, look, vendor = bill.page, bill.look, bill.vendor
    manner = look.pick("letterhead", ("left", "left", "right", "center", "line", "split"))
    big = page.font.bold().sized(look.pick("name size", (1.0, 1.3, 1.7, 2.2)))
    name = bill.shown("vendor_name", vendor.name)
    if manner == "line":
        page.sheet.y += big.size
        page.sheet.put(page.left, page.sheet.y, name, big)
        bill.fields["vendor_address"] = " ".join(vendor.address)
        joint = look.pick("joint", (" - ", " | ", " • ", ", "))
        parts = _joined(
            [Part(line, "vendor_address", number > 0) for number, line in enumerate(vendor.address)], joint.strip()
        )
        page.text(parts)
        _contact(bill, page.left, "left")
        return
    places: dict[str, tuple[float, Align]] = {
        "left": (page.left, "left"),
        "right": (page.right, "right"),
        "center": ((page.left + page.right) / 2, "center"),
        "split": (page.left, "left"),
    }
    x, align = places[manner]
    page.sheet.y += big.size * 0.8
    start = page.sheet.y
    page.sheet.put(x, page.sheet.y, name, big, align)
    if manner == "split":
        x, align = page.right, "right"
        page.sheet.y = start - page.pitch
    if addressed(bill):
        bill.fields["vendor_address"] = " ".join(vendor.address)
        for number, line in enumerate(vendor.address):
            page.text(Part(line, "vendor_address", number > 0), x, align)
    _contact(bill, x, align)
    page.sheet.y = max(page.sheet.y, start + big.size)


def addressed(bill: Invoice) -> bool:
    """Whether the letterhead shows the sender's address."""
    return bill.look.maybe("vendor address shown", 0.9)


def _joined(parts: list[Part], joint: str) -> list[Part]:
    out: list[Part] = []
    for number, part in enumerate(parts):
        out += [Part(joint), part] if number else [part]
    return out


def _contact(bill: Invoice, x: float, align: Align) -> None:
    """Telephone, mail, web and tax number, each with odds of its own."""
    page, look, vendor = bill.page, bill.look, bill.vendor
    if look.maybe("phone", 0.55):
        page.text(_said(bill, "phone", bill.shown("vendor_phone_number", vendor.phone)), x, align)
    if look.maybe("mail", 0.4):
        page.text(_said(bill, "mail", bill.shown("vendor_email", vendor.mail)), x, align)
    if look.maybe("site", 0.3):
        page.text(vendor.site, x, align)
    if look.maybe("tax id in head", 0.25):
        page.text(_said(bill, "tax_id", bill.shown("vendor_tax_id", vendor.tax_id)), x, align)


def _said(bill: Invoice, key: str, value: Part) -> list[Part]:
    caption = bill.caption(key)
    return [Part(caption), value] if caption else [value]


def title(bill: Invoice) -> None:
    """The word that says what it is, at times with its number: `Rechnung Nr. 4711 vom 05.03.2018`."""
    page, look = bill.page, bill.look
    page.down(look.between("gap over title", 0.6, 2))
    font = page.font.bold().sized(look.pick("title size", (1.2, 1.5, 2.0, 2.6)))
    page.sheet.y += font.size * 0.6
    places: tuple[tuple[float, Align], ...] = (
        (page.left, "left"),
        (page.right, "right"),
        (page.left, "left"),
        ((page.left + page.right) / 2, "center"),
    )
    x, align = look.pick("title place", places)
    text = [Part(bill.caption("title"))]
    if numbered(bill):
        text += (
            [Part(look.pick("number word", ("Nr.", "#", "No.", "", "N°")))]
            if look.maybe("number word shown", 0.5)
            else []
        )
        text.append(bill.shown("invoice_id", bill.number))
        if look.maybe("date in title", 0.3):
            text += [
                Part({"de": "vom", "fr": "du", "it": "del", "es": "de"}.get(bill.country["language"], "of")),
                bill.day("invoice_date", bill.made.day),
            ]
    page.sheet.put(x, page.sheet.y, text, font, align)


def numbered(bill: Invoice) -> bool:
    """Whether the title bears the number."""
    return bill.look.maybe("number in title", 0.22)


def window(bill: Invoice) -> None:
    """Whom it is for: an address under a caption or in the window of an envelope, with ship-to beside it at times."""
    page, look = bill.page, bill.look
    page.down(look.between("gap over window", 0.5, 3))
    start, low = page.sheet.y, page.sheet.y
    middle = page.left + (page.right - page.left) * look.between("second column", 0.34, 0.55)
    if look.maybe("sender line", 0.35 if bill.country["language"] == "de" else 0.05):
        small = page.font.sized(0.72)
        page.sheet.put(page.left, start, f"{bill.vendor.name} • {' • '.join(bill.vendor.address)}", small)
        start += page.pitch
    right = look.maybe("window right", 0.2)
    caption = bill.caption("bill_to")
    label = (
        "billing_address"
        if caption.lower().startswith(("bill", "factu", "rechnungsadr", "adresse de fac", "invoice to"))
        else "customer_address"
    )
    x = middle if right else page.left
    low = max(low, _address_block(bill, caption, bill.customer, "customer_name", label, x, start))
    if look.maybe("ship to", 0.22):
        other = firm(bill.country, bill.chance) if bill.chance.maybe(0.4) else bill.customer
        low = max(
            low,
            _address_block(
                bill, bill.caption("ship_to"), other, "", "shipping_address", page.left if right else middle, start
            ),
        )
    page.sheet.y = low


def _address_block(bill: Invoice, caption: str, party: Firm, name: str, label: str, x: float, y: float) -> float:
    """A caption, a name and an address under each other; returns the last base line."""
    page, sheet = bill.page, bill.page.sheet
    if caption:
        y += page.pitch
        sheet.put(x, y, caption, page.font.bold())
    y += page.pitch
    sheet.put(x, y, bill.shown(name, party.name) if name else party.name, page.font)
    bill.fields[label] = " ".join(party.address)
    if bill.look.maybe("contact person", 0.15):
        y += page.pitch
        sheet.put(x, y, filled("{first} {surname}", bill.chance), page.font)
    for number, line in enumerate(party.address):
        y += page.pitch
        sheet.put(x, y, Part(line, label, number > 0), page.font)
    if name and bill.look.maybe("customer contact", 0.15):
        y += page.pitch
        sheet.put(x, y, party.phone, page.font)
    return y


def details(bill: Invoice) -> None:
    """Number, dates, order, customer number: stacked at one side, in a strip, or one under the other."""
    page, look = bill.page, bill.look
    rows = _detail_rows(bill)
    manner = look.pick("details", ("right", "right", "left", "strip", "spread", "list"))
    page.down(look.between("gap over details", 0.3, 1.5))
    if manner == "strip" and len(rows) > 1:
        _strip(bill, rows)
    elif manner == "spread":
        for one in range(0, len(rows), 2):
            page.down()
            for x, (caption, value) in zip(
                (page.left, (page.left + page.right) / 2), rows[one : one + 2], strict=False
            ):
                end = page.sheet.put(
                    x, page.sheet.y, said(caption), page.font.bold() if look.maybe("bold captions", 0.4) else page.font
                )
                page.sheet.put(end + 5, page.sheet.y, value, page.font)
    elif manner == "list":
        page.pairs(
            [(said(caption), value) for caption, value in rows], page.left, page.left + 0.6 * (page.right - page.left)
        )
    else:
        x = page.left if manner == "left" else page.left + 0.56 * (page.right - page.left)
        reach = x + look.between("value column", 0.2, 0.27) * (page.right - page.left)
        font = page.font.bold() if look.maybe("bold captions", 0.4) else page.font
        for caption, value in rows:
            page.down()
            end = page.sheet.put(x, page.sheet.y, said(caption, look.pick("detail colon", (":", "", " :"))), font)
            page.sheet.put(max(reach, end + 5), page.sheet.y, value, page.font)


def _strip(bill: Invoice, rows: list[tuple[str, Part]]) -> None:
    """A little table: captions above, values below."""
    page = bill.page
    page.down(1.2)
    y, step = page.sheet.y, (page.right - page.left) / len(rows)
    small = page.font.sized(0.92)
    for number, (caption, value) in enumerate(rows):
        x = page.left + number * step
        page.sheet.put(x + 2, y, caption, narrowed(small.bold(), caption, step - 5))
        page.sheet.put(x + 2, y + page.pitch, value, narrowed(small, value.text, step - 5))
    if bill.look.maybe("strip frame", 0.6):
        page.sheet.frame(page.left - 2, y - page.pitch, page.right + 2, y + 1.4 * page.pitch)
    page.down(1.2)


def _detail_rows(bill: Invoice) -> list[tuple[str, Part]]:
    look, made = bill.look, bill.made
    rows: list[tuple[str, Part]] = []
    in_title = numbered(bill)
    if not in_title or look.maybe("number again", 0.3):
        rows.append((bill.caption("number"), bill.shown("invoice_id", bill.number)))
    if not (in_title and look.maybe("date in title", 0.3)):
        rows.append((bill.caption("date"), bill.day("invoice_date", made.day)))
    options: list[tuple[str, float, Callable[[], Part]]] = [
        ("due", 0.5, lambda: bill.day("due_date", made.due)),
        (
            "customer_id",
            0.45,
            lambda: bill.shown(
                "customer_id",
                filled(
                    look.pick("customer number", ("CID-#####", "####", "K01000####", "GE20#####", "%####")), bill.chance
                ),
            ),
        ),
        ("order", 0.35, lambda: bill.shown("purchase_order", bill.order)),
        ("terms", 0.25, lambda: bill.shown("payment_term", bill.chance.pick(entries(bill.words["term"])))),
        ("delivered", 0.2, lambda: bill.day("delivery_date", made.day)),
        ("customer_tax_id", 0.12, lambda: bill.shown("customer_tax_id", bill.customer.tax_id)),
    ]
    for key, odds, value in options:
        if look.maybe(f"{key} shown", odds):
            rows.append((bill.caption(key), value()))
    if look.maybe("owed in head", 0.1):
        rows.append((bill.caption("owed"), bill.amount("amount_due", made.owed)))
    return sorted(rows, key=lambda row: look.share(f"place of {row[0]}")) if look.maybe("shuffled", 0.4) else rows


def seal(bill: Invoice) -> None:
    """Bank details and numbers at the very foot, in columns, as letterheads have them."""
    page, look = bill.page, bill.look
    if not look.maybe("foot columns", 0.6 if bill.country["language"] in ("de", "fr", "nl", "it") else 0.2):
        return
    small = page.font.sized(0.78)
    label = "" if addressed(bill) else "vendor_address"  # where nothing else shows it, it is read here
    if label:
        bill.fields[label] = " ".join(bill.vendor.address)
    address = [[Part(line, label, number > 0)] for number, line in enumerate(bill.vendor.address)]
    columns: list[list[list[Part]]] = [[[Part(bill.vendor.name)], *address]]
    contact = [
        [Part(bill.caption("phone") or "Tel"), bill.shown("vendor_phone_number", bill.vendor.phone)],
        [bill.shown("vendor_email", bill.vendor.mail)],
        [Part(bill.vendor.site)],
    ]
    columns.append(contact)
    columns.append(bank_lines(bill))
    numbers = [
        [Part(bill.caption("tax_id")), bill.shown("vendor_tax_id", bill.vendor.tax_id)],
        [Part("HRB"), bill.shown("kvk_number", filled("%####", bill.chance))],
    ]
    if "kvk" in bill.words:
        numbers[1] = [Part(bill.caption("kvk")), bill.shown("kvk_number", filled("########", bill.chance))]
    columns.append(numbers)
    top = page.sheet.height - look.between("foot height", 62, 80)
    page.bottom = min(page.bottom, top - 14)
    step = (page.right - page.left) / len(columns)
    page.sheet.line(page.left, top - small.size * 1.3, page.right, top - small.size * 1.3)
    for number, column in enumerate(columns):
        for row, parts in enumerate(column[:5]):
            text = " ".join(part.text for part in parts)
            page.sheet.put(
                page.left + number * step, top + row * small.size * 1.2, parts, narrowed(small, text, step - 6)
            )


ORDERS = (
    ("seal", "letterhead", "window", "title", "details"),
    ("seal", "letterhead", "title", "details", "window"),
    ("seal", "letterhead", "title", "window", "details"),
    ("seal", "title", "letterhead", "window", "details"),
    ("seal", "letterhead", "window", "details", "title"),
    ("seal", "title", "details", "letterhead", "window"),
    ("seal", "window", "letterhead", "title", "details"),
)
BLOCKS: dict[str, Callable[[Invoice], None]] = {
    "letterhead": letterhead,
    "window": window,
    "title": title,
    "details": details,
    "seal": seal,
}


def said(caption: str, colon: str = ":") -> str:
    """The caption with a colon, where it has none of its own."""
    return caption if caption.endswith(":") else caption + colon
