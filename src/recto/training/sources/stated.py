"""Documents whose truth is stated as values without places: each value is found among the words, or listed as lost.

Values are looked for as `recto.schemas.grounding` looks for those that an engine states: money and dates by what they
mean, texts with a few letters misread, over lines. A value that stands in several places, none of them the likeliest,
tags nothing.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recto.document.page import Words
from recto.document.reading import Field, Table
from recto.schemas.catalog import schema_of
from recto.schemas.grounding import stated
from recto.training.example import Example, Quality, Truth
from recto.training.sources.sroie import Unaligned

log = logging.getLogger("recto.training")


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of one document: texts by field name, lists of rows by table name. `group` as in `Example`."""

    document: str
    kind: str
    values: Mapping[str, Any]
    group: str
    source: str
    quality: Quality = "clean"


def example(statement: Statement, words: Words) -> tuple[Example, list[Unaligned]]:
    """The document with tags on the words that carry what is stated, and the values that no words carry for sure.

    A label is in `labelled` only where all of its values were found; `fields` are those values, of tables all rows.
    """
    found = stated(statement.kind, statement.values, words)
    tags: list[str | None] = [None] * len(words)
    lost: list[Unaligned] = []
    labels: dict[str, bool] = {}
    for path, field in _each(found):
        label = _label(statement.kind, path)
        sure = field.grounding == "grounded" and all(tags[word] is None for word in field.words)
        labels[label] = labels.get(label, True) and sure
        if not sure:
            lost.append(Unaligned(statement.document, path, str(field.value)))
        for at, word in enumerate(field.words if sure else ()):
            tags[word] = f"{'I' if at else 'B'}-{label}"
    labelled = tuple(label for label, whole in labels.items() if whole)
    made = Example(
        id=statement.document,
        kind=statement.kind,
        words=words,
        tags=tuple(tag if tag and tag[2:] in labelled else None for tag in tags),
        labelled=labelled,
        fields=_truths(statement, lost),
        group=statement.group,
        source=statement.source,
        quality=statement.quality,
    )
    return made, lost


def examples(statements: Sequence[Statement], words: Mapping[str, Words]) -> list[Example]:
    """Those whose words are there; the values that were not found are counted and listed in the log."""
    made, lost, values = [], list[Unaligned](), 0
    for statement in statements:
        if here := words.get(statement.document):
            one, missing = example(statement, here)
            made.append(one)
            lost.extend(missing)
            values += sum(1 if isinstance(v, str) else sum(map(len, v)) for v in statement.values.values())
    if lost:
        log.info("%d of %d values stand on no words, or on several:", len(lost), values)
    for one_lost in lost:
        log.info("%s: %s %r", one_lost.document, one_lost.key, one_lost.value)
    return made


def _each(items: Sequence[Field | Table]) -> Iterator[tuple[str, Field]]:
    for item in items:
        if isinstance(item, Field):
            yield item.name, item
        else:
            yield from ((f"{item.name}.{name}", cell) for row in item.rows for name, cell in row.cells.items())


def _label(kind: str, path: str) -> str:
    spec = schema_of(kind).spec(path)
    return spec.tags[0] if spec and spec.tags else path


def _truths(statement: Statement, lost: Sequence[Unaligned]) -> dict[str, Truth]:
    """The single values that the page shows, and whole tables where every cell was found."""
    gone = {one.key.split(".")[0] for one in lost if "." in one.key} | {one.key for one in lost}
    return {name: value for name, value in statement.values.items() if name not in gone}
