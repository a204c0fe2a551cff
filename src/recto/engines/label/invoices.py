"""An invoice's words by rules: its lines, its sums, who sends and who gets it, what it is called."""

import re
from collections.abc import Sequence
from typing import Final

from recto.document.page import Words
from recto.document.reading import Span
from recto.engines.label.identity import identity_spans
from recto.engines.label.invoice_lines import EXTRA, line_spans
from recto.engines.label.parties import party_spans
from recto.engines.label.rows import Row
from recto.engines.label.shapes import SYMBOL
from recto.engines.label.sums import captioned, rates, sum_spans
from recto.engines.label.tables import grids, heads_of
from recto.schemas.catalog import schema_of

NEEDED: Final = ({"description", "product_code", "date"}, {"amount", "unit_price"}, {"quantity", "amount", "tax_rate"})


def invoice_spans(words: Words, rows: Sequence[Row]) -> list[Span]:
    """Spans in order of trust."""
    schema = schema_of("invoice")
    table = schema.table("items")
    assert table is not None
    found = grids(words, rows, heads_of(table, EXTRA), NEEDED)
    first = min((grid.first for grid in found), default=len(rows))
    lines, used = line_spans(words, rows, found)
    outside = [row for number, row in enumerate(rows) if number not in used]
    known = captioned(outside)
    return [
        *lines,
        *identity_spans(rows, schema, first),
        *sum_spans(outside, known),
        *party_spans(rows, first),
        *rates(outside, known),
        *_currency(rows),
    ]


def _currency(rows: Sequence[Row]) -> list[Span]:
    """The currency where its caption stands."""
    for row in rows:
        named = re.search(r"währung|currency|devise|moneda|divisa|valuta|monnaie", row.text, re.IGNORECASE)
        codes = [n for n, text in enumerate(row.texts) if re.fullmatch(rf"\W*{SYMBOL}\W*", text, re.IGNORECASE)]
        if named and codes:
            return [Span("currency", (row.words[codes[0]],))]
    return []
