"""The classifier that needs no model: phrases, each with how much it tells, and what the page looks like."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from recto.document.page import Words
from recto.document.reading import Engine, Guess
from recto.engines.classify.phrases import NUMBERED, PHRASES
from recto.engines.label.shapes import CLOCK, DATE, moneys

VERSION: Final = "1"
ENOUGH: Final = 2.0
"""A kind with less weight than this is `other`: one weak phrase alone tells nothing."""
FIRST_PAGES: Final = 2
"""A kind shows on the first pages; later ones carry terms and annexes."""


class RulesClassifier:
    """Tells the kind by phrases. Its guesses carry no confidence: a sum of weights is no probability."""

    @property
    def engine(self) -> Engine:
        return Engine("rules", VERSION)

    def classify(self, documents: Sequence[Words]) -> list[Guess]:
        """One guess a document; `other` where no kind has enough evidence."""
        return [Guess(kind_of(words), None) for words in documents]


def kind_of(words: Words) -> str:
    """The kind with the most weight of evidence, `other` where none has enough."""
    weights = evidence(words)
    best = max(weights, key=lambda kind: weights[kind], default="other")
    return best if weights.get(best, 0.0) >= ENOUGH else "other"


def evidence(words: Words) -> Mapping[str, float]:
    """The weight of the evidence for each kind, `other` among them."""
    first = min((word.page for word in words), default=1)
    seen = [word.text for word in words if word.page < first + FIRST_PAGES]
    text = plain(" ".join(seen))
    weights = dict.fromkeys(PHRASES, 0.0)
    for kind, phrases in PHRASES.items():
        for pattern, weight in phrases:
            hits = len(pattern.findall(text))
            weights[kind] += weight * min(hits, 2) ** 0.5
    for kind, weight in _numbered(text).items():
        weights[kind] = weights.get(kind, 0.0) + weight
    for kind, weight in _looks(seen).items():
        weights[kind] += weight
    return weights


def phrases_for(words: Words, kind: str) -> tuple[str, ...]:
    """What stands on the first pages that is typical of the kind, the most telling first."""
    first = min((word.page for word in words), default=1)
    text = plain(" ".join(word.text for word in words if word.page < first + FIRST_PAGES))
    weighed = [(weight, pattern) for pattern, weight in PHRASES.get(kind, ())]
    weighed += [(4.0, pattern) for pattern, numbered in NUMBERED if numbered == kind]
    found = [(weight, hit.group()) for weight, pattern in weighed if (hit := pattern.search(text))]
    return tuple(dict.fromkeys(phrase for _, phrase in sorted(found, key=lambda one: -one[0])))


def plain(text: str) -> str:
    """Lower case, without accents, one space between words."""
    bare = unicodedata.normalize("NFKD", text.lower()).replace("’", "'")
    return re.sub(r"\s+", " ", "".join(c for c in bare if not unicodedata.combining(c)))


def _numbered(text: str) -> Mapping[str, float]:
    """Forms by their number: `Form 1099-INT` counts for its kind, `Form 1040` for `other`; the most named wins."""
    counts: dict[str, float] = {}
    for pattern, kind in NUMBERED:
        hits = pattern.findall(text)
        if hits:
            counts[kind] = max(counts.get(kind, 0.0), 4.0 + min(len(hits), 4) * 0.75)
    return counts


def _looks(seen: Sequence[str]) -> Mapping[str, float]:
    """What needs no phrase: a short page of prices is a receipt's, the signs of magnetic ink a check's."""
    text = " ".join(seen)
    prices = len(moneys(seen[:1500]))
    short = len(seen) < 220 and prices >= 2
    clock = bool(CLOCK.search(text)) and prices >= 1 and len(seen) < 400
    ink = re.search(r"[⑆⑈]|[|:'\"]\s?\d{9}\s?[|:'\"]", text)
    return {
        "receipt": (1.1 if short else 0.0) + (0.9 if clock else 0.0) + (0.4 if short and DATE.search(text) else 0.0),
        "check": 2.0 if ink and len(seen) < 200 else 0.0,
        "bank_statement": 0.6 if len(DATE.findall(text)) > 12 and prices > 12 else 0.0,
    }
