"""From how sure the labels are to how sure a value is: what else the page says for it or against it is weighed in.

A value is right when its words were labelled rightly and read rightly to the letter. The first is a logistic function
of the labels' confidence, of whether the value stands on the page again, of whether a sum confirms it, and of how many
words that are none of its own stand right beside it, as where a name was cut short. The second is the product of its
words' chances, each a logistic function of the OCR engine's confidence and the word's letters.
The weights of both were fitted on documents with known truth (`recto.training.assurance`).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from recto.document.assurance import Assurance
from recto.document.page import Word, Words
from recto.document.reading import Check, Field, Row, Table
from recto.schemas.values.letters import bare

Signals = Mapping[str, float]
"""What speaks for a field or a word, by name; `always` is 1."""

FAINT = 0.01
"""Added to a word's doubt before its logarithm is taken: a hundredth of a letter is no doubt worth telling apart."""

NEVER_CERTAIN = 1e-4
"""Confidence is taken to be at least so far from 0 and 1."""

AMOUNTS = frozenset({"money", "quantity", "number"})
"""Types that a sum can confirm."""

CLOSE = 1.5
"""Words of one text stand less than so many letters apart."""

SHORTEST = 3
"""A value of fewer letters stands on any page again by chance."""


@dataclass(frozen=True)
class Page:
    """What the signals of all fields of a document are taken from."""

    words: Words
    checks: Sequence[Check] = ()

    @cached_property
    def text(self) -> str:
        """Letters and digits of the words, each word between spaces."""
        return f" {' '.join(map(bare, (word.text for word in self.words)))} "

    @cached_property
    def alone(self) -> Counter[str]:
        """How often each word stands there."""
        return Counter(self.text.split())

    @cached_property
    def confirmed(self) -> frozenset[str]:
        return confirmed_by(self.checks)

    @cached_property
    def failed(self) -> frozenset[str]:
        return frozenset(name for check in self.checks if check.outcome == "fail" for name in check.inputs)

    def again(self, field: Field) -> bool:
        """Whether the printed value stands in another place, too."""
        parts = [part for part in (bare(self.words[index].text) for index in field.words) if part]
        if sum(map(len, parts)) < SHORTEST:
            return False
        if len(parts) == 1:
            return self.alone[parts[0]] > 1
        return self.text.count(f" {' '.join(parts)} ") > 1

    def cut(self, field: Field) -> int:
        """At how many ends of its lines a word that is none of its own stands as close by as words of one text do."""
        own = set(field.words)
        pairs = [(index, index + step) for index in field.words for step in (-1, 1)]
        return sum(
            other not in own and 0 <= other < len(self.words) and beside(self.words[index], self.words[other])
            for index, other in pairs
        )


def beside(one: Word, other: Word) -> bool:
    """Whether two words stand on one line with no more than a space between them."""
    if (one.page, one.line) != (other.page, other.line):
        return False
    gap = max(one.box.left, other.box.left) - min(one.box.right, other.box.right)
    letter = (one.box.width + other.box.width) / max(len(one.text) + len(other.text), 1)
    return gap < CLOSE * letter


def confirmed_by(checks: Sequence[Check]) -> frozenset[str]:
    """The inputs of checks that passed and compared something: a field alone confirms nothing."""
    return frozenset(
        name for check in checks if check.outcome == "pass" and len(check.inputs) > 1 for name in check.inputs
    )


def assured(
    fields: Sequence[Field | Table], words: Words, checks: Sequence[Check], assurance: Assurance
) -> tuple[Field | Table, ...]:
    """The fields with the confidence of their values instead of that of their labels, where weights are known."""
    if not assurance.weights:
        return tuple(fields)
    page = Page(words, checks)
    return tuple(_assured_item(item, page, assurance) for item in fields)


def _assured_item(item: Field | Table, page: Page, assurance: Assurance) -> Field | Table:
    if isinstance(item, Field):
        return sure(item, item.name, page, assurance)
    cells = (
        {name: sure(cell, f"{item.name}.{name}", page, assurance) for name, cell in row.cells.items()}
        for row in item.rows
    )
    return replace(item, rows=tuple(map(Row, cells)))


def sure(field: Field, path: str, page: Page, assurance: Assurance) -> Field:
    """The field with its value's confidence; as it is where its labels' is unknown."""
    if field.confidence is None:
        return field
    weights = weights_of(assurance.weights, path, field.type)
    labelled = chance(field_signals(field, path, page), weights)
    confidence = labelled * print_chance([page.words[index] for index in field.words], assurance.letters)
    return replace(field, confidence=round(confidence, 4))


def weights_of(weights: Mapping[str, Signals], path: str, type_: str) -> Signals:
    """Those of the path, else of the type, else of the rest."""
    return weights.get(path) or weights.get(type_) or weights["*"]


def field_signals(field: Field, path: str, page: Page) -> Signals:
    """What speaks for the labels of a field whose confidence is known."""
    assert field.confidence is not None
    held = path.partition(".")[0] if field.type in AMOUNTS else path
    return {
        "always": 1.0,
        "label": odds(field.confidence),
        "again": float(page.again(field)),
        "confirmed": float(held in page.confirmed and field.type in AMOUNTS),
        "failed": float(held in page.failed and field.type in AMOUNTS),
        "cut": float(page.cut(field)),
    }


def word_signals(word: Word) -> Signals:
    """What speaks for a word that OCR read. `doubt` counts its uncertain letters; punctuation is the doubtful part of
    a word that has any, and does not matter.
    """
    assert word.confidence is not None
    letters = bare(word.text)
    digits = sum(letter.isdigit() for letter in letters)
    return {
        "always": 1.0,
        "doubt": math.log((1 - word.confidence) * len(word.text) + FAINT),
        "punctuated": float(len(letters) < len(word.text)),
        "mixed": float(0 < digits < len(letters)),
        "digits": float(digits == len(letters)),
        "length": math.log(max(len(letters), 1)),
    }


def print_chance(words: Sequence[Word], letters: Signals) -> float:
    """How likely all of the words were read right, by these weights; words that were given are right."""
    read = (word for word in words if word.confidence is not None and bare(word.text))
    return math.prod(chance(word_signals(word), letters) for word in read) if letters else 1.0


def chance(signals: Signals, weights: Signals) -> float:
    """The logistic function of the weighed signals."""
    return 1 / (1 + math.exp(-sum(weights.get(name, 0.0) * value for name, value in signals.items())))


def odds(confidence: float) -> float:
    """The logarithm of the odds of a confidence."""
    clipped = min(max(confidence, NEVER_CERTAIN), 1 - NEVER_CERTAIN)
    return math.log(clipped / (1 - clipped))
