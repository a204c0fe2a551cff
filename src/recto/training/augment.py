"""Other looks of the same receipt, drawn anew each epoch: names swapped, letters lost, words run together."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.training.example import Example

_CONFUSED = {
    "O": "0",
    "0": "O",
    "I": "1",
    "1": "l",
    "S": "5",
    "5": "S",
    "B": "8",
    "8": "B",
    "E": "F",
    "N": "M",
    "G": "6",
}
_LINES = ("MERCHANT_NAME", "ADDRESS_LINE")
_GAP = 1.6

_IGNORED = "?-ignored"
"""Stands for the tag of a word that is ignored while the words are changed; it is no label's."""

Tagged = tuple[Word, str | None]


@dataclass(frozen=True, slots=True)
class Donor:
    """Lines of text that stood for a label on some receipt: what another receipt may say instead."""

    label: str
    lines: tuple[str, ...]


def donors(examples: Sequence[Example]) -> dict[str, list[Donor]]:
    """Names and addresses of all receipts, one of each merchant's, by label."""
    found: dict[str, dict[tuple[str, ...], Donor]] = {label: {} for label in _LINES}
    for example in examples:
        for label in _LINES:
            lines = tuple(" ".join(example.words[i].text for i in line) for line in _lines(example, label))
            if lines:
                found[label].setdefault(lines, Donor(label, lines))
    return {label: list(by_lines.values()) for label, by_lines in found.items()}


def _lines(example: Example, label: str) -> list[list[int]]:
    """The words with this label, as indexes, by their row."""
    tagged = [i for i, tag in enumerate(example.tags) if tag is not None and tag[2:] == label]
    return [list(row) for _, row in groupby(tagged, key=lambda i: (example.words[i].page, example.words[i].line))]


def swapped(example: Example, pool: dict[str, list[Donor]], rng: random.Random) -> Example:
    """The receipt with another merchant's name or address in the place of its own, each half of the time."""
    for label in _LINES:
        if pool.get(label) and rng.random() < 0.5 and label in example.labelled:
            example = _put(example, label, rng.choice(pool[label]))
    return example


def _put(example: Example, label: str, donor: Donor) -> Example:
    rows = _lines(example, label)
    if not rows:
        return example
    texts = _spread(donor.lines, len(rows))
    inserted: dict[int, list[Tagged]] = {}
    gone: set[int] = set()
    begun = False
    for row, text in zip(rows, texts, strict=True):
        gone.update(row)
        tagged: list[Tagged] = []
        for word in _typeset(text, [example.words[i] for i in row]):
            tagged.append((word, f"{'I' if begun else 'B'}-{label}"))
            begun = True
        inserted[row[0]] = tagged
    kept: list[Tagged] = []
    for i, pair in enumerate(zip(example.words, example.tags, strict=True)):
        kept.extend(inserted.get(i, []))
        if i not in gone:
            kept.append(pair)
    return _with(example, kept)


def _spread(lines: Sequence[str], rows: int) -> list[str]:
    """The donor's lines on exactly `rows` rows: the last row takes what is left, missing ones stay empty."""
    if len(lines) <= rows:
        return [*lines, *[""] * (rows - len(lines))]
    return [*lines[: rows - 1], lines[rows - 1]] if rows else []


def _typeset(text: str, place: Sequence[Word]) -> list[Word]:
    """The words of `text` where `place` stood, widths in proportion to their letters, letters as wide as before."""
    area, old = Box.around(w.box for w in place), " ".join(w.text for w in place)
    letter = area.width / max(len(old), 1)
    left = max(0.0, area.center[0] - letter * len(text) / 2)
    letter = min(letter, (1.0 - left) / max(len(text), 1))
    words, at = [], 0
    for part in text.split():
        start = text.index(part, at)
        at = start + len(part)
        box = Box(left + letter * start, area.top, left + letter * at, area.bottom)
        words.append(replace(place[0], text=part, box=box))
    return words


def joined(example: Example, rng: random.Random) -> Example:
    """The receipt as some readers give it: neighbours on a row run together, except over a change of label."""
    kept: list[Tagged] = []
    for pair in zip(example.words, example.tags, strict=True):
        if kept and _near(kept[-1][0], pair[0]) and _same_label(kept[-1][1], pair[1]) and rng.random() < 0.95:
            before = kept[-1][0]
            word = replace(before, text=before.text + pair[0].text, box=before.box.union(pair[0].box))
            kept[-1] = (word, kept[-1][1])
        else:
            kept.append(pair)
    return _with(example, kept)


def _near(left: Word, right: Word) -> bool:
    letter = left.box.width / max(len(left.text), 1)
    return (left.page, left.line) == (right.page, right.line) and right.box.left - left.box.right < _GAP * letter


def _same_label(one: str | None, other: str | None) -> bool:
    return (one or "--")[2:] == (other or "--")[2:] and (other or "I")[0] != "B"


def misread(example: Example, rng: random.Random, share: float = 0.02) -> Example:
    """The receipt with letters confused or lost, and a few words without a label gone."""
    kept: list[Tagged] = []
    for word, tag in zip(example.words, example.tags, strict=True):
        if tag in (None, "O") and rng.random() < share:
            continue
        text = "".join(_letter(letter, rng, share) for letter in word.text)
        kept.append((replace(word, text=text or word.text), tag))
    return _with(example, kept)


def _letter(letter: str, rng: random.Random, share: float) -> str:
    chance = rng.random()
    if chance < share / 3:
        return ""
    return _CONFUSED.get(letter.upper(), letter) if chance < share * 2 else letter


def recased(example: Example, rng: random.Random) -> Example:
    """The receipt in another case: Title Case, or small letters."""
    change: Callable[[str], str] = rng.choice([str.title, str.capitalize, str.lower, str.upper])
    return replace(example, words=tuple(replace(word, text=change(word.text)) for word in example.words))


def moved(words: Words, rng: random.Random) -> Words:
    """The words on a page with other margins, each axis stretched a little, every box trembling."""
    left, top = rng.uniform(0, 0.08), rng.uniform(0, 0.08)
    wide, high = rng.uniform(0.86, 1.0) - left, rng.uniform(0.86, 1.0) - top

    def tremble() -> float:
        return rng.gauss(0, 0.0015)

    return tuple(
        replace(
            word,
            box=Box(
                left + wide * word.box.left + tremble(),
                top + high * word.box.top + tremble(),
                left + wide * word.box.right + tremble(),
                top + high * word.box.bottom + tremble(),
            ),
        )
        for word in words
    )


def cropped(example: Example, rng: random.Random) -> Example:
    """The receipt without its foot: some last rows without labels are gone."""
    rows = sorted({word.line for word, tag in zip(example.words, example.tags, strict=True) if tag not in (None, "O")})
    if not rows or example.words[-1].page > 1:
        return example
    last = rng.randint(rows[-1], example.words[-1].line)
    kept = [pair for pair in zip(example.words, example.tags, strict=True) if pair[0].line <= last]
    return _with(example, kept)


def varied(example: Example, pool: dict[str, list[Donor]], rng: random.Random) -> Example:
    """One draw of all of the above. Words of which the truth says nothing stay such, wherever they are then."""
    example = _marked(example)
    if example.kind == "receipt":
        example = swapped(example, pool, rng)
        if rng.random() < 0.2:
            example = cropped(example, rng)
    if rng.random() < 0.3:
        example = recased(example, rng)
    if rng.random() < 0.35:
        example = misread(example, rng, rng.choice([0.01, 0.03, 0.06]))
    if example.kind == "receipt" and rng.random() < 0.25:
        example = joined(example, rng)
    return _unmarked(example)


def _marked(example: Example) -> Example:
    """With a tag of their own on the words that are ignored, so that they are found again among fewer or more words."""
    tags = list(example.tags)
    for at in example.ignored:
        tags[at] = _IGNORED
    return replace(example, tags=tuple(tags), ignored=())


def _unmarked(example: Example) -> Example:
    ignored = tuple(at for at, tag in enumerate(example.tags) if tag == _IGNORED)
    tags = tuple(None if tag == _IGNORED else tag for tag in example.tags)
    return replace(example, tags=tags, ignored=ignored) if ignored else example


def _with(example: Example, pairs: Sequence[Tagged]) -> Example:
    words, tags = zip(*pairs, strict=True) if pairs else ((), ())
    return replace(example, words=tuple(words), tags=tuple(tags))
