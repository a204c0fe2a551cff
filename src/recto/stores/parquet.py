"""Readings as three Parquet tables: one row a reading, one a field or table cell, one a word."""

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from recto.document.errors import BadSettings
from recto.document.reading import Field, Reading, Table
from recto.schemas.json import reading_json
from recto.schemas.masking import masked
from recto.schemas.values import canonical

TABLES: Final = ("words", "fields", "readings")
"""In the order in which they are written: where the readings are, all is."""

Rows = list[dict[str, Any]]
Sourced = Sequence[tuple[str, Reading]]
"""Readings with the keys that their bytes were found under."""


def parquet(sourced: Sourced, table: str, reveal: bool = False) -> bytes:
    """One of the three tables as a file. Sensitive numbers are masked without `reveal`."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise BadSettings("Parquet needs the extra `bulk` (pip install 'recto[bulk]').") from error
    rows = rows_of(sourced, table, reveal)
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema(table)), out, compression="zstd")
    return out.getvalue()


def rows_of(sourced: Sourced, table: str, reveal: bool) -> Rows:
    makers = {"readings": reading_rows, "fields": field_rows, "words": word_rows}
    return [row for source, reading in sourced for row in makers[table](source, reading, reveal)]


def schema(table: str) -> Any:
    """Stays the same whatever the rows hold, so that all parts can be read as one."""
    from pyarrow import float32, float64, int32, list_, string
    from pyarrow import schema as of

    text = ("source", "document_id")
    places = {"part": int32(), "page": int32()}
    columns: dict[str, dict[str, Any]] = {
        "readings": {
            **dict.fromkeys((*text, "media_type", "kind", "decision", "engines", "checks"), string()),
            **dict.fromkeys(("part", "first_page", "pages"), int32()),
            **dict.fromkeys(("kind_confidence", "seconds"), float64()),
            **dict.fromkeys(("reasons", "errors"), list_(string())),
        },
        "fields": {
            **dict.fromkeys((*text, "name", "table", "value", "type", "raw", "currency", "grounding"), string()),
            **places,
            "row": int32(),
            "confidence": float64(),
            "boxes": list_(list_(float64())),
        },
        "words": {
            **dict.fromkeys((*text, "text", "label"), string()),
            **places,
            "line": int32(),
            **dict.fromkeys(("left", "top", "right", "bottom", "confidence"), float32()),
        },
    }
    return of(list(columns[table].items()))


def shown(reading: Reading, reveal: bool) -> Reading:
    return reading if reveal else masked(reading)


def each_part(reading: Reading) -> Iterator[tuple[int, Reading]]:
    """The documents of a file, counted from 1; a file that is one document is its own part."""
    yield from enumerate(reading.parts or (reading,), 1)


def reading_rows(source: str, reading: Reading, reveal: bool) -> Iterator[dict[str, Any]]:
    for number, part in each_part(reading):
        told = reading_json(part, reveal=reveal)
        yield {
            "source": source,
            "document_id": reading.document.id,
            "media_type": reading.document.media_type,
            "part": number,
            "first_page": part.pages[0].number if part.pages else None,
            "pages": len(part.pages),
            "kind": part.kind.kind if part.kind else None,
            "kind_confidence": part.kind.confidence if part.kind else None,
            "decision": part.decision.outcome if part.decision else None,
            "reasons": (told.get("decision") or {}).get("reasons", []),
            "checks": json.dumps(told.get("checks", []), ensure_ascii=False),
            "errors": [fault.code for fault in part.errors],
            "engines": json.dumps({role: engine.key for role, engine in part.engines.items()}),
            "seconds": sum(reading.seconds.values()),
        }


def field_rows(source: str, reading: Reading, reveal: bool) -> Iterator[dict[str, Any]]:
    for number, part in each_part(reading):
        own = {"source": source, "document_id": reading.document.id, "part": number}
        for item in shown(part, reveal).fields:
            if isinstance(item, Table):
                for row, cells in enumerate(item.rows):
                    for name, cell in cells.cells.items():
                        yield {**own, **field_row(name, cell), "table": item.name, "row": row}
            else:
                yield {**own, **field_row(item.name, item), "table": None, "row": None}


def field_row(name: str, field: Field) -> dict[str, Any]:
    return {
        "name": name,
        "value": canonical(field.value),
        "type": field.type,
        "raw": field.raw,
        "currency": field.currency,
        "confidence": field.confidence,
        "page": field.page,
        "grounding": field.grounding,
        "boxes": [list(box.sides) for box in field.boxes],
    }


def word_rows(source: str, reading: Reading, reveal: bool) -> Iterator[dict[str, Any]]:
    for number, part in each_part(reading):
        tags: list[str | None] = [tag.name for tag in part.tags] or [None] * len(part.words)
        for word, label in zip(shown(part, reveal).words, tags, strict=True):
            left, top, right, bottom = word.box.sides
            yield {
                "source": source,
                "document_id": reading.document.id,
                "part": number,
                "page": word.page,
                "line": word.line,
                "text": word.text,
                "left": left,
                "top": top,
                "right": right,
                "bottom": bottom,
                "confidence": word.confidence,
                "label": label,
            }
