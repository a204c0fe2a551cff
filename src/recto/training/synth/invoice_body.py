"""The lower part of an invoice: the table of its lines, over pages where needed, its sums, taxes and last words."""

import re
from decimal import Decimal

from recto.training.synth.deal import Line
from recto.training.synth.formats import canonical, date_text
from recto.training.synth.invoice_sheet import Invoice, bank_lines, narrowed
from recto.training.synth.lexicon import entries
from recto.training.synth.office import Office
from recto.training.synth.sheet import Align, Part, Text, wrapped

_SETS = (
    ("description", "quantity", "price", "amount"),
    ("quantity", "description", "price", "amount"),
    ("pos", "description", "quantity", "price", "amount"),
    ("description", "amount"),
    ("pos", "code", "description", "quantity", "unit", "price", "amount"),
    ("code", "description", "quantity", "price", "amount"),
    ("pos", "description", "quantity", "unit", "price", "rate", "amount"),
    ("day", "description", "amount"),
    ("day", "code", "description", "quantity", "unit", "price", "rate", "amount"),
    ("quantity", "unit", "description", "price", "amount"),
    ("description", "quantity", "price", "rate", "amount"),
    ("description", "rate", "quantity", "price", "amount"),
    ("quantity", "code", "description", "rate", "price", "amount"),
    ("description", "price", "quantity", "amount"),
    ("code", "description", "quantity", "unit", "price", "rate", "tax", "amount"),
    ("description", "quantity", "unit", "price", "amount"),
    ("pos", "description", "amount"),
    ("day", "description", "quantity", "price", "amount"),
)
_WIDTHS = {
    "pos": 0.055,
    "code": 0.13,
    "day": 0.12,
    "quantity": 0.1,
    "unit": 0.075,
    "price": 0.14,
    "rate": 0.08,
    "tax": 0.1,
    "amount": 0.15,
}
_RIGHT = ("quantity", "price", "rate", "tax", "amount")


class Grid:
    """The table's columns: what each holds, its left and right side in points, and how it is aligned."""

    def __init__(self, bill: Invoice) -> None:
        page = bill.page
        self.keys = bill.look.pick("columns", _SETS)
        wide = page.right - page.left
        rest = 1.0 - sum(_WIDTHS[key] for key in self.keys if key != "description")
        self.sides: dict[str, tuple[float, float]] = {}
        at = page.left
        for key in self.keys:
            size = wide * (_WIDTHS[key] if key != "description" else rest)
            self.sides[key] = (at, at + size)
            at += size
        self.centered = bill.look.maybe("centered quantities", 0.3)

    def align(self, key: str) -> Align:
        if key == "quantity" and self.centered:
            return "center"
        return "right" if key in _RIGHT and key != self.keys[0] else "left"

    def put(self, page: Office, key: str, y: float, text: Text, bold: bool = False) -> None:
        """A cell's text on a base line, drawn in where the column is too narrow."""
        left, right = self.sides[key]
        align = self.align(key)
        font = page.font.bold() if bold else page.font
        wide = page.width(text) * (1.12 if bold else 1.0)
        x = {"left": left + 2, "right": right - 3, "center": (left + right) / 2}[align]
        page.sheet.put(x, y, text, font.drawn_in(min(1.0, (right - left - 4) / max(wide, 1.0))), align)


def print_items(bill: Invoice) -> None:
    """The table, with its captions again on every page."""
    page, look = bill.page, bill.look
    page.down(look.between("gap over table", 0.6, 2))
    if look.maybe("intro", 0.35 if bill.country["language"] == "de" else 0.12):
        page.text(bill.chance.pick(entries(bill.words["intro"])))
        page.down(0.5)
    grid = Grid(bill)
    _header(bill, grid)
    rows = []
    for number, line in enumerate(bill.made.lines):
        if page.sheet.y + 4 * page.pitch > page.bottom:
            _next_page(bill, grid)
        rows.append(_row(bill, grid, line, number))
    bill.fields["items"] = rows
    _empty_rows(bill, grid)
    if look.maybe("line under table", 0.5):
        page.sheet.line(page.left, page.sheet.y + 4, page.right, page.sheet.y + 4)


def _header(bill: Invoice, grid: Grid) -> None:
    page, look = bill.page, bill.look
    page.down(1.2)
    y = page.sheet.y
    style = look.pick("table head", ("line", "bar", "plain", "both", "dark"))
    if style in ("bar", "both", "dark"):
        page.sheet.fill(page.left - 2, y - page.font.size * 1.05, page.right + 2, y + page.font.size * 0.45, 225)
    for key in grid.keys:
        caption = {"tax": "tax"}.get(key, key)
        grid.put(page, key, y, bill.caption(caption), bold=True)
    if style in ("line", "both"):
        page.sheet.line(page.left, y + 4, page.right, y + 4)
    page.down(0.3)


def _next_page(bill: Invoice, grid: Grid) -> None:
    page = bill.page
    if bill.look.maybe("carried", 0.2):
        page.down()
        page.sheet.put(page.right, page.sheet.y, bill.caption("carried"), page.font, "right")
    page.sheet.feed(bill.look.between("top", 36, 60))
    page.bottom = page.sheet.height - 50
    if bill.look.maybe("running head", 0.5):
        page.text([Part(bill.caption("title")), Part(bill.number, "invoice_id")])
    if bill.look.maybe("table head again", 0.8):
        _header(bill, grid)


def _row(bill: Invoice, grid: Grid, line: Line, number: int) -> dict[str, str]:
    """One line of the table; returns its truth."""
    page, look = bill.page, bill.look
    shown = {key: _cell(bill, key, line, number) for key in grid.keys if key not in ("description", "pos")}
    left, right = grid.sides["description"]
    texts = wrapped(line.name, page.font, right - left - 6)
    names = [(text, place > 0) for place, text in enumerate(texts)]
    names += [(text, True) for text in wrapped(line.detail, page.font, right - left - 6)]
    page.down(look.between("row gap", 1.0, 1.7))
    y = page.sheet.y
    for key in grid.keys:
        if key == "pos":
            grid.put(page, key, y, f"{number + 1}{look.pick('pos dot', ('', '', '.'))}")
        elif key != "description":
            grid.put(page, key, y, Part(shown[key][0], f"items.{_LABELS[key]}"))
    for depth, (text, more) in enumerate(names):
        grid.put(page, "description", y + depth * page.pitch, Part(text, "items.description", more))
    page.sheet.y = y + (len(names) - 1) * page.pitch
    if look.maybe("row lines", 0.25):
        page.sheet.line(page.left, page.sheet.y + 4, page.right, page.sheet.y + 4, 0.4)
    truth = {_LABELS[key]: canon for key, (_, canon) in shown.items()}
    return {"description": " ".join(text for text, _ in names), **truth}


_LABELS = {
    "code": "product_code",
    "day": "date",
    "quantity": "quantity",
    "unit": "unit",
    "price": "unit_price",
    "rate": "tax_rate",
    "tax": "tax",
    "amount": "amount",
}


def _cell(bill: Invoice, key: str, line: Line, number: int) -> tuple[str, str]:
    """What a cell says and its canonical form."""
    signed = bill.look.maybe("money signs in table", 0.45)
    if key in ("price", "amount", "tax"):
        value = {"price": line.price, "amount": line.amount, "tax": line.tax}[key]
        return bill.money(value, symbol=signed), canonical(value)
    if key == "rate":
        rate = f"{line.rate.normalize():f}".replace(".", bill.money.decimal)
        return rate + bill.look.pick("percent", ("%", "%", " %", "")), f"{line.rate.normalize():f}"
    if key == "day":
        return date_text(bill.look.pick("date", bill.dates), line.day, bill.country["language"]), line.day.isoformat()
    if key == "quantity":
        return quantity_text(bill, line), f"{line.quantity.normalize():f}"
    return (line.code, line.code) if key == "code" else (line.unit, line.unit)


def quantity_text(bill: Invoice, line: Line) -> str:
    """`2`, `2,00`, `1.5`: as the template prints counts, never fewer places than the count has."""
    places = bill.look.pick("count places", (0, 0, 0, 2, 1, 3))
    exact = f"{line.quantity.normalize():f}"
    text = f"{line.quantity:.{places}f}" if line.quantity == round(line.quantity, places) else exact
    return text.replace(".", bill.money.decimal)


def _empty_rows(bill: Invoice, grid: Grid) -> None:
    """Ruled lines that nothing was written on, as spreadsheet templates leave them."""
    page = bill.page
    if not bill.look.maybe("empty rows", 0.12) or page.sheet.page > 1:
        return
    for _ in range(bill.look.pick("how many empty", (2, 4, 7))):
        if page.sheet.y + 12 * page.pitch < page.bottom:
            page.down(1.3)
            page.sheet.line(page.left, page.sheet.y + 4, page.right, page.sheet.y + 4, 0.4)


def print_sums(bill: Invoice) -> None:
    """From the subtotal to what is owed, at the right, and the table of taxes at the left or above."""
    page, look, made = bill.page, bill.look, bill.made
    rows = _sum_rows(bill)
    page.room(len(rows) + 5)
    page.down(look.between("gap over sums", 0.4, 1.6))
    _tax_table(bill)
    start = page.left + (page.right - page.left) * look.between("sums from", 0.45, 0.66)
    for number, (caption, value) in enumerate(rows):
        page.down(look.between("sum gap", 1.0, 1.5))
        last = number == len(rows) - 1
        font = page.font.bold() if last and look.maybe("bold total", 0.6) else page.font
        if look.maybe("captions at right", 0.4):
            room = page.width(value) + 16
            page.sheet.put(page.right - max(room, 76), page.sheet.y, caption, font, "right")
        else:
            page.sheet.put(start, page.sheet.y, caption, font)
        page.sheet.put(page.right - 3, page.sheet.y, value, font, "right")
        if look.maybe("sum lines", 0.25):
            page.sheet.line(start, page.sheet.y + 4, page.right, page.sheet.y + 4, 0.4)
    assert made.total is not None


def _sum_rows(bill: Invoice) -> list[tuple[str, Part]]:
    look, made = bill.look, bill.made
    rows: list[tuple[str, Part]] = []
    differs = made.total != made.subtotal
    if look.maybe("subtotal", 0.9 if differs else 0.3):
        rows.append((bill.caption("subtotal"), bill.amount("sub_total", made.subtotal)))
    if made.discount:
        rows.append((bill.caption("discount"), bill.amount("total_discount", made.discount)))
    if made.shipping:
        rows.append((bill.caption("shipping"), bill.amount("shipping_charge", made.shipping)))
    rows += _tax_rows(bill)
    rows.append((bill.caption("total"), bill.amount("invoice_total", made.total)))
    if made.paid:
        shown = -made.paid if look.maybe("paid negative", 0.5) else made.paid
        rows.append((bill.caption("paid"), bill.shown("amount_paid", bill.money(shown), canonical(made.paid))))
    if made.previous:
        rows.append((bill.caption("previous"), bill.amount("previous_unpaid_balance", made.previous)))
    if made.paid or made.previous or look.maybe("owed", 0.22):
        rows.append((bill.caption("owed"), bill.amount("amount_due", made.owed)))
    return rows


def _tax_rows(bill: Invoice) -> list[tuple[str, Part]]:
    """The tax as one amount, or one for each rate; then their sum carries `total_tax`."""
    look, made = bill.look, bill.made
    if not made.tax and not look.maybe("zero tax", 0.3):
        return []
    if len(made.shares) > 1 and look.maybe("tax by rate", 0.6):
        rows = [
            (tax_caption(bill, share.rate), Part(bill.money(share.tax), "tax_details.amount")) for share in made.shares
        ]
        bill.fields["tax_details"] = [{"amount": canonical(share.tax)} for share in made.shares]
        return rows
    caption = tax_caption(bill, made.shares[0].rate) if len(made.shares) == 1 else bill.caption("tax")
    return [(caption, bill.amount("total_tax", made.tax))]


def tax_caption(bill: Invoice, rate: Decimal) -> str:
    caption = bill.caption("tax")
    printed = f"{rate.normalize():f}".replace(".", bill.money.decimal)
    if "%" in caption or not bill.look.maybe("rate in tax caption", 0.6):
        return re.sub(r"\d+(?:[.,]\d+)?%", f"{printed}%", caption)
    shape = bill.look.pick("rate shape", (" {}%", " ({}%)", " {} %", " ({} %)", " @ {}%"))
    return caption.rstrip(":") + shape.format(printed)


def _tax_table(bill: Invoice) -> None:
    """Rate, basis and tax in a small table of their own."""
    page, look, made = bill.page, bill.look, bill.made
    if not look.maybe("tax table", 0.22) or not made.tax:
        return
    y, x = page.sheet.y + page.pitch, page.left
    wide = (page.right - page.left) * 0.42
    stops = (x, x + 0.6 * wide, x + wide)
    heads = (bill.caption("rate"), bill.caption("net"), bill.caption("tax"))
    for head, stop, align in zip(heads, stops, ("left", "right", "right"), strict=True):
        page.sheet.put(stop, y, head, narrowed(page.font.bold(), head, wide * 0.3), align)  # type: ignore[arg-type]
    rows = []
    for share in made.shares:
        y += page.pitch
        rate = f"{share.rate.normalize():f}"
        page.sheet.put(stops[0], y, Part(f"{rate.replace('.', bill.money.decimal)}%", "tax_details.rate"), page.font)
        page.sheet.put(stops[1], y, Part(bill.money(share.net), "tax_details.net_amount"), page.font, "right")
        page.sheet.put(stops[2], y, Part(bill.money(share.tax), "tax_details.amount"), page.font, "right")
        rows.append({"rate": rate, "net_amount": canonical(share.net), "amount": canonical(share.tax)})
    bill.fields["tax_details"] = rows
    if look.maybe("sums below taxes", 0.4):
        page.sheet.y = y


def print_foot(bill: Invoice) -> None:
    """How to pay, thanks, remittance address, the page's number."""
    page, look, chance = bill.page, bill.look, bill.chance
    page.down(look.between("gap over foot", 1, 3))
    for _ in range(look.pick("pay lines", (0, 1, 1, 2, 3))):
        for line in wrapped(chance.pick(entries(bill.words["pay"])), page.font, page.right - page.left):
            page.text(line)
    if look.maybe("bank in text", 0.35) and "payment_details" not in bill.fields:
        page.room(5)
        for parts in bank_lines(bill):
            page.text(parts)
    if look.maybe("remit", 0.14):
        page.room(6)
        page.down()
        page.text(bill.caption("remit"), font=page.font.bold())
        page.text(bill.vendor.name)
        for number, line in enumerate(bill.vendor.address):
            page.text(Part(line, "remittance_address", number > 0))
        bill.fields["remittance_address"] = " ".join(bill.vendor.address)
    if look.maybe("thanks", 0.5):
        page.down()
        middle = look.maybe("thanks centered", 0.5)
        page.text(
            chance.pick(entries(bill.words["thanks"])),
            (page.left + page.right) / 2 if middle else None,
            "center" if middle else "left",
        )
    if look.maybe("page numbers", 0.3):
        text = bill.caption("page").format(page.sheet.page, page.sheet.page)
        page.sheet.put(page.right, page.sheet.height - 18, text, page.font.sized(0.85), "right")
