"""Words to numbers: the one featuriser that training and inference share.

A word becomes one or more WordPiece tokens (`ids`), a box of 0..1000 on the page's printed area (`boxes`) and a shape
(`types`, LayoutLM's token types): what the word looks like, where it stands in its row, how its amount ranks.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, Protocol

import numpy as np

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.engines.label.looks import LOOKS, look_of, money_of

GRID: Final = 1000
"""Boxes are whole numbers 0..GRID, as LayoutLM has them."""

PLACES: Final = ("first", "next", "after_gap", "alone")
RANKS: Final = ("none", "largest", "largest_again", "smaller", "smaller_again", "paid", "given", "back", "sum")
TYPES: Final = 1 + len(LOOKS) * len(PLACES) + (len(RANKS) - 1) * len(PLACES)
"""How many token types there are; 0 is for the tokens that stand for no word."""

_GAP: Final = 2.2
"""A gap wider than this many letters parts two cells of a row."""

_NEAR: Final = 5
"""Sums are looked for among so many amounts that follow each other."""

_PIECES: Final = 24
"""A word has at most this many tokens: what follows (a barcode, a run of dashes) says nothing more."""


class Pieces(Protocol):
    """A tokenizer of the `tokenizers` library, as far as it is used here."""

    def encode_batch(self, input: Sequence[str], *, add_special_tokens: bool = ...) -> Sequence["Piece"]: ...

    def token_to_id(self, token: str) -> int | None: ...


class Piece(Protocol):
    @property
    def ids(self) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Features:
    """A document as numbers: tokens of all words in order, without the special ones.

    `ids` (tokens,), `boxes` (tokens, 4), `types` (tokens,), `starts` (words + 1,): word w owns the tokens
    starts[w]..starts[w+1]-1, of which there is at least one.
    """

    ids: np.ndarray
    boxes: np.ndarray
    types: np.ndarray
    starts: np.ndarray

    @property
    def words(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of whole words that fits the model: words first..last-1 of the document."""

    first: int
    last: int


def featurise(words: Words, pieces: Pieces) -> Features:
    """The numbers of a document's words."""
    unknown = pieces.token_to_id("[UNK]") or 0
    encoded = pieces.encode_batch([word.text for word in words], add_special_tokens=False) if words else []
    tokens = [list(piece.ids[:_PIECES]) or [unknown] for piece in encoded]
    lengths = np.array([len(ids) for ids in tokens], dtype=np.int64)
    return Features(
        ids=np.array([token for ids in tokens for token in ids], dtype=np.int64),
        boxes=np.repeat(grid_boxes(words), lengths, axis=0),
        types=np.repeat(types_of(words), lengths),
        starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def grid_boxes(words: Words) -> np.ndarray:
    """(words, 4) int64: each box on the printed area of its page, 0..GRID. White margins carry no meaning."""
    areas = {page: Box.around(w.box for w in here) for page, here in groupby(words, key=lambda word: word.page)}
    boxes = np.array([_on(word.box, areas[word.page]) for word in words], dtype=np.float64).reshape(-1, 4)
    return np.clip(np.rint(boxes * GRID), 0, GRID).astype(np.int64)


def _on(box: Box, area: Box) -> tuple[float, float, float, float]:
    width, height = max(area.width, 1e-6), max(area.height, 1e-6)
    left, right = sorted(((box.left - area.left) / width, (box.right - area.left) / width))
    top, bottom = sorted(((box.top - area.top) / height, (box.bottom - area.top) / height))
    return left, top, right, bottom


def types_of(words: Words) -> np.ndarray:
    """(words,) int64, 1..TYPES-1: look and place of a word; rank and place of an amount."""
    places = _places(words)
    ranks = _ranks(words)
    looks = [LOOKS.index(look_of(word.text)) for word in words]
    numbers = [
        1 + look * len(PLACES) + place if rank == 0 else 1 + (len(LOOKS) + rank - 1) * len(PLACES) + place
        for look, place, rank in zip(looks, places, ranks, strict=True)
    ]
    return np.array(numbers, dtype=np.int64)


def _places(words: Words) -> list[int]:
    """The index into PLACES of each word."""
    places = []
    for _, row in groupby(words, key=lambda word: (word.page, word.line)):
        places.extend(_places_in(list(row)))
    return places


def _places_in(row: Sequence[Word]) -> list[int]:
    if len(row) == 1:
        return [PLACES.index("alone")]
    places = [PLACES.index("first")]
    for left, right in pairwise(row):
        letter = left.box.width / max(len(left.text), 1)
        wide = right.box.left - left.box.right > _GAP * letter
        places.append(PLACES.index("after_gap" if wide else "next"))
    return places


def _ranks(words: Words) -> list[int]:
    """The index into RANKS of each word: what an amount is to the other amounts of the document.

    `paid`, `given` and `back`: three amounts of which the second is the sum of the others (total, cash, change);
    `sum`: an amount that the two before it add up to (subtotal and tax). Else whether it is the largest, and whether it
    comes again.
    """
    amounts = {at: cents for at, word in enumerate(words) if (cents := _cents(word.text)) is not None}
    times = Counter(amounts.values())
    largest = max(times, default=0)
    ranks = [0] * len(words)
    for at, cents in amounts.items():
        ranks[at] = (1 if cents == largest else 3) + (times[cents] > 1)
    for at, rank in _sums([(at, cents) for at, cents in amounts.items() if cents]):
        ranks[at] = rank
    return ranks


def _cents(text: str) -> int | None:
    amount = money_of(text)
    return None if amount is None else round(100 * amount)


def _sums(amounts: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """(word, rank) of amounts near each other of which one is the sum of two others."""
    for first in range(len(amounts)):
        near = amounts[first : first + _NEAR]
        (at, cents), rest = near[0], near[1:]
        for second, (one, more) in enumerate(rest):
            for two, last in rest[second + 1 :]:
                if last == cents + more and cents >= more:
                    yield two, RANKS.index("sum")
                elif more == cents + last and cents != last:
                    yield from zip((at, one, two), (5, 6, 7), strict=True)


def windows_of(features: Features, tokens: int, overlap: float = 0.25) -> Iterator[Window]:
    """Windows of whole words, of at most `tokens` tokens each, that together hold every word.

    Neighbouring windows share about `overlap` of their tokens, so that every word stands well inside one of them.
    """
    starts, first = features.starts, 0
    while first < features.words:
        last = int(np.searchsorted(starts, starts[first] + tokens, side="right")) - 1
        last = min(max(last, first + 1), features.words)
        yield Window(first, last)
        if last == features.words:
            return
        back = int(np.searchsorted(starts, starts[last] - int(tokens * overlap), side="left"))
        first = max(first + 1, min(back, last))
