"""What banks print around a statement's figures: a title, promotions, a list of accounts, how to read it all."""

from decimal import Decimal
from typing import Protocol

from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import MoneyFormat
from recto.training.synth.lexicon import entries, filled, table
from recto.training.synth.office import Office
from recto.training.synth.sheet import Part, wrapped


class Made(Protocol):
    """What is needed of a statement in the making."""

    page: Office
    look: Look
    chance: Chance
    money: MoneyFormat


def print_title(made: Made) -> None:
    """`Savings Account Statement`, and some lines of promotion."""
    page, look = made.page, made.look
    if look.maybe("title", 0.6):
        page.down(look.between("over title", 0.5, 2))
        text = look.pick("title text", entries(table("statements")["titles"]))
        page.text(text, font=page.font.bold().sized(look.pick("title size", (1.2, 1.5, 2.0))))
    if look.maybe("promotions", 0.2):
        page.down()
        for text in made.chance.some(entries(table("statements")["promotions"]), 6):
            print_paragraph(made, text)


def print_accounts(made: Made, number: str, balance: Decimal) -> None:
    """A list of all that the holder has at the bank; only this statement's own account carries a label."""
    page, look, chance = made.page, made.look, made.chance
    if not look.maybe("accounts", 0.15):
        return
    page.down()
    page.text(look.pick("accounts title", ("Summary of your accounts", "Your accounts at a glance", "Accounts")))
    stops = (page.left, page.left + 190, page.left + 330)
    heads = ("ACCOUNT NAME", "ACCOUNT NUMBER", look.pick("balance head", ("BALANCE ($)", "Ending balance", "BALANCE")))
    page.down()
    for stop, head in zip(stops, heads, strict=True):
        page.sheet.put(stop, page.sheet.y, head, page.font.bold())
    names = entries(table("statements")["accounts"])
    rows = [(chance.pick(names), Part(number, "account_number"), made.money(balance))]
    for _ in range(chance.randint(0, 3)):
        other = made.money(Decimal(chance.randint(100, 4_000_000)) / 100)
        rows.append((chance.pick(names), Part(filled("############", chance)), other))
    for name, account, amount in rows:
        page.down(look.between("accounts gap", 1, 1.6))
        page.sheet.put(stops[0], page.sheet.y, name, page.font)
        page.sheet.put(stops[1], page.sheet.y, account, page.font)
        page.sheet.put(stops[2] + 60, page.sheet.y, amount, page.font, "right")


def print_brochure(made: Made) -> None:
    """Pages of explanation behind the statement, or in front of what is left of it."""
    page, look = made.page, made.look
    if not look.maybe("brochure", 0.1):
        return
    if look.maybe("brochure on new page", 0.6):
        page.sheet.feed(60)
    for text in made.chance.some(entries(table("statements")["brochure"]), 16):
        print_paragraph(made, text)
        page.down(0.5)


def print_paragraph(made: Made, text: str) -> None:
    """Running text over the page's width."""
    page = made.page
    for line in wrapped(text, page.font, page.right - page.left):
        page.room(2)
        page.text(line)
