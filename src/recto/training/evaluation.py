"""How good a labeller is on a data set: entities, words, fields, calibration, and the worst mistakes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import reduce
from typing import Any

from recto.document.reading import Tags
from recto.ports import Classifier, Labeller
from recto.training.example import Example
from recto.training.fieldscore import SROIE, Miss, printed_fields, sroie_counts
from recto.training.metrics import (
    NOTHING,
    Counts,
    auroc_of_errors,
    confusions,
    coverage,
    entity_counts,
    expected_calibration_error,
    interval,
    reliability,
    word_counts,
)


@dataclass(frozen=True)
class Judged:
    """One document's counts. `sure` holds (confidence, right) of each word whose truth is known."""

    example: Example
    entities: Counts
    words: Counts
    fields: Counts
    misses: tuple[Miss, ...]
    sure: tuple[tuple[float, bool], ...]
    confused: Counter[tuple[str, str]]


@dataclass(frozen=True)
class Report:
    """A labeller on a data set; `as_json` is what is kept and printed."""

    documents: tuple[Judged, ...]
    comparable: bool = True
    about: Mapping[str, str] = field(default_factory=dict)

    def total(self, part: str) -> Counts:
        """`entities`, `words` or `fields` of all documents together."""
        return reduce(lambda one, other: one + other, (getattr(doc, part) for doc in self.documents), NOTHING)

    def interval(self, part: str) -> tuple[float, float]:
        """The 95 % bootstrap interval of the micro F1, drawn over documents."""
        parts = [getattr(doc, part) for doc in self.documents]
        return interval(parts, lambda drawn: reduce(lambda a, b: a + b, drawn, NOTHING).score.f1, draws=200)

    @property
    def calibration(self) -> dict[str, Any]:
        """ECE, AUROC of errors, reliability and error against coverage of word labels."""
        return trust([pair for doc in self.documents for pair in doc.sure])

    @property
    def misses(self) -> list[Miss]:
        return [miss for doc in self.documents for miss in doc.misses]

    def as_json(self) -> dict[str, Any]:
        parts = {name: self.total(name) for name in ("entities", "words", "fields")}
        confused = sum((doc.confused for doc in self.documents), Counter[tuple[str, str]]())
        wrong = Counter({pair: count for pair, count in confused.items() if pair[0] != pair[1]})
        return {
            "documents": len(self.documents),
            "comparable": self.comparable,
            "about": dict(self.about),
            **{
                name: {
                    **asdict(counts.score),
                    "interval": self.interval(name),
                    "by_label": {label: asdict(score) for label, score in counts.by_label.items()},
                }
                for name, counts in parts.items()
                if counts.there
            },
            "calibration": self.calibration,
            "confusions": [[*pair, count] for pair, count in wrong.most_common(40)],
        }


def evaluate(labeller: Labeller, examples: Sequence[Example], about: Mapping[str, str] | None = None) -> Report:
    """The labeller on these examples; it is told each document's true kind."""
    tags = labeller.label([(example.words, example.kind) for example in examples])
    judged = [judge(example, given) for example, given in zip(examples, tags, strict=True)]
    return Report(tuple(judged), about=about or {})


def judge(example: Example, tags: Tags) -> Judged:
    """One document's tags against its truth."""
    ignored = set(example.ignored)
    names = ["O" if at in ignored else tag.name for at, tag in enumerate(tags)]
    given = (example.tags, names, example.labelled)
    fields, misses = NOTHING, list[Miss]()
    if set(SROIE) <= set(example.fields) and example.source.startswith("sroie"):
        fields, misses = sroie_counts(example, printed_fields(example.kind, example.words, tags))
    return Judged(
        example=example,
        entities=entity_counts(*given),
        words=word_counts(*given),
        fields=fields,
        misses=tuple(misses),
        sure=tuple(sure(example, tags)),
        confused=confusions(*given),
    )


def trust(pairs: Sequence[tuple[float, bool]]) -> dict[str, Any]:
    """What (confidence, right) of many words says of the confidence."""
    if not pairs:
        return {"words": 0}
    said, right = [value for value, _ in pairs], [good for _, good in pairs]
    return {
        "words": len(pairs),
        "accuracy": sum(right) / len(right),
        "ece": expected_calibration_error(said, right),
        "auroc": auroc_of_errors(said, right),
        "reliability": reliability(said, right),
        "coverage": coverage(said, right),
    }


def sure(example: Example, tags: Tags) -> list[tuple[float, bool]]:
    """Each word's confidence and whether its label is right.

    Where the truth is partial (`None`), a word is right when it is given none of the labels that the truth knows.
    """
    pairs = []
    for at, (true, tag) in enumerate(zip(example.tags, tags, strict=True)):
        if tag.confidence is None or at in example.ignored:
            continue
        right = tag.label not in example.labelled if true is None else tag.label == (true[2:] or "O")
        pairs.append((tag.confidence, right))
    return pairs


@dataclass(frozen=True)
class KindReport:
    """A classifier on documents of known kind."""

    pairs: tuple[tuple[str, str, str], ...]
    """(document, true kind, given kind)."""

    @property
    def accuracy(self) -> float:
        return sum(true == given for _, true, given in self.pairs) / max(len(self.pairs), 1)

    def as_json(self) -> dict[str, Any]:
        by_kind: dict[str, list[bool]] = {}
        for _, true, given in self.pairs:
            by_kind.setdefault(true, []).append(true == given)
        return {
            "documents": len(self.pairs),
            "accuracy": self.accuracy,
            "by_kind": {kind: {"accuracy": sum(r) / len(r), "support": len(r)} for kind, r in sorted(by_kind.items())},
            "wrong": [list(pair) for pair in self.pairs if pair[1] != pair[2]],
        }


def evaluate_kinds(classifier: Classifier, examples: Sequence[Example]) -> KindReport:
    """The classifier on these examples."""
    guesses = classifier.classify([example.words for example in examples])
    pairs = [(e.id, e.kind, guess.kind) for e, guess in zip(examples, guesses, strict=True)]
    return KindReport(tuple(pairs))
