"""What readers of images make of words: letters confused, spaces lost or found, boxes that tremble, words not seen.

Rates and confusions are those of our own OCR against the given texts of 626 scanned and 237 photographed receipts
(docs/synth.md says how they were measured). Fields stay as they are printed; only words and tags change.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby

from recto.document.box import Box
from recto.document.page import Word
from recto.training.example import Example
from recto.training.synth.chance import Chance

Tagged = tuple[Word, str | None]

_CONFUSED = {
    "l": "1iI|",
    "I": "1lT",
    "i": "1l",
    "1": "lI",
    "O": "0DQ",
    "0": "OC8",
    "D": "O0",
    ",": ".",
    ".": ",:",
    ":": ".;",
    "@": "08",
    "m": "n",
    "n": "m",
    "M": "HN",
    "N": "MH",
    "S": "5s",
    "5": "S6",
    "s": "S",
    "8": "9B",
    "6": "58",
    "9": "8",
    "B": "8",
    "$": "S8",
    "£": "E",
    "€": "e",
    "T": "I",
    "L": "1I",
    "Q": "O",
    "C": "O",
    "e": "a",
    "a": "eo",
    "o": "a",
    "c": "e",
    "W": "VM",
    "X": "x0",
    "x": "X",
    "#": "0",
    "t": "f",
    "/": "71",
    "é": "e",
    "ü": "u",
    "ö": "o",
    "ä": "a",
    "ß": "B",
}
_SUBSTITUTED, _LOST, _FOUND = 0.008, 0.004, 0.004
"""Shares of letters that are read as another, not read, or read where none is."""

_MERGED, _SPLIT, _UNSEEN = 0.028, 0.024, 0.016
"""Shares of gaps that are lost, of words that fall apart, and of words that are not seen."""


def noisy(example: Example, seed: int, manner: str | None = None) -> Example:
    """The example as some reader gives it: `ocr` (words), `segments` (no spaces, one box a phrase) or `lines`
    (capitals, boxes in proportion to letters); drawn from the seed unless named."""
    chance = Chance(f"noise/{example.id}/{seed}")
    chosen = manner or chance.weighted({"ocr": 5, "segments": 2.5, "lines": 1.5})
    words = list(zip(example.words, example.tags, strict=True))
    changed = _MANNERS[chosen](words, chance)
    if chance.maybe(0.1):
        changed = _cropped(changed, chance)
    kept = changed or words
    return replace(example, words=tuple(word for word, _ in kept), tags=tuple(tag for _, tag in kept))


def as_ocr(words: list[Tagged], chance: Chance) -> list[Tagged]:
    """Words as our OCR gives them, on a good day or a bad one."""
    bad = chance.choice((0.3, 1.0, 1.0, 2.5))
    small = _small_print(words, chance)
    out: list[Tagged] = []
    for word, tag in words:
        if chance.maybe(0.7 if word.box.height < small else _UNSEEN * bad):
            continue
        word = _trembling(replace(word, text=misread(word.text, bad, chance)), 0.05, chance)
        if out and _beside(out[-1][0], word, 1.5) and chance.maybe(_MERGED * bad):
            out[-1] = _merged(out[-1], (word, tag), "")
        elif len(word.text) > 3 and chance.maybe(_SPLIT * bad):
            out.extend(_split(word, tag, chance))
        else:
            out.append((word, tag))
    return out


def _small_print(words: list[Tagged], chance: Chance) -> float:
    """The height below which most words are lost: on one page in eight that is small enough in the image, else none."""
    if not chance.maybe(0.12):
        return 0.0
    heights = sorted(word.box.height for word, _ in words)
    return heights[int(chance.uniform(0.2, 0.7) * len(heights))]


def as_segments(words: list[Tagged], chance: Chance) -> list[Tagged]:
    """Phrases as one box each, their spaces gone: where the label changes or the gap is wide, another begins."""
    gap, bad = chance.uniform(0.9, 1.8), chance.choice((0.3, 1.0, 1.5))
    out: list[Tagged] = []
    for word, tag in words:
        word = _trembling(replace(word, text=misread(word.text, bad, chance)), 0.06, chance)
        if out and _beside(out[-1][0], word, gap) and _together(out[-1][1], tag):
            out[-1] = _merged(out[-1], (word, tag), "")
        else:
            out.append((word, tag))
    return out


def as_lines(words: list[Tagged], chance: Chance) -> list[Tagged]:
    """Capital letters; each run of words on a line has its box cut in proportion to its letters."""
    upper = chance.maybe(0.85)
    out: list[Tagged] = []
    for run in _runs(words):
        area = Box.around(word.box for word, _ in run)
        text = " ".join(word.text for word, _ in run)
        letter, at = area.width / max(len(text), 1), 0
        area = _trembling(replace(run[0][0], box=area, text="x"), 0.08, chance).box
        for word, tag in run:
            box = Box(area.left + letter * at, area.top, area.left + letter * (at + len(word.text)), area.bottom)
            at += len(word.text) + 1
            out.append((replace(word, text=word.text.upper() if upper else word.text, box=box.clipped()), tag))
    return out


_MANNERS: dict[str, Callable[[list[Tagged], Chance], list[Tagged]]] = {
    "ocr": as_ocr,
    "segments": as_segments,
    "lines": as_lines,
}


def misread(text: str, bad: float, chance: Chance) -> str:
    """The text with letters confused, lost or found; never empty."""
    if not chance.maybe(min(0.9, (_SUBSTITUTED + _LOST + _FOUND) * bad * max(len(text), 1) * 1.1)):
        return text
    letters: list[str] = []
    at = chance.randrange(len(text))
    for place, letter in enumerate(text):
        if place != at:
            letters.append(letter)
            continue
        fate = chance.choices(("as", "lost", "found"), (_SUBSTITUTED, _LOST, _FOUND))[0]
        if fate == "as":
            letters.append(chance.pick(_CONFUSED.get(letter, letter)))
        elif fate == "found":
            letters += [letter, chance.pick((".", "-", "'", letter, "_", ":"))]
    return "".join(letters).strip() or text


def _beside(left: Word, right: Word, letters: float) -> bool:
    """Whether the second stands right after the first on its line, with less room than so many letters."""
    wide = left.box.width / max(len(left.text), 1)
    gap = right.box.left - left.box.right
    return (left.page, left.line) == (right.page, right.line) and -wide < gap < letters * wide


def _together(one: str | None, two: str | None) -> bool:
    """Whether two tags belong to one phrase: both none, or the second goes on with the first."""
    if one in (None, "O") or two in (None, "O"):
        return one == two
    assert one is not None and two is not None
    return two == f"I-{one[2:]}"


def _merged(left: Tagged, right: Tagged, joint: str) -> Tagged:
    """Two words as one; it bears the label of whichever has one, of the longer where both have."""
    (one, first), (two, second) = left, right
    tag = first
    if first in (None, "O") or (second not in (None, "O") and len(two.text) > len(one.text)):
        tag = second
    return replace(one, text=one.text + joint + two.text, box=one.box.union(two.box)), tag


def _split(word: Word, tag: str | None, chance: Chance) -> Iterable[Tagged]:
    """A word that fell into two; the second half goes on with the span."""
    at = chance.randint(1, len(word.text) - 1)
    middle = word.box.left + word.box.width * at / len(word.text)
    box = word.box
    after = tag if tag in (None, "O") else f"I-{tag[2:]}"
    yield replace(word, text=word.text[:at], box=Box(box.left, box.top, middle, box.bottom)), tag
    yield replace(word, text=word.text[at:], box=Box(middle, box.top, box.right, box.bottom)), after


def _trembling(word: Word, share: float, chance: Chance) -> Word:
    """The word with each side of its box moved by about `share` of its height."""
    box, reach = word.box, word.box.height * share
    left, top = box.left + chance.gauss(0, reach), box.top + chance.gauss(0, reach)
    right, bottom = box.right + chance.gauss(0, reach), box.bottom + chance.gauss(0, reach)
    if right - left < 0.2 * box.width or bottom - top < 0.2 * box.height:
        return word
    return replace(word, box=Box(left, top, right, bottom).clipped())


def _runs(words: list[Tagged]) -> Iterable[list[Tagged]]:
    """Words of a line that stand closely together."""
    for _, line in groupby(words, key=lambda pair: (pair[0].page, pair[0].line)):
        run: list[Tagged] = []
        for pair in line:
            if run and not _beside(run[-1][0], pair[0], 2.2):
                yield run
                run = []
            run.append(pair)
        yield run


def _cropped(words: list[Tagged], chance: Chance) -> list[Tagged]:
    """Without what lies below some line of the last page, or above one of the first: the photograph missed it."""
    edge = chance.uniform(0.75, 0.97)
    last = max(word.page for word, _ in words)
    if chance.maybe(0.7):
        return [pair for pair in words if pair[0].page < last or pair[0].box.bottom < edge]
    return [pair for pair in words if pair[0].page > 1 or pair[0].box.top > (1 - edge) / 2]
