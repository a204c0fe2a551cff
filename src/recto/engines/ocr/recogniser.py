"""What stands on a strip of text: the PP-OCR recogniser (connectionist temporal classification) on ONNX Runtime.

The network reads a strip 48 pixels high from left to right and answers, for every 8 pixels, with a probability for
each character and for `none`. A character is a run of columns with the same best answer; its place is the run's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recto.engines.ocr.strip import Image, Strip

HEIGHT = 48
"""The height that the network was made for, in pixels."""

_COLUMN = 8
"""How many pixels one answer of the network spans."""

_STEP = 16
"""Widths are rounded up to a multiple of this, so that strips of like width can be read together."""

_WIDEST = 3200
"""A strip is pressed together rather than read wider than this many pixels."""

_AREA = 8 * 320
"""One batch holds at most this many columns of pixels: more gain no speed and take memory."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One character: where its run begins and ends, as shares of the strip's length, and how sure the network is.

    `parted` is the network's chance, 0..1, that a space stands between the character before and this one.
    """

    text: str
    left: float
    right: float
    confidence: float
    parted: float = 0.0

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Recogniser:
    """Reads strips. `alphabet` holds the network's characters: first an empty one for `none`, last a space."""

    session: Any
    alphabet: Sequence[str]

    def read(self, pieces: Sequence[tuple[Image, Strip]]) -> Iterator[tuple[int, Image, list[Letter]]]:
        """For each piece its index, its pixels set straight (48, width, 3) and its letters; in no order."""
        widths = [_width(strip) for _, strip in pieces]
        for batch in batches(widths):
            cuts = [pieces[index][1].cut(pieces[index][0], HEIGHT, widths[index]) for index in batch]
            answers = self._answers(cuts)
            for index, cut, answer in zip(batch, cuts, answers, strict=True):
                yield index, cut, self._letters(answer, cut.shape[1])

    def _answers(self, cuts: Sequence[Image]) -> NDArray[np.float32]:
        """Probabilities (strips, columns, characters); a strip narrower than the widest is padded with middle grey."""
        width = -(-max(cut.shape[1] for cut in cuts) // _STEP) * _STEP
        pixels = np.zeros((len(cuts), 3, HEIGHT, width), np.float32)
        for row, cut in zip(pixels, cuts, strict=True):
            row[:, :, : cut.shape[1]] = cut.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0
        (answer,) = self.session.run(None, {"x": pixels})
        return np.asarray(answer, np.float32)

    def _letters(self, answer: NDArray[np.float32], width: int) -> list[Letter]:
        """The letters of one strip from its probabilities (columns, characters); spaces only as `parted`."""
        best = answer.argmax(axis=1)
        edges = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
        letters: list[Letter] = []
        before = 0
        for start, end in pairwise(edges):
            text = self.alphabet[best[start]]
            if not text.strip():
                continue
            left, right = (min(1.0, edge * _COLUMN / width) for edge in (start, end))
            sure = float(answer[start:end, best[start]].max())
            parted = float(answer[before : start + 1, -1].max()) if letters else 0.0
            letters.append(Letter(text, left, right, min(1.0, sure), min(1.0, parted)))
            before = start
        return letters


def _width(strip: Strip) -> int:
    return max(HEIGHT // 4, min(_WIDEST, round(HEIGHT * strip.width / max(strip.height, 1.0))))


def batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of strips of the same stepped width, few enough that a batch stays small."""
    order = sorted(range(len(widths)), key=lambda index: widths[index])
    batch: list[int] = []
    for index in order:
        step = -(-widths[index] // _STEP) * _STEP
        if batch and (-(-widths[batch[0]] // _STEP) * _STEP != step or (len(batch) + 1) * step > _AREA):
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
