"""The lines of an invoice: what stands under the heads of its table, row by row."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.invoice_columns import NUMBER, RATE, by_column, completed, number_in
from recto.engines.label.rows import Row
from recto.engines.label.shapes import DATE, amount_of, matches
from recto.engines.label.sums import plain, role_of
from recto.engines.label.tables import Grid

END: Final = re.compile(
    r"^\W*(?:zahlungsbedingung|steueraufschl|umsatzsteueraufschl|belegsumme"
    r"|steuers[aä]tze|vat summary|tax summary|bases? tva|zahlungsart|zu- und abschl|payment|notes?\b|terms\b"
    r"|thank|iban|seite \d|page \d|bank|bemerkung|conditions)",
    re.IGNORECASE,
)
FOOT: Final = re.compile(r"\w@\w|\bwww\.|\b(?:IBAN|BIC|SWIFT)\b")
"""What stands in the columns at a page's foot and never in a line."""
ASIDE: Final = 0.12
"""Captions of sums stand so far to the right of where descriptions begin, a share of the page's width."""
LONG: Final = re.compile(r"^\d{7,}$")
"""A number of an account or a register rather than a price."""
LETTERS: Final = 3
"""So many letters at most has what stands beside a price: `EUR`, `A`."""
DESCRIBING: Final = 4
"""Letters of the shortest description under a head that is none."""
ORDINAL: Final = re.compile(r"^\d{1,3}\.?$")
ADDED: Final = frozenset({"shipping_charge", "total_discount", "amount_paid"})
"""What is added or taken off can be sold as a line too: `Transport`."""


def line_spans(words: Words, rows: Sequence[Row], tables: Sequence[Grid]) -> tuple[list[Span], set[int]]:
    """Spans of all lines, and the numbers of the rows that they took."""
    spans: list[Span] = []
    used: set[int] = set()
    for table in tables:
        grid = completed(words, rows[table.first : _first_sum(words, rows, table)], table)
        last = _end(words, rows, grid)
        starts = [n for n in range(grid.first, last) if _is_line(words, rows[n], grid)]
        for place, start in enumerate(starts):
            stop = starts[place + 1] if place + 1 < len(starts) else last
            own = _reach(words, rows, grid, start, stop)
            spans += _line(words, rows, grid, range(start, own))
            used |= set(range(start, own))
    return spans, used


def _first_sum(words: Words, rows: Sequence[Row], grid: Grid) -> int:
    """Where the rows end that can be lines: at another part of the document or at a sum."""
    here = range(grid.first, grid.last)
    return next((n for n in here if END.search(rows[n].text) or _is_sum(words, rows[n], grid)), grid.last)


def _end(words: Words, rows: Sequence[Row], grid: Grid) -> int:
    """The table ends at another part of the document, or at the first sum after its last full row."""
    last = next((n for n in range(grid.first, grid.last) if END.search(rows[n].text)), grid.last)
    whole = (n for n in range(grid.first, last) if _is_whole(words, rows[n], grid))
    last = next(whole, last)
    full = [n for n in range(grid.first, last) if _is_full(words, rows[n], grid)]
    start = max(full, default=grid.first - 1) + 1
    return next((n for n in range(start, last) if _is_sum(words, rows[n], grid)), last)


def _is_whole(words: Words, row: Row, grid: Grid) -> bool:
    """Whether a row is the tax or what is to be paid: no line comes after it."""
    first = row.cells[0]
    head = next((column.head for column in grid.columns if column.name == "description"), None)
    aside = head is None or first.box.left - head.left > ASIDE
    return aside and _is_sum(words, row, grid) and role_of(plain(first.text)) in ("total_tax", "amount_due")


def _is_sum(words: Words, row: Row, grid: Grid) -> bool:
    """A caption of a sum with its amount; what stands where descriptions begin can be a line that is called so."""
    first = row.cells[0]
    if _sum_beside(row):
        return True
    role = role_of(plain(first.text))
    lead = first.box.left > grid.columns[0].right
    if not role or not _has_sum(row) or not (lead or len(row.cells) <= 3):
        return False
    head = next((column.head for column in grid.columns if column.name == "description"), None)
    if head is None:
        return True
    sold = role in ADDED and abs(first.box.left - head.left) < first.box.height
    named = first.box.left < head.right and not any(role_of(plain(text)) for text in first.texts[:2])
    return not (sold or (named and not lead))


def _sum_beside(row: Row) -> bool:
    """Whether the last amount of a wide row is captioned: sums beside a table of taxes."""
    if len(row.cells) < 4 or not NUMBER.match(row.cells[-1].texts[-1]):
        return False
    caption = row.cells[-2].text
    return caption[0].isalpha() and role_of(plain(caption)) not in ADDED | {""}


def _is_full(words: Words, row: Row, grid: Grid) -> bool:
    """Whether quantity and unit price, or quantity and amount, stand in their columns."""
    cells = _cells(words, row, grid)
    counted = _counted(words, cells.get("quantity", ()))
    priced = any(_priced(words, cells.get(name, ())) for name in ("unit_price", "amount"))
    return counted and priced and not FOOT.search(row.text) and not _is_sum(words, row, grid)


def _has_sum(row: Row) -> bool:
    """Whether a row ends with a number and has little else: a sum's row."""
    numbers = [text for text in row.texts if NUMBER.match(text)]
    return bool(numbers) and len(numbers) <= 2


def _cells(words: Words, row: Row, grid: Grid) -> dict[str, list[int]]:
    """The row's words by column name, as indexes into the document's words; a remark across columns has no name."""
    found: dict[str, list[int]] = {}
    home = dict(by_column(words, row, grid))
    for cell in row.cells:
        names = {home[index] for index in cell.words}
        crossing = len(names) > 1 and any(c.isalpha() for c in cell.text) and ":" in cell.text
        for index in cell.words:
            found.setdefault("" if crossing else home[index], []).append(index)
    return found


def _is_line(words: Words, row: Row, grid: Grid) -> bool:
    """A line begins with a price or an amount and, where the table has such columns, a quantity."""
    if FOOT.search(row.text):
        return False
    cells = _cells(words, row, grid)
    numbers = {name for name in ("unit_price", "amount") if _priced(words, cells.get(name, ()))}
    numbers |= {"quantity"} if _counted(words, cells.get("quantity", ())) else set()
    has = grid.names() & {"quantity", "unit_price", "amount"}
    return len(numbers) >= min(2, len(has)) and bool(has)


def _numeric(words: Words, indexes: Sequence[int]) -> bool:
    return any(NUMBER.match(words[index].text) for index in indexes)


def _priced(words: Words, indexes: Sequence[int]) -> bool:
    """Whether a cell is a number with no word of letters beside it but a currency or a letter that means a rate."""
    texts = [words[index].text for index in indexes]
    short = all(sum(map(str.isalpha, text)) <= LETTERS and not text.endswith(":") for text in texts)
    return short and any(NUMBER.match(text) and not LONG.match(text) for text in texts)


def _counted(words: Words, indexes: Sequence[int]) -> bool:
    """Whether a cell begins with a number, or is little more than one."""
    return bool(indexes) and _numeric(words, indexes[:1] if len(indexes) > 2 else indexes)


def _reach(words: Words, rows: Sequence[Row], grid: Grid, start: int, stop: int) -> int:
    """The rows of a line: on to the next, as long as no gap, second amount or sum parts them."""
    paid = False
    for number in range(start, stop):
        above, here = rows[max(start, number - 1)], rows[number]
        again = _numeric(words, _cells(words, here, grid).get("amount", ()))
        apart = here.page != above.page or here.box.top - above.box.bottom > 2.0 * max(
            above.box.height, here.box.height
        )
        summed = again and any(role_of(plain(c.text)) for c in here.cells)
        if number > start and (apart or (again and paid) or summed or _goes_wide(here, grid)):
            return number
        paid = paid or again
    return stop


def _goes_wide(row: Row, grid: Grid) -> bool:
    """Whether a row has texts side by side, one of them beside the descriptions: the columns at a page's foot."""
    texts = [cell for cell in row.cells if sum(map(str.isalpha, cell.text)) > 2]
    return len(texts) > 1 and any(grid.column_of(cell.box) not in ("description", "", "product_code") for cell in texts)


def _line(words: Words, rows: Sequence[Row], grid: Grid, numbers: range) -> list[Span]:
    """The spans of one line: numbers from the first row that has them, the description over all."""
    by_column: dict[str, list[int]] = {}
    for number in numbers:
        for name, indexes in _cells(words, rows[number], grid).items():
            if name == "description" or name not in by_column:
                if name == "description":
                    indexes = _inside(rows[number], indexes) if number != numbers[0] else _named(rows[number], indexes)
                able = _value(words, indexes, name)
                if able and not (name == "description" and number != numbers[0] and _aside(words, indexes)):
                    by_column.setdefault(name, []).extend(able)
    if "quantity" not in by_column:
        by_column["quantity"] = _factor(words, rows[numbers[0]], by_column)
        _in_order(words, by_column, grid)
    if "description" in grid.names() - by_column.keys():
        _described(words, rows[numbers[0]], by_column)
    spans = [Span(f"items.{name}", tuple(indexes)) for name, indexes in by_column.items() if name and indexes]
    return [*spans, *([] if "unit" in by_column else _unit(words, rows[numbers[0]], grid))]


def _in_order(words: Words, cells: dict[str, list[int]], grid: Grid) -> None:
    """Quantity and price that stand in one column, in the order of their heads."""
    names = [column.name for column in grid.columns]
    count, price = cells["quantity"], cells.get("unit_price", [])
    if not (count and price and {"quantity", "unit_price"} <= set(names)):
        return
    counted_first = names.index("quantity") < names.index("unit_price")
    if (words[count[0]].box.left < words[price[0]].box.left) != counted_first:
        cells["quantity"], cells["unit_price"] = price, count


def _described(words: Words, row: Row, cells: dict[str, list[int]]) -> None:
    """The row's longest text, where none stands under the head of descriptions."""
    texts = [cell for cell in row.cells if sum(map(str.isalpha, cell.text)) >= DESCRIBING]
    if not texts:
        return
    own = max(texts, key=lambda cell: sum(map(str.isalpha, cell.text))).words
    for name in list(cells):
        cells[name] = [index for index in cells[name] if index not in own]
        if name == "quantity" and not cells[name]:
            cells[name] = next((number_in(words, cell.words) for cell in row.cells if cell.words != own), [])
    cells["description"] = list(own)


def _factor(words: Words, row: Row, cells: Mapping[str, Sequence[int]]) -> list[int]:
    """The number of the row that makes the amount of the unit price, where no column is headed as the quantity."""
    unit, amount = (_number(words, cells.get(name, ())) for name in ("unit_price", "amount"))
    taken = {index for name, indexes in cells.items() if name for index in indexes}
    for index in row.words:
        count = _number(words, [index]) if index not in taken else None
        if count and unit and amount and abs(count * unit - amount) <= Decimal("0.01"):
            return [index]
    return []


def _number(words: Words, indexes: Sequence[int]) -> Decimal | None:
    found = number_in(words, indexes)
    return amount_of(" ".join(words[index].text for index in found)) if found else None


def _named(row: Row, indexes: Sequence[int]) -> list[int]:
    """The words of a description without the number of the row, which stands in a cell of its own before it."""
    own = [cell for cell in row.cells if set(cell.words) & set(indexes)]
    numbered = len(own) > 1 and ORDINAL.match(own[0].text)
    return [index for index in indexes if not (numbered and index in own[0].words)]


def _inside(row: Row, indexes: Sequence[int]) -> list[int]:
    """The words of cells that stand wholly in the column: a remark runs over several columns."""
    own = set(indexes)
    return [index for cell in row.cells if set(cell.words) <= own for index in cell.words]


def _aside(words: Words, indexes: Sequence[int]) -> bool:
    """Whether words under a description are a remark rather than a part of it."""
    text = " ".join(words[index].text for index in indexes)
    return bool(
        re.match(r"^\(.*\)$|^\W*(?:brutto|getline|preisbasis|abschlag|zuschlag|rabatt|weitere)", text, re.IGNORECASE)
    )


def _value(words: Words, indexes: Sequence[int], name: str) -> list[int]:
    """The words of a column's cell that are its value: a text whole, a day, a unit's letters, a rate, a number."""
    if name in ("", "description", "product_code"):
        return list(indexes)
    if name == "date":
        texts = [words[index].text for index in indexes]
        return [index for hit in matches(DATE, texts)[:1] for index in indexes[hit.start : hit.stop]]
    if name == "unit":
        return [index for index in indexes if any(map(str.isalpha, words[index].text))]
    if name == "tax_rate":
        return _rate(words, indexes)
    return number_in(words, indexes)


def _rate(words: Words, indexes: Sequence[int]) -> list[int]:
    """A number with or without the sign of percent."""
    found = next((n for n, index in enumerate(indexes) if RATE.match(words[index].text)), None)
    if found is None:
        return []
    stop = found + 1 + (found + 1 < len(indexes) and words[indexes[found + 1]].text == "%")
    return list(indexes[found:stop])


def _unit(words: Words, row: Row, grid: Grid) -> list[Span]:
    """The unit that follows a quantity in its cell."""
    indexes = _cells(words, row, grid).get("quantity", [])
    units = [
        index for index in indexes if not NUMBER.match(words[index].text) and any(map(str.isalpha, words[index].text))
    ]
    return [Span("items.unit", tuple(units))] if units and _numeric(words, indexes) else []
