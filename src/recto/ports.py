"""Every socket that a plug fits: small Protocols. Engines take a batch and answer one result each, in order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from recto.document.assurance import Assurance
from recto.document.job import Backlog, Job, JobState, Order, Payload
from recto.document.label import Label, Labelled, Status
from recto.document.page import Raster, Turn, Words
from recto.document.reading import Engine, Guess, Tags
from recto.document.record import Found, Query, Record
from recto.document.review import Review, ReviewState
from recto.document.run import EpochRecord, RunRecord
from recto.document.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Sight:
    """What an OCR engine saw on one page: words in reading order with `line` set and `page` left at 1.

    `turn` is how far, clockwise, the raster must be turned to stand upright; the boxes are on the upright page.
    """

    words: Words
    turn: Turn = 0


class Ocr(Protocol):
    """Pixels to words."""

    @property
    def engine(self) -> Engine: ...

    def read(self, pages: Sequence[Raster]) -> list[Sight]: ...


class Classifier(Protocol):
    """Words to the kind of the document."""

    @property
    def engine(self) -> Engine: ...

    def classify(self, documents: Sequence[Words]) -> list[Guess]: ...


class Labeller(Protocol):
    """Words and the document's kind to one tag a word."""

    @property
    def engine(self) -> Engine: ...

    def label(self, documents: Sequence[tuple[Words, str]]) -> list[Tags]: ...

    def assurance(self, kind: str) -> Assurance:
        """How sure to be of the fields of that kind, as measured with this engine; UNMEASURED where it never was."""
        ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """A document's tags, and what they were chosen from: of each word the probability of each likely tag.

    The probabilities are the network's, calibrated, before the words of a document were looked at together; so the
    likeliest one need not be the tag.
    """

    tags: Tags
    chances: tuple[Mapping[str, float], ...]


class Weigher(Protocol):
    """A labeller that also says what else a word may be, for those who inspect it."""

    @property
    def engine(self) -> Engine: ...

    def weigh(self, documents: Sequence[tuple[Words, str]]) -> list[Weighed]: ...


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A document before an engine that may look at it: words and pixels are made when they are first asked for.

    `image(number, long_side)` is a page as a raster, upright if OCR has looked at it. `prompt` is what the caller adds.
    """

    pages: int
    words: Callable[[], Words]
    image: Callable[[int, int], Raster]
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The kind of a document, why, and who says so. `guess.confidence` is None where it was never measured.

    `score` is the engine's own number, 0..1, which says nothing until it was compared with the truth: what a
    calibration is fitted on.
    """

    guess: Guess
    reasoning: str
    engine: Engine
    score: float | None = None


class Judge(Protocol):
    """A document, as pixels or as words, to its kind and the reason."""

    @property
    def engine(self) -> Engine: ...

    def judge(self, exhibits: Sequence[Exhibit]) -> list[Verdict]: ...


@dataclass(frozen=True, slots=True)
class Statement:
    """What an engine states of a document, in the form of its kind's JSON schema, and who states it.

    `values` are texts by field name, and lists of rows by table name. `confidences` are measured ones by path
    (`total`, `items.0.description`). Places are not the engine's to say: they are found among the words.
    """

    values: Payload
    engine: Engine
    confidences: Mapping[str, float] = field(default_factory=dict)


class Extractor(Protocol):
    """A document and its kind to the values on it."""

    @property
    def engine(self) -> Engine: ...

    def extract(self, exhibits: Sequence[tuple[Exhibit, str]]) -> list[Statement]: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a question about a document; `words` are the indexes of the words that carry it, if any do."""

    text: str
    engine: Engine
    words: tuple[int, ...] = ()
    confidence: float | None = None


class Answerer(Protocol):
    """A document and a question to an answer."""

    @property
    def engine(self) -> Engine: ...

    def answer(self, questions: Sequence[tuple[Exhibit, str]]) -> list[Answer]: ...


class Records(Protocol):
    """Documents and their readings by document id and owner; the same bytes of one owner are one record."""

    def save(self, record: Record) -> None: ...

    def load(self, document_id: str, owner: str) -> Record: ...

    def delete(self, document_id: str, owner: str) -> None: ...


class Catalog(Protocol):
    """Looking for records."""

    def find(self, query: Query) -> Found: ...


class Queue(Protocol):
    """The working side of jobs: order one, claim the next, settle it.

    `claim` gives the job of highest priority that is due and whose kind is among `kinds`, leased for `seconds`, its
    attempts and fence counted up, or None. An expired lease makes a job due again. A claimed job that is `spent` is not
    to be worked on: whoever has it writes down that it failed, and settles it so.
    """

    def order(self, order: Order) -> Job: ...

    def claim(self, worker: str, kinds: Sequence[str], seconds: float) -> Job | None: ...

    def settle(self, job: Job, seconds: float = 0.0) -> None:
        """Write the job's state, attempts, progress, result and error, or raise Conflict if it is not the worker's now.

        From now a running job stays leased for `seconds`, a queued one waits for them before it is due.
        """
        ...


class Leases(Protocol):
    """Who holds jobs, so that those of a worker that is known to be dead need not wait for their leases to expire."""

    def holders(self) -> list[str]: ...

    def release(self, worker: str) -> None: ...


class JobList(Protocol):
    """The looking side of jobs, newest first."""

    def job(self, job_id: str) -> Job: ...

    def jobs(
        self, kind: str | None = None, state: JobState | None = None, owner: str | None = None, limit: int = 100
    ) -> list[Job]: ...


class Depth(Protocol):
    """How much work there is, for whoever decides on the number of workers."""

    def backlog(self, kinds: Sequence[str] = ()) -> Backlog: ...


class JobDesk(Protocol):
    """What a person may do to a job: cancel a waiting or running one, try a failed or cancelled one again."""

    def cancel(self, job_id: str) -> Job: ...

    def retry(self, job_id: str) -> Job: ...


class JobShelf(Protocol):
    """All jobs as they stand, to be carried from one store to another."""

    def every(self, kind: str | None = None) -> Iterator[tuple[Job, str | None]]:
        """Each with its unique key."""
        ...

    def bring(self, job: Job, unique: str | None) -> bool:
        """Keeps it as it stands; False where it, or one of its unique key, is there already."""
        ...


class Timetable(Protocol):
    """Which jobs are to be ordered because their time has come."""

    def due(self) -> list[Schedule]: ...

    def advance(self, schedule: Schedule) -> None:
        """Its job is ordered; it is due next at its next time. Nothing where another was faster."""
        ...


class Memory(Protocol):
    """What an engine answered before, by a key of content and engine. It may forget, never change."""

    def recall(self, key: str) -> Payload | None: ...

    def keep(self, key: str, answer: Payload) -> None: ...

    def forget(self, document_id: str) -> None:
        """Everything whose key begins with the document's id."""
        ...


class Blobs(Protocol):
    """Bytes by key (`documents/<sha256>`); a key is written once and its bytes never change."""

    def put(self, key: str, data: bytes) -> None: ...

    def get(self, key: str) -> bytes: ...

    def delete(self, key: str) -> None: ...


class Keys(Protocol):
    """The keys of a store of blobs below a prefix."""

    def keys(self, prefix: str) -> Iterator[str]: ...


class Labels(Protocol):
    """What is said of a document's words, and what was said before. Nothing that was said is changed."""

    def current(self, document_id: str, owner: str) -> tuple[Label, ...]:
        """The last that was said of each word, in the order of the words' keys; none for an unknown document."""
        ...

    def write(self, document_id: str, owner: str, labels: Sequence[Label]) -> None:
        """Each label's `version` is one more than that of the word's last label (1 for a word without), else Conflict.

        Of up to 40 labels, each of another word, all are written or none; of more, those before the one that is in
        conflict may have been. On the disk when it returns.
        """
        ...

    def history(self, document_id: str, owner: str, word: str) -> tuple[Label, ...]:
        """Everything that was said of that word, the first first."""
        ...


class Reviews(Protocol):
    """What people have done about the documents that were decided for review."""

    def review(self, document_id: str, owner: str) -> Review:
        """Version 0 where nobody has begun."""
        ...

    def write(self, review: Review) -> None:
        """Its `version` is one more than that of the review there is (1 for the first), else Conflict."""
        ...

    def reviews(self, owner: str | None = None, state: ReviewState | None = None) -> tuple[Review, ...]:
        """Without what can be undone, the last changed first."""
        ...


class LabelledDocuments(Protocol):
    """Which documents have labels."""

    def labelled(
        self, owner: str | None = None, status: Status | None = None, limit: int = 1000
    ) -> tuple[Labelled, ...]:
        """Those with a current label of that status (None: of any), the last labelled first."""
        ...

    def forget(self, document_id: str, owner: str) -> None:
        """Everything that was said of that document."""
        ...


class Runs(Protocol):
    """Where training runs are written down as they go. What is said again replaces what was said before."""

    def save(self, run: RunRecord) -> None:
        """All but the run's epochs. On the disk when it returns."""
        ...

    def add(self, run_id: str, epoch: EpochRecord) -> None:
        """One epoch of a run that was saved."""
        ...

    def run(self, run_id: str) -> RunRecord:
        """The run with all its epochs, in their order. Raises NotFound."""
        ...


class RunList(Protocol):
    """The looking side of runs, newest first."""

    def runs(self, limit: int = 100) -> tuple[RunRecord, ...]:
        """Their epochs have figures and no validation."""
        ...

    def judging(self, document_id: str, limit: int = 20) -> tuple[RunRecord, ...]:
        """The newest runs that judged that document after some epoch, without their epochs."""
        ...
