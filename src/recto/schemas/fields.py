"""Words and their tags to typed fields and tables, each on its place on the page."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from recto.document.page import Words
from recto.document.reading import Field, Row, Span, Table, Tags
from recto.reading.spans import spans_of
from recto.schemas.agreed import agreed
from recto.schemas.captioned import captioned_fields, with_amounts
from recto.schemas.captions import Line, begins_with, lines_in, total_captions
from recto.schemas.catalog import schema_of
from recto.schemas.choice import field_from, with_numbers
from recto.schemas.expected import rows_expected
from recto.schemas.period import period_order
from recto.schemas.place import placed
from recto.schemas.rows import rows_from
from recto.schemas.ruled import is_ruled, rows_under_heads
from recto.schemas.schema import FieldSpec, Schema, TableSpec
from recto.schemas.values.currencies import currency_of, sign_pattern
from recto.schemas.values.dates import date_of, date_within, day_misread
from recto.schemas.values.evidence import Evidence, country_signs
from recto.schemas.values.parsed import NOTHING, Parsed

Item = Field | Table
_YEAR = timedelta(350)
"""The year that an end alone speaks of; a little less, so that no day falls into it twice."""
_IN_SUMMARIES = frozenset({"TAX", "total_tax"})
"""The whole tax may stand nowhere but in the summary of taxes."""


def fields_of(kind: str, words: Words, tags: Tags) -> tuple[Item, ...]:
    """The fields and tables of a document of this kind, in the schema's order; what was not found is left out."""
    schema, evidence = schema_of(kind), Evidence.of(words)
    lines = lines_in(words)
    captioned = captioned_fields(schema, lines, words, evidence)
    ruled = _ruled(schema, lines, words, evidence)
    named = {i for field in captioned for i in field.words} | _words_in(ruled)
    spans = [span for span in spans_of(words, tags) if span.label in _IN_SUMMARIES or not named & set(span.words)]
    spans = with_numbers(schema, spans, words)
    singles = (*_singles(schema, spans, words, evidence), *captioned)
    order = [spec.name for spec in schema.fields]
    labelled = _tables(schema, spans, lines, words, evidence)
    tables = sorted((*labelled, *ruled), key=lambda table: [spec.name for spec in schema.tables].index(table.name))
    return dated((*agreed(sorted(singles, key=lambda field: order.index(field.name))), *tables), evidence)


def _ruled(schema: Schema, lines: Sequence[Line], words: Words, evidence: Evidence) -> list[Table]:
    """The tables that no label stands for. Where they stand, what they are is plainer than any label."""
    found = []
    for table in schema.tables:
        rows = rows_under_heads(table, schema, lines, words, evidence) if is_ruled(table) else ()
        found += [Table(table.name, rows)] if rows else []
    return found


def _words_in(tables: Sequence[Table]) -> set[int]:
    return {i for table in tables for row in table.rows for cell in row.cells.values() for i in cell.words}


def _singles(schema: Schema, spans: Sequence[Span], words: Words, evidence: Evidence) -> list[Field]:
    by_label: dict[str, list[Span]] = {}
    for span in spans:
        by_label.setdefault(span.label, []).append(span)
    found = []
    for spec in schema.fields:
        own = [span for tag in spec.tags for span in by_label.get(tag, [])]
        field = field_from(spec, own, words, evidence) or _derived(spec, words, evidence)
        if field:
            found.append(field)
    return found


def _derived(spec: FieldSpec, words: Words, evidence: Evidence) -> Field | None:
    """What the whole document says rather than one caption: its currency, its country, its language."""
    if spec.type == "currency" and evidence.currency:
        return _currency(spec, evidence, words)
    if spec.type == "country" and evidence.country:
        return _country(spec, evidence.country, words)
    said = evidence.language if spec.name == "language" else None
    return Field(spec.name, said, spec.type, "", "not_found") if said else None


def _currency(spec: FieldSpec, evidence: Evidence, words: Words) -> Field:
    """On the first word that carries its code or sign."""
    for index, word in enumerate(words):
        found = sign_pattern().search(word.text)
        if found and currency_of(found.group(), evidence.country) == evidence.currency:
            return placed(spec.name, spec.type, Parsed(evidence.currency), words, (index,), None)
    return Field(spec.name, evidence.currency, spec.type, "", "not_found")


def _country(spec: FieldSpec, country: str, words: Words) -> Field:
    """On the first line that tells it."""
    for line in lines_in(words):
        text, spans = "", {}
        for index in line.words:
            spans[index] = (len(text), len(text) + len(words[index].text))
            text += words[index].text + " "
        for sign in country_signs(country):
            if found := sign.search(text):
                own = tuple(i for i, (start, end) in spans.items() if start < found.end() and end > found.start())
                return placed(spec.name, spec.type, Parsed(country), words, own, None)
    return Field(spec.name, country, spec.type, "", "not_found")


def _tables(
    schema: Schema, spans: Sequence[Span], lines: Sequence[Line], words: Words, evidence: Evidence
) -> list[Table]:
    """Tables that have rows, or whose rows can be counted on the page though none was read."""
    found = []
    for table in schema.tables:
        if is_ruled(table):
            continue
        totals = _totals(schema, table, lines, words)
        rows = rows_from(table, without_totals(table, spans, totals, words), words, evidence)
        if table.name == "payments":
            rows = with_amounts(rows, table, lines, words, evidence)
        expected = rows_expected(table, schema, lines, words, evidence)
        if rows or expected:
            found.append(Table(table.name, rows, expected))
    return found


def _totals(schema: Schema, table: TableSpec, lines: Sequence[Line], words: Words) -> set[int]:
    """The words of lines that begin as a total does. The details of the tax have the whole tax's captions."""
    spec = schema.field("total_tax")
    taxes = set(spec.captions_in()) if spec and table.name == "tax_details" else set()
    captions = [caption for caption in total_captions(schema) if caption not in taxes]
    return {i for line in lines if begins_with(line, captions, words) for i in line.words}


def without_totals(table: TableSpec, spans: Sequence[Span], totals: set[int], words: Words) -> list[Span]:
    """Without amounts on a line that begins as a total does and describes nothing: such a line is no row."""
    texts = {tag for column in table.columns if column.type in ("text", "name") for tag in column.tags}
    described = {(words[i].page, words[i].line) for span in spans if span.label in texts for i in span.words}
    return [
        span
        for span in spans
        if not totals & set(span.words) or (words[span.words[0]].page, words[span.words[0]].line) in described
    ]


def dated(items: Sequence[Item], evidence: Evidence) -> tuple[Item, ...]:
    """With the years that statements leave out: `01/15` falls into the period that the document speaks of."""
    order = period_order(items, evidence)
    if order is not None:
        evidence = replace(evidence, order=order)
        items = [_reordered(item, evidence) for item in items]
    period = _period(items, evidence)
    if period is None:
        return tuple(items)
    return tuple(_dated(item, *period, evidence) for item in items)


def _reordered(item: Item, evidence: Evidence) -> Item:
    """With its dates that could be read two ways read as the period asks."""
    if isinstance(item, Table):
        cells = ({name: _reread(cell, evidence) for name, cell in row.cells.items()} for row in item.rows)
        return replace(item, rows=tuple(Row(each) for each in cells))
    return _reread(item, evidence)


def _reread(field: Field, evidence: Evidence) -> Field:
    if field.type != "date" or field.value is not None or not field.alternatives:
        return field
    parsed = date_of(field.raw, evidence)
    grounding = "grounded" if parsed.value and field.grounding == "ambiguous" else field.grounding
    return replace(field, value=parsed.value, alternatives=parsed.alternatives, grounding=grounding)


def _period(items: Sequence[Item], evidence: Evidence) -> tuple[date, date] | None:
    """From the statement's dates; with its end alone, the year before it."""
    fields = {item.name: item for item in items if isinstance(item, Field)}
    end = fields.get("statement_end_date") or fields.get("invoice_date") or fields.get("payment_due_date")
    if end is None or not isinstance(end.value, date):
        return None
    start = fields.get("statement_start_date")
    if start is None:
        return end.value - _YEAR, end.value
    begun = start.value or date_within(start.raw, end.value - _YEAR, end.value, evidence).value
    return (begun if isinstance(begun, date) else end.value - _YEAR), end.value


def _dated(item: Item, start: date, end: date, evidence: Evidence) -> Item:
    if isinstance(item, Table):
        return replace(item, rows=tuple(_dated_row(row, start, end, evidence) for row in item.rows))
    return _dated_field(item, start, end, evidence)


def _dated_row(row: Row, start: date, end: date, evidence: Evidence) -> Row:
    return Row({name: _dated_field(cell, start, end, evidence) for name, cell in row.cells.items()})


def _dated_field(field: Field, start: date, end: date, evidence: Evidence) -> Field:
    if field.type != "date" or field.value is not None or field.alternatives:
        return field
    parsed = date_within(field.raw, start, end, evidence)
    mended = NOTHING if parsed != NOTHING else day_misread(field.raw, start, end, evidence)
    if mended.value is not None:
        return replace(field, value=mended.value, confidence=None)  # how often that is right is not measured
    doubt = "ambiguous" if parsed.alternatives else field.grounding
    return replace(field, value=parsed.value, alternatives=parsed.alternatives, grounding=doubt)
