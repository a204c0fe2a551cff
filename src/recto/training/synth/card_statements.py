"""Credit card statements: what was owed, paid and bought, what is owed now and until when, and the transactions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from recto.schemas.catalog import labels_of
from recto.training.synth.account import CENT, altered_by, amount
from recto.training.synth.bank_statements import Sender, Statement, number_pages, print_sender
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import MoneyFormat, canonical, date_text
from recto.training.synth.lexicon import drawn, entries, filled, table
from recto.training.synth.office import Column, office
from recto.training.synth.sheet import Part, Text
from recto.training.synth.synthetic import Draft


@dataclass(frozen=True, slots=True)
class Charge:
    """One transaction: a purchase is positive, a payment or credit negative."""

    day: date
    posted: date
    text: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Card:
    """A billing period of a card; the new balance follows from the rest unless it was altered."""

    start: date
    end: date
    due: date
    previous: Decimal
    charges: tuple[Charge, ...]
    advances: Decimal
    transfers: Decimal
    fees: Decimal
    interest: Decimal
    limit: Decimal
    off: Decimal = Decimal(0)
    altered: tuple[str, ...] = ()

    @property
    def paid(self) -> Decimal:
        """Payments and credits, as a positive number."""
        return -sum((charge.amount for charge in self.charges if charge.amount < 0), Decimal(0))

    @property
    def bought(self) -> Decimal:
        return sum((charge.amount for charge in self.charges if charge.amount > 0), Decimal(0))

    @property
    def balance(self) -> Decimal:
        owed = self.previous - self.paid + self.bought + self.advances + self.transfers + self.fees + self.interest
        return owed + self.off


def card_statement(look: Look, chance: Chance, rows: int | None = None, wrong: str | None = None) -> Draft:
    """One statement of a template."""
    page = office(look, chance)
    minus = look.pick("minus", ("-", "-", "()", "after"))
    money = MoneyFormat(symbol=look.pick("symbol", ("$", "$", "$", "")), minus=minus)
    made = Statement(page, look, chance, table("countries")["US"], money, "card")
    card = card_of(chance, rows, wrong)
    print_sender(made, ISSUER)
    print_blocks(made, card)
    made.page.head = lambda _page: page.header(columns_of(made)[0])
    print_charges(made, card)
    made.page.head = None
    page.down(2)
    for note in chance.some(entries(table("statements")["card_notes"]), 5):
        page.text(note[: int((page.right - page.left) / page.font.width("n"))], font=page.font.sized(0.85))
    number_pages(page)
    labels = labels_of("credit_card_statement")
    return Draft("credit_card_statement", look.group, page.sheet, made.fields, labels, altered=card.altered)


def card_of(chance: Chance, rows: int | None, wrong: str | None) -> Card:
    count = chance.pick((0, 2, 4, 7, 10, 14, 20, 30, 45)) if rows is None else rows
    start = date(chance.randint(2014, 2026), chance.randint(1, 12), chance.randint(1, 28))
    end = start + timedelta(days=chance.pick((28, 29, 30, 31)))
    previous = amount(chance, 20, 9000)
    charges = tuple(charge_of(chance, start, (end - start).days, previous) for _ in range(count))
    rare = [amount(chance, 20, 900) if chance.maybe(0.12) else Decimal("0.00") for _ in range(3)]
    interest = (previous * Decimal("0.015")).quantize(CENT) if chance.maybe(0.4) else Decimal("0.00")
    limit = Decimal(chance.pick((500, 1000, 2500, 5000, 7500, 10_000, 15_000, 25_000)))
    ordered = tuple(sorted(charges, key=lambda charge: charge.day))
    due = end + timedelta(days=chance.pick((21, 23, 25, 25)))
    card = Card(start, end, due, previous, ordered, rare[0], rare[1], rare[2] / 10, interest, limit)
    card = replace(card, fees=card.fees.quantize(CENT))
    return replace(card, off=altered_by(chance), altered=("new_balance",)) if wrong else card


def charge_of(chance: Chance, start: date, length: int, previous: Decimal) -> Charge:
    credit = chance.maybe(0.14)
    day = start + timedelta(days=chance.randint(0, max(0, length - 3)))
    words = {**table("countries")["US"], **table("statements")}
    size = -min(amount(chance, 10, 2000), max(previous, CENT)) if credit else amount(chance, 2, 700)
    text = drawn("credited" if credit else "charged", chance, words)
    reference = filled("#################", chance) if chance.maybe(0.5) else filled("@###@##@", chance)
    posted = min(day + timedelta(days=chance.randint(0, 3)), start + timedelta(days=length))
    return Charge(day, posted, " ".join(text.split()), reference, size)


ISSUER = Sender("issuer", "issuers", 200, 0.5, ("Customer Service:", "Call", "Customer Service", "Questions? Call"))


def number_of(made: Statement) -> tuple[str, str]:
    """The card's number, all of it with a right check digit or its end, as printed and in canonical form."""
    chance = made.chance
    digits = filled(chance.pick(("4##############", "5##############", "6011###########")), chance)
    total = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(digits))
    digits += str(-total % 10)
    groups = " ".join(digits[at : at + 4] for at in range(0, 16, 4))
    last = digits[-4:]
    hidden = "*" * 12 + last
    shapes = {"XXXX XXXX XXXX ": hidden, "**** **** **** ": hidden, "xxxx-xxxx-xxxx-": hidden, "": last}
    style = made.look.pick("number", ("whole", "whole", *list(shapes)))
    return (groups, digits) if style == "whole" else (f"{style}{last}", shapes[style])


def about(made: Statement, card: Card) -> list[tuple[str, Text]]:
    """Number, period, new balance, minimum and due date: what stands at the top."""
    look = made.look
    first = made.shown("statement_start_date", made.day(card.start), card.start.isoformat())
    last = made.shown("statement_end_date", made.day(card.end), card.end.isoformat())
    minimum = (
        min(card.balance, max(Decimal(25), (card.balance / 50).quantize(CENT))) if card.balance > 0 else Decimal(0)
    )
    rows: list[tuple[str, Text]] = [(made.caption("number"), made.shown("account_number", *number_of(made)))]
    if look.maybe("period", 0.65):
        rows.append((made.caption("period"), [first, Part(look.pick("through", ("-", "to", "through", "–"))), last]))
    else:
        del made.fields["statement_start_date"]
        rows.append((made.caption("closing_date"), last))
    rows.append((made.caption("new"), made.amount("new_balance", card.balance)))
    rows.append((made.caption("minimum"), made.amount("minimum_payment_due", minimum.quantize(CENT))))
    rows.append((made.caption("due"), made.shown("payment_due_date", made.day(card.due), card.due.isoformat())))
    if look.maybe("past due", 0.3):
        rows.append((made.caption("past_due"), made.amount("past_due_amount", Decimal("0.00"))))
    return rows


def summed(made: Statement, card: Card) -> list[tuple[str, Text]]:
    """What adds up to the new balance."""
    look = made.look
    paid = -card.paid if look.maybe("paid sign", 0.6) else card.paid
    made.fields["payments_and_credits"] = canonical(card.paid)
    rows: list[tuple[str, Text]] = [
        (made.caption("previous"), made.amount("previous_balance", card.previous)),
        (made.caption("payments"), Part(made.money(paid), "payments_and_credits")),
        (made.caption("purchases"), made.amount("purchases", card.bought)),
    ]
    for key, name, value in (
        ("advances", "cash_advances", card.advances),
        ("transfers", "balance_transfers", card.transfers),
        ("fees", "fees_charged", card.fees),
        ("interest", "interest_charged", card.interest),
    ):
        if value or look.maybe(f"show {key}", 0.7):
            rows.append((made.caption(key), made.amount(name, value)))
    if look.maybe("new again", 0.75):
        rows.append((made.caption("new"), made.amount("new_balance", card.balance)))
    return rows


def credit(made: Statement, card: Card) -> list[tuple[str, Text]]:
    rows: list[tuple[str, Text]] = [(made.caption("limit"), made.amount("credit_limit", card.limit))]
    rows.append(
        (made.caption("available"), made.amount("available_credit", max(card.limit - card.balance, Decimal("0.00"))))
    )
    if made.look.maybe("rate", 0.4):
        rate = filled(made.chance.pick(("1#.##", "2#.##", "1#.9#")), made.chance) + "%"
        rows.append((made.caption("rate"), made.shown("annual_percentage_rate", rate, rate.rstrip("%"))))
    return rows


def print_blocks(made: Statement, card: Card) -> None:
    """The blocks of the front page, one below the other or in two columns."""
    page, look = made.page, made.look
    blocks = [("Payment Information", about(made, card)), ("Account Summary", summed(made, card))]
    if look.maybe("credit block", 0.75):
        blocks.append(
            (look.pick("credit title", ("Credit Information", "Your Account", "Credit Limits")), credit(made, card))
        )
    middle = (page.left + page.right) / 2
    page.down(2)
    top, bottom = page.sheet.y, page.sheet.y
    for number, (title, rows) in enumerate(blocks):
        beside = look.maybe("columns", 0.55) and number == 1
        if beside:
            page.sheet.y = top
        left = middle + 12 if beside else page.left
        right = (
            page.right
            if beside
            else (middle - 12 if look.maybe("columns", 0.55) else page.left + look.between("wide", 260, 420))
        )
        if look.maybe("titles", 0.8):
            page.down(1.2)
            page.sheet.put(left, page.sheet.y, title, page.font.bold())
        page.pairs(rows, left, right, dotted=look.maybe("dots", 0.2))
        page.down(0.8)
        bottom = max(bottom, page.sheet.y)
        page.sheet.y = bottom


def columns_of(made: Statement) -> tuple[tuple[Column, ...], tuple[str, ...], tuple[float, ...]]:
    """Columns, what stands in them, and how wide they are."""
    page, look = made.page, made.look
    columns = [Column(look.pick("c day", ("Date", "Trans Date", "Date of Transaction", "Tran Date")), page.left)]
    names, x = ["day"], page.left + 62
    if look.maybe("posted", 0.45):
        columns.append(Column(look.pick("c posted", ("Post Date", "Posting Date", "Posted")), x))
        names.append("posted")
        x += 58
    if look.maybe("reference", 0.25):
        columns.append(Column(look.pick("c reference", ("Reference", "Reference Number", "Ref No")), x))
        names.append("reference")
        x += 105
    columns.append(
        Column(look.pick("c text", ("Description", "Merchant Name", "Transaction", "Transaction Description")), x)
    )
    columns.append(Column(look.pick("c amount", ("Amount", "$ Amount", "AMOUNT", "Charges")), page.right, "right"))
    widths = [0.0] * (len(names)) + [page.right - 80 - x, 0.0]
    return tuple(columns), (*names, "text", "amount"), tuple(widths)


def print_charges(made: Statement, card: Card) -> None:
    page = made.page
    page.room(5)
    page.down(1.5)
    page.text(made.caption("table"), font=page.font.sized(1.2).bold())
    columns, names, widths = columns_of(made)
    page.header(columns)
    rows = []
    for charge in card.charges:
        page.room(2.2)
        truth = truth_of(charge, names)
        cells = [
            Part(text, f"transactions.{name}")
            for name, text in zip(labels(names), texts(made, charge, names), strict=True)
        ]
        page.row(columns, cells, widths)
        rows.append(truth)
    made.fields["transactions"] = rows
    page.sheet.y += page.pitch


def labels(names: Sequence[str]) -> list[str]:
    known = {"day": "date", "posted": "posting_date", "reference": "reference_number", "text": "description"}
    return [known.get(name, name) for name in names]


def texts(made: Statement, charge: Charge, names: Sequence[str]) -> list[str]:
    pattern = made.look.pick("row day", ("MM/dd", "MM/dd/yy", "MMM dd", "MM/dd/yyyy"))
    shown = {
        "day": date_text(pattern, charge.day),
        "posted": date_text(pattern, charge.posted),
        "reference": charge.reference,
        "text": charge.text,
        "amount": made.money(charge.amount, symbol=made.look.maybe("row sign", 0.5)),
    }
    return [shown[name] for name in names]


def truth_of(charge: Charge, names: Sequence[str]) -> dict[str, str]:
    canon = {
        "day": charge.day.isoformat(),
        "posted": charge.posted.isoformat(),
        "reference": charge.reference,
        "text": charge.text,
        "amount": canonical(charge.amount),
    }
    return {label: canon[name] for label, name in zip(labels(names), names, strict=True)}
