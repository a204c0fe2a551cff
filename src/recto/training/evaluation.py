"""How good a labeller is on a data set: entities, words, fields, calibration, and the worst mistakes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import reduce
from typing import Any

from recto.document.reading import Tags
from recto.ports import Classifier, Labeller
from recto.schemas.fields import fields_of
from recto.training.example import Example
from recto.training.fieldscore import SROIE, Miss, field_counts, printed_fields, sroie_counts
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
    """One document's tags and counts. `sure` holds (confidence, right) of each word whose truth is known."""

    example: Example
    tags: Tags
    entities: Counts
    words: Counts
    fields: Counts
    misses: tuple[Miss, ...]
    sure: tuple[tuple[float, bool], ...]
    confused: Counter[tuple[str, str]]

    @property
    def wrong_words(self) -> int:
        """How many words were given a label that is not theirs."""
        return sum(count for (true, given), count in self.confused.items() if true != given)

    def as_json(self) -> dict[str, Any]:
        parts = {name: getattr(self, name) for name in ("entities", "words", "fields")}
        counts = {name: [c.right.total(), c.found.total(), c.there.total()] for name, c in parts.items()}
        return {"id": self.example.id, **counts, "wrong_words": self.wrong_words}


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

    @property
    def by_quality(self) -> dict[str, dict[str, Any]]:
        """The same as `calibration`, of the clean ones, the scans and the photos apart."""
        pairs: dict[str, list[tuple[float, bool]]] = {}
        for doc in self.documents:
            pairs.setdefault(doc.example.quality, []).extend(doc.sure)
        return {quality: trust(found) for quality, found in sorted(pairs.items())}

    @property
    def by_document(self) -> list[dict[str, Any]]:
        """Each document's id, and [right, found, there] of its entities, words and fields."""
        return [doc.as_json() for doc in self.documents]

    def worst(self, count: int = 50) -> list[Judged]:
        """The documents with the most wrong fields, then with the most wrong words; none without a mistake."""
        wrong = sorted(self.documents, key=lambda doc: (-len(doc.misses), -doc.wrong_words, doc.example.id))
        return [doc for doc in wrong if doc.misses or doc.wrong_words][:count]

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
            "by_quality": self.by_quality,
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
    if set(SROIE) <= set(example.fields) and example.source.startswith("sroie"):
        fields, misses = sroie_counts(example, printed_fields(example.kind, example.words, tags))
    else:
        fields, misses = field_counts(example, fields_of(example.kind, example.words, tags))
    return Judged(
        example=example,
        tags=tags,
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
    """Each word's confidence and whether its label is right; without the words of which the truth says nothing."""
    pairs = zip(tags, rights(example, tags), strict=True)
    return [(tag.confidence, right) for tag, right in pairs if tag.confidence is not None and right is not None]


def rights(example: Example, tags: Tags) -> list[bool | None]:
    """Whether each word's label is right; None where the truth says nothing of the word.

    A truth that knows four labels says nothing of a word that is given a fifth, unless the word is one of the four. It
    does say something of a word that is given none: that it is none of the four.
    """
    ignored, spoken = set(example.ignored), {"O", *example.labelled}
    known = [(tag or "O")[2:] or "O" for tag in example.tags]
    return [
        None if at in ignored or (tag.label not in spoken and true == "O") else tag.label == true
        for at, (true, tag) in enumerate(zip(known, tags, strict=True))
    ]


@dataclass(frozen=True)
class KindReport:
    """A classifier on documents of known kind."""

    pairs: tuple[tuple[str, str, str], ...]
    """(document, true kind, given kind)."""

    @property
    def accuracy(self) -> float:
        return _right(self.pairs)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % bootstrap interval of the accuracy, drawn over documents."""
        return interval(self.pairs, _right, draws=200)

    def as_json(self) -> dict[str, Any]:
        by_kind: dict[str, list[bool]] = {}
        for _, true, given in self.pairs:
            by_kind.setdefault(true, []).append(true == given)
        return {
            "documents": len(self.pairs),
            "accuracy": self.accuracy,
            "interval": self.interval,
            "by_kind": {kind: {"accuracy": sum(r) / len(r), "support": len(r)} for kind, r in sorted(by_kind.items())},
            "wrong": [list(pair) for pair in self.pairs if pair[1] != pair[2]],
        }


def _right(pairs: Sequence[tuple[str, str, str]]) -> float:
    return sum(true == given for _, true, given in pairs) / max(len(pairs), 1)


def evaluate_kinds(classifier: Classifier, examples: Sequence[Example]) -> KindReport:
    """The classifier on these examples."""
    guesses = classifier.classify([example.words for example in examples])
    pairs = [(e.id, e.kind, guess.kind) for e, guess in zip(examples, guesses, strict=True)]
    return KindReport(tuple(pairs))
