"""Bank statements: a summary and the movements of an account in a table, over as many pages as needed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from recto.schemas.catalog import labels_of
from recto.training.example import Truth
from recto.training.synth.account import Account, Movement, account, person
from recto.training.synth.bank_extras import print_accounts, print_brochure, print_title
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import MoneyFormat, canonical, date_text
from recto.training.synth.lexicon import drawn, entries, filled, table
from recto.training.synth.office import Column, Office, office
from recto.training.synth.sheet import Part, Text
from recto.training.synth.shop import address
from recto.training.synth.synthetic import Draft


@dataclass(slots=True)
class Statement:
    """A statement in the making: the page, what is printed on it, and the truth so far."""

    page: Office
    look: Look
    chance: Chance
    country: dict[str, Any]
    money: MoneyFormat
    words: str = "bank"
    fields: dict[str, Truth] = field(default_factory=dict)

    def caption(self, key: str) -> str:
        return self.look.pick(key, entries(table("statements")[self.words][key]))

    def shown(self, name: str, value: str, canon: str | None = None) -> Part:
        """A value that carries the label `name`; the truth keeps its canonical form."""
        self.fields[name] = value if canon is None else canon
        return Part(value, name)

    def amount(self, name: str, value: Decimal) -> Part:
        return self.shown(name, self.money(value), canonical(value))

    def day(self, value: date) -> str:
        pattern = self.look.pick("day", ("MM/dd/yyyy", "MM/dd/yy", "MMMM d, yyyy", "MMM dd, yyyy", "MM-dd-yyyy"))
        return date_text(pattern, value)


def bank_statement(look: Look, chance: Chance, rows: int | None = None, wrong: str | None = None) -> Draft:
    """One statement of a template."""
    country = table("countries")["US"]
    page = office(look, chance)
    money = MoneyFormat(symbol=look.pick("symbol", ("$", "$", "")), minus=look.pick("minus", ("-", "-", "()", "after")))
    held = account(chance, country, rows, wrong)
    made = Statement(page, look, chance, country, money)
    if look.maybe("brochure first", 0.04):
        print_brochure(made)
    print_head(made, held)
    print_title(made)
    print_accounts(made, str(made.fields["account_number"]), held.closing)
    print_summary(made, held)
    made.page.head = lambda _page: print_table_head(made)
    print_movements(made, held)
    made.page.head = None
    print_notes(made)
    print_brochure(made)
    number_pages(page)
    return Draft(
        "bank_statement",
        look.group,
        page.sheet,
        made.fields,
        labels_of("bank_statement"),
        altered=held.altered,
    )


def print_head(made: Statement, held: Account) -> None:
    """The bank, the account holder in the address window, and what the statement is about."""
    page, look = made.page, made.look
    above = page.sheet.y
    calls = ("Customer Service:", "Call us:", "Telephone", "Questions? Call")
    x, below = print_sender(made, Sender("bank", "banks", 190, 0.75, calls))
    about_x = look.pick("about x", (page.left + 290, page.left + 330, page.left))
    floor = page.sheet.y
    top = above + page.pitch
    page.sheet.y = top + page.pitch * 2.4 if about_x > page.left and x == page.left else page.sheet.y
    print_about(made, held, about_x)
    page.sheet.y = max(floor, page.sheet.y, below, made.page.sheet.y)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a statement: what it is called, the list of such names, and how it presents itself.

    `inset` is how far from the right its name may begin, in points; `located` how often it prints its address.
    """

    role: str
    names: str
    inset: float
    located: float
    calls: tuple[str, ...]


def print_sender(made: Statement, who: Sender) -> tuple[float, float]:
    """Name, address and telephone of the sender, and the window below; returns its left edge and its lower one."""
    page, look, chance, role = made.page, made.look, made.chance, who.role
    name = drawn(who.names, chance, table("statements"))
    top = page.sheet.y + page.pitch
    x = look.pick(f"{role} x", (page.left, page.left, page.right - who.inset))
    font = page.font.sized(look.between(f"{role} size", 1.2, 2.2)).bold()
    page.sheet.put(x, top, made.shown(f"{role}_name", name), font)
    below = top + page.pitch * 1.4
    if look.maybe(f"{role} address", who.located):
        lines = address(made.country, chance)
        below = page.block(lines, f"{role}_address", x, below)
        made.fields[f"{role}_address"] = "\n".join(lines)
    if look.maybe(f"{role} phone", 0.6):
        phone = filled(chance.pick(made.country["phones"]), chance)
        caption = look.pick("phone", who.calls)
        page.sheet.put(x, below, [Part(caption), made.shown(f"{role}_phone_number", phone)], page.font)
        below += page.pitch
    print_window(made, max(below, top + page.pitch * look.between("window", 3, 7)))
    return x, below


def print_window(made: Statement, y: float) -> None:
    """Name and address of the account holder; leaves the page below them."""
    page, chance = made.page, made.chance
    name = person(chance)
    second = person(chance) if chance.maybe(0.15) else ""
    lines = address(made.country, chance)
    upper = chance.maybe(0.5)
    lines = tuple(line.upper() for line in lines) if upper else lines
    y = page.block([name, second] if second else [name], "account_holder_name", page.left, y)
    made.fields["account_holder_name"] = " ".join(filter(None, (name, second)))
    page.sheet.y = page.block(lines, "account_holder_address", page.left, y)
    made.fields["account_holder_address"] = "\n".join(lines)


def print_about(made: Statement, held: Account, x: float) -> None:
    """Account number, type and period, as pairs or in a sentence."""
    page, look = made.page, made.look
    below = page.sheet.y
    rows: list[tuple[str, Text]] = []
    whole = filled(
        look.pick("number shape", ("##########", "####-####-##", "00000##########", "########")), made.chance
    )
    lead, number = masked(whole, look)
    rows.append((made.caption("number"), [Part(lead), made.shown("account_number", number)]))
    if look.maybe("type", 0.5):
        rows.append(
            (made.caption("type"), made.shown("account_type", drawn("types", made.chance, table("statements"))))
        )
    start, end = made.day(held.start), made.day(held.end)
    first = made.shown("statement_start_date", start, held.start.isoformat())
    last = made.shown("statement_end_date", end, held.end.isoformat())
    if look.maybe("two dates", 0.2):
        rows += [
            (look.pick("from", ("From", "Statement start")), first),
            (look.pick("to", ("To", "Statement date")), last),
        ]
    else:
        rows.append(
            (made.caption("period"), [first, Part(look.pick("through", ("through", "to", "-", "–", "thru"))), last])
        )
    right = max(x + 235, x + 20 + max(page.width(caption) + page.width(value) for caption, value in rows))
    if right > page.right:
        x, right = page.right - (right - x), page.right
    page.sheet.y = below
    if look.maybe("order", 0.4):
        rows.reverse()
    for caption, value in rows:
        page.down()
        reach = page.sheet.put(x, page.sheet.y, caption, page.font)
        if look.maybe("about right", 0.5):
            page.sheet.put(right, page.sheet.y, value, page.font, "right")
        else:
            page.sheet.put(max(reach + 6, x + look.between("gap", 60, 110)), page.sheet.y, value, page.font)


def masked(number: str, look: Look) -> tuple[str, str]:
    """As banks print numbers: whole, or all but the last four digits hidden or left out; with the words before it."""
    style = look.pick("mask", ("", "", "XXXXXX", "****", "x", "ending in "))
    last = number.replace("-", "")[-4:]
    if style == "ending in ":
        return style, last
    return "", f"{style}{last}" if style else number


def print_summary(made: Statement, held: Account) -> None:
    page, look = made.page, made.look
    page.room(8)
    page.down(look.between("before summary", 1, 3))
    if look.maybe("summary title", 0.7):
        title = look.pick("summary", ("Account Summary", "CHECKING SUMMARY", "Summary of account", "Balance Summary"))
        page.text(title, font=page.font.sized(1.25).bold())
    count = f" ({sum(m.amount > 0 for m in held.movements)})" if look.maybe("counts", 0.2) else ""
    rows: list[tuple[str, Text]] = [
        (dated(made, "opening", held.start), made.amount("beginning_balance", held.opening)),
        (made.caption("gained") + count, made.amount("total_deposits", held.gained)),
        (made.caption("spent"), spent(made, held.spent)),
        (dated(made, "closing", held.end), made.amount("ending_balance", held.closing)),
    ]
    if look.maybe("average", 0.25):
        average = ((held.opening + held.closing) / 2).quantize(Decimal("0.01"))
        rows.append((made.caption("average"), made.amount("average_balance", average)))
    wide = look.pick("summary width", (220.0, 300.0, page.right - page.left))
    page.pairs(rows, page.left, page.left + wide, dotted=look.maybe("dots", 0.25))


def spent(made: Statement, value: Decimal) -> Part:
    """The sum of what went out, with the sign that this bank gives it."""
    signed = -value if made.look.maybe("spent sign", 0.4) else value
    made.fields["total_withdrawals"] = canonical(value)
    return Part(made.money(signed), "total_withdrawals")


def dated(made: Statement, key: str, day: date) -> str:
    caption = made.caption(key)
    return f"{caption} on {date_text('MM/dd', day)}" if made.look.maybe("dated", 0.25) else caption


@dataclass(frozen=True, slots=True)
class Table:
    """A way of setting movements in columns."""

    columns: tuple[Column, ...]
    names: tuple[str, ...]
    widths: tuple[float, ...]


def table_of(made: Statement) -> Table:
    """The columns of this template: one signed amount, or money in and out apart; with a running balance or without."""
    page, look = made.page, made.look
    text = page.left + 62
    description = Column(
        look.pick("c text", ("Description", "Transaction", "Details", "Transaction Description")), text
    )
    day = Column(look.pick("c day", ("Date", "DATE", "Posting Date", "Post Date")), page.left)
    balance = Column(
        look.pick("c balance", ("Balance", "BALANCE", "Running Balance", "Ending daily balance")), page.right, "right"
    )
    ends = (page.right - 165, page.right - 80)
    inward = look.pick("c in", ("Deposits", "Credits", "Paid in", "Deposits/Credits", "Additions", "Money in"))
    outward = look.pick(
        "c out", ("Withdrawals", "Debits", "Paid out", "Withdrawals/Debits", "Subtractions", "Money out")
    )
    if look.maybe("apart", 0.6):
        order = ("in", "out") if look.maybe("in first", 0.5) else ("out", "in")
        heads = {"in": inward, "out": outward}
        amounts = tuple(Column(heads[name], end, "right") for name, end in zip(order, ends, strict=True))
        return Table(
            (day, description, *amounts, balance), ("day", "text", *order, "balance"), (0, ends[0] - 62 - text, 0, 0, 0)
        )
    amount = Column(look.pick("c amount", ("Amount", "AMOUNT", "Amount ($)")), ends[1], "right")
    if look.maybe("no balance", 0.35):
        amount = Column(amount.header, page.right, "right")
        return Table((day, description, amount), ("day", "text", "amount"), (0, page.right - 75 - text, 0))
    return Table(
        (day, description, amount, balance), ("day", "text", "amount", "balance"), (0, ends[1] - 75 - text, 0, 0)
    )


def print_table_head(made: Statement) -> None:
    page = made.page
    if page.sheet.page > 1 and made.look.maybe("running head", 0.5):
        page.sheet.put(
            page.right,
            page.sheet.y,
            f"Account ...{str(made.fields['account_number'])[-4:]} (continued)",
            page.font,
            "right",
        )
        page.down(0.5)
    page.header(table_of(made).columns)


def print_movements(made: Statement, held: Account) -> None:
    """All movements in one table, by day; or what came in and what went out in sections of their own."""
    page, look = made.page, made.look
    page.room(5)
    page.down(look.between("before table", 1, 2.5))
    page.text(made.caption("table"), font=page.font.sized(1.2).bold())
    layout = table_of(made)
    print_table_head(made)
    if "balance" in layout.names and look.maybe("forward", 0.5):
        text = look.pick(
            "forward text", ("Beginning Balance", "Balance Forward", "Opening balance", "Balance brought forward")
        )
        page.row((layout.columns[1], layout.columns[-1]), (text, made.money(held.opening, symbol=False)), (0, 0))
    made.fields["transactions"] = [print_movement(made, layout, movement) for movement in held.movements]
    if look.maybe("closing row", 0.3) and "balance" in layout.names:
        page.room(1)
        page.row(
            (layout.columns[1], layout.columns[-1]), ("Ending Balance", made.money(held.closing, symbol=False)), (0, 0)
        )


def print_movement(made: Statement, layout: Table, movement: Movement) -> dict[str, str]:
    """One row, and its truth."""
    made.page.room(2.2)
    label = "deposit_amount" if movement.amount > 0 else "withdrawal_amount"
    size = abs(movement.amount)
    truth = {"date": movement.day.isoformat(), "description": movement.text, label: canonical(size)}
    cells: list[Text] = []
    for name in layout.names:
        cells.append(cell(made, name, movement, label, truth))
    made.page.row(layout.columns, cells, layout.widths)
    made.page.down(made.look.pick("leading", (0.0, 0.0, 0.15, 0.4)))
    return truth


def cell(made: Statement, name: str, movement: Movement, label: str, truth: dict[str, str]) -> Text:
    """What stands in one column of a movement's row."""
    look = made.look
    if name == "day":
        pattern = look.pick("row day", ("MM/dd", "MM/dd/yyyy", "MM/dd/yy", "MMM dd", "MM-dd"))
        return Part(date_text(pattern, movement.day), "transactions.date")
    if name == "text":
        if not movement.check:
            return Part(movement.text, "transactions.description")
        truth["check_number"] = movement.check
        return [Part(movement.text, "transactions.description"), Part(movement.check, "transactions.check_number")]
    if name == "balance":
        truth["balance"] = canonical(movement.balance)
        return Part(made.money(movement.balance, symbol=look.maybe("row sign", 0.3)), "transactions.balance")
    symbol = look.maybe("row sign", 0.3)
    if name == "amount":
        return Part(made.money(movement.amount, symbol=symbol), f"transactions.{label}")
    if (name == "in") != (movement.amount > 0):
        return ""
    return Part(made.money(abs(movement.amount), symbol=symbol), f"transactions.{label}")


def print_notes(made: Statement) -> None:
    page = made.page
    page.down(2)
    for note in made.chance.some(entries(table("statements")["notes"]), 4):
        page.text(note, font=page.font.sized(0.85))


def number_pages(page: Office) -> None:
    """`Page 1 of 3` at the foot of each page, once their number is known."""
    pages, style = page.sheet.page, page.look.pick("page number", ("Page {} of {}", "{} of {}", "", "Page {}"))
    if not style:
        return
    for number in range(1, pages + 1):
        page.sheet.page = number
        page.sheet.put(page.right, page.bottom + 22, style.format(number, pages), page.font.sized(0.9), "right")
    page.sheet.page = pages
