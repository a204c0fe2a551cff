"""How receipts print what was bought: on one line or two, in columns or freely, with or without counts and prices."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from recto.training.synth.formats import canonical
from recto.training.synth.purchase import Line
from recto.training.synth.roll import Cell, Roll, broken, width_of
from recto.training.synth.sheet import Ink, Part, Text, cut

Printer = Callable[[Roll, Line, int], None]


def quantity_text(quantity: Decimal) -> str:
    return f"{quantity:.3f}" if quantity % 1 else str(int(quantity))


def _name(line: Line, more: bool = False) -> Part:
    return Part(line.name, "PRODUCT_NAME", more)


def _unit(roll: Roll, line: Line) -> Part:
    text = roll.money(line.price, symbol=roll.look.maybe("unit symbol", 0.4))
    return Part(text, "UNIT_PRICE")


def _total(roll: Roll, line: Line) -> tuple[Part, ...]:
    """The line's amount, with its tax code after it where the template has one."""
    amount = Part(roll.money(line.total, symbol=roll.look.maybe("line symbol", 0.6)), "LINE_TOTAL")
    if roll.look.maybe("tax code shown", 0.3) and line.tax_code:
        return amount, Part(line.tax_code)
    return (amount,)


def _counted(roll: Roll, line: Line) -> str:
    """A quantity before a name: `2`, `2x`, `2 X`."""
    return quantity_text(line.quantity) + roll.look.pick("times", ("", "", "x", "x", " X", " x", "X"))


def _quantity(text: str) -> tuple[Part, ...]:
    """`2 X` is a quantity and a sign; `2x` one word."""
    number, _, sign = text.partition(" ")
    return (Part(number, "QUANTITY"), Part(sign)) if sign else (Part(number, "QUANTITY"),)


def _named_row(roll: Roll, name: tuple[Part, ...], last: Text, start: float = 0.0) -> None:
    """A name with an amount at the right end; long names are cut or run on, as the template does."""
    room = min(roll.width * (0.8 - start), roll.width * (1 - start) - width_of(roll.case(last), roll.font.sized(1.05)))
    if roll.look.maybe("cut", 0.5):
        name = tuple(_fitting(roll, name, room))
        roll.row([(start, "left", name), (1.0, "right", last)])
        return
    lines = broken(roll.case(name), roll.font, room)
    before = roll.look.maybe("amount on first", 0.7)
    for number, words in enumerate(lines):
        shown = number == (0 if before else len(lines) - 1)
        cells: list[Cell] = [(start, "left", words)]
        roll.row([*cells, (1.0, "right", last)] if shown else cells)


def _fitting(roll: Roll, name: tuple[Part, ...], room: float) -> list[Part]:
    kept, left = [], room
    for part in roll.case(name):
        text = cut(part.text, roll.font, left)
        left -= roll.font.width(text + " ")
        kept.append(Part(text, part.label, part.more))
    return kept


def simple(roll: Roll, line: Line, number: int) -> None:
    """`2x Croquettes ... 11.00`, the unit price beneath at times."""
    shown = roll.look.maybe("count shown", 0.7)
    parts = (*_quantity(_counted(roll, line)), _name(line)) if shown else (_name(line),)
    if roll.look.maybe("code before", 0.5) and line.code:
        parts = (Part(line.code), *parts)
    narrow = width_of(roll.case(parts[:-1]), roll.font) < 0.11 * roll.width
    if shown and narrow and roll.look.maybe("count column", 0.5):
        roll.sheet.put(roll.left, roll.sheet.y + roll.pitch, roll.case(parts[:-1]), roll.font)
        _named_row(roll, (_name(line),), _total(roll, line), 0.13)
    else:
        _named_row(roll, parts, _total(roll, line))
    if line.quantity != 1 and roll.look.maybe("detail", 0.5):
        _detail(roll, line)


def _detail(roll: Roll, line: Line) -> None:
    """`@2 X RM 2.45`, `2 @ 1.99`, `(2 x 1.99 each)` under or over a line."""
    count, unit = Part(quantity_text(line.quantity), "QUANTITY"), _unit(roll, line)
    shape = roll.look.pick(
        "detail shape", ("@q x u", "q @ u", "q x u", "q for u", "@u", "q X u", "q x u ea", "q EA @ u/EA")
    )
    parts: dict[str, tuple[Part, ...]] = {
        "@q x u": (Part("@" + count.text, "QUANTITY"), Part("X"), unit),
        "q @ u": (count, Part("@"), unit),
        "q x u": (count, Part("x"), unit),
        "q for u": (count, Part("FOR"), unit),
        "@u": (Part("@" + unit.text, "UNIT_PRICE"),),
        "q X u": (count, Part("X"), unit),
        "q x u ea": (count, Part("x"), unit, Part("ea")),
        "q EA @ u/EA": (count, Part("EA"), Part("@"), Part(unit.text + "/EA", "UNIT_PRICE")),
    }
    roll.row([(roll.look.pick("detail indent", (0.0, 0.05, 0.12, 0.3)), "left", parts[shape])])


def above(roll: Roll, line: Line, number: int) -> None:
    """The name on its own line; count, unit price and amount on the next."""
    name = (Part(line.code), _name(line)) if line.code and roll.look.maybe("code with name", 0.4) else (_name(line),)
    if roll.look.maybe("numbered", 0.15):
        name = (Part(f"{number + 1}."), *name)
    if roll.look.maybe("code after name", 0.2) and line.tax_code:
        roll.row([(0.0, "left", _fitting(roll, name, 0.85 * roll.width)), (1.0, "right", Part(line.tax_code))])
    else:
        roll.text(name)
    _numbers(roll, line)


def _numbers(roll: Roll, line: Line) -> None:
    """`1 X 36.00 ... 36.00`: counts and prices beneath or above a name, free or in columns."""
    start = roll.look.pick("numbers start", (0.0, 0.05, 0.15, 0.3))
    code: list[Cell] = []
    if line.code and roll.look.maybe("code with numbers", 0.6) and not roll.look.maybe("code with name", 0.4):
        code, start = [(0.0, "left", Part(line.code))], 0.42
    count, unit = Part(quantity_text(line.quantity), "QUANTITY"), _unit(roll, line)
    if roll.look.maybe("free numbers", 0.6):
        sign = roll.look.pick("sign", ("X", "x", "@", "*"))
        beside: list[Cell] = [(start, "left", (count, Part(sign), unit))]
    elif code:
        beside = [(0.5, "right", count), (0.74, "right", unit)]
    else:
        beside = [(start + 0.05, "left", count), (0.6, "right", unit)]
    if line.discount and not code:
        beside.append((0.76, "right", Part(roll.money(line.discount, symbol=False), "DISCOUNT")))
    roll.row([*code, *beside, (1.0, "right", _total(roll, line))])


def below(roll: Roll, line: Line, number: int) -> None:
    """Code, count, unit price and amount on one line; the name on the next."""
    _numbers(roll, line)
    roll.text((_name(line),))


_COLUMNS = {
    "qnpa": (("q", 0.0, "left"), ("n", 0.11, "left"), ("p", 0.79, "right"), ("a", 1.0, "right")),
    "qna": (("q", 0.02, "left"), ("n", 0.13, "left"), ("a", 1.0, "right")),
    "nqpa": (("n", 0.0, "left"), ("q", 0.6, "right"), ("p", 0.8, "right"), ("a", 1.0, "right")),
    "npqa": (("n", 0.0, "left"), ("p", 0.68, "right"), ("q", 0.78, "right"), ("a", 1.0, "right")),
    "nqa": (("n", 0.0, "left"), ("q", 0.74, "right"), ("a", 1.0, "right")),
    "naq": (("n", 0.0, "left"), ("a", 0.86, "right"), ("q", 1.0, "right")),
    "npa": (("n", 0.0, "left"), ("p", 0.75, "right"), ("a", 1.0, "right")),
    "nqaq": (("n", 0.0, "left"), ("q", 0.68, "center"), ("a", 1.0, "right")),
}
_CAPTIONS = {"q": "qty", "n": "item", "p": "price", "a": "amount"}


def _columns(roll: Roll) -> tuple[tuple[str, float, str], ...]:
    return _COLUMNS[roll.look.pick("columns", tuple(_COLUMNS))]


def table(roll: Roll, line: Line, number: int) -> None:
    """Everything of a line in columns; names that are too long are cut or run on below."""
    columns = _columns(roll)
    ends = [start for _, start, align in columns[1:]] + [1.0]
    at = next(i for i, column in enumerate(columns) if column[0] == "n")
    room = _room(columns, at) * roll.width
    values: dict[str, Text] = {
        "q": _quantity(_counted(roll, line) if columns[0][0] == "q" else quantity_text(line.quantity)),
        "p": _unit(roll, line),
        "a": _total(roll, line),
    }
    name = broken(roll.case((_name(line),)), roll.font, room)
    if roll.look.maybe("cut", 0.5) or not name:
        name = [_fitting(roll, (_name(line),), room)]
    cells: list[Cell] = []
    for key, start, align in columns:
        assert align in ("left", "right", "center") and ends
        cells.append((start, align, name[0] if key == "n" else values[key]))  # type: ignore[arg-type]
    roll.row(cells)
    for words in name[1:]:
        roll.row([(columns[at][1], "left", words)])


def _room(columns: tuple[tuple[str, float, str], ...], at: int) -> float:
    """How wide the name's column is, as a share: up to where the next column's text begins."""
    if at + 1 == len(columns):
        return 1.0 - columns[at][1]
    key, start, align = columns[at + 1]
    own = {"q": 0.08, "p": 0.16, "a": 0.2}[key]
    return start - columns[at][1] - (own if align == "right" else own / 2) - 0.01


def header(roll: Roll, printer: Printer) -> None:
    """The columns' captions, over the lines."""
    if printer is table:
        captions = [(start, align, Part(roll.caption(_CAPTIONS[key]))) for key, start, align in _columns(roll)]
        roll.row(captions)  # type: ignore[arg-type]
        return
    item, qty = roll.caption("item"), roll.caption("qty")
    price, amount = roll.caption("price"), roll.caption("amount")
    shape = roll.look.pick("loose header", ("all", "ends", "qia", "two"))
    if shape == "two":
        roll.text(Part(item))
    cells: dict[str, list[Cell]] = {
        "all": [(0.0, "left", item), (0.58, "right", qty), (0.8, "right", price), (1.0, "right", amount)],
        "ends": [(0.0, "left", item), (1.0, "right", amount)],
        "qia": [(0.0, "left", qty), (0.15, "left", item), (1.0, "right", amount)],
        "two": [(0.1, "left", qty), (0.58, "right", price), (1.0, "right", amount)],
    }
    roll.row(cells[shape])


def fuel(roll: Roll, line: Line, number: int) -> None:
    """A pump's sale: product, volume, price a unit, amount, each on its own line."""
    unit = roll.look.pick("fuel unit", ("Gallons", "GALLONS", "Litres", "Volume (L)", "LITER", "Gallon Qty"))
    price = roll.look.pick("fuel price", ("Price/gal", "PRICE/L", "$/GAL", "Price/Unit", "Price"))
    roll.text((_name(line),) if roll.look.maybe("bare fuel", 0.5) else (Part("Product:"), _name(line)))
    roll.pair(unit, Part(f"{line.quantity:.3f}", "QUANTITY"))
    roll.pair(
        price, Part(f"{line.price:.3f}" if roll.look.maybe("mills", 0.5) else roll.money(line.price), "UNIT_PRICE")
    )
    roll.pair(roll.look.pick("fuel sale", ("Fuel Sale", "FUEL TOTAL", "Sale", "Amount")), _total(roll, line))


PRINTERS: dict[str, Printer] = {
    "simple": simple,
    "simple 2": simple,
    "simple 3": simple,
    "above": above,
    "above 2": above,
    "below": below,
    "table": table,
    "table 2": table,
    "table 3": table,
}


def print_lines(roll: Roll, lines: tuple[Line, ...], pump: bool) -> list[dict[str, str]]:
    """All lines of a purchase in the template's manner; returns of each, as fields, what was printed of it."""
    printer = PRINTERS[roll.look.pick("items", tuple(PRINTERS))]
    if pump and len(lines) <= 2 and roll.look.maybe("pump", 0.7):
        printer = fuel
    elif roll.look.maybe("header", 0.75 if printer is table else 0.3):
        header(roll, printer)
        roll.rule("rule under header")
    printed: list[dict[str, str]] = []
    for number, line in enumerate(lines):
        before = len(roll.sheet.inks)
        printer(roll, line, number)
        printed.append(_printed(line, roll.sheet.inks[before:]))
        for extra in line.extras:
            roll.row([(roll.look.pick("extra indent", (0.05, 0.12, 0.15, 0.2)), "left", extra)])
        if line.discount and printer is not above:
            _line_discount(roll, line)
        if roll.look.maybe("airy", 0.1):
            roll.gap(0.5)
    return printed


def _printed(line: Line, inks: Sequence[Ink]) -> dict[str, str]:
    """What a template leaves out is no truth of the page, and a name that is cut is true as far as it is printed."""
    values = {
        "PRODUCT_NAME": ("description", " ".join(ink.text for ink in inks if ink.tag[2:] == "PRODUCT_NAME")),
        "QUANTITY": ("quantity", quantity_text(line.quantity)),
        "UNIT_PRICE": ("price", canonical(line.price)),
        "LINE_TOTAL": ("total_price", canonical(line.total)),
    }
    there = {ink.tag[2:] for ink in inks}
    return {name: value for label, (name, value) in values.items() if label in there}


def _line_discount(roll: Roll, line: Line) -> None:
    caption = roll.look.pick("line discount", ("Discount", "DISC", "Promo", "Item Disc.", "Savings", "Less"))
    roll.row([(0.06, "left", caption), (1.0, "right", Part(roll.money(line.discount), "DISCOUNT"))])
