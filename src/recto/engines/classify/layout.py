"""The classifier of the shipped bundle: words, pairs of words and the rules' evidence, weighed by a linear model."""

import hashlib
import re
import threading
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from recto import __version__
from recto.document.errors import EngineUnavailable
from recto.document.page import Words
from recto.document.reading import Engine, Guess
from recto.engines.classify.rules import ENOUGH, FIRST_PAGES, evidence, plain
from recto.engines.label.bundle import Bundle, digest_of, open_bundle

WEIGHTS: Final = "kinds.npz"

BUCKETS: Final = 1 << 13
"""Words and pairs are counted in so many buckets, by CRC-32."""

_TERM: Final = re.compile(r"[a-z]{2,}|0+(?:[./:-]0+)*|[$€£%]")
_MOST: Final = 400
"""So many words from the start of the document are looked at."""


@dataclass(frozen=True)
class Scales:
    """The linear model: `weights` (kinds, BUCKETS + evidence + 1) and the temperature of its softmax."""

    kinds: tuple[str, ...]
    weights: np.ndarray
    temperature: float

    def chances(self, documents: Sequence[Words]) -> np.ndarray:
        """(documents, kinds): how likely each kind is; rows sum to 1."""
        if not documents:
            return np.zeros((0, len(self.kinds)))
        scores = np.stack([features(words) for words in documents]) @ self.weights.T.astype(np.float32)
        powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / self.temperature)
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path, kinds=np.array(self.kinds), weights=self.weights.astype(np.float16), temperature=self.temperature
        )

    @classmethod
    def load(cls, path: Path) -> "Scales":
        """The model in this file; raises EngineUnavailable where it is not there."""
        try:
            with np.load(path) as kept:
                kinds = tuple(str(kind) for kind in kept["kinds"])
                return cls(kinds, kept["weights"].astype(np.float32), float(kept["temperature"]))
        except (OSError, KeyError, ValueError) as wrong:
            raise EngineUnavailable(f"the model bundle has no classifier: {wrong}") from wrong


def features(words: Words) -> np.ndarray:
    """(BUCKETS + 2 * evidence + 1,) float32: terms by bucket at unit length, the rules' evidence by kind, their verdict
    where they have enough evidence for one, and a 1."""
    counted = np.zeros(BUCKETS, dtype=np.float32)
    for term in terms(words):
        counted[zlib.crc32(term.encode()) % BUCKETS] = 1.0
    counted /= max(1.0, float(np.linalg.norm(counted)))
    weights = np.array(list(evidence(words).values()), dtype=np.float32)
    verdict = np.zeros_like(weights)
    if weights.max(initial=0.0) >= ENOUGH:
        verdict[int(weights.argmax())] = 1.0
    return np.concatenate([counted, np.log1p(np.maximum(weights, 0.0)), verdict, [1.0]]).astype(np.float32)


def terms(words: Words) -> Iterator[str]:
    """Words and pairs of neighbours in small letters, digits as zeros."""
    first = min((word.page for word in words), default=1)
    seen = [word.text for word in words if word.page < first + FIRST_PAGES][:_MOST]
    found = _TERM.findall(re.sub(r"\d", "0", plain(" ".join(seen))))
    yield from found
    yield from (f"{one} {two}" for one, two in pairwise(found))


class LayoutClassifier:
    """A classifier. `bundle` is a shipped bundle's name or a folder; its weights load on first use."""

    def __init__(self, bundle: str = "default") -> None:
        self.name = bundle
        self._lock = threading.Lock()

    @property
    def engine(self) -> Engine:
        """Its digest is that of what decides a kind, which a new labelling network leaves as it is."""
        return Engine("layout-kinds", __version__, self._bundle.name, self._digest)

    def classify(self, documents: Sequence[Words]) -> list[Guess]:
        """One guess a document, with measured confidence; `other` of unknown confidence for a page without words."""
        with self._lock:
            scales = self._scales
        chances = scales.chances(documents)
        return [self._guess(words, row, scales) for words, row in zip(documents, chances, strict=True)]

    def _guess(self, words: Words, chances: np.ndarray, scales: Scales) -> Guess:
        if not words:
            return Guess("other", None)
        best = int(chances.argmax())
        kind = scales.kinds[best]
        return Guess(kind, self._bundle.kinds.measured([kind], [float(chances[best])])[0])

    @cached_property
    def _bundle(self) -> Bundle:
        return open_bundle(self.name)

    @cached_property
    def _digest(self) -> str:
        told = f"{digest_of(self._bundle.folder, (WEIGHTS,))} {self._bundle.kinds.as_json()}"
        return f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"

    @cached_property
    def _scales(self) -> Scales:
        return Scales.load(self._bundle.folder / WEIGHTS)
