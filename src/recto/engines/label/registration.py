"""Where a printed form lies on a page: its known boxes fitted onto the captions that were read, a copy at a time.

Captions that were misread, and boxes without any, have their place by the others'. The fit is affine (least squares
over the captions that agree), and what is left of each caption's error moves what stands near it: paper bends, and
forms of other years and printers are a little different.
"""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from recto.document.page import Words
from recto.engines.label.anchors import Anchor, Known, anchors_in
from recto.engines.label.captions import compact
from recto.engines.label.rows import Row
from recto.reading.lines import slope_of
from recto.schemas.printed import PrintedBox
from recto.schemas.schema import FieldSpec

FEWEST: Final = 5
"""Captions that must agree before a form counts as found."""
APART: Final = 12.0
"""Two captions this far apart both ways, in percent of the form, tell its size."""
SMALLEST, LARGEST = 0.0015, 0.0115
"""The share of a page's side that one percent of the form's can be."""
LOOSE, CLOSE = 4.0, 2.5
"""How far off its place a caption may be, in percent of the form: by two captions, by all."""
MOST: Final = 6
"""Copies of a form on a page."""
GUESSES: Final = 4000
"""So many pairs of captions are tried, spread over all."""
TALL: Final = 1.3
"""Height by width of paper: how a slope of lines slants what stands below."""
CAPTION: Final = FieldSpec("caption")


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a form: `places` (words of its page, 2) are the words' centres in percent of the form."""

    page: int
    layout: tuple[PrintedBox, ...]
    words: tuple[int, ...]
    places: np.ndarray
    captions: frozenset[int]
    """Words that are captions."""
    fit: float
    """How many captions agree."""
    line_height: float
    """Words whose middles are less apart stand on one line, in percent of the form."""

    def inside(self, box: PrintedBox) -> list[tuple[int, float, float]]:
        """(word, x, y) of what stands in a box, captions left out."""
        x, y = self.places[:, 0], self.places[:, 1]
        here = (x >= box.left) & (x < box.right) & (y >= box.top) & (y < box.bottom)
        return [
            (self.words[at], float(x[at]), float(y[at]))
            for at in np.flatnonzero(here)
            if self.words[at] not in self.captions
        ]


def copies_of(words: Words, rows: Sequence[Row], layouts: Sequence[tuple[PrintedBox, ...]]) -> list[Copy]:
    """Every copy of the form on the pages, of the arrangement that fits best, from the top."""
    if not layouts:
        return []
    anchors = anchors_in(rows, _known(layouts))
    best: list[Copy] = []
    for layout in layouts:
        found = [copy for page in sorted({a.page for a in anchors}) for copy in _on_page(words, anchors, layout, page)]
        if sum(copy.fit for copy in found) > sum(copy.fit for copy in best) + 0.5:
            best = found
    return best


def _known(layouts: Sequence[tuple[PrintedBox, ...]]) -> tuple[Known, ...]:
    """Every caption of the layouts, the longest first, with the numbers that stand before it."""
    numbers: dict[str, set[str]] = {}
    for box in (box for layout in layouts for box in layout):
        if len(compact(box.caption)) > 2:
            numbers.setdefault(compact(box.caption), set()).update({box.number} - {""})
    known = [Known(key, key, CAPTION, frozenset(own)) for key, own in numbers.items()]
    return tuple(sorted(known, key=lambda one: -len(one.key)))


def _on_page(words: Words, anchors: Sequence[Anchor], layout: tuple[PrintedBox, ...], page: int) -> Iterator[Copy]:
    """The copies on a page; each caption goes to one."""
    here = [index for index, word in enumerate(words) if word.page == page]
    slope = slope_of([words[index] for index in here])
    left = [anchor for anchor in anchors if anchor.page == page]
    for _ in range(MOST):
        fitted = _fitted(left, layout, slope)
        if fitted is None:
            return
        pairs, matrix = fitted
        yield _copy(words, here, layout, pairs, matrix, page)
        taken = {id(anchor) for anchor, _ in pairs}
        left = [anchor for anchor in left if id(anchor) not in taken]


Pairs = list[tuple[Anchor, PrintedBox]]


def _fitted(anchors: Sequence[Anchor], layout: tuple[PrintedBox, ...], slope: float) -> tuple[Pairs, np.ndarray] | None:
    """The captions that agree on one place of the form, and the affine map (3, 2) from the form to the page."""
    pairs = [(anchor, box) for anchor in anchors for box in layout if compact(box.caption) == anchor.key]
    if len(pairs) < FEWEST:
        return None
    form = np.array([(box.left, box.top) for _, box in pairs])  # (pairs, 2)
    page = np.array([(anchor.box.left, anchor.box.top) for anchor, _ in pairs])
    level = page - np.stack([-slope * TALL * TALL * page[:, 1], slope * page[:, 0]], axis=1)
    scales, moves = _guesses(form, level)
    if not len(scales):
        return None
    off = scales[:, None] * form[None] + moves[:, None] - level[None]  # (guesses, pairs, 2)
    errors = np.abs(off) / scales[:, None]
    agree = (errors < LOOSE).all(axis=2)
    start = agree[int(agree.sum(axis=1).argmax())]
    return _refined(pairs, form, page, start)


def _guesses(form: np.ndarray, page: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scales and moves (guesses, 2) that two captions each would have, the impossible left out."""
    one, two = np.triu_indices(len(form), 1)
    apart = form[two] - form[one]  # (guesses, 2)
    far = (np.abs(apart) > APART).all(axis=1)
    one, two, apart = one[far], two[far], apart[far]
    scales = (page[two] - page[one]) / apart
    able = np.flatnonzero(((scales > SMALLEST) & (scales < LARGEST)).all(axis=1))
    able = able[:: 1 + len(able) // GUESSES]
    scales, one = scales[able], one[able]
    return scales, page[one] - scales * form[one]


def _refined(pairs: Pairs, form: np.ndarray, page: np.ndarray, start: np.ndarray) -> tuple[Pairs, np.ndarray] | None:
    """Least squares over the captions that agree, each box with its nearest caption, three times over."""
    chosen = np.flatnonzero(start)
    for reach in (LOOSE, CLOSE, CLOSE):
        chosen = _nearest(pairs, chosen)
        if len(chosen) < FEWEST:
            return None
        matrix = _affine(form[chosen], page[chosen])
        scale = np.abs(np.diag(matrix[:2]))
        errors = np.abs(_mapped(form, matrix) - page) / np.maximum(scale, 1e-6)
        order = np.argsort(errors.sum(axis=1))
        chosen = order[(errors[order] < reach).all(axis=1)]
    chosen = _nearest(pairs, chosen)
    return ([pairs[at] for at in chosen], matrix) if len(chosen) >= FEWEST else None


def _nearest(pairs: Pairs, order: np.ndarray) -> np.ndarray:
    """Of pairs in order of their error those whose caption and box are still free."""
    anchors: set[int] = set()
    boxes: set[int] = set()
    kept = []
    for at in order:
        anchor, box = pairs[at]
        if id(anchor) not in anchors and id(box) not in boxes:
            kept.append(at)
            anchors.add(id(anchor))
            boxes.add(id(box))
    return np.array(kept, dtype=int)


def _affine(form: np.ndarray, page: np.ndarray) -> np.ndarray:
    """(3, 2): by least squares."""
    ones = np.ones((len(form), 1))
    whole = np.concatenate([form, ones], axis=1)
    matrix, *_ = np.linalg.lstsq(whole, page, rcond=None)
    return np.asarray(matrix)


def _mapped(form: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return np.asarray(form @ matrix[:2] + matrix[2])


def _copy(
    words: Words, here: Sequence[int], layout: tuple[PrintedBox, ...], pairs: Pairs, matrix: np.ndarray, page: int
) -> Copy:
    """The words of the page seen from the form."""
    back = np.linalg.inv(matrix[:2])
    form = np.array([(box.left, box.top) for _, box in pairs])
    seen = (np.array([(anchor.box.left, anchor.box.top) for anchor, _ in pairs]) - matrix[2]) @ back
    centres = np.array([words[index].box.center for index in here])
    places = _drawn((centres - matrix[2]) @ back, seen, form - seen)
    captions = frozenset(index for anchor, _ in pairs for index in anchor.words)
    tall = statistics.median(words[index].box.height for index in here)
    near = 0.6 * tall / abs(float(matrix[1, 1]))
    return Copy(page, layout, tuple(here), places, captions, float(len(pairs)), near)


def _drawn(points: np.ndarray, known: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Points (n, 2) moved by the errors of the known places near them; far from all of them they stay."""
    apart = ((points[:, None] - known[None]) ** 2).sum(axis=2)  # (n, known)
    weights = 1.0 / (apart + 16.0)
    moved = weights @ errors / (weights.sum(axis=1, keepdims=True) + 1.0 / 225.0)
    return np.asarray(points + moved)
