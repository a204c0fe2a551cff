"""An invoice's words by rules: its lines, its sums, who sends and who gets it, what it is called."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.captions import compact
from recto.engines.label.identity import identity_spans
from recto.engines.label.invoice_lines import ADDED, line_spans
from recto.engines.label.parties import party_spans
from recto.engines.label.rows import Row
from recto.engines.label.shapes import SYMBOL
from recto.engines.label.sums import captioned, rates, sum_spans
from recto.engines.label.tables import grids, heads_of
from recto.schemas.catalog import schema_of

NEEDED: Final = (
    {"description", "product_code", "date", "quantity"},
    {"amount", "unit_price"},
    {"quantity", "amount", "tax_rate"},
    {"description", "product_code", "date", "amount"},
)
"""Heads of which a table of lines has one each: quantities and prices alone could be anything."""


def invoice_spans(words: Words, rows: Sequence[Row]) -> list[Span]:
    """Spans in order of trust."""
    schema = schema_of("invoice")
    table = schema.table("items")
    assert table is not None
    heads = heads_of(table)
    asked = [spec for spec in schema.fields if spec.name not in ADDED]  # a column can be headed `Discount`
    single = {key for spec in asked for key in map(compact, spec.captions_in())} - heads.keys()
    found = [grid for grid in grids(words, rows, heads, NEEDED) if not _asks(rows[grid.first - 1], single)]
    first = min((grid.first for grid in found), default=len(rows))
    lines, used = line_spans(words, rows, found)
    outside = [row for number, row in enumerate(rows) if number not in used]
    known = captioned(outside)
    return [
        *lines,
        *identity_spans(rows, schema, first),
        *sum_spans(outside, known),
        *party_spans(rows, first, single | heads.keys()),
        *rates(outside, known),
        *_currency(rows),
    ]


def _asks(row: Row, single: Collection[str]) -> bool:
    """Whether a row of captions asks for single values, an invoice's number or a due date: a strip and no table."""
    return any(compact(cell.text) in single for cell in row.cells)


def _currency(rows: Sequence[Row]) -> list[Span]:
    """The currency where its caption stands."""
    for row in rows:
        named = re.search(r"währung|currency|devise|moneda|divisa|valuta|monnaie", row.text, re.IGNORECASE)
        codes = [n for n, text in enumerate(row.texts) if re.fullmatch(rf"\W*{SYMBOL}\W*", text, re.IGNORECASE)]
        if named and codes:
            return [Span("currency", (row.words[codes[0]],))]
    return []
