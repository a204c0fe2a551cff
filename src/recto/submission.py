"""What comes to be judged, extracted or asked about at once: files that together are the pages of one document.

The verbs are those of `pipeline`, for a caller who waits: the first page decides the kind, unless he says it, and OCR
looks only at what is needed. The engines may look at pixels as well as at words; whatever they state is found again
among the words, or said not to stand there.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from recto.document.assurance import UNMEASURED
from recto.document.errors import Empty, TooManyPages, UnknownKind
from recto.document.job import Json
from recto.document.page import Document, Raster, Words
from recto.document.reading import Engine, Guess, Reading
from recto.pipeline import Reader, Stopwatch, concluded, kind_of, sheet_of, understood
from recto.ports import Answer, Answerer, Exhibit, Extractor, Judge, Labeller, Verdict
from recto.reading.paper import Paper, Sheet, opened
from recto.reading.raster import turned
from recto.reading.seen import Seen, numbered
from recto.schemas.answer import lowest_confidence, values_of, with_confidences
from recto.schemas.catalog import kinds
from recto.schemas.grounding import stated

SEVERAL: Final = "multipart/mixed"
"""The media type of a document that came in several files."""


@dataclass(frozen=True, slots=True)
class File:
    """One file: an image, or a PDF or TIFF of several pages. `beside` is the e-invoice that came as a file with it."""

    data: bytes
    name: str = ""
    beside: bytes = b""


@dataclass(frozen=True, slots=True)
class Submission:
    """Files in the order of their pages, and what the caller says of them: the kind if he knows it, and a prompt."""

    files: tuple[File, ...]
    kind: str | None = None
    prompt: str = ""
    password: str | None = None

    @property
    def beside(self) -> bytes:
        """The e-invoice that came beside its files, or b""."""
        return next((file.beside for file in self.files if file.beside), b"")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was extracted. `verdict` is None where the caller said the kind."""

    reading: Reading
    verdict: Verdict | None

    @property
    def kind(self) -> str:
        return kind_of(self.reading)

    @property
    def page_count(self) -> int:
        return self.reading.document.pages

    @property
    def engine(self) -> Engine:
        """The one that extracted."""
        return self.reading.engines["extractor"]

    @property
    def data(self) -> dict[str, Json]:
        """Canonical values by field name and lists of rows by table name: the form of the kind's JSON schema.

        Nothing is masked; `values_of(masked(reading).fields)` is.
        """
        return values_of(self.reading.fields)

    @property
    def confidence(self) -> float | None:
        """That of the least sure value; None where it is unknown for a required one, or a value stands nowhere."""
        return lowest_confidence(self.kind, self.reading.fields)


class Sheaf:
    """A submission's pages, numbered through all its files. A file is opened when one of its pages is needed."""

    def __init__(self, submission: Submission, reader: Reader, stack: ExitStack, watch: Stopwatch) -> None:
        self.submission = submission
        self.reader = reader
        self.stack = stack
        self.watch = watch
        self.papers: list[Paper] = []
        self.pages: dict[int, Seen] = {}

    def paper(self, index: int) -> Paper:
        for file in self.submission.files[len(self.papers) : index + 1]:
            with self.watch.timing("pages"):
                name, password = file.name, self.submission.password
                self.papers.append(self.stack.enter_context(opened(file.data, name, self.reader.limits, password)))
        return self.papers[index]

    def placed(self, number: int) -> tuple[Paper, int]:
        """The file that holds a page, and the page's number in it."""
        for index in range(len(self.submission.files)):
            paper = self.paper(index)
            if number <= paper.document.pages:
                return paper, number
            number -= paper.document.pages
        raise Empty("It has no such page.")

    def see(self, numbers: Sequence[int]) -> list[Seen]:
        """These pages with their words, those that were not yet seen a batch at a time."""
        unseen = [number for number in numbers if number not in self.pages]
        for start in range(0, len(unseen), self.reader.batch):
            self.look_at(unseen[start : start + self.reader.batch])
        return [self.pages[number] for number in numbers]

    def look_at(self, numbers: Sequence[int]) -> None:
        """A page that cannot be read, beside others of its file that can, has a fault and no words."""
        by_paper: dict[int, list[tuple[int, Sheet | Seen]]] = {}
        for number in numbers:
            paper, own = self.placed(number)
            with self.watch.timing("pages"):
                by_paper.setdefault(self.papers.index(paper), []).append((number, sheet_of(paper, own)))
        for index, sheets in by_paper.items():
            document_id = self.papers[index].document.id
            seen = self.reader.tried(document_id, [sheet for _, sheet in sheets], self.watch)
            self.pages |= {number: placed_at(number, one) for (number, _), one in zip(sheets, seen, strict=True)}

    def count(self) -> int:
        """All its pages; every file is opened. Raises TooManyPages."""
        papers = [self.paper(index) for index in range(len(self.submission.files))]
        pages = sum(paper.document.pages for paper in papers)
        if pages > self.reader.limits.pages:
            raise TooManyPages(f"It has {pages} pages; the limit is {self.reader.limits.pages}.")
        return pages

    def document(self) -> Document:
        """That of its only file; of several files one that is known by the digests of all."""
        pages, documents = self.count(), [paper.document for paper in self.papers]
        if len(documents) == 1:
            return documents[0]
        together = hashlib.sha256("".join(document.id for document in documents).encode()).hexdigest()
        return Document(together, documents[0].name, SEVERAL, pages)

    def reading(self, guess: Guess) -> Reading:
        """All pages and words of a document of that kind."""
        document = self.document()
        seen = self.see(range(1, document.pages + 1))
        return Reading(
            document=document,
            pages=tuple(one.page for one in seen),
            words=tuple(word for one in seen for word in one.words),
            kind=guess,
            errors=tuple(one.fault for one in seen if one.fault),
            engines={"ocr": self.reader.plugs.ocr.engine},
        )

    def image(self, number: int, long_side: int) -> Raster:
        paper, own = self.placed(number)
        with self.watch.timing("pages"):
            raster = paper.raster(own, long_side)
        return turned(raster, self.pages[number].page.turn) if number in self.pages else raster

    def first(self) -> Exhibit:
        """The first page alone, which decides the kind."""
        return Exhibit(1, lambda: self.see([1])[0].words, self.image, self.submission.prompt)

    def whole(self) -> Exhibit:
        """All pages."""
        return Exhibit(self.count(), self.words, self.image, self.submission.prompt)

    def words(self) -> Words:
        return tuple(word for one in self.see(range(1, self.count() + 1)) for word in one.words)

    def attachment(self) -> bytes:
        """The XML of the e-invoice that came beside it, or that its only file carries, or b""."""
        if self.submission.beside:
            return self.submission.beside
        return self.paper(0).attachment() if len(self.submission.files) == 1 else b""


def placed_at(number: int, seen: Seen) -> Seen:
    """What was seen of a page of a file, under its number among the pages of all files."""
    fault = replace(seen.fault, page=number) if seen.fault else None
    return Seen(replace(seen.page, number=number, words=()), numbered(seen.words, number), fault)


class Understanding(Protocol):
    """From a document whose kind is known to all that stands on it."""

    @property
    def engine(self) -> Engine: ...

    def understand(self, sheaf: Sheaf, guess: Guess) -> Reading: ...


class ByLabels:
    """Fields by the labels of words."""

    def __init__(self, labeller: Labeller) -> None:
        self.labeller = labeller

    @property
    def engine(self) -> Engine:
        return self.labeller.engine

    def understand(self, sheaf: Sheaf, guess: Guess) -> Reading:
        reading = sheaf.reading(guess)
        (tags,) = self.labeller.label([(reading.words, guess.kind)])
        labelled = replace(reading, tags=tags, engines={**reading.engines, "extractor": self.labeller.engine})
        return understood(labelled, self.labeller.assurance(guess.kind), sheaf.attachment())


class ByStatement:
    """Fields as an engine states them, each found again among the words."""

    def __init__(self, extractor: Extractor) -> None:
        self.extractor = extractor

    @property
    def engine(self) -> Engine:
        return self.extractor.engine

    def understand(self, sheaf: Sheaf, guess: Guess) -> Reading:
        reading = sheaf.reading(guess)
        (statement,) = self.extractor.extract([(sheaf.whole(), guess.kind)])
        fields = with_confidences(stated(guess.kind, statement.values, reading.words), statement.confidences)
        engines = {**reading.engines, "extractor": statement.engine}
        return concluded(replace(reading, fields=fields, engines=engines), UNMEASURED, sheaf.attachment())


class Desk:
    """Where submissions are dealt with. It keeps nothing of them."""

    def __init__(self, reader: Reader, judge: Judge, understanding: Understanding, answerer: Answerer) -> None:
        self.reader = reader
        self.judging = judge
        self.understanding = understanding
        self.answerer = answerer

    def judge(self, submission: Submission) -> Verdict:
        """The kind of the document by its first page. Raises RectoError where no engine can tell."""
        with self.spread(submission, Stopwatch()) as sheaf:
            return self.judged(sheaf)

    def extract(self, submission: Submission) -> Extraction:
        """Everything on the document. Raises RectoError where it cannot be read or no engine can extract."""
        if submission.kind is not None and submission.kind not in kinds():
            raise UnknownKind(f"{submission.kind!r}; the kinds are {', '.join(kinds())}.")
        watch, kind = Stopwatch(), submission.kind or ("invoice" if submission.beside else None)
        with self.spread(submission, watch) as sheaf:
            verdict = None if kind else self.judged(sheaf)
            guess = verdict.guess if verdict else Guess(kind or "other", None)
            with watch.timing("extract"):
                found = self.understanding.understand(sheaf, guess)
        if verdict:
            found = replace(found, engines={**found.engines, "classifier": verdict.engine})
        return Extraction(replace(found, seconds=watch.seconds), verdict)

    def ask(self, submission: Submission, question: str) -> Answer:
        """The answer to a question about the document. Raises RectoError where no engine can answer."""
        with self.spread(submission, Stopwatch()) as sheaf:
            (answer,) = self.answerer.answer([(sheaf.whole(), question)])
            return answer

    def judged(self, sheaf: Sheaf) -> Verdict:
        with sheaf.watch.timing("classify"):
            (verdict,) = self.judging.judge([sheaf.first()])
        return verdict

    @contextmanager
    def spread(self, submission: Submission, watch: Stopwatch) -> Iterator[Sheaf]:
        if not submission.files:
            raise Empty("No file was given.")
        with ExitStack() as stack:
            yield Sheaf(submission, self.reader, stack, watch)
