"""Receipts of a score of countries: who sold, when, what, for how much, and everything else that tills print."""

from collections.abc import Callable

from recto.document.kinds import RECEIPT_LABELS
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import any_day, any_time, canonical
from recto.training.synth.lexicon import entries, filled, table
from recto.training.synth.purchase import altered, purchase
from recto.training.synth.receipt_head import (
    MOSTLY_CENTERED,
    Visit,
    cased,
    print_head,
    print_meta,
    print_noise,
    print_title,
)
from recto.training.synth.receipt_items import print_lines
from recto.training.synth.receipt_totals import (
    print_payment,
    print_slip,
    print_suggestions,
    print_summary,
    print_sums,
    shows_subtotal,
)
from recto.training.synth.roll import Roll
from recto.training.synth.sheet import Font, Part, Sheet
from recto.training.synth.shop import Shop, country_weights, money_format, shop, trade_weights
from recto.training.synth.synthetic import Draft


def receipt(look: Look, chance: Chance, rows: int | None = None, wrong: str | None = None) -> Draft:
    """One receipt of a template; `rows` fixes the number of items, `wrong` names the amount to print wrong."""
    code = look.weighted("country", country_weights())
    seller = shop(code, chance.weighted(trade_weights()), look, chance)
    bought = purchase(seller, look, chance, rows)
    if wrong:
        bought = altered(bought, wrong, chance)
    visit = Visit(_roll(seller, look, chance, code), seller, bought, any_day(chance), any_time(chance), {})
    for block in _order(look):
        _BLOCKS[block](visit)
    visit.roll.sheet.finish(visit.roll.pitch * look.between("foot", 0.5, 4))
    _truth(visit)
    return Draft(
        kind="receipt",
        group=look.group,
        sheet=visit.roll.sheet,
        fields=visit.shown,
        labels=RECEIPT_LABELS,
        altered=bought.altered,
        language=visit.roll.language,
        paper="thermal",
    )


def _roll(seller: Shop, look: Look, chance: Chance, code: str) -> Roll:
    """An empty roll: 58 or 80 mm, or a sheet; a till's font, drawn out or not."""
    face = look.pick(
        "face", ("mono", "mono", "till", "till", "thin", "thin", "courier", "sans", "sans", "narrow", "serif")
    )
    width = look.pick("width", (226.0, 226.0, 226.0, 164.0, 210.0, 300.0))
    margin = width * look.between("margin", 0.02, 0.09)
    stretch = look.pick("stretch", (0.8, 0.9, 1.0, 1.0, 1.1, 1.25))
    columns = look.pick("line length", (28, 32, 36, 40, 42, 44, 48, 48, 56))
    letter = 0.6 if face in ("mono", "till", "courier") else 0.5
    size = (width - 2 * margin) / columns / letter / stretch
    language = "ms" if code == "MY" or (code == "SG" and look.maybe("ms", 0.5)) else seller.country["language"]
    sheet = Sheet(width, 0.0, y=size * look.between("head", 0.5, 5))
    font = Font(face, size, stretch)
    return Roll(sheet, look, chance, font, margin, width - margin, money_format(seller.country, look), language)


def _order(look: Look) -> tuple[str, ...]:
    """The order of the blocks: the head first mostly; number, date and time above the items, or below the sums."""
    meta = look.pick("meta place", ("above", "above", "above", "above", "below", "top", "split"))
    order = ["noise", "head", "title", "items", "sums", "payment", "slip", "suggestions", "summary", "member", "foot"]
    place = {"above": 3, "below": order.index("summary"), "top": 1, "split": 3}[meta]
    order.insert(place, "meta")
    if look.maybe("slip only", 0.04):
        order.remove("items")
        order.remove("summary")
    if look.maybe("head below", 0.03):
        order.remove("head")
        order.insert(order.index("foot"), "head")
    return tuple(order)


def _items(visit: Visit) -> None:
    if visit.look.maybe("rule over items", 0.5):
        visit.roll.rule("items rule")
    printed = print_lines(visit.roll, visit.bought.lines, visit.shop.trade_name == "fuel")
    visit.shown["items"] = list(printed)
    if visit.look.maybe("rule under items", 0.55):
        visit.roll.rule("sums rule")


def _member(visit: Visit) -> None:
    if visit.look.maybe("member", 0.14):
        number = filled(
            visit.look.pick("member number", ("########", "#### #### ####", "XXXX####", "@#######", "##########")),
            visit.chance,
        )
        visit.roll.text([Part(visit.roll.caption("member")), Part(number, "LOYALTY_ID")])
        visit.shown["loyalty_id"] = number
        if visit.look.maybe("points", 0.5):
            caption = visit.look.pick("points", ("Points", "POINTS", "Points Balance"))
            visit.roll.text(Part(f"{caption}: {visit.chance.randint(0, 5000)}"))


def _foot(visit: Visit) -> None:
    """Thanks, small print, a web address, numbers under a bar code."""
    roll, look, chance = visit.roll, visit.look, visit.chance
    names = table("names")
    align = look.pick("foot align", MOSTLY_CENTERED)
    roll.gap(look.between("foot gap", 0, 1.5))
    thanks = entries(names.get(f"thanks_{roll.language}", names["thanks"]))
    for number in range(look.pick("thanks", (0, 1, 1, 2))):
        roll.text(Part(filled(look.pick(f"thanks {number}", thanks), chance)), align)
    for number in range(look.pick("small", (0, 0, 0, 1, 2, 4))):
        roll.text(Part(filled(look.pick(f"small {number}", entries(names["small"])), chance)), align)
    if look.maybe("site in foot", 0.15):
        roll.text(Part(visit.shop.website, "WEBSITE"), align)
        visit.shown["merchant_website"] = cased(visit, visit.shop.website)
    if look.maybe("bar code", 0.15):
        roll.gap(0.6)
        roll.sheet.bars(roll.left + 0.15 * roll.width, roll.sheet.y, roll.right - 0.15 * roll.width, roll.sheet.y + 26)
        roll.sheet.y += 26
        roll.text(Part(filled("####################", chance)), "center")


def _truth(visit: Visit) -> None:
    """The amounts as they are printed."""
    bought, roll = visit.bought, visit.roll
    amounts = {"total": bought.total}
    if shows_subtotal(roll, bought):
        amounts["subtotal"] = bought.subtotal
    if any(ink.tag == "B-TAX" for ink in roll.sheet.inks):
        amounts["total_tax"] = bought.tax
    if bought.tip:
        amounts["tip"] = bought.tip
    if any(ink.tag == "B-CHANGE" for ink in roll.sheet.inks):
        amounts["change"] = bought.change
    visit.shown.update({name: canonical(amount) for name, amount in amounts.items()})
    visit.shown.setdefault("items", [])


def _served(visit: Visit) -> bool:
    """Whether tips are usual: at tables, in North America."""
    return bool(visit.shop.trade.get("table")) and visit.shop.country["code"] in ("USD", "CAD")


_BLOCKS: dict[str, Callable[[Visit], None]] = {
    "noise": print_noise,
    "head": print_head,
    "title": print_title,
    "meta": print_meta,
    "items": _items,
    "sums": lambda visit: print_sums(visit.roll, visit.bought),
    "payment": lambda visit: print_payment(visit.roll, visit.bought),
    "slip": lambda visit: print_slip(visit.roll, visit.bought),
    "suggestions": lambda visit: print_suggestions(visit.roll, visit.bought) if _served(visit) else None,
    "summary": lambda visit: print_summary(visit.roll, visit.bought),
    "member": _member,
    "foot": _foot,
}
