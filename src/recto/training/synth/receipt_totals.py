"""How receipts print what is to be paid: sums, taxes, roundings, payments, the card's slip, the summary of taxes."""

from decimal import Decimal

from recto.training.synth.lexicon import filled
from recto.training.synth.purchase import ZERO, Purchase, Tax
from recto.training.synth.receipt_items import quantity_text
from recto.training.synth.roll import Roll
from recto.training.synth.sheet import Part

_SUMMARIES = {
    "en": ("Tax Summary", "VAT Analysis", "VAT Summary", "Tax Rate"),
    "ms": ("GST Summary", "GST SUMMARY", "GST SUMMARY:", "TAX SUMMARY", "SST Summary"),
    "de": ("MwSt", "Steuer", "MwSt-Satz", "USt"),
    "fr": ("TVA", "Taux", "Détail TVA"),
    "es": ("IVA", "Desglose IVA"),
    "it": ("IVA", "Aliquota"),
    "nl": ("BTW", "BTW-specificatie"),
}


def _amount(roll: Roll, amount: Decimal, label: str, key: str = "sum symbol", odds: float = 0.75) -> Part:
    return Part(roll.money(amount, symbol=roll.look.maybe(key, odds)), label)


def print_sums(roll: Roll, bought: Purchase) -> None:
    """From the subtotal to the total."""
    look = roll.look
    _count(roll, bought, "before")
    taxes_last = bought.inclusive or look.maybe("tax after total", 0.08)
    if shows_subtotal(roll, bought):
        roll.pair(roll.caption("subtotal"), _amount(roll, bought.subtotal, "SUBTOTAL"))
    _reductions(roll, bought)
    if bought.service:
        roll.pair(roll.caption("service"), _amount(roll, bought.service, ""))
    if not taxes_last:
        _taxes(roll, bought)
    if bought.tip:
        roll.pair(roll.caption("tip"), _amount(roll, bought.tip, "TIP"))
    _total(roll, bought)
    if taxes_last and look.maybe("tax lines shown", 0.75):
        _taxes(roll, bought)
    _count(roll, bought, "after")


def shows_subtotal(roll: Roll, bought: Purchase) -> bool:
    """Whether the subtotal is printed."""
    needed = bought.total != bought.subtotal and not bought.inclusive
    return roll.look.maybe("subtotal", 0.9 if needed else 0.35)


def _count(roll: Roll, bought: Purchase, where: str) -> None:
    if roll.look.pick("count of items", ("none", "none", "none", "before", "after")) != where:
        return
    pieces = quantity_text(sum((line.quantity for line in bought.lines), ZERO))
    roll.pair(roll.caption("items_count"), Part(pieces)) if roll.look.maybe("count pair", 0.6) else roll.text(
        Part(f"{roll.caption('items_count')}: {pieces}"), roll.look.pick("count align", ("left", "center"))
    )


def _reductions(roll: Roll, bought: Purchase) -> None:
    shown = roll.money
    if bought.discount or roll.look.maybe("zero discount", 0.06):
        positive = roll.look.maybe("discount without minus", 0.3)
        amount = -bought.discount if positive else bought.discount
        roll.pair(roll.caption("discount"), Part(shown(amount), "DISCOUNT"))
    if bought.coupon:
        roll.pair(roll.caption("coupon"), Part(shown(bought.coupon), "COUPON"))


def tax_caption(roll: Roll, tax: Tax) -> str:
    name = tax.name.replace("{rate}", f"{tax.rate}%")
    if "%" not in name and roll.look.maybe("rate in caption", 0.35):
        name += roll.look.pick("rate shape", (" {}%", " ({}%)", " @ {}%", " @{}%", " {}.00%")).format(tax.rate)
    return name


def _taxes(roll: Roll, bought: Purchase) -> None:
    for tax in bought.taxes:
        value = [_amount(roll, tax.amount, "TAX")]
        if roll.look.maybe("net beside tax", 0.1):
            value = [Part(roll.money(tax.net, symbol=False)), *value]
        roll.pair(tax_caption(roll, tax), value)
    if len(bought.taxes) > 1 and roll.look.maybe("tax total", 0.3):
        roll.pair("Total Tax", _amount(roll, bought.tax, "TAX"))


def _total(roll: Roll, bought: Purchase) -> None:
    look = roll.look
    if bought.rounding or look.maybe("zero rounding", 0.05):
        if look.maybe("unrounded total", 0.6):
            label = "GRAND_TOTAL" if bought.due == bought.total else "SUBTOTAL"
            roll.pair(roll.caption("total", fixed=False), _amount(roll, bought.due, label))
        roll.pair(roll.caption("rounding"), _amount(roll, bought.rounding, ""))
    if look.maybe("rule over total", 0.3):
        roll.rule("total rule")
    bold, scale = look.maybe("bold total", 0.4), look.pick("total size", (1.0, 1.0, 1.0, 1.2, 1.45))
    roll.pair(roll.caption("total"), _amount(roll, bought.total, "GRAND_TOTAL", "total symbol", 0.85), bold, scale)
    if look.maybe("total again", 0.15):
        roll.pair(roll.caption("again"), _amount(roll, bought.total, "GRAND_TOTAL"))


def print_payment(roll: Roll, bought: Purchase) -> None:
    """How it was paid: method, amount given, change."""
    look = roll.look
    if not look.maybe("payment", 0.82):
        return
    if look.maybe("gap over payment", 0.3):
        roll.gap(0.5)
    if look.maybe("payment caption", 0.15):
        roll.text(Part(roll.caption("payment")))
    card = [Part(bought.card, "PAYMENT_METHOD")] if bought.card and look.maybe("card on line", 0.3) else []
    roll.pair([Part(bought.method, "PAYMENT_METHOD"), *card], _amount(roll, bought.tendered, "", "paid symbol", 0.7))
    if bought.cash_back:
        roll.pair(roll.caption("cash_back"), _amount(roll, bought.cash_back, "CASH_BACK"))
    if bought.change or look.maybe("zero change", 0.5):
        roll.pair(roll.caption("change"), _amount(roll, bought.change, "CHANGE", "paid symbol", 0.7))


def shows_change(roll: Roll, bought: Purchase) -> bool:
    return roll.look.maybe("payment", 0.82) and (bool(bought.change) or roll.look.maybe("zero change", 0.5))


def print_slip(roll: Roll, bought: Purchase) -> None:
    """The card terminal's part: numbers, an approval, at times lines for a tip by hand."""
    look, chance = roll.look, roll.chance
    if not bought.card or not look.maybe("slip", 0.45):
        return
    roll.rule("slip rule")
    lines = [
        [Part("Card"), Part(bought.card, "PAYMENT_METHOD")],
        [Part(filled("Auth Code: ######", chance))],
        [Part(filled("Ref #: ########", chance).replace("Ref 0", "Ref #"))],
        [Part(filled("AID: A000000003101#", chance))],
        [Part(filled("TVR: 00000#8000", chance))],
        [Part("Entry Method: Chip")],
        [Part("APPROVED")],
        [Part(filled("Merchant ID: ############", chance))],
        [Part(filled("TID: ########", chance))],
        [Part("Card Type:"), Part(bought.method, "PAYMENT_METHOD")],
        [Part("Expiry: **/**")],
        [Part(filled("Batch: ######", chance))],
        [Part("PIN VERIFIED")],
    ]
    for line in chance.some(lines, look.pick("slip lines", (2, 4, 7))):
        roll.text(line, look.pick("slip align", ("left", "left", "center")))
    if look.maybe("slip amount", 0.4):
        roll.pair(roll.caption("again"), _amount(roll, bought.total, "GRAND_TOTAL"))
    if look.maybe("tip lines", 0.3) and not bought.tip:
        _blanks(roll)


def _blanks(roll: Roll) -> None:
    """`Tip: ______` and `Total: ______`, to be filled in by hand; suggested tips, which are none."""
    for caption in (roll.caption("tip"), "Total", "X"):
        roll.gap(0.5)
        roll.row([(0.0, "left", f"{caption}:")])
        roll.sheet.line(roll.left + 0.3 * roll.width, roll.sheet.y + 1, roll.right, roll.sheet.y + 1)


def print_suggestions(roll: Roll, bought: Purchase) -> None:
    """Suggested tips: amounts that nobody paid yet."""
    if not (roll.look.maybe("suggestions", 0.12) and roll.money.decimal == "." and not roll.money.whole):
        return
    roll.text(Part(roll.look.pick("suggested", ("Suggested Gratuity", "Suggested Tip:", "Tip Guide"))), "center")
    for percent in (15, 18, 20, 22)[: roll.look.pick("suggested lines", (2, 3, 4))]:
        tip = roll.money(bought.subtotal * percent / 100)
        roll.text(Part(f"{percent}% = {tip}" if roll.look.maybe("suggest =", 0.5) else f"({percent}%) {tip}"), "center")


def print_summary(roll: Roll, bought: Purchase) -> None:
    """The table of tax rates at the foot. Its tax amounts carry TAX only where the sums above state none."""
    look = roll.look
    if not bought.taxes or not look.maybe("summary", 0.7 if roll.language == "ms" else 0.2):
        return
    stated = (not bought.inclusive and not look.maybe("tax after total", 0.08)) or look.maybe("tax lines shown", 0.75)
    roll.rule("summary rule")
    first = bought.taxes[0]
    names = _SUMMARIES.get(roll.language, _SUMMARIES["en"])
    net, tax = look.pick(
        "summary heads",
        (
            ("Amount", "Tax"),
            ("Amount(RM)", "Tax(RM)"),
            ("Net", "VAT"),
            ("Netto", "Steuer"),
            ("HT", "TVA"),
            ("AMOUNT (MYR)", "GST (MYR)"),
        ),
    )
    roll.row([(0.0, "left", look.pick("summary name", names)), (0.72, "right", net), (1.0, "right", tax)])
    code = look.pick(
        "summary code",
        ("SR @ {}%", "S = {}%", "S({}%)", "SR", "A {}%", "{}%", "T: GST", "GST @{}%", "SR {}", "1 {},00 %"),
    )
    label = "" if stated else "TAX"
    cells = Part(roll.money(first.net, symbol=False)), Part(roll.money(first.amount, symbol=False), label)
    roll.row([(0.0, "left", code.format(first.rate)), (0.72, "right", cells[0]), (1.0, "right", cells[1])])
    if look.maybe("zero rated", 0.4):
        zero = roll.money(ZERO, symbol=False)
        roll.row(
            [
                (0.0, "left", look.pick("zero code", ("ZRL @ 0%", "Z = 0%", "Z(0%)", "ZR"))),
                (0.72, "right", zero),
                (1.0, "right", zero),
            ]
        )
    if look.maybe("summary total", 0.15):
        roll.row([(0.0, "left", "TOTAL :"), (0.72, "right", cells[0]), (1.0, "right", Part(cells[1].text))])
