"""Small tables that no label stands for, such as a summary of taxes: read by their line of heads and its columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from recto.document.box import Box
from recto.document.page import Words
from recto.document.reading import Field, Row
from recto.schemas.captions import Line, amounts_in, begins_with, columns_at, total_captions
from recto.schemas.choice import parsed_as
from recto.schemas.place import placed, raw_of
from recto.schemas.schema import FieldSpec, Schema, TableSpec
from recto.schemas.values.evidence import Evidence

_PERCENT: Final = re.compile(r"\d+(?:[.,]\d+)?%")


def is_ruled(table: TableSpec) -> bool:
    """Whether a table is read this way: none of its columns has a label."""
    return not any(column.tags for column in table.columns)


def rows_under_heads(
    table: TableSpec, schema: Schema, lines: Sequence[Line], words: Words, evidence: Evidence
) -> tuple[Row, ...]:
    """The rows under the first line, behind a total, that names at least two amounts of the table; none without one."""
    totals = total_captions(schema)
    for number, line in enumerate(lines):
        if _names_amounts(table, line, words) and _behind_total(lines[:number], totals, words):
            heads = dict(columns_at(line, table.columns, words))
            rows = []
            for below in lines[number + 1 :]:
                if not amounts_in(below, words) or below.page != line.page or begins_with(below, totals, words):
                    break
                rows.append(_row(table, heads, below, words, evidence))
            return tuple(row for row in rows if table.anchor in row.cells)
    return ()


def _names_amounts(table: TableSpec, line: Line, words: Words) -> bool:
    """Whether a line without amounts names at least two columns of money."""
    if amounts_in(line, words):
        return False
    named = (table.column(name) for name, _ in columns_at(line, table.columns, words))
    return sum(1 for spec in named if spec is not None and spec.type == "money") > 1


def _behind_total(above: Sequence[Line], totals: Sequence[str], words: Words) -> bool:
    """A summary stands behind a total, which is a caption with its amount: `Tax invoice` at the top is none."""
    return any(begins_with(line, totals, words) and amounts_in(line, words) for line in above)


def _row(table: TableSpec, heads: Mapping[str, Box], line: Line, words: Words, evidence: Evidence) -> Row:
    """Each amount under the head that it is nearest to; what stands left of them is the description, a rate in it."""
    cells: dict[str, Field] = {}
    amounts = amounts_in(line, words)
    for index in amounts:
        name = min(heads, key=lambda head: abs(heads[head].right - words[index].box.right))
        spec = table.column(name)
        if spec is not None and spec.type == "money" and name not in cells:
            cells[name] = _cell(spec, (index,), words, evidence)
    left = tuple(
        i for i in line.words if amounts and i not in amounts and words[i].box.left < words[amounts[0]].box.left
    )
    rate, described = table.column("rate"), table.column("description")
    percent = tuple(i for i in left if _PERCENT.search(words[i].text))
    if rate is not None and percent:
        cells["rate"] = _cell(rate, percent[:1], words, evidence)
    if described is not None and left:
        cells["description"] = _cell(described, left, words, evidence)
    return Row(cells)


def _cell(spec: FieldSpec, indexes: Sequence[int], words: Words, evidence: Evidence) -> Field:
    return placed(spec.name, spec.type, parsed_as(spec, raw_of(words, indexes), evidence), words, indexes, None)
