"""A document's predictions beside its truth, and the figures of `recto evaluate` on exactly these words.

A *part* is one of the documents that a file holds; a file that holds one is its only part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from recto.document.label import Label, places_of
from recto.document.page import Word, Words
from recto.document.reading import Reading, Tag, Tags
from recto.document.record import Record
from recto.pipeline import Stopwatch, kind_of
from recto.ports import Labeller, Weigher
from recto.reading.labels import Seat, seated
from recto.schemas.label_json import instant_text
from recto.schemas.masking import masked
from recto.schemas.values import canonical
from recto.training.epochs import unpacked
from recto.training.evaluation import Report, judge, rights
from recto.training.example import Example
from recto.training.truth import examples_of, named_parts


@dataclass(frozen=True)
class Inspection:
    """What came of one document: the two parts of the answer, and seconds by stage."""

    original: dict[str, Any]
    metrics: dict[str, Any]
    seconds: Mapping[str, float]


def inspected(record: Record, labels: Sequence[Label], labeller: Labeller | Weigher) -> Inspection:
    """The document as this labeller sees it now, on the words of its reading. The record has a reading."""
    watch = Stopwatch()
    assert record.reading is not None
    with watch.timing("label"):
        tags, chances = opinions(record.reading, labeller)
    return beside(record, labels, tags, Shown(tags, chances), watch)


def recalled(record: Record, labels: Sequence[Label], kept: bytes) -> Inspection | None:
    """The same with what a network said during its training; None where it did not say it of every one of these words.

    Its confidence is not shown: nothing had measured it yet.
    """
    watch = Stopwatch()
    with watch.timing("label"):
        found = [unpacked(kept, name, part.words) for name, part in named_parts(record)]
    if any(part is None for part in found):
        return None
    tags = tuple(tag for part in found for tag in part or ())
    return beside(record, labels, tags, Shown(tuple(Tag(tag.name) for tag in tags), ({},) * len(tags)), watch)


@dataclass(frozen=True)
class Shown:
    """What is shown of what a model said of each word: its tag, and what that was chosen from."""

    tags: Tags
    chances: Sequence[Mapping[str, float]]


def beside(record: Record, labels: Sequence[Label], tags: Tags, shown: Shown, watch: Stopwatch) -> Inspection:
    """The tags measured by the truth, and shown beside it."""
    assert record.reading is not None
    with watch.timing("truth"):
        seats = seated(labels, record.reading.words)
        examples = {example.id: example for example in examples_of(record, labels)}
    with watch.timing("metrics"):
        metrics, right = measured(record, tags, examples)
    with watch.timing("answer"):
        original = original_json(record, Verdicts(seats, shown.tags, shown.chances, right))
    return Inspection(original, metrics, watch.seconds)


def measured(
    record: Record, tags: Tags, examples: Mapping[str, Example]
) -> tuple[dict[str, Any], tuple[bool | None, ...]]:
    """The figures of the document's parts, and of each word whether it is right, None where that is not known."""
    judged, right, start = [], list[bool | None](), 0
    for name, part in named_parts(record):
        example, here = examples.get(name), tags[start : start + len(part.words)]
        right += rights(example, here) if example else [None] * len(part.words)
        judged += [judge(example, here)] if example else []
        start += len(part.words)
    return metrics_of(Report(tuple(judged))), tuple(right)


@dataclass(frozen=True)
class Verdicts:
    """Of each word: its label, the model's tag, what it was chosen from, and whether it is right if that is known."""

    seats: Sequence[Seat]
    tags: Tags
    chances: Sequence[Mapping[str, float]]
    right: Sequence[bool | None]


def opinions(reading: Reading, labeller: Labeller | Weigher) -> tuple[Tags, tuple[Mapping[str, float], ...]]:
    """A tag for each word, and its chances where the labeller can say them."""
    asked = [(part.words, kind_of(part)) for part in reading.parts or (reading,)]
    weigh = getattr(labeller, "weigh", None)
    if weigh is None:
        tags = tuple(tag for part in labeller.label(asked) for tag in part)  # type: ignore[union-attr]
        return tags, ({},) * len(tags)
    answers = weigh(asked)
    return tuple(t for one in answers for t in one.tags), tuple(c for one in answers for c in one.chances)


def metrics_of(report: Report) -> dict[str, Any]:
    """Word by word, as `words` of `recto evaluate` counts them; `overall_accuracy` is its `calibration.accuracy`.

    None and no labels where nothing is known of the words.
    """
    scores, trusted = report.total("words").by_label, report.calibration
    return {
        "overall_accuracy": trusted.get("accuracy"),
        "per_label_f1": {label: score.f1 for label, score in scores.items()},
        "per_label_precision": {label: score.precision for label, score in scores.items()},
        "per_label_recall": {label: score.recall for label, score in scores.items()},
        "per_label_support": {label: score.support for label, score in scores.items()},
        "words": trusted["words"],
    }


def original_json(record: Record, verdicts: Verdicts) -> dict[str, Any]:
    """The document, its lines and words, the truth and the predictions. Numbers that identify a person are masked."""
    assert record.reading is not None
    shown = masked(record.reading)
    lines = lines_of(shown.words)
    line_of = {index: number for number, line in enumerate(lines) for index in line}
    return {
        "receipt": receipt_json(record, shown),
        "lines": [line_json(number, [shown.words[at] for at in line]) for number, line in enumerate(lines)],
        "words": words_json(record.reading.words, shown.words, line_of),
        "ground_truth_labels": [truth_json(seat, line_of) for seat in verdicts.seats if holds(seat)],
        "predictions": [prediction_json(at, shown.words[at], line_of[at], verdicts) for at in range(len(shown.words))],
        "line_predictions": [line_prediction(number, line, shown.words, verdicts) for number, line in enumerate(lines)],
    }


def lines_of(words: Words) -> list[list[int]]:
    """The indexes of each line's words, lines in reading order."""
    keys = [(word.page, word.line) for word in words]
    return [list(line) for _, line in groupby(range(len(words)), key=lambda at: keys[at])]


def receipt_json(record: Record, shown: Reading) -> dict[str, Any]:
    """What the document is, and its single fields in canonical form."""
    return {
        "id": record.document.id,
        "name": record.document.name,
        "kind": kind_of(shown),
        "pages": [{"number": page.number, "width": page.width, "height": page.height} for page in shown.pages],
        "fields": {field.name: canonical(field.value) for field in shown.fields if hasattr(field, "value")},
    }


def line_json(number: int, words: Sequence[Word]) -> dict[str, Any]:
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    text = " ".join(word.text for word in words)
    return {"line_id": number, "page": words[0].page, "text": text, "box": list(box.sides)}


def words_json(words: Words, shown: Words, line_of: Mapping[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "word_id": at,
            "line_id": line_of[at],
            "key": place.key,
            "page": word.page,
            "text": shown[at].text,
            "box": list(word.box.sides),
            "confidence": word.confidence,
        }
        for at, (word, place) in enumerate(zip(words, places_of(words), strict=True))
    ]


def holds(seat: Seat) -> bool:
    """Whether the word's label is ground truth. What says only a little of what the word is not is no label."""
    return seat.label is not None and seat.label.status == "VALID" and not seat.label.among


def truth_json(seat: Seat, line_of: Mapping[int, int]) -> dict[str, Any]:
    assert seat.label is not None
    label = seat.label
    return {
        "word_id": seat.index,
        "line_id": line_of[seat.index],
        "label": label.name,
        "tag": label.tag,
        "source": label.source,
        "at": instant_text(label.at),
    }


def prediction_json(at: int, word: Word, line: int, verdicts: Verdicts) -> dict[str, Any]:
    tag, seat, right = verdicts.tags[at], verdicts.seats[at], verdicts.right[at]
    said: dict[str, Any] = {
        "word_id": at,
        "line_id": line,
        "text": word.text,
        "predicted_label": tag.name,
        "predicted_label_base": tag.label,
        "predicted_confidence": tag.confidence,
        "class_probabilities": dict(verdicts.chances[at]),
        "base_probabilities": by_base(verdicts.chances[at]),
    }
    if holds(seat) and seat.label:
        said |= {"ground_truth_label": seat.label.tag, "ground_truth_label_base": seat.label.name}
    return said if right is None else {**said, "is_correct": right}


def by_base(chances: Mapping[str, float]) -> dict[str, float]:
    """B and I of each label together."""
    summed: dict[str, float] = {}
    for tag, chance in chances.items():
        label = Tag(tag).label
        summed[label] = summed.get(label, 0.0) + chance
    return summed


def line_prediction(number: int, line: Sequence[int], words: Words, verdicts: Verdicts) -> dict[str, Any]:
    seats = [verdicts.seats[at] for at in line]
    said: dict[str, Any] = {
        "line_id": number,
        "tokens": [words[at].text for at in line],
        "predicted_labels": [verdicts.tags[at].name for at in line],
        "confidences": [verdicts.tags[at].confidence for at in line],
    }
    truth = [seat.label.tag if holds(seat) and seat.label else None for seat in seats]
    return {**said, "ground_truth_labels": truth} if any(truth) else said
