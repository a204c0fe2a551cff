"""The values on a document, as a vision-language model states them, held against the words that OCR read."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from recto.document.errors import EngineFailed
from recto.document.job import Json
from recto.document.reading import Engine, Field, Table
from recto.engines.vlm.calibrated import Curves
from recto.engines.vlm.prompts import extract_prompt, extract_schema
from recto.engines.vlm.replies import object_in, odds_of_values
from recto.engines.vlm.voice import TEMPERATURES, Ask, Voice, climbed, images_of
from recto.ports import Exhibit, Statement
from recto.schemas.catalog import schema_of
from recto.schemas.grounding import stated
from recto.schemas.schema import Schema

log = logging.getLogger(__name__)

_TOKENS: Final = 4096
_EMPTY: Final = frozenset({"", "null", "none", "n/a", "-"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How a model is asked for values.

    `pages` are shown at once, `long_side` pixels on their longer side. An answer of which the share `enough` stands on
    the page is taken as it is: OCR misreads too. Under `least` it is never used.
    """

    pages: int = 4
    long_side: int = 1600
    enough: float = 0.9
    least: float = 0.5
    temperatures: tuple[float, ...] = TEMPERATURES


class VlmExtractor:
    """Shows pages to a model, a few at a time. An answer with values that stand nowhere is asked for again."""

    def __init__(self, voice: Voice, curves: Curves, manner: Manner = Manner()) -> None:
        self.voice = voice
        self.curves = curves
        self.manner = manner

    @property
    def engine(self) -> Engine:
        return self.voice.engine

    def extract(self, exhibits: Sequence[tuple[Exhibit, str]]) -> list[Statement]:
        """One statement each. Raises EngineFailed where nothing usable was said at any temperature."""
        return [self._one(exhibit, kind) for exhibit, kind in exhibits]

    def _one(self, exhibit: Exhibit, kind: str) -> Statement:
        starts = range(1, exhibit.pages + 1, self.manner.pages)
        groups = [range(start, min(start + self.manner.pages, exhibit.pages + 1)) for start in starts]
        parts = [self._part(exhibit, kind, group) for group in groups]
        whole = together(schema_of(kind), parts)
        if not whole.values:
            raise EngineFailed("The model stated no value.")
        return whole

    def _part(self, exhibit: Exhibit, kind: str, pages: range) -> Statement:
        part = f", pages {pages.start} to {pages.stop - 1} of {exhibit.pages}" if len(pages) < exhibit.pages else ""
        images = images_of(exhibit, pages, self.manner.long_side)
        ask = Ask(extract_prompt(kind, part, exhibit.prompt), images, extract_schema(kind), _TOKENS)
        tries = Tries(self.manner)
        try:
            return climbed(
                self.manner.temperatures, lambda temperature: self._try(exhibit, kind, ask, tries, temperature)
            )
        except EngineFailed:
            if tries.best is None:
                raise
            return tries.best

    def _try(self, exhibit: Exhibit, kind: str, ask: Ask, tries: "Tries", temperature: float) -> Statement:
        reply = self.voice.say(ask, temperature)
        values = shaped(schema_of(kind), object_in(reply.text))
        odds = odds_of_values(reply.pieces, dict(_leaves(values)))
        measured = {path: self.curves.confidence(_column(path), value) for path, value in odds.items()}
        confidences = {path: value for path, value in measured.items() if value is not None}
        found = Statement(values, self.voice.engine, confidences)
        return tries.judged(found, grounded_share(stated(kind, values, exhibit.words())))


class Tries:
    """The best of several answers: the one whose values stand on the page most often."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.best: Statement | None = None
        self.share = 0.0

    def judged(self, statement: Statement, share: float) -> Statement:
        """The statement if enough of it stands on the page. Otherwise it is kept if it may serve, and EngineFailed."""
        if share >= self.manner.least and share > self.share:
            self.best, self.share = statement, share
        if share < self.manner.enough:
            raise EngineFailed(f"{1 - share:.0%} of the values that the model stated stand nowhere on the page.")
        return statement


def grounded_share(items: Sequence[Field | Table]) -> float:
    """The share of values that stand on the page; 1 where nothing was stated."""
    values = [item for item in items if isinstance(item, Field)]
    values += [cell for item in items if isinstance(item, Table) for row in item.rows for cell in row.cells.values()]
    return sum(bool(value.words) for value in values) / len(values) if values else 1.0


def together(schema: Schema, parts: Sequence[Statement]) -> Statement:
    """One statement: of a field what the first pages said, of a table the rows of all."""
    values: dict[str, Json] = {}
    confidences: dict[str, float] = {}
    tables = {table.name for table in schema.tables}
    for part in parts:
        for name, value in part.values.items():
            if name in tables and isinstance(value, list):
                before = values.setdefault(name, [])
                assert isinstance(before, list)
                confidences |= _moved(part.confidences, name, len(before))
                before.extend(value)
            elif name not in values:
                values[name] = value
                confidences |= {path: sure for path, sure in part.confidences.items() if path == name}
    return Statement(values, parts[0].engine, confidences)


def _moved(confidences: Mapping[str, float], table: str, rows: int) -> Iterator[tuple[str, float]]:
    """Those of a table's cells, behind so many rows of the pages before."""
    for path, sure in confidences.items():
        name, _, rest = path.partition(".")
        number, _, column = rest.partition(".")
        if name == table and number.isdigit():
            yield f"{table}.{int(number) + rows}.{column}", sure


def shaped(schema: Schema, answer: Mapping[str, Any]) -> dict[str, Json]:
    """The answer as texts by field name and rows by table name; other names and empty values are left out."""
    flat = dict(_flat(answer))
    found: dict[str, Json] = {}
    for path, value in flat.items():
        table = schema.table(path)
        spec = schema.field(path)
        if table and isinstance(value, list):
            rows = (_row(row, {column.name for column in table.columns}) for row in value if isinstance(row, Mapping))
            found[path] = [row for row in rows if row]
        elif spec and (text := _text(value)):
            found[spec.name] = text
    return {name: value for name, value in found.items() if value}


def _flat(answer: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in answer.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _row(row: Mapping[str, Any], columns: set[str]) -> dict[str, Json]:
    texts = {str(key): _text(value) for key, value in row.items() if key in columns}
    return {key: text for key, text in texts.items() if text}


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float | bool):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value).strip()
    return "" if text.lower() in _EMPTY else text


def _leaves(values: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, str):
            yield f"{prefix}{name}", value
        elif isinstance(value, list):
            for number, row in enumerate(value):
                if isinstance(row, dict):
                    yield from _leaves(row, f"{prefix}{name}.{number}.")


def _column(path: str) -> str:
    """`items.0.description` -> `items.description`: one curve serves all rows."""
    return ".".join(part for part in path.split(".") if not part.isdigit())
