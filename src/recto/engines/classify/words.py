"""A classifier of words as a judge: it names the phrases on the page that are typical of the kind."""

from collections.abc import Sequence
from typing import Final

from recto.document.page import Words
from recto.document.reading import Engine
from recto.engines.classify.rules import phrases_for
from recto.ports import Classifier, Exhibit, Verdict

_SHOWN: Final = 3


class WordsJudge:
    """Judges by the words alone."""

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier

    @property
    def engine(self) -> Engine:
        return self.classifier.engine

    def judge(self, exhibits: Sequence[Exhibit]) -> list[Verdict]:
        documents = [exhibit.words() for exhibit in exhibits]
        guesses = self.classifier.classify(documents)
        engine = self.classifier.engine
        return [
            Verdict(guess, reasoning(words, guess.kind), engine, guess.confidence)
            for words, guess in zip(documents, guesses, strict=True)
        ]


def reasoning(words: Words, kind: str) -> str:
    """One sentence: what on the page is typical of the kind."""
    if not words:
        return "There are no words on the page."
    found = phrases_for(words, kind)[:_SHOWN]
    if found:
        return f"The page says {', '.join(repr(phrase) for phrase in found)}."
    if kind == "other":
        return "Too little on the page is typical of a known kind."
    return "No single phrase tells; the words were weighed together."
