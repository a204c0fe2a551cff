"""What the columns of an invoice's table hold: what their heads say, mended by what stands under them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import permutations
from typing import Final

from recto.document.page import Words
from recto.engines.label.rows import Row
from recto.engines.label.shapes import DATE, SYMBOL, amount_of
from recto.engines.label.tables import Grid

NUMBER: Final = re.compile(rf"^[(\-–]?{SYMBOL}?[-–]?\d[\d.,' ’]*(?:[.,]\d+)?(?:€|EUR)?\)?$", re.IGNORECASE)
PERCENT: Final = re.compile(r"\d\s?%$")
RATE: Final = re.compile(r"^\d{1,2}(?:[.,]\d{1,4})?\s?%?$")
SIGN: Final = re.compile(rf"^\W*{SYMBOL}\W*$", re.IGNORECASE)
THOUSAND: Final = re.compile(r"^\d{3}(?:[.,]\d{2})?[€)]?$")
LEAD: Final = re.compile(r"^[(\-–]?\d{1,3}$")
CODE: Final = re.compile(r"^(?=.*\d)[A-Z\d][\w.\-/]{2,}$", re.IGNORECASE)
SPOKEN: Final = re.compile(r"[^\W\d_]{3}")
WORDY: Final = 5
"""So many letters a description has at least in the mean: units have fewer."""
MOST: Final = 0.7
"""A column is what so many of its cells are."""
RATES: Final = 3
"""An invoice has few rates of tax."""
HIGHEST: Final = Decimal(35)
"""No tax on goods is higher, in percent."""
LONG: Final = re.compile(r"^\d{4,}$")
CENT: Final = Decimal("0.01")
SUMMED: Final = ("quantity", "unit_price", "amount")


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one column down the table, empty ones left out: by row, the indexes of their words."""

    words: Words
    rows: Mapping[int, tuple[int, ...]]

    def text(self, row: int) -> str:
        return " ".join(self.words[index].text for index in self.rows[row])

    def number(self, row: int) -> Decimal | None:
        own = self.rows.get(row, ())
        found = number_in(self.words, own) or [index for index in own if PERCENT.search(self.words[index].text)]
        return amount_of(" ".join(self.words[index].text for index in found)) if found else None

    def share(self, pattern: re.Pattern[str]) -> float:
        """The share of its cells that are of a form."""
        return sum(bool(pattern.search(self.text(row))) for row in self.rows) / max(len(self.rows), 1)

    @property
    def numeric(self) -> float:
        """The share of its cells that are one number, with or without a sign of money."""
        whole = sum(self.number(row) is not None and _is_number(self.text(row)) for row in self.rows)
        return whole / max(len(self.rows), 1)


def number_in(words: Words, indexes: Sequence[int]) -> list[int]:
    """The words of the first number, with the signs of money beside it: `1 870,00 €` is one number."""
    texts = [words[index].text for index in indexes]
    start = next((n for n, text in enumerate(texts) if NUMBER.match(text)), None)
    if start is None:
        return []
    stop = start + 1
    while stop < len(texts) and LEAD.match(texts[start]) and THOUSAND.match(texts[stop]) and "," not in texts[stop - 1]:
        stop += 1
    start -= start > 0 and bool(SIGN.match(texts[start - 1]))
    stop += stop < len(texts) and bool(SIGN.match(texts[stop]))
    return list(indexes[start:stop])


def _is_number(text: str) -> bool:
    return not any(letter.isalpha() for letter in re.sub(SYMBOL, "", text, flags=re.IGNORECASE))


def completed(words: Words, rows: Sequence[Row], grid: Grid) -> Grid:
    """The table with its columns named by heads and content; `rows` are those from its first on that can be lines."""
    lines = [row for row in rows if sum(any(map(NUMBER.match, cell.texts)) for cell in row.cells) > 1] or rows
    columns = [Cells(words, _cells(words, lines, column.left, column.right)) for column in grid.columns]
    named = [column.name for column in grid.columns]
    for step in (_typed, _texts, _last, _multiplied, _left, _taxes):
        named = step(columns, named)
    return replace(
        grid, columns=tuple(replace(column, name=name) for column, name in zip(grid.columns, named, strict=True))
    )


def _cells(words: Words, rows: Sequence[Row], left: float, right: float) -> dict[int, tuple[int, ...]]:
    found = {}
    for number, row in enumerate(rows):
        own = tuple(index for index in row.words if left <= words[index].box.center[0] < right)
        if own:
            found[number] = own
    return found


def _typed(columns: Sequence[Cells], named: Sequence[str]) -> list[str]:
    """Days, rates and taxes by their form; a column of numbers is no column of texts."""
    out = []
    for cells, name in zip(columns, named, strict=True):
        if name in ("", "date") and cells.rows and cells.share(DATE) >= MOST:
            name = "date"
        elif name in ("", "tax", "tax_rate") and cells.rows:
            name = _taxed(cells, name)
        elif name in ("unit", "description") and cells.numeric >= MOST:
            name = ""
        out.append(name)
    return [name if name not in out[:n] or not name else "" for n, name in enumerate(out)]


def _taxed(cells: Cells, name: str) -> str:
    """`tax_rate` for few small numbers or percentages, `tax` for other numbers under such a head."""
    values = [value for row in cells.rows if (value := cells.number(row)) is not None]
    if cells.share(PERCENT) >= MOST:
        return "tax_rate"
    small = len(set(values)) <= RATES and all(0 <= value <= HIGHEST for value in values) and cells.share(RATE) >= MOST
    if values and small and name:
        return "tax_rate"
    return "tax" if name and cells.numeric >= MOST else name


def _texts(columns: Sequence[Cells], named: Sequence[str]) -> list[str]:
    """The description is the widest text; what has a code in each row beside it is the code."""
    out = list(named)
    codes = [n for n, cells in enumerate(columns) if not out[n] and cells.rows and _coded(cells)]
    if codes and "product_code" not in out:
        out[codes[0]] = "product_code"
    if "description" not in out:
        free = [n for n, cells in enumerate(columns) if not out[n] and cells.share(SPOKEN) >= MOST]
        best = max(free, key=lambda n: _letters(columns[n]), default=-1)
        if best >= 0 and _letters(columns[best]) >= WORDY * len(columns[best].rows):
            out[best] = "description"
    return out


def _coded(cells: Cells) -> bool:
    """One word with a digit in each row, and not the numbers of the rows themselves."""
    single = all(len(words) == 1 for words in cells.rows.values())
    return single and cells.share(CODE) >= MOST and cells.numeric < 1 - MOST


def _letters(cells: Cells) -> int:
    return sum(sum(map(str.isalpha, cells.text(row))) for row in cells.rows)


def _multiplied(columns: Sequence[Cells], named: Sequence[str]) -> list[str]:
    """Where two columns multiply to a third on most rows they are quantity, unit price and amount."""
    out = list(named)
    missing = [name for name in SUMMED if name not in named]
    free = [n for n, cells in enumerate(columns) if not named[n] and cells.numeric >= MOST]
    if not missing or not free:
        return out
    fixed = {name: named.index(name) for name in SUMMED if name in named}
    best = max(_choices(fixed, missing, free), key=lambda at: _products(columns, at), default=None)
    if best is not None and _products(columns, best) > 0:
        for name, at in best.items():
            out[at] = name
    return out


def _choices(fixed: Mapping[str, int], missing: Sequence[str], free: Sequence[int]) -> Iterator[dict[str, int]]:
    """Which free columns could be the missing ones, in the order in which they usually stand."""
    for chosen in permutations(free, len(missing)):
        yield {**fixed, **dict(zip(missing, chosen, strict=True))}


def _products(columns: Sequence[Cells], at: Mapping[str, int]) -> float:
    """The share of rows on which quantity times price is the amount, a little more where quantities are whole."""
    quantity, price, amount = (columns[at[name]] for name in SUMMED)
    both = set(quantity.rows) & set(price.rows) & set(amount.rows)
    held = whole = 0
    for row in both:
        count, each, total = quantity.number(row), price.number(row), amount.number(row)
        if count is not None and each is not None and total is not None:
            held += abs(count * each - total) <= CENT * max(Decimal(1), abs(count))
            whole += count == count.to_integral_value()
    return held / len(both) + whole / len(both) / 100 if both and held >= MOST * len(both) else 0.0


def _last(columns: Sequence[Cells], named: Sequence[str]) -> list[str]:
    """Amounts stand at the right: the last column of numbers is the amount where nothing else is."""
    out = list(named)
    if "amount" not in out:
        able = [n for n, cells in enumerate(columns) if cells.numeric >= MOST and out[n] in ("", "unit_price", "tax")]
        if able and (not out[able[-1]] or able[-1] == len(out) - 1):
            out[able[-1]] = "amount"
    return out


def _left(columns: Sequence[Cells], named: Sequence[str]) -> list[str]:
    """What no head and no sum has named: the same few rates of tax on all rows; long whole numbers, which are codes."""
    out = list(named)
    text = out.index("description") if "description" in out else len(out)
    for n, cells in enumerate(columns):
        values = {cells.number(row) for row in cells.rows} if not out[n] and cells.numeric >= MOST else set()
        few = len(values) <= RATES and all(value is not None and 0 <= value <= HIGHEST for value in values)
        if values and few and n > text and "tax_rate" not in out:
            out[n] = "tax_rate"
        elif values and cells.share(LONG) >= MOST and "product_code" not in out:
            out[n] = "product_code"
    return out


def _taxes(columns: Sequence[Cells], named: Sequence[str]) -> list[str]:
    """Where a rate of the amount is another column on most rows, the one is the rate and the other the tax."""
    out = list(named)
    if "amount" not in out:
        return out
    able = [n for n, cells in enumerate(columns) if out[n] in ("", "tax", "tax_rate") and cells.rows]
    for rate, tax in permutations(able, 2):
        if _holds(columns[rate], columns[tax], columns[out.index("amount")]):
            out = ["" if name in ("tax", "tax_rate") else name for name in out]
            out[rate], out[tax] = "tax_rate", "tax"
            break
    return out


def _holds(rate: Cells, tax: Cells, amount: Cells) -> bool:
    found = [(rate.number(row), tax.number(row), amount.number(row)) for row in set(rate.rows) & set(tax.rows)]
    full = [(r, t, a) for r, t, a in found if r is not None and t is not None and a is not None and r <= HIGHEST]
    right = sum(abs(a * r / 100 - t) <= CENT for r, t, a in full)
    return any(t for _, t, _ in full) and right >= MOST * max(len(found), 1)


def by_column(words: Words, row: Row, grid: Grid) -> Iterator[tuple[int, str]]:
    """Each word of a row with the name of its column; the parts of a number with spaces stand where its end does."""
    for cell in row.cells:
        names = [grid.column_of(words[index].box) for index in cell.words]
        for n in range(len(names) - 2, -1, -1):
            if LEAD.match(cell.texts[n]) and THOUSAND.match(cell.texts[n + 1]) and "," in cell.texts[n + 1]:
                names[n] = names[n + 1]
        yield from zip(cell.words, names, strict=True)
