"""Where a printed form lies on a page: its known boxes fitted onto the captions that were read, a copy at a time.

Captions that were misread, and boxes without any, have their place by the others'. The fit is affine (least squares
over the captions that agree), and what is left of each caption's error moves what stands near it: paper bends, and
forms of other years and printers are a little different.
"""

import re
import statistics
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from recto.document.box import Box
from recto.document.page import Words
from recto.engines.label.anchors import Anchor, Known, anchors_in
from recto.engines.label.captions import compact
from recto.engines.label.rows import Row
from recto.reading.lines import slope_of
from recto.schemas.printed import Landmark, PrintedBox, landmarks_of, layouts_of
from recto.schemas.schema import FieldSpec

FEWEST: Final = 4
"""Captions that must agree before a form counts as found; a box's number alone is no half of one."""
ALIKE: Final = 1.3
"""Copies on a page differ in size by less: a photograph's far ones are smaller."""
ASIDE: Final = 2
"""So many captions at least must stand apart from the others, both ways."""
AGREED: Final = 0.4
"""Of all captions on the pages this share must stand where the form has them; in a bank's own list few do."""
FEWEST_MORE: Final = 3
"""Captions that must agree for another copy of the same size."""
APART: Final = 12.0
"""Two captions this far apart both ways, in percent of the form, tell its size."""
SMALLEST, LARGEST = 0.0015, 0.0115
"""The share of a page's side that one percent of the form's can be."""
FLATTEST, STEEPEST = 0.28, 1.6
"""That share of the page's height by that of its width."""
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

    def area(self) -> list[int]:
        """The words that stand on the form."""
        inside = np.asarray((self.places > 0) & (self.places < 100)).all(axis=1)
        return [self.words[at] for at in np.flatnonzero(inside)]

    def named(self) -> list[int]:
        """The words where the form says its name and year: over it, under it, and in its box for that."""
        boxes = [box for box in self.layout if box.holds == "omb"]
        return [
            index
            for index, (x, y) in zip(self.words, self.places, strict=True)
            if (-10 < x < 110 and (-12 < y < 0 or 100 < y < 114))
            or any(b.left <= x < b.right and b.top <= y < b.bottom for b in boxes)
        ]


def copies_of(words: Words, rows: Sequence[Row], kind: str) -> list[Copy]:
    """Every copy of the form on the pages, of the arrangement that fits best, from the top."""
    layouts = {layout: landmarks_of(kind, layout) for layout in layouts_of(kind)}
    anchors = anchors_in(rows, _known([mark for marks in layouts.values() for mark in marks]))
    anchors += _numbers(rows, {index for anchor in anchors for index in anchor.words})
    pages = sorted({anchor.page for anchor in anchors})
    best: list[Copy] = []
    for layout, marks in layouts.items():
        found = [copy for page in pages for copy in _on_page(words, anchors, layout, marks, page)]
        if _fit_of(found) > _fit_of(best) + 0.5:
            best = found
    read = sum(len(anchor.words) > 0 for anchor in anchors)
    return best if _fit_of(best) >= AGREED * read else []


def _fit_of(copies: Sequence[Copy]) -> float:
    return sum(copy.fit for copy in copies)


def _known(marks: Sequence[Landmark]) -> tuple[Known, ...]:
    """Every text that is looked for, the longest first, with the numbers that stand before it."""
    numbers: dict[str, set[str]] = {}
    for mark in marks:
        if mark.weight == 1.0 and len(compact(mark.text)) > 2:
            numbers.setdefault(compact(mark.text), set()).update(mark.numbers)
    known = [Known(key, key, CAPTION, frozenset(own)) for key, own in numbers.items()]
    return tuple(sorted(known, key=lambda one: -len(one.key)))


def _numbers(rows: Sequence[Row], used: Collection[int]) -> list[Anchor]:
    """The numbers of boxes whose captions were not read, where they begin what stands together."""
    found = []
    for row in rows:
        for cell in row.cells:
            first, word = cell.words[0], cell.texts[0].lower()
            if first not in used and re.fullmatch(r"\d{1,2}[a-f]?", word):
                share = len(word) / max(len(cell.text), 1)
                box = Box(cell.box.left, cell.box.top, cell.box.left + share * cell.box.width, cell.box.bottom)
                found.append(Anchor(word, CAPTION, box, cell.page, (), word, word, box.height))
    return found


def _on_page(
    words: Words, anchors: Sequence[Anchor], layout: tuple[PrintedBox, ...], marks: Sequence[Landmark], page: int
) -> Iterator[Copy]:
    """The copies on a page; each caption goes to one."""
    here = [index for index, word in enumerate(words) if word.page == page]
    slope = slope_of([words[index] for index in here])
    half = statistics.median(words[index].box.height for index in here) / 2
    left = [_level(anchor, words, half) for anchor in anchors if anchor.page == page]
    shape = None
    for _ in range(MOST):
        fitted = _fitted(left, marks, slope) or (_again(left, marks, shape) if shape is not None else None)
        if fitted is None:
            return
        pairs, matrix = fitted
        if shape is not None and not _alike(shape, matrix):
            return
        shape = matrix if shape is None else shape
        yield _copy(words, here, layout, pairs, matrix, page)
        taken = {id(anchor) for anchor, _ in pairs}
        left = [anchor for anchor in left if id(anchor) not in taken]


Pairs = list[tuple[Anchor, Landmark]]


def _places(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Where each pair stands on the form and on the page: (pairs, 2) both."""
    form = np.array([(mark.x, mark.y) for _, mark in pairs])
    ends = {"left": 0.0, "center": 0.5, "right": 1.0}
    page = [(one.box.left + ends[mark.align] * one.box.width, one.box.top) for one, mark in pairs]
    return form, np.array(page)


def _level(anchor: Anchor, words: Words, half: float) -> Anchor:
    """The caption as high as its first word stands: the box around a slanted line is higher than its start."""
    if not anchor.words:
        return anchor
    box = anchor.box
    top = max(0.0, words[anchor.words[0]].box.center[1] - half)
    return replace(anchor, box=Box(box.left, top, box.right, max(top, box.bottom)))


def _fitted(anchors: Sequence[Anchor], marks: Sequence[Landmark], slope: float) -> tuple[Pairs, np.ndarray] | None:
    """The captions that agree on one place of the form, and the affine map (3, 2) from the form to the page."""
    pairs = [(anchor, mark) for anchor in anchors for mark in marks if compact(mark.text) == anchor.key]
    if len(pairs) < FEWEST:
        return None
    form, page = _places(pairs)  # (pairs, 2)
    level = page - np.stack([-slope * TALL * TALL * page[:, 1], slope * page[:, 0]], axis=1)
    scales, moves = _guesses(form, level)
    if not len(scales):
        return None
    off = scales[:, None] * form[None] + moves[:, None] - level[None]  # (guesses, pairs, 2)
    errors = np.abs(off) / scales[:, None]
    agree = (errors < LOOSE).all(axis=2)
    start = agree[int((agree @ _weights(pairs)).argmax())]
    return _refined(pairs, form, page, start)


def _again(anchors: Sequence[Anchor], marks: Sequence[Landmark], shape: np.ndarray) -> tuple[Pairs, np.ndarray] | None:
    """One more copy of the size and slant of a first: a few captions that agree on where it stands."""
    pairs = [(anchor, mark) for anchor in anchors for mark in marks if compact(mark.text) == anchor.key]
    if not pairs:
        return None
    form, page = _places(pairs)
    moves = page - form @ shape[:2]  # (pairs, 2): where each pair says that the form begins
    reach = LOOSE * np.abs(np.diag(shape[:2]))
    agree = (np.abs(moves[:, None] - moves[None]) < reach).all(axis=2)
    chosen = _nearest(pairs, np.flatnonzero(agree[int((agree @ _weights(pairs)).argmax())]))
    matrix = np.concatenate([shape[:2], np.median(moves[chosen], axis=0)[None]])
    return ([pairs[at] for at in chosen], matrix) if _weights(pairs)[chosen].sum() >= FEWEST_MORE else None


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two copies are of about one size: those of a page are."""
    sizes = np.abs(np.diag(one[:2])), np.abs(np.diag(other[:2]))
    return bool((np.maximum(*sizes) < ALIKE * np.minimum(*sizes)).all())


def _guesses(form: np.ndarray, page: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scales and moves (guesses, 2) that two captions each would have, the impossible left out."""
    one, two = np.triu_indices(len(form), 1)
    apart = form[two] - form[one]  # (guesses, 2)
    far = (np.abs(apart) > APART).all(axis=1)
    one, two, apart = one[far], two[far], apart[far]
    scales = (page[two] - page[one]) / apart
    flat = scales[:, 1] / np.maximum(scales[:, 0], 1e-6)
    able = np.flatnonzero(
        ((scales > SMALLEST) & (scales < LARGEST)).all(axis=1) & (flat > FLATTEST) & (flat < STEEPEST)
    )
    able = able[:: 1 + len(able) // GUESSES]
    scales, one = scales[able], one[able]
    return scales, page[one] - scales * form[one]


def _refined(pairs: Pairs, form: np.ndarray, page: np.ndarray, start: np.ndarray) -> tuple[Pairs, np.ndarray] | None:
    """Least squares over the captions that agree, each place with its nearest caption, three times over."""
    chosen = np.flatnonzero(start)
    for reach in (LOOSE, CLOSE, CLOSE):
        chosen = _nearest(pairs, chosen)
        if len(chosen) < FEWEST_MORE:
            return None
        matrix = _affine(form[chosen], page[chosen])
        scale = np.abs(np.diag(matrix[:2]))
        errors = np.abs(_mapped(form, matrix) - page) / np.maximum(scale, 1e-6)
        order = np.argsort(errors.sum(axis=1))
        chosen = order[(errors[order] < reach).all(axis=1)]
    chosen = _nearest(pairs, chosen)
    enough = _weights(pairs)[chosen].sum() >= FEWEST and _spread(form[chosen])
    return ([pairs[at] for at in chosen], matrix) if enough else None


def _spread(form: np.ndarray) -> bool:
    """Whether places stand in several columns and rows of the form: one column fits any list of captions."""
    aside = np.abs(form - np.median(form, axis=0)) > APART
    return bool((aside.sum(axis=0) >= ASIDE).all())


def _weights(pairs: Pairs) -> np.ndarray:
    return np.array([mark.weight for _, mark in pairs])


def _nearest(pairs: Pairs, order: np.ndarray) -> np.ndarray:
    """Of pairs in order of their error those whose caption and place are still free."""
    anchors: set[int] = set()
    marks: set[int] = set()
    kept = []
    for at in order:
        anchor, mark = pairs[at]
        if id(anchor) not in anchors and id(mark) not in marks:
            kept.append(at)
            anchors.add(id(anchor))
            marks.add(id(mark))
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
    form, found = _places(pairs)
    seen = (found - matrix[2]) @ back
    centres = np.array([words[index].box.center for index in here])
    places = _drawn((centres - matrix[2]) @ back, seen, form - seen)
    captions = frozenset(index for anchor, _ in pairs for index in anchor.words)
    tall = statistics.median(words[index].box.height for index in here)
    near = 0.6 * tall / abs(float(matrix[1, 1]))
    return Copy(page, layout, tuple(here), places, captions, float(_weights(pairs).sum()), near)


def _drawn(points: np.ndarray, known: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Points (n, 2) moved by the errors of the known places near them; far from all of them they stay."""
    apart = ((points[:, None] - known[None]) ** 2).sum(axis=2)  # (n, known)
    weights = 1.0 / (apart + 16.0)
    moved = weights @ errors / (weights.sum(axis=1, keepdims=True) + 1.0 / 225.0)
    return np.asarray(points + moved)
