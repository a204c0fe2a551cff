"""Several engines for one socket: the first that can answer does, and a warning names those that could not."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from recto.document.assurance import Assurance
from recto.document.errors import Unavailable
from recto.document.page import Words
from recto.document.reading import Engine, Guess, Reading, Tags
from recto.ports import Answer, Answerer, Classifier, Exhibit, Judge, Labeller, Verdict
from recto.submission import Sheaf, Understanding

log = logging.getLogger(__name__)


class Answering(Protocol):
    """Whatever says which engine it is."""

    @property
    def engine(self) -> Engine: ...


Plug = TypeVar("Plug", bound=Answering)
Result = TypeVar("Result")


class Chain(Generic[Plug]):
    """Engines in the order of preference; at least one."""

    def __init__(self, engines: Sequence[Plug]) -> None:
        self.engines = list(engines)
        self.faults: dict[int, str] = {}
        self._last = threading.local()

    @property
    def last(self) -> Plug:
        """The one that answered last in this thread; the first before any answer."""
        plug: Plug = getattr(self._last, "plug", self.engines[0])
        return plug

    @property
    def engine(self) -> Engine:
        """Of the one that answered last."""
        return self.last.engine

    def first(self, ask: Callable[[Plug], Result]) -> Result:
        """The first answer. Raises the last engine's error where none of them answers."""
        for plug, following in zip(self.engines, self.engines[1:], strict=False):
            try:
                return self._asked(plug, ask)
            except Unavailable as error:
                log.warning("%s cannot answer, %s takes over: %s", _name(plug), _name(following), error)
        return self._asked(self.engines[-1], ask)

    def _asked(self, plug: Plug, ask: Callable[[Plug], Result]) -> Result:
        """Its answer; `faults` holds why an engine could not give one when it was last asked, by its place."""
        place = self.engines.index(plug)
        try:
            answer = ask(plug)
        except Unavailable as error:
            self.faults[place] = error.code
            raise
        self.faults.pop(place, None)
        self._last.plug = plug
        return answer


def _name(plug: object) -> str:
    return type(plug).__name__


class ClassifierChain(Chain[Classifier]):
    """A classifier made of several."""

    def classify(self, documents: Sequence[Words]) -> list[Guess]:
        return self.first(lambda classifier: classifier.classify(documents))


class LabellerChain(Chain[Labeller]):
    """A labeller made of several."""

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        return self.first(lambda labeller: labeller.label(documents))

    def assurance(self, kind: str) -> Assurance:
        """That of the labeller that answered last."""
        return self.last.assurance(kind)


class JudgeChain(Chain[Judge]):
    """A judge made of several."""

    def judge(self, exhibits: Sequence[Exhibit]) -> list[Verdict]:
        return self.first(lambda judge: judge.judge(exhibits))


class UnderstandingChain(Chain[Understanding]):
    """Several ways to the fields of a document."""

    def understand(self, sheaf: Sheaf, guess: Guess) -> Reading:
        return self.first(lambda one: one.understand(sheaf, guess))


class AnswererChain(Chain[Answerer]):
    """An answerer made of several."""

    def answer(self, questions: Sequence[tuple[Exhibit, str]]) -> list[Answer]:
        return self.first(lambda answerer: answerer.answer(questions))
