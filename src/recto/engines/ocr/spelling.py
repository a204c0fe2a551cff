"""A doubtful letter inside a known word: `FL0OR`, `Totai`, `Grourd`.

Where the recogniser itself doubts a letter, and exactly that letter parts the word from one that many documents have,
the letter is read as that word has it. Words that are known, digits, and letters that the recogniser is sure of are
left as they are, so that no amount, number or rare name is changed. So it is with whole lines that are known (the
names and addresses of merchants): doubtful letters may then be more and fewer than the line has. The words are in
`weights/words.txt`, a word and in how many documents it stood a line, the lines in `weights/lines.txt`
(recto.training.words). Figures: docs/decisions/0145.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Editop, Levenshtein

from recto.engines.ocr.recogniser import Letter

WORDS: Final = Path(__file__).parent / "weights" / "words.txt"
LINES: Final = WORDS.with_name("lines.txt")

DOUBT: Final = 0.9
"""A letter that the recogniser is less sure of than this may be one that looks alike."""

_DEEP_DOUBT: Final = 0.75
"""Less sure than this, it may be any other."""

_COMMON: Final = 3
"""A word of so many documents may take the place of an unknown one."""

_KNOWN: Final = 2
"""A word of so many documents is right as it stands."""

_SHORT: Final = 5
"""In a shorter word only letters that look alike are exchanged."""

_WHOLE: Final = 6
"""A common word of so many letters may have one more or one less than was read."""

_LONG: Final = 8
"""In a word of so many letters two may change."""

_LONG_DOUBT: Final = 0.95
"""As `DOUBT`, where all other letters of a long word speak for another."""

SHORTEST_LINE: Final = 10
"""Letters and digits of a line that is worth knowing."""

_LIKE: Final = 88.0
"""Per cent of letters in common from which a line may be a known one."""

_LINE_DOUBT: Final = 0.98
"""As `DOUBT`, where all else of a line speaks for another letter."""

_A_CHANGE: Final = 8
"""One letter may change in so many of a line's, two at most."""

_ALIKE: Final = ("IL1|!", "IJ", "IT1", "O0QDC", "CG", "S5", "B83", "Z27", "G6", "MNHW", "UV", "EF", "AR")


@dataclass(frozen=True)
class Spelling:
    """Known words, in capitals, with the number of documents that they stood in; known lines by their `key`."""

    words: Mapping[str, int]
    lines: frozenset[str] = frozenset()

    def line(self, letters: Sequence[Letter]) -> list[Letter]:
        """The letters of one strip as the known line has them, where they differ from it in doubtful ones only."""
        inside = [at for at, letter in enumerate(letters) if letter.text.isalnum() and len(letter.text.upper()) == 1]
        read = "".join(letters[at].text.upper() for at in inside)
        if len(read) < SHORTEST_LINE or read in self.lines:
            return list(letters)
        near = process.extractOne(read, self.lines, scorer=fuzz.ratio, score_cutoff=_LIKE)
        if near is None or re.sub(r"\D", "", near[0]) != re.sub(r"\D", "", read):
            return list(letters)
        changes = list(Levenshtein.editops(read, near[0]))
        if len(changes) > min(2, len(read) // _A_CHANGE) or not all(
            _doubted(letters, inside, change, _LINE_DOUBT) for change in changes
        ):
            return list(letters)
        return _changed(letters, inside, changes, near[0])

    def mended(self, letters: Sequence[Letter]) -> list[Letter]:
        """The letters of one word, at most one in each stretch of letters and digits exchanged, two of a long one."""
        found = list(letters)
        for first, last in reversed(list(_stretches(letters))):
            change = self._change(letters[first:last])
            if change:
                at, text = change
                found[first + at] = replace(letters[first + at], text=text)
            elif swallowed := self._swallowed(letters[first:last]):
                found[first:last] = swallowed
            elif last - first >= _LONG:
                found[first:last] = self._respelt(letters[first:last])
        return found

    def _swallowed(self, letters: Sequence[Letter]) -> list[Letter]:
        """The letters of a word as the one common word has them that has one more or one less beside a doubtful letter.

        A narrow letter disappears in its neighbour (`eared`, `Atanta`), or a wide one counts twice. Empty for none.
        """
        word = "".join(letter.text for letter in letters).upper()
        doubtful = [at for at, letter in enumerate(letters) if letter.confidence < DOUBT]
        if len(word) != len(letters) or not word.isalpha() or self.words.get(word, 0) >= _KNOWN or not doubtful:
            return []
        if len(word) < _WHOLE - 1:
            return []
        near = process.extract(word, self._common, scorer=Levenshtein.distance, score_cutoff=1, limit=2)
        if len(near) != 1 or len(near[0][0]) < _WHOLE or len(near[0][0]) == len(word):
            return []
        (change,) = Levenshtein.editops(word, near[0][0])
        beside = range(change.src_pos - 1, change.src_pos + 1 + (change.tag == "delete"))
        inside = change.tag == "delete" or 0 < change.src_pos < len(letters)  # a word cut at its end has no neighbour
        if not inside or not set(doubtful) & set(beside):
            return []
        found = _changed(letters, range(len(letters)), [change], near[0][0])
        if change.tag == "insert":
            at = change.src_pos
            found[at] = replace(found[at], text=_in_case(found, at, near[0][0][change.dest_pos]))
        return found

    def _respelt(self, letters: Sequence[Letter]) -> list[Letter]:
        """The letters of a long word as the one common word has them that two doubtful letters part from it.

        Handwriting makes one letter of two: `UHilities`.
        """
        word = "".join(letter.text for letter in letters).upper()
        if len(word) != len(letters) or not word.isalpha() or self.words.get(word, 0) >= _KNOWN:
            return list(letters)
        near = process.extract(word, self._common, scorer=Levenshtein.distance, score_cutoff=2, limit=2)
        if len(near) != 1:
            return list(letters)
        inside, changes = range(len(letters)), list(Levenshtein.editops(word, near[0][0]))
        if not all(_doubted(letters, inside, change, _LONG_DOUBT) for change in changes):
            return list(letters)
        return _changed(letters, inside, changes, near[0][0])

    def _change(self, letters: Sequence[Letter]) -> tuple[int, str] | None:
        """Which letter is to be another one, and which; None where nothing is or several may."""
        word = "".join(letter.text for letter in letters).upper()
        if len(word) != len(letters) or len(word) < 3 or sum(c.isdigit() for c in word) > 1:
            return None
        if self.words.get(word, 0) >= _KNOWN:
            return None
        best, change = 0, None
        for at, letter in enumerate(letters):
            if letter.confidence >= DOUBT:
                continue
            for known in self._but_one.get((at, word[:at] + "_" + word[at + 1 :]), ()):
                alike = _look_alike(word[at], known[at])
                weight = self.words[known] * (20 if alike else 1)
                if weight > best and (alike or (len(word) >= _SHORT and letter.confidence < _DEEP_DOUBT)):
                    best, change = weight, (at, _in_case(letters, at, known[at]))
        return change

    @cached_property
    def _but_one(self) -> Mapping[tuple[int, str], tuple[str, ...]]:
        """The common words by all of their letters but one, and by its place."""
        found: dict[tuple[int, str], tuple[str, ...]] = defaultdict(tuple)
        for word in self._common:
            for at in range(len(word)):
                found[at, word[:at] + "_" + word[at + 1 :]] += (word,)
        return dict(found)

    @cached_property
    def _common(self) -> tuple[str, ...]:
        return tuple(word for word, count in self.words.items() if count >= _COMMON)


@cache
def spelling() -> Spelling:
    """The words and the lines that travel with us."""
    pairs = (line.split() for line in WORDS.read_text("utf-8").splitlines())
    return Spelling({word: int(count) for word, count in pairs}, frozenset(LINES.read_text("utf-8").split()))


def known_lines(texts: Iterable[str]) -> frozenset[str]:
    """The keys of those that are long enough to be told from others."""
    return frozenset(line for line in map(key, texts) if len(line) >= SHORTEST_LINE)


def key(text: str) -> str:
    """A line's letters and digits, in capitals."""
    return "".join(each for each in text.upper() if each.isalnum())


def _doubted(letters: Sequence[Letter], inside: Sequence[int], change: Editop, doubt: float) -> bool:
    """Whether a letter there, or beside what is missing there, is less sure than that. Nothing is put at the ends."""
    if change.tag != "insert":
        return letters[inside[change.src_pos]].confidence < doubt
    if change.src_pos in {0, len(inside)} and change.dest_pos != 0:
        return False
    beside = inside[max(0, change.src_pos - 1) : change.src_pos + 1]
    return any(letters[at].confidence < doubt for at in beside)


def _changed(letters: Sequence[Letter], inside: Sequence[int], changes: Sequence[Editop], line: str) -> list[Letter]:
    """The letters with each change made, from the last to the first."""
    found = list(letters)
    for change in reversed(changes):
        at = inside[change.src_pos] if change.src_pos < len(inside) else len(letters)
        if change.tag == "delete":
            del found[at]
        elif change.tag == "replace":
            found[at] = replace(found[at], text=_in_case(found, at, line[change.dest_pos]))
        else:
            found.insert(at, _missing(found, at, line[change.dest_pos]))
            if found[at].parted:
                found[at + 1] = replace(found[at + 1], parted=0.0)
    return found


def _missing(letters: Sequence[Letter], at: int, text: str) -> Letter:
    """A letter to stand before letter `at`: it begins the word where that one did and is in doubt, else it goes on."""
    after = letters[min(at, len(letters) - 1)]
    begins = at == 0 or after.confidence < DOUBT
    left = letters[at - 1].right if at else after.left
    text = text if (not begins and letters[at - 1].text.isupper()) or after.text.isupper() else text.lower()
    return Letter(text, min(left, after.left), after.left, after.confidence, after.parted if begins else 0.0)


def _stretches(letters: Sequence[Letter]) -> Iterator[tuple[int, int]]:
    """Runs of letters and digits, as far as they have letters."""
    start = 0
    for at in range(len(letters) + 1):
        if at == len(letters) or not letters[at].text.isalnum():
            if any(letter.text.isalpha() for letter in letters[start:at]):
                yield start, at
            start = at + 1


def _look_alike(one: str, other: str) -> bool:
    return any(one in group and other in group for group in _ALIKE)


def _in_case(letters: Sequence[Letter], at: int, letter: str) -> str:
    """The letter in small where the word is; the first one in small only if it surely was."""
    near = range(max(0, at - 8), min(len(letters), at + 9))
    others = [letters[number].text for number in near if number != at and letters[number].text.isalpha()]
    small = sum(text.islower() for text in others) * 2 > len(others)
    if at == 0 and small:
        return letter.lower() if letters[0].text.islower() and letters[0].text != "l" else letter
    return letter.lower() if small else letter
