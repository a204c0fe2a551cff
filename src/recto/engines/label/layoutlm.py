"""A layout model as a labeller, whatever runs its network: what the two runtimes have in common."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property

from tokenizers import Tokenizer

from recto import __version__
from recto.document.assurance import UNMEASURED, Assurance
from recto.document.errors import EngineUnavailable
from recto.document.page import Words
from recto.document.reading import Engine, Tags
from recto.engines.label.bundle import Bundle, open_bundle
from recto.engines.label.layout import LayoutModel
from recto.engines.label.windows import Network
from recto.ports import Weighed


class LayoutLm(ABC):
    """The network loads on first use; EngineUnavailable is raised then where the bundle is not whole."""

    runtime: str

    def __init__(self, bundle: str = "default", threads: int = 0) -> None:
        self.name = bundle
        self.threads = threads
        self._lock = threading.Lock()

    @abstractmethod
    def network(self, bundle: Bundle) -> Network:
        """The bundle's network, loaded."""

    @property
    def engine(self) -> Engine:
        return Engine(self.runtime, __version__, self._bundle.name, self._bundle.digest)

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        """One tag a word for each (words, kind)."""
        return [self.model.tags(words, kind) for words, kind in documents]

    def weigh(self, documents: Sequence[tuple[Words, str]]) -> list[Weighed]:
        """The same tags, with the probabilities that they were chosen from."""
        return [self.model.weighed(words, kind) for words, kind in documents]

    def assurance(self, kind: str) -> Assurance:
        """As the bundle states it."""
        return self._bundle.assurance.get(kind, UNMEASURED)

    @property
    def model(self) -> LayoutModel:
        """The loaded model, which a classifier may share."""
        with self._lock:
            return self._model

    @cached_property
    def _bundle(self) -> Bundle:
        return open_bundle(self.name)

    @cached_property
    def _model(self) -> LayoutModel:
        return LayoutModel(self._bundle, tokenizer_of(self._bundle), self.network(self._bundle))


def tokenizer_of(bundle: Bundle) -> Tokenizer:
    """The bundle's tokenizer; raises EngineUnavailable where its file is missing."""
    if not bundle.tokenizer.is_file():
        raise EngineUnavailable(f"the model bundle {bundle.name!r} has no tokenizer.json")
    return Tokenizer.from_file(str(bundle.tokenizer))
