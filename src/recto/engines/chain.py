"""Several engines for one socket: the first that can run answers, and a warning names those that could not."""

import logging
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from recto.document.errors import EngineUnavailable
from recto.document.page import Words
from recto.document.reading import Engine, Guess, Tags
from recto.ports import Classifier, Labeller

log = logging.getLogger(__name__)


class Answering(Protocol):
    """Whatever says which engine it is."""

    @property
    def engine(self) -> Engine: ...


Plug = TypeVar("Plug", bound=Answering)
Result = TypeVar("Result")


class Chain(Generic[Plug]):
    """Engines in the order of preference. `engine` is the one that answered last, the first before any answer."""

    def __init__(self, engines: Sequence[Plug]) -> None:
        self.engines = list(engines)

    @property
    def engine(self) -> Engine:
        return self.engines[0].engine

    def first(self, ask: Callable[[Plug], Result]) -> Result:
        """The first answer; an engine that is unavailable is left out from then on, unless it is the last."""
        while True:
            plug = self.engines[0]
            try:
                return ask(plug)
            except EngineUnavailable as error:
                if len(self.engines) == 1:
                    raise
                log.warning("%s cannot run, %s takes over: %s", type(plug).__name__, self._next(), error)
                self.engines.remove(plug)

    def _next(self) -> str:
        return type(self.engines[1]).__name__


class ClassifierChain(Chain[Classifier]):
    """A classifier made of several."""

    def classify(self, documents: Sequence[Words]) -> list[Guess]:
        return self.first(lambda classifier: classifier.classify(documents))


class LabellerChain(Chain[Labeller]):
    """A labeller made of several."""

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        return self.first(lambda labeller: labeller.label(documents))
