"""Letters to words: where a strip's words begin and end, and the tight box of each.

The recogniser drops spaces (`goodorder`, `Jun201818:29`) and makes some up (`adjus tment`). Two weak signs together
tell: the chance that it gave to a space, and the empty columns between two letters beyond what the strip has between
its other letters. The weights were fitted on training receipts of SROIE (docs/decisions/0021).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log10
from statistics import median

import numpy as np
from numpy.typing import NDArray

from recto.engines.ocr.recogniser import Letter
from recto.engines.ocr.spelling import Spelling
from recto.engines.ocr.strip import Image

_CHANCE = 0.45
"""What the recogniser's chance of a space weighs: letter heights of empty columns for each power of ten in its odds."""

_SPACE = 0.25
"""Above this sum of all signs two letters stand in two words."""

_SPECK = 2
"""A column with fewer pixels of ink than this is empty."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word on a strip: its text, its sides as shares of the strip, and the mean confidence of its letters."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    confidence: float


def tokens(letters: Sequence[Letter], cut: Image, spelling: Spelling) -> list[Token]:
    """The words of a strip, each as tight as its ink; `cut` holds the strip's pixels (height, width, 3)."""
    if not letters:
        return []
    letters = spelling.line(letters)
    ink = _ink(cut)
    top, bottom = _rows(ink)
    columns = ink[top:bottom].sum(axis=0) >= _SPECK  # (width,)
    gaps = [_widest_gap(columns, a, b) for a, b in pairwise(letters)]
    found = []
    for first, last in _parted(letters, [gap / (bottom - top) for gap in gaps]):
        left, right = _sides(columns, letters, first, last)
        text = "".join(letter.text for letter in spelling.mended(letters[first:last]))
        sure = sum(letter.confidence for letter in letters[first:last]) / (last - first)
        found.append(Token(text, left, right, top / len(ink), bottom / len(ink), min(1.0, sure)))
    return found


def _parted(letters: Sequence[Letter], gaps: Sequence[float]) -> list[tuple[int, int]]:
    """Where words begin and end among the letters; `gaps` in letter heights."""
    usual = median([gap for gap, letter in zip(gaps, letters[1:], strict=True) if letter.parted < 0.5] or [0.1])
    pairs = enumerate(zip(gaps, letters[1:], strict=True), start=1)
    starts = [number for number, (gap, letter) in pairs if _signs(gap - usual, letter) > _SPACE]
    return list(zip([0, *starts], [*starts, len(letters)], strict=True))


def _signs(gap: float, letter: Letter) -> float:
    """What speaks for a space before a letter, in letter heights; `gap` is how much wider than usual it is."""
    odds = (letter.parted + 1e-4) / (1 - letter.parted + 1e-4)
    return gap + _CHANCE * log10(odds)


def _ink(cut: Image) -> NDArray[np.bool_]:
    """Which pixels (height, width) of the strip are ink: those nearer to its letters' shade than to its paper's."""
    grey = cut[:, :, 1]
    dark, paper, light = np.percentile(grey, (2, 50, 98))
    if light - paper > paper - dark:  # light print on a dark ground
        return np.asarray(grey > (paper + light) / 2)
    return np.asarray(grey < (paper + dark) / 2)


def _rows(ink: NDArray[np.bool_]) -> tuple[int, int]:
    """The first row of the ink and the one after the last; most of the height where the ink is no guide."""
    rows = np.flatnonzero(ink.sum(axis=1) > 0.01 * ink.shape[1])
    if len(rows) < 0.3 * len(ink):
        return round(0.1 * len(ink)), round(0.9 * len(ink))
    return int(rows[0]), int(rows[-1]) + 1


def _widest_gap(columns: NDArray[np.bool_], before: Letter, after: Letter) -> int:
    """The longest run of empty columns between the middles of two letters, in pixels."""
    start, end = int(before.middle * len(columns)), int(after.middle * len(columns)) + 1
    edges = np.flatnonzero(np.concatenate(([True], columns[start:end], [True])))
    return int(np.diff(edges).max()) - 1


def _sides(columns: NDArray[np.bool_], letters: Sequence[Letter], first: int, last: int) -> tuple[float, float]:
    """Left and right of the ink of one word, which ends in the widest gaps to its neighbours."""
    width = len(columns)
    start = _cut_between(columns, letters[first - 1], letters[first]) if first else 0
    end = _cut_between(columns, letters[last - 1], letters[last]) if last < len(letters) else width
    inked = np.flatnonzero(columns[start:end])
    if len(inked) == 0:
        return letters[first].left, letters[last - 1].right
    return (start + int(inked[0])) / width, (start + int(inked[-1]) + 1) / width


def _cut_between(columns: NDArray[np.bool_], before: Letter, after: Letter) -> int:
    """The middle column of the widest gap between two letters."""
    start, end = int(before.middle * len(columns)), int(after.middle * len(columns)) + 1
    edges = np.flatnonzero(np.concatenate(([True], columns[start:end], [True])))
    widest = int(np.diff(edges).argmax())
    return start + int(edges[widest] + edges[widest + 1] - 1) // 2
