"""The head of a receipt: who sold, under which numbers, when, and who served."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from recto.training.example import Truth
from recto.training.synth.chance import Chance, Look
from recto.training.synth.formats import date_text, time_text
from recto.training.synth.lexicon import drawn, filled
from recto.training.synth.purchase import Purchase
from recto.training.synth.roll import Roll
from recto.training.synth.roll import cased as in_case
from recto.training.synth.sheet import Align, Part
from recto.training.synth.shop import Shop

MOSTLY_CENTERED: tuple[Align, ...] = ("center", "center", "center", "center", "left")


@dataclass(slots=True)
class Visit:
    """One receipt while it is printed; `shown` collects what the truth must know."""

    roll: Roll
    shop: Shop
    bought: Purchase
    day: date
    moment: time
    shown: dict[str, Truth]

    @property
    def look(self) -> Look:
        return self.roll.look

    @property
    def chance(self) -> Chance:
        return self.roll.chance


def print_noise(visit: Visit) -> None:
    """What stands above the head at times: an order number, a stamp, whoever handed it in."""
    if not visit.look.maybe("noise", 0.14):
        return
    options = [
        "Your order number is|{n}",
        "ORDER|{n}",
        "{person}",
        "POSTED",
        "{ref}",
        "Your guest number is|{n}",
        "REPRINT",
        "** COPY **",
        "Customer Copy",
        "Start",
    ]
    text = visit.chance.pick(options).format(
        n=visit.chance.randint(1, 999),
        person=drawn("malay_person", visit.chance),
        ref=filled("%-#######", visit.chance),
    )
    for line in text.split("|"):
        visit.roll.text(Part(line), "center", visit.chance.pick((1.0, 1.0, 1.5)))


def print_head(visit: Visit) -> None:
    roll, look, seller = visit.roll, visit.look, visit.shop
    scale = look.pick("name size", (1.0, 1.0, 1.0, 1.3, 1.6, 2.0))
    align = look.pick("head align", MOSTLY_CENTERED)
    brand = seller.legal and roll.language == "ms"
    if brand:
        roll.text(Part(seller.legal), align, scale)  # a brand over the company: the company is the merchant
    name: tuple[Part, ...] = (Part(seller.name, "MERCHANT_NAME"),)
    if look.maybe("id beside name", 0.08) and roll.language == "ms":
        name = (*name, Part(seller.company_id))
    roll.text(name, align, 1.0 if brand else scale, look.maybe("bold name", 0.4))
    if seller.legal and not brand:
        roll.text(Part(seller.legal), align)
    for line in _head_lines(visit):
        _HEAD[line](visit, align)
    visit.shown["merchant_name"] = cased(visit, seller.name)
    if look.maybe("rule under head", 0.35):
        roll.rule("head rule")


def _head_lines(visit: Visit) -> list[str]:
    look = visit.look
    lines = []
    if visit.roll.language == "ms" or look.maybe("company id", 0.12):
        lines.append("company id")
    if look.maybe("slogan", 0.12):
        lines.append("slogan")
    lines.append("address") if look.maybe("address shown", 0.88) else None
    if look.maybe("phone shown", 0.75):
        lines.insert(len(lines) if look.maybe("phone last", 0.85) else 0, "phone")
    for line, odds in (("tax id", 0.45), ("website", 0.12), ("hours", 0.05)):
        if look.maybe(f"{line} shown", odds if visit.roll.language != "ms" else odds + 0.2):
            lines.insert(len(lines) if look.maybe(f"{line} last", 0.9) else max(0, len(lines) - 1), line)
    return lines


def _company_id(visit: Visit, align: Align) -> None:
    if visit.shop.company_id and visit.look.maybe("own company id line", 0.7):
        visit.roll.text(Part(visit.shop.company_id), align)


def _slogan(visit: Visit, align: Align) -> None:
    visit.roll.text(Part(drawn("slogan", visit.chance)), align)


def _address(visit: Visit, align: Align) -> None:
    for line in visit.shop.address:
        visit.roll.text(Part(line, "ADDRESS_LINE"), align)
    visit.shown["merchant_address"] = cased(visit, " ".join(visit.shop.address))


def _phone(visit: Visit, align: Align) -> None:
    phone = Part(visit.shop.phone, "PHONE_NUMBER")
    parts = [phone]
    if visit.look.maybe("phone caption", 0.7):
        parts = [Part(visit.roll.caption("tel")), phone]
    if visit.look.maybe("fax", 0.15):
        fax = filled(visit.chance.pick(visit.shop.country["phones"]), visit.chance)
        if visit.look.maybe("fax beside", 0.5):
            parts += [Part(f"Fax: {fax}")]
        else:
            visit.roll.text(parts, align)
            parts = [Part(f"Fax : {fax}")]
    visit.roll.text(parts, align)
    visit.shown["merchant_phone_number"] = visit.shop.phone


def _tax_id(visit: Visit, align: Align) -> None:
    if visit.shop.tax_id:
        visit.roll.text(Part(visit.shop.tax_id), align)


def _website(visit: Visit, align: Align) -> None:
    if visit.look.maybe("mail", 0.2):
        local = visit.shop.website.split("//")[-1].removeprefix("www.")
        visit.roll.text(Part(f"info@{local}"), align)
    visit.roll.text(Part(visit.shop.website, "WEBSITE"), align)
    visit.shown["merchant_website"] = cased(visit, visit.shop.website)


def _hours(visit: Visit, align: Align) -> None:
    visit.roll.text(Part(visit.roll.caption("hours"), "STORE_HOURS"), align)


_HEAD: dict[str, Callable[[Visit, Align], None]] = {
    "company id": _company_id,
    "slogan": _slogan,
    "address": _address,
    "phone": _phone,
    "tax id": _tax_id,
    "website": _website,
    "hours": _hours,
}


def print_title(visit: Visit) -> None:
    if visit.look.maybe("title", 0.75 if visit.roll.language == "ms" else 0.4):
        scale = visit.look.pick("title size", (1.0, 1.0, 1.3))
        visit.roll.text(
            Part(visit.roll.caption("title")), visit.look.pick("title align", ("center", "center", "left")), scale
        )


def print_meta(visit: Visit) -> None:
    """Number, date, time, cashier, table: captioned one by one, by twos, or all run together."""
    manner = visit.look.pick("meta", ("ones", "ones", "twos", "twos", "run", "run", "stacked"))
    details = _details(visit)
    if manner == "ones":
        for caption, value in details:
            _captioned(visit, caption, value)
    elif manner == "twos":
        for one, two in zip(details[::2], [*details[1::2], None], strict=False):
            _beside(visit, one, two)
    elif manner == "run":
        _run(visit, details)
    else:
        for caption, value in details:
            visit.roll.text([Part(caption), *value] if visit.look.maybe(f"caption of {caption}", 0.5) else value)
    if visit.look.maybe("rule under meta", 0.4):
        visit.roll.rule("meta rule")


Detail = tuple[str, list[Part]]


def _details(visit: Visit) -> list[Detail]:
    look, chance, roll = visit.look, visit.chance, visit.roll
    pattern = look.pick("date", visit.shop.country["dates"])
    clock = look.pick("time", visit.shop.country["times"])
    day = Part(date_text(pattern, visit.day, visit.shop.country["language"], look.maybe("upper", 0.42)), "DATE")
    moment = Part(time_text(clock, visit.moment), "TIME")
    number = filled(
        look.pick(
            "number",
            (
                "######",
                "####",
                "%###-######",
                "#",
                "@@######",
                "@@####/####",
                "##-#####",
                "%#",
                "0000######",
                "@##-######",
                "#####/###/@####",
            ),
        ),
        chance,
    )
    found: dict[str, Detail] = {
        "number": (roll.caption("number"), [Part(number)]),
        "cashier": (roll.caption("cashier"), [Part(_person(visit))]),
        "place": (roll.caption("place"), [Part(str(chance.randint(1, 60)))]),
    }
    visit.shown["transaction_date"] = visit.day.isoformat()
    if look.maybe("time shown", 0.85):
        if "ss" not in clock:
            visit.moment = visit.moment.replace(second=0)
        visit.shown["transaction_time"] = visit.moment.isoformat()
        if look.maybe("date with time", 0.5):
            joint = [Part("-")] if look.maybe("date - time", 0.06) else []
            together = [moment, *joint, day] if look.maybe("time first", 0.15) else [day, *joint, moment]
            found["date"] = (roll.caption("date"), together)
        else:
            found["time"] = (roll.caption("time"), [moment])
    found.setdefault("date", (roll.caption("date"), [day]))
    shown = [key for key in ("number", "date", "time", "cashier", "place") if key in found]
    shown = [key for key in shown if key in ("date", "time") or look.maybe(f"{key} shown", 0.65)]
    return [found[key] for key in sorted(shown, key=lambda key: look.share(f"{key} order"))]


def _person(visit: Visit) -> str:
    if visit.roll.language == "ms":
        return drawn("malay_person", visit.chance)
    return drawn("first", visit.chance) + visit.chance.pick(
        ("", "", " " + visit.chance.pick("ABGKMS"), f" {visit.chance.randint(1, 999)}")
    )


def _captioned(visit: Visit, caption: str, value: list[Part]) -> None:
    roll, look = visit.roll, visit.look
    said = [] if look.maybe(f"bare {caption}", 0.2) else [Part(caption)]
    manner = look.pick("meta columns", ("run", "run", "colon", "far"))
    if manner == "run" or not said:
        roll.text([*said, *value], look.pick("meta align", ("left", "left", "left", "center")))
    elif manner == "colon":
        roll.row([(0.0, "left", said), (0.36, "left", [Part(":"), *value])])
    else:
        roll.row([(0.0, "left", said), (1.0, "right", value)])


def _beside(visit: Visit, one: Detail, two: Detail | None) -> None:
    roll, look = visit.roll, visit.look
    bare = look.maybe("bare twos", 0.3)
    cells = [[Part(caption), *value] if not bare else value for caption, value in filter(None, (one, two))]
    if sum(roll.font.width(part.text + "  ") for cell in cells for part in cell) > roll.width:
        for cell in cells:
            roll.text(cell)
    else:
        roll.row([(0.0, "left", cells[0]), *((1.0, "right", cell) for cell in cells[1:])])


def _run(visit: Visit, details: list[Detail]) -> None:
    """All details on one line or two without most captions, as tills close: `25-01-16 11:59 SH01 T3 R000276`."""
    parts = [part for _, value in details for part in value]
    visit.roll.text(parts, visit.look.pick("run align", ("left", "center")))


def cased(visit: Visit, text: str) -> str:
    return in_case(visit.look, text)
