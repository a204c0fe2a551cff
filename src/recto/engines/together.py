"""Work of several callers done together: an engine that is quicker by the batch gets what threads ask at one time.

Whoever asks first waits for others, for a while or until there is enough, then does the work for all of them.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from recto.document.assurance import Assurance
from recto.document.errors import RectoError
from recto.document.page import Raster, Words
from recto.document.reading import Engine, Guess, Tags
from recto.ports import Classifier, Labeller, Ocr, Sight

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class Part(Generic[Item, Result]):
    """What one caller asks, and what becomes of it."""

    items: tuple[Item, ...]
    results: list[Result] | None = None
    error: RectoError | None = None

    @property
    def over(self) -> bool:
        return self.results is not None or self.error is not None


class Together(Generic[Item, Result]):
    """Calls `work` with the items of all who ask within `delay` seconds of the first, or once there are `size`."""

    def __init__(self, work: Callable[[Sequence[Item]], list[Result]], size: int, delay: float) -> None:
        self.work = work
        self.size = size
        self.delay = delay
        self._changed = threading.Condition()
        self._waiting: list[Part[Item, Result]] = []

    def __call__(self, items: Sequence[Item]) -> list[Result]:
        """The results for these items. An error that others' items cause is not this caller's."""
        part: Part[Item, Result] = Part(tuple(items))
        batch = self._joined(part)
        if batch:
            self._do(batch)
        if part.error is not None:
            raise part.error
        assert part.results is not None
        return part.results

    def _joined(self, part: Part[Item, Result]) -> list[Part[Item, Result]]:
        """The batch, for the one who is to do it; nothing for those whose part is done by him."""
        with self._changed:
            self._waiting.append(part)
            if len(self._waiting) > 1:
                self._changed.notify_all()
                self._changed.wait_for(lambda: part.over)
                return []
            self._changed.wait_for(self._enough, self.delay)
            batch, self._waiting = self._waiting, []
            return batch

    def _enough(self) -> bool:
        return sum(len(part.items) for part in self._waiting) >= self.size

    def _do(self, batch: Sequence[Part[Item, Result]]) -> None:
        try:
            results = self._worked([item for part in batch for item in part.items])
            if isinstance(results, RectoError) and len(batch) > 1:
                for part in batch:
                    _settle(part, self._worked(part.items))
                return
            start = 0
            for part in batch:
                own = results if isinstance(results, RectoError) else results[start : start + len(part.items)]
                start += len(part.items)
                _settle(part, own)
        finally:
            with self._changed:
                for part in batch:
                    if not part.over:
                        part.error = RectoError("The work that it was done together with broke off.")
                self._changed.notify_all()

    def _worked(self, items: Sequence[Item]) -> list[Result] | RectoError:
        try:
            return self.work(items)
        except RectoError as error:
            return error


def _settle(part: Part[Item, Result], outcome: list[Result] | RectoError) -> None:
    if isinstance(outcome, RectoError):
        part.error = outcome
    else:
        part.results = outcome


class OcrTogether:
    """An OCR engine whose pages are read together."""

    def __init__(self, ocr: Ocr, size: int, delay: float) -> None:
        self.ocr = ocr
        self._read: Together[Raster, Sight] = Together(ocr.read, size, delay)

    @property
    def engine(self) -> Engine:
        return self.ocr.engine

    def read(self, pages: Sequence[Raster]) -> list[Sight]:
        return self._read(pages) if pages else []


class ClassifierTogether:
    """A classifier whose documents are classified together."""

    def __init__(self, classifier: Classifier, size: int, delay: float) -> None:
        self.classifier = classifier
        self._classify: Together[Words, Guess] = Together(classifier.classify, size, delay)

    @property
    def engine(self) -> Engine:
        return self.classifier.engine

    def classify(self, documents: Sequence[Words]) -> list[Guess]:
        return self._classify(documents) if documents else []


class LabellerTogether:
    """A labeller whose documents are labelled together."""

    def __init__(self, labeller: Labeller, size: int, delay: float) -> None:
        self.labeller = labeller
        self._label: Together[tuple[Words, str], Tags] = Together(labeller.label, size, delay)

    @property
    def engine(self) -> Engine:
        return self.labeller.engine

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]:
        return self._label(documents) if documents else []

    def assurance(self, kind: str) -> Assurance:
        return self.labeller.assurance(kind)
