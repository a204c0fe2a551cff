"""A doubtful letter inside a known word: `FL0OR`, `Totai`, `Grourd`.

Where the recogniser itself doubts a letter, and exactly that letter parts the word from one that many documents have,
the letter is read as that word has it. Words that are known, digits, and letters that the recogniser is sure of are
left as they are, so that no amount, number or rare name is changed. The words are in `weights/words.txt`, a word and
in how many documents it stood a line (recto.training.words). Figures: docs/decisions/0145.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from recto.engines.ocr.recogniser import Letter

WORDS: Final = Path(__file__).parent / "weights" / "words.txt"

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

_ALIKE: Final = ("IL1|!", "IJ", "IT1", "O0QDC", "CG", "S5", "B83", "Z27", "G6", "MNHW", "UV", "EF", "AR")


@dataclass(frozen=True)
class Spelling:
    """Known words, in capitals, with the number of documents that they stood in."""

    words: Mapping[str, int]

    def mended(self, letters: Sequence[Letter]) -> list[Letter]:
        """The letters of one word, at most one in each stretch of letters and digits exchanged."""
        found = list(letters)
        for first, last in _stretches(letters):
            change = self._change(letters[first:last])
            if change:
                at, text = change
                found[first + at] = replace(letters[first + at], text=text)
        return found

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
        for word, count in self.words.items():
            if count >= _COMMON:
                for at in range(len(word)):
                    found[at, word[:at] + "_" + word[at + 1 :]] += (word,)
        return dict(found)


@cache
def spelling(path: Path = WORDS) -> Spelling:
    """The words that travel with us."""
    pairs = (line.split() for line in path.read_text("utf-8").splitlines())
    return Spelling({word: int(count) for word, count in pairs})


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
    others = [each.text for number, each in enumerate(letters) if number != at and each.text.isalpha()]
    small = sum(text.islower() for text in others) * 2 > len(others)
    if at == 0 and small:
        return letter.lower() if letters[0].text.islower() and letters[0].text != "l" else letter
    return letter.lower() if small else letter
