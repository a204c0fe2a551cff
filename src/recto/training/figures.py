"""A bundle's figures on data sets: as `recto evaluate` prints them, alone or beside another bundle's."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from recto.engines.classify.layout import LayoutClassifier
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.training.evaluation import Judged, KindReport, Report, evaluate, evaluate_kinds, trust
from recto.training.example import Example
from recto.training.metrics import NOTHING, Counts, interval

Judgement = Report | KindReport


def judged(model: str, examples: Sequence[Example], name: str) -> Judgement:
    """The bundle on a set; of a set of kinds (its name ends so), how many kinds it tells."""
    if name.endswith("kinds"):
        return evaluate_kinds(LayoutClassifier(model), examples)
    return evaluate(LayoutLmOnnx(model), examples)


def compared(one: Report, other: Report) -> dict[str, dict[str, Any]]:
    """By how much `other` is better in F1 of fields, entities and words, on the same documents, drawn in pairs.

    Each with its 95 % bootstrap interval: one that holds 0 says that nothing is known.
    """
    found = {}
    for part in ("fields", "entities", "words"):
        if one.total(part).there:
            pairs = [(getattr(a, part), getattr(b, part)) for a, b in zip(one.documents, other.documents, strict=True)]
            found[part] = {"difference": _better(pairs), "interval": interval(pairs, _better, draws=200)}
    return found


def _better(pairs: Sequence[tuple[Counts, Counts]]) -> float:
    before, after = (_f1([pair[side] for pair in pairs]) for side in (0, 1))
    return after - before


def _f1(parts: Sequence[Counts]) -> float:
    return reduce(lambda a, b: a + b, parts, NOTHING).score.f1


def by_quality(reports: Sequence[Report]) -> dict[str, dict[str, Any]]:
    """How far confidence is to be trusted on clean documents, scans and photos of all these sets together."""
    pairs: dict[str, list[tuple[float, bool]]] = {}
    for report in reports:
        for doc in report.documents:
            pairs.setdefault(doc.example.quality, []).extend(doc.sure)
    return {quality: trust(found) for quality, found in sorted(pairs.items())}


def write_worst(reports: Mapping[str, Report], path: Path, count: int = 50) -> int:
    """The worst documents of all sets, a line each, as a table with tabulators; returns how many there are.

    It shows what stands on the documents: what was wanted and what was found.
    """
    found = [(name, doc) for name, report in reports.items() for doc in report.worst(count)]
    found.sort(key=lambda one: (-len(one[1].misses), -one[1].wrong_words))
    head = ("set", "document", "quality", "wrong words", "words", "wrong fields", "wanted -> found")
    lines = [head, *(_line(name, doc) for name, doc in found[:count])]
    path.write_text("".join("\t".join(line) + "\n" for line in lines), encoding="utf-8")
    return len(lines) - 1


def _line(name: str, doc: Judged) -> tuple[str, ...]:
    example = doc.example
    misses = "; ".join(f"{miss.field}: {miss.wanted} -> {miss.found or ''}" for miss in doc.misses)
    fields = ", ".join(dict.fromkeys(miss.field for miss in doc.misses))
    counts = str(doc.wrong_words), str(len(example.words))
    return name, example.id, example.quality, *counts, fields, misses.replace("\t", " ").replace("\n", " ")


def everything(
    models: Sequence[str],
    sets: Mapping[str, Callable[[], Sequence[Example]]],
    seen: Callable[[str, str, Judgement], None],
) -> dict[str, dict[str, Judgement]]:
    """Each model on each set, by set and model, without empty sets; `seen` is told of each as soon as it is there."""
    found: dict[str, dict[str, Judgement]] = {}
    for name, load in sets.items():
        examples = load()
        for model in models if examples else ():
            found.setdefault(name, {})[model] = judged(model, examples, name)
            seen(name, model, found[name][model])
    return found
