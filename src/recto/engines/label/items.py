"""The items of a receipt: rows between the column heads and the sums, each with its price and what it is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from recto.document.reading import Span
from recto.engines.label.rows import Row
from recto.engines.label.shapes import CLOCK, DATE, Match, amount_of, moneys
from recto.engines.label.totals import entries, role_of

COLUMNS: Final = re.compile(
    r"\b(?:QTY|QUANTITY|ITEMS?|DESC\w*|PRICE|U/P|AMOUNT|AMT|TOTAL|PRODUCT|ARTIKEL|MENGE|PREIS|UNIT|RATE|CODE|DISC\w*)\b",
    re.I,
)
NUMBER: Final = re.compile(
    r"^[@xX*]?\(?[$€£]?(\d{1,6}(?:[.,]\d{1,4})?)\)?(?:PCS?|KG|EA|UNITS?|X|@|\*|NOS?|SET)?[.,)]?$", re.I
)
CODE: Final = re.compile(
    r"^[#*(]?[\dA-Z/-]*\d{4,}[\dA-Z/-]*\)?:?$|^\*+\w?$|^(?:SR|ZR|ZRL|ES|TX|S|T|Z|E|N|F|O|A|RM|X|@|PCS?|PC|QTY)$", re.I
)
STOP: Final = frozenset({"subtotal", "total", "paid", "tax", "rounding", "change", "charge", "tip"})
LOOSE: Final = re.compile(
    r"\b(?:TABLE|CASHIER|SERVER|GUESTS?|DATE|TIME|ORDER|RECEIPT|INVOICE|TEL|GST|REG|MEMBER|CHECK|TERMINAL)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row with a price: positions of its words by what they are."""

    row: int
    price: Match
    value: Decimal
    unit: int | None = None
    quantity: int | None = None
    text: tuple[int, ...] = ()


def item_spans(rows: Sequence[Row], start: int) -> list[Span]:
    """Spans of all items, in the order of the page."""
    first, last = region(rows, start)
    lines = [line for number in range(first, last) for line in _line(rows[number], number)]
    if not lines:
        return []
    texts = _names(rows, lines, first, last)
    spans: list[Span] = []
    for line in lines:
        spans += _spans(rows, line, texts.get(line.row))
    return spans


def region(rows: Sequence[Row], start: int) -> tuple[int, int]:
    """The rows from below the column heads, or the head, to the first sum."""
    last = next((entry.row for entry in entries(rows, start) if entry.role in STOP), len(rows))
    heads = [
        n for n in range(start, last) if len(set(_heads(rows[n]))) >= 2 and not moneys(rows[n].texts, rows[n].gaps)
    ]
    return (heads[-1] + 1 if heads else start), last


def _heads(row: Row) -> list[str]:
    return [text.upper() for text in row.texts if COLUMNS.fullmatch(text.strip(".:()@"))]


def _line(row: Row, number: int) -> list[Line]:
    """The row as an item, if it has a price that is no date's or clock's neighbour."""
    prices = moneys(row.texts, row.gaps)
    if not prices or LOOSE.search(row.text) or DATE.search(row.text) or CLOCK.search(row.text):
        return []
    price = prices[-1]
    value = amount_of(price.text)
    if value is None or role_of(" ".join(row.texts[: prices[0].start])) == "none":
        return []
    unit, quantity = _factors(row, price, value)
    taken = {n for match in prices for n in range(match.start, match.stop)} | {unit, quantity}
    text = [n for n in range(price.start) if n not in taken and not CODE.match(row.texts[n])]
    if sum(c.isalpha() for n in text for c in row.texts[n]) < 3:
        text = []
    return [Line(number, price, value, unit, quantity, tuple(text))]


def _factors(row: Row, price: Match, value: Decimal) -> tuple[int | None, int | None]:
    """The words of unit price and quantity: two numbers whose product is the price, else a count that stands alone."""
    numbers = [(n, _number(row.texts[n])) for n in range(price.start)]
    able = [(n, number) for n, number in numbers if number is not None and number > 0]
    for n, unit in able:
        for m, count in able:
            whole = count == count.to_integral_value() or "." in row.texts[m]
            if (
                n != m
                and whole
                and abs(unit * count - abs(value)) <= Decimal("0.01")
                and _is_unit(row.texts[n], unit, value)
            ):
                return n, m
    counts = [n for n, number in able if number == number.to_integral_value() and number < 100 and _alone(row, n)]
    return None, (counts[0] if counts and value else None)


def _is_unit(text: str, unit: Decimal, value: Decimal) -> bool:
    return bool(re.search(r"[.,]\d{2}", text)) or unit == value


def _number(text: str) -> Decimal | None:
    match = NUMBER.match(text)
    try:
        return Decimal(match.group(1).replace(",", ".")) if match else None
    except InvalidOperation:
        return None


def _alone(row: Row, n: int) -> bool:
    """A number that leads the row, is marked as a count, or fills a cell."""
    return n == 0 or bool(re.search(r"[xX@*]|PC", row.texts[n])) or any(c.texts == (row.texts[n],) for c in row.cells)


def _names(rows: Sequence[Row], lines: Sequence[Line], first: int, last: int) -> dict[int, tuple[int, tuple[int, ...]]]:
    """For priced rows without a text: the row, and its words, that name the item: the one above or the one below."""
    bare = [line.row for line in lines if not line.text]
    priced = {line.row for line in lines}
    found: dict[int, tuple[int, tuple[int, ...]]] = {}
    for number in bare:
        ahead = [] if any(row < number for row in found) and not _is_above(found) else range(number - 1, first - 1, -1)
        near = _near(rows, ahead, priced) or _near(rows, range(number + 1, last), priced)
        if near is not None and near not in {row for row, _ in found.values()}:
            found[number] = (near, _words(rows[near]))
    return found


def _is_above(found: Mapping[int, tuple[int, tuple[int, ...]]]) -> bool:
    """Whether the first item found had its name above its price."""
    number, (near, _) = next(iter(found.items()))
    return near < number


def _near(rows: Sequence[Row], numbers: Iterable[int], priced: set[int]) -> int | None:
    """The nearest of three rows that names something, before any priced one."""
    for number in list(numbers)[:3]:
        if number in priced:
            return None
        if _words(rows[number]) and not LOOSE.search(rows[number].text):
            return number
    return None


def _words(row: Row) -> tuple[int, ...]:
    """Positions of the words that name something in a row without a price."""
    kept = tuple(n for n, text in enumerate(row.texts) if not CODE.match(text))
    return kept if sum(c.isalpha() for n in kept for c in row.texts[n]) >= 3 else ()


def _spans(rows: Sequence[Row], line: Line, named: tuple[int, tuple[int, ...]] | None) -> list[Span]:
    row = rows[line.row]
    spans = []
    if line.text:
        spans.append(Span("PRODUCT_NAME", tuple(row.words[n] for n in line.text)))
    elif named:
        spans.append(Span("PRODUCT_NAME", tuple(rows[named[0]].words[n] for n in named[1])))
    if not spans:
        return []
    spans += [Span("QUANTITY", (row.words[line.quantity],))] if line.quantity is not None else []
    spans += [Span("UNIT_PRICE", (row.words[line.unit],))] if line.unit is not None else []
    return [*spans, Span("LINE_TOTAL", row.words[line.price.start : line.price.stop])]
