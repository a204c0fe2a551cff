"""From which confidence a field may pass unseen: the least at which few enough of those that pass are wrong."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

from recto.document.reading import Field, Table
from recto.engines.label.bundle import digest_of
from recto.ports import Labeller
from recto.schemas.fields import fields_of
from recto.schemas.values import canonical
from recto.training.align import bare
from recto.training.example import Example

WANTED = 0.02
"""The share of wrong fields among those that pass."""

FEWEST = 40
"""Fewer fields than these say too little of a path of their own; they count for the rest of the kind (`*`)."""

NEVER = 1.01
"""Above every confidence: nothing was measured at which few enough were wrong."""

Pair = tuple[float, bool]


def thresholds(labeller: Labeller, examples: Sequence[Example], wanted: float = WANTED) -> dict[str, dict[str, float]]:
    """By kind and path, measured on documents that the labeller was not trained on."""
    seen: dict[str, dict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for example in examples:
        for path, pair in judged(labeller, example):
            seen[example.kind][path].append(pair)
    return {kind: of_kind(paths, wanted) for kind, paths in sorted(seen.items())}


def of_kind(paths: Mapping[str, Sequence[Pair]], wanted: float) -> dict[str, float]:
    everything = [pair for pairs in paths.values() for pair in pairs]
    own = {path: least(pairs, wanted) for path, pairs in sorted(paths.items()) if len(pairs) >= FEWEST}
    return {"*": least(everything, wanted), **own}


def least(pairs: Sequence[Pair], wanted: float) -> float:
    """The least confidence from which on at most `wanted` of the fields are wrong, with one more wrong than seen.

    The one more is for what so few documents cannot show: with 50 that are all right nothing passes at 1 %.
    """
    best, count, wrong = NEVER, 0, 0
    for confidence, alike in groupby(sorted(pairs, reverse=True), key=lambda pair: pair[0]):
        rights = [right for _, right in alike]
        count, wrong = count + len(rights), wrong + rights.count(False)
        if (wrong + 1) / (count + 1) <= wanted:
            best = confidence
    return round(best, 4)


def judged(labeller: Labeller, example: Example) -> Iterator[tuple[str, Pair]]:
    """(path, (confidence, right)) of every field whose truth is known."""
    (tags,) = labeller.label([(example.words, example.kind)])
    for item in fields_of(example.kind, example.words, tags):
        truth = example.fields.get(item.name)
        if isinstance(item, Field) and isinstance(truth, str) and item.confidence is not None:
            yield item.name, (item.confidence, same(item, truth))
        elif isinstance(item, Table) and isinstance(truth, list):
            yield from cells(item, truth)


def cells(table: Table, truth: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, Pair]]:
    """Cells row by row; where there are too few or too many rows, those that stand in none are wrong."""
    for number, row in enumerate(table.rows):
        wanted = truth[number] if number < len(truth) else {}
        for name, cell in row.cells.items():
            if cell.confidence is not None and (name in wanted or not wanted):
                yield f"{table.name}.{name}", (cell.confidence, name in wanted and same(cell, wanted[name]))


def same(field: Field, truth: str) -> bool:
    """Equal in canonical form, or in letters and digits of what is printed."""
    value = canonical(field.value) or ""
    return value == truth or bare(value) == bare(truth) or bare(field.raw) == bare(truth)


def write_thresholds(folder: Path, found: Mapping[str, Mapping[str, float]], wanted: float = WANTED) -> str:
    """Into the bundle, whose digest changes with it; returns the digest."""
    text = json.dumps({"wanted_error": wanted, "kinds": found}, indent=1)
    (folder / "thresholds.json").write_text(text + "\n", encoding="utf-8")
    digest = digest_of(folder)
    (folder / "digest.txt").write_text(digest + "\n", encoding="utf-8")
    return digest
