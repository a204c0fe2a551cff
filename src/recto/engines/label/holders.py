"""Who sends a statement and who gets it: the bank's name and address, and the address window under them."""

import re
import statistics
from collections.abc import Sequence
from typing import Final

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.merchants import TELEPHONE
from recto.engines.label.rows import Cell, Row
from recto.engines.label.shapes import DATE, moneys
from recto.schemas.schema import Schema

BANK: Final = re.compile(
    r"\b(?:bank\w*|credit union|trust|financial|savings|federal|n\.?a\.?$|card\w*|visa|mastercard|american express|amex"
    r"|discover|fargo|chase|citi\w*|capital one|union)\b",
    re.IGNORECASE,
)
TITLE: Final = re.compile(
    r"\bstatement|summary|\baccounts?\b|\bpage\b|customer service|questions|contact|\bwelcome|\bsheet\b"
    r"|member fdic|online|\bvisit\b|\bcall\b|important|information|balance|activity|period|\bdate\b|www\.|\.com\b",
    re.IGNORECASE,
)
CAPTION: Final = re.compile(
    r"^(?:account|acct|product|type|deposits?|withdrawals?|member|page|tele?phone|phone|fax)\b"
    r"|(?:\b|account)(?:number|type|no)\.?$",
    re.I,
)
STATES: Final = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR"
    "|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR|DA"
)
TOWN: Final = re.compile(
    rf"(?:[,.]\s?|\s)(?:{STATES})\b\.?,?(?:\s*\d{{5}}(?:\s?-\s?\d{{4}})?)?\W*$|\b\d{{5}}(?:-\d{{4}})?\W*$", re.I
)
"""The last line of an American address."""
BOX: Final = re.compile(r"^p\.?\s?o\.?\s*box", re.IGNORECASE)
CODE: Final = re.compile(rf"\d{{5}}(?:-\d{{4}})?\W*|.*\b(?:{STATES})\W*(?:\d{{5}}(?:-\d{{4}})?)?\W*")
"""What can stand below a line that looks like the last one."""
STREET: Final = re.compile(
    r"^\d+\w?\s+(?:\D|\d+(?:st|nd|rd|th)\b)|^p\.?\s?o\.?\s*box"
    r"|^(?:suite|ste|unit|apt|bldg|space|floor|attn)(?:\b|(?=[A-Z]$|\d))|^#\s?\d|\b(?:street|st|avenue|ave|road|rd|blvd"
    r"|drive|dr|lane|ln|way|pkwy|hwy|court|ct|suite|line)\b\.?(?:,|\s*\w{0,4}$)",
    re.IGNORECASE,
)
NEAR: Final = 2.6
"""Lines of one address stand at most so many of their heights apart."""
ASIDE: Final = 0.04
"""Lines of one block begin at the same place, within this share of the page's width."""
WIDE: Final = 3.2
"""A gap in a name is narrower than so many of its letters."""
LARGER: Final = 1.15
"""A name in print that much larger has its address anywhere under it."""
LONGEST: Final = 8
"""Words of a line of a name or an address."""
HOLDERS: Final = frozenset(
    {
        "accountholder",
        "accountname",
        "preparedfor",
        "cardmember",
        "statementfor",
        "cardholder",
        "accountowner",
        "customername",
        "name",
        "accountholdername",
    }
)


def holder_spans(schema: Schema, words: Words, rows: Sequence[Row]) -> list[Span]:
    """Spans of the sender (`bank` or `issuer`) and of the account's holder."""
    bank = "bank" if schema.kind == "bank_statement" else "issuer"
    cells = [whole for row in rows for whole in wholes(row)]
    sender = _sender(words, cells)
    spans: list[Span] = []
    taken: set[int] = set()
    if sender is not None:
        spans.append(Span(f"{bank}_name", sender.words))
        taken |= set(sender.words)
        for line in address_under(cells, sender):
            spans.append(Span(f"{bank}_address", line.words))
            taken |= set(line.words)
    return [*spans, *_holder(rows, cells, taken)]


def wholes(row: Row) -> list[Cell]:
    """The row's cells, those in large print joined over gaps that are only as wide as its letters."""
    found: list[Cell] = []
    for cell in row.cells:
        before = found[-1] if found else None
        if before and _goes_on(before, cell):
            found[-1] = Cell(
                before.words + cell.words, before.texts + cell.texts, before.box.union(cell.box), before.page
            )
        else:
            found.append(cell)
    return found


def _goes_on(before: Cell, cell: Cell) -> bool:
    letter = before.box.width / max(1, len(before.text))
    alike = abs(before.box.height - cell.box.height) < 0.3 * before.box.height
    return alike and cell.box.left - before.box.right < WIDE * letter


def _sender(words: Words, cells: Sequence[Cell]) -> Cell | None:
    """The line that names a bank, or the largest print at the top of the first page that has one."""
    able = [cell for cell in cells if is_name(cell)]
    if not able:
        return None
    usual = statistics.median(word.box.height for word in words) if words else 0.01
    first = able[0].page
    near = [cell for cell in able if cell.page == first]
    best = max(near, key=lambda cell: _sending(cell, usual))
    return best if _sending(best, usual) > 0 else None


def _sending(cell: Cell, usual: float) -> float:
    """How much a line looks like a sender's name: what it says, how large and how far up it stands."""
    said = 2.2 if BANK.search(cell.text) else 0.0
    large = min(3.0, cell.box.height / max(usual, 1e-6)) - 1.0
    return said + 1.3 * large - 4.0 * cell.box.top + 0.4


def is_name(cell: Cell) -> bool:
    """A short line of words that is neither an address, a caption, a title nor a value."""
    text = cell.text
    if not 1 <= len(cell.texts) <= LONGEST or text.rstrip().endswith((":", ",")) or sum(map(str.isalpha, text)) < 3:
        return False
    if TITLE.search(text) or CAPTION.search(text) or DATE.search(text) or TELEPHONE.search(text) or moneys(cell.texts):
        return False
    return not _is_place(cell)


def _is_place(cell: Cell) -> bool:
    """A line of an address."""
    text = _tidy(cell)
    if len(text.split()) > LONGEST + 3 or ":" in text.rstrip(":"):
        return False
    return bool(TOWN.search(f" {text}")) or bool(STREET.search(text) and not TELEPHONE.search(text))


def address_under(cells: Sequence[Cell], name: Cell) -> list[Cell]:
    """The lines of an address right below a name, down to its town."""
    found: list[Cell] = []
    for line in _lines_under(cells, name):
        if not _is_place(line):
            break
        found.append(line)
        if _is_town(line) and not BOX.match(line.text) and not _zip_follows(cells, line):
            break
    return found


def _zip_follows(cells: Sequence[Cell], town: Cell) -> bool:
    """Whether the next line is the last of an address too: a suite's number looks like a postal code."""
    under = _lines_under(cells, town)
    return bool(under) and (_is_town(under[0]) or bool(CODE.fullmatch(under[0].text.strip())))


def _is_town(cell: Cell) -> bool:
    return bool(TOWN.search(f" {_tidy(cell)}"))


def _tidy(cell: Cell) -> str:
    """Its text, with digits together that OCR parted; `12 1st Place` has two numbers."""
    return re.sub(r"(?<=[\d-])\s+(?=[\d-])(?!\d+(?:st|nd|rd|th)\b)", "", cell.text.strip())


def _lines_under(cells: Sequence[Cell], top: Cell) -> list[Cell]:
    """The cells below a cell that begin where it does, each near the one before."""
    found: list[Cell] = []
    above = top
    for cell in cells:
        if cell.page != top.page or cell.box.center[1] <= above.box.center[1] or not _below(top, cell):
            continue
        if cell.box.top - above.box.bottom > NEAR * min(cell.box.height, top.box.height):
            break
        found.append(cell)
        above = cell
    return found


def _below(top: Cell, cell: Cell) -> bool:
    """Whether a line stands in a block with the line above: left ends together, or wholly under it in larger print."""
    within = top.box.left - ASIDE < cell.box.left and cell.box.right < top.box.right + ASIDE
    large = top.box.height > LARGER * cell.box.height
    return abs(cell.box.left - top.box.left) < ASIDE or (within and large)


def _holder(rows: Sequence[Row], cells: Sequence[Cell], taken: set[int]) -> list[Span]:
    """Name and address of the holder: captioned, or the first block of a name over an address."""
    named = _captioned(rows)
    if named is not None:
        return _spans([named], address_under(cells, named))
    for cell in cells:
        if taken & set(cell.words) or not is_name(cell):
            continue
        names = [cell]
        under = [line for line in _lines_under(cells, cell) if not taken & set(line.words)]
        if under and is_name(under[0]) and not BANK.search(under[0].text):
            names.append(under[0])
        lines = address_under(cells, names[-1])
        if lines and not taken & set(lines[0].words):
            return _spans(names, lines)
    return []


def _spans(names: Sequence[Cell], lines: Sequence[Cell]) -> list[Span]:
    name = Span("account_holder_name", tuple(index for cell in names for index in cell.words))
    return [name, *(Span("account_holder_address", line.words) for line in lines)]


def _captioned(rows: Sequence[Row]) -> Cell | None:
    """The cell beside a caption that asks for the holder."""
    for row in rows:
        for at, cell in enumerate(row.cells):
            for stop in range(1, min(4, len(cell.texts)) + 1):
                key = compact(" ".join(cell.texts[:stop]))
                if key not in HOLDERS or (key == "name" and not cell.texts[stop - 1].endswith(":")):
                    continue
                if stop < len(cell.texts) and (cell.texts[stop - 1].endswith(":") or len(key) > 6):
                    return Cell(cell.words[stop:], cell.texts[stop:], cell.box, cell.page)
                if stop == len(cell.texts) and at + 1 < len(row.cells) and is_name(row.cells[at + 1]):
                    return row.cells[at + 1]
    return None
