"""Questions answered by the document itself: the line that has the question's words, and what stands with it."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from recto import __version__
from recto.document.errors import EngineFailed
from recto.document.page import Words
from recto.document.reading import Engine
from recto.ports import Answer, Exhibit
from recto.schemas.captions import Line, lines_in

_TERM: Final = re.compile(r"[^\W_]{2,}")
_EMPTY: Final = re.compile(
    "the|is|are|was|were|what|which|who|whose|when|where|how|much|many|does|did|do|have|has|had|be|there|it|its|"
    "of|on|in|at|to|for|by|from|this|that|and|or|an|document|page"
)

_CAPTION: Final = 3
"""Words that a caption has at most."""


class LinesAnswerer:
    """Cites the line that shares most with the question, rare words counting more. It has no confidence to show."""

    @property
    def engine(self) -> Engine:
        return Engine("lines", __version__)

    def answer(self, questions: Sequence[tuple[Exhibit, str]]) -> list[Answer]:
        """Raises EngineFailed where no line has a word of the question."""
        return [self._one(exhibit.words(), question) for exhibit, question in questions]

    def _one(self, words: Words, question: str) -> Answer:
        lines = lines_in(words)
        terms = [terms_of(" ".join(words[i].text for i in line.words)) for line in lines]
        best = max(range(len(lines)), key=lambda i: weight(terms_of(question), terms, i), default=None)
        if best is None or weight(terms_of(question), terms, best) == 0:
            raise EngineFailed("No line of the document has a word of the question.")
        cited = said(lines, words, best)
        return Answer(" ".join(words[i].text for i in cited), self.engine, cited)


def said(lines: Sequence[Line], words: Words, place: int) -> tuple[int, ...]:
    """The line; with the next one where it is a caption alone."""
    own = tuple(lines[place].words)
    figures = any(letter.isdigit() for index in own for letter in words[index].text)
    alone = len(own) <= _CAPTION and not figures and place + 1 < len(lines)
    return (*own, *lines[place + 1].words) if alone else own


def terms_of(text: str) -> frozenset[str]:
    return frozenset(term for term in _TERM.findall(text.lower()) if not _EMPTY.fullmatch(term))


def weight(asked: frozenset[str], lines: Sequence[frozenset[str]], place: int) -> float:
    """What a line shares with the question, each term by how few lines have it; long lines count less."""
    having = Counter(term for line in lines for term in line)
    shared = sum(math.log(1 + len(lines) / having[term]) for term in asked & lines[place])
    return shared / math.sqrt(1 + len(lines[place]))
