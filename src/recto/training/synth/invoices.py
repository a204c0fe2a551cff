"""Invoices of a dozen countries in six languages, of no line or two hundred, on one page or several."""

from recto.schemas.catalog import labels_of
from recto.training.synth.chance import Chance, Look
from recto.training.synth.deal import altered, deal
from recto.training.synth.invoice_body import print_foot, print_items, print_sums
from recto.training.synth.invoice_head import BLOCKS, ORDERS
from recto.training.synth.invoice_sheet import Invoice, firm
from recto.training.synth.lexicon import filled, table
from recto.training.synth.office import LETTER, office
from recto.training.synth.shop import money_format
from recto.training.synth.synthetic import Draft

A4 = (595.0, 842.0)


NUMBERS = (
    *("INV-###", "%###", "RE-20%#/###", "R000#######", "FA-20%#-####", "######", "20%#-####", "#INV0####", "@#-#####"),
    *("##-@@@####", "20%#/###", "%#####-%"),
)
"""How invoices are numbered: # is a digit, % one that is not 0, @ a letter."""


def invoice(look: Look, chance: Chance, rows: int | None = None, wrong: str | None = None) -> Draft:
    """One invoice of a template; `rows` fixes its number of lines, `wrong` names the amount to print wrong."""
    code = look.weighted("country", table("invoices")["weights"])
    country = table("countries")[code]
    words = table("invoices").get(country["language"], table("invoices")["en"])
    made = deal(country, words, look, chance, rows)
    if wrong:
        made = altered(made, wrong, chance)
    page = office(look, chance, LETTER if code in ("US", "CA", "MX") else A4)
    number = filled(look.pick("number", NUMBERS), chance)
    order = filled(look.pick("order", ("PO-####", "######", "AD#####", "BC###", "4500######", "@@-##/##")), chance)
    bill = Invoice(
        page,
        code,
        country,
        words,
        money_format(country, look),
        made,
        chance,
        firm(country, chance),
        firm(country, chance),
        number,
        order,
    )
    for block in look.pick("order of blocks", ORDERS):
        BLOCKS[block](bill)
    print_items(bill)
    print_sums(bill)
    print_foot(bill)
    return Draft(
        "invoice", look.group, page.sheet, bill.fields, labels_of("invoice"), made.altered, country["language"]
    )
