"""The one place that picks plugs for sockets, by the settings."""

import os
from functools import cached_property
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Final

from recto.document.errors import BadSettings, UnknownEngine
from recto.document.limits import Limits
from recto.document.page import Document
from recto.document.reading import Reading
from recto.engines.chain import AnswererChain, ClassifierChain, JudgeChain, LabellerChain, UnderstandingChain
from recto.engines.classify.words import WordsJudge
from recto.engines.together import ClassifierTogether, LabellerTogether, OcrTogether
from recto.pipeline import Plugs, Progress, Reader, Wish, silent
from recto.plugs import PLUGS as PLUGS
from recto.plugs import load
from recto.plugs import named as named
from recto.ports import Answer, Classifier, Judge, Labeller, Memory, Ocr, Verdict
from recto.reading.seen import seen_from_json
from recto.settings import Settings as Settings
from recto.settings import settings as settings
from recto.stores.forgetful import Forgetful, Recalling
from recto.submission import ByLabels, ByStatement, Desk, Extraction, Submission, Understanding

if TYPE_CHECKING:
    from recto.stores.deliveries import SqlDeliveries
    from recto.stores.dynamo_jobs import DynamoJobs
    from recto.stores.dynamo_labels import DynamoLabels
    from recto.stores.jobs import SqlJobs
    from recto.stores.keys import SqlKeys
    from recto.stores.labels import SqlLabels
    from recto.stores.memory import SqlMemory
    from recto.stores.records import SqlRecords
    from recto.stores.replays import SqlReplays
    from recto.stores.reviews import SqlReviews
    from recto.stores.runs import SqlRuns
    from recto.stores.schedules import SqlSchedules
    from recto.stores.seal import Seal
    from recto.stores.sealed import PlainBlobs
    from recto.stores.sql import Database
    from recto.stores.sqs import SqsQueue
    from recto.stores.usage import SqlUsage
    from recto.stores.web import Web
    from recto.stores.webhooks import SqlWebhooks
    from recto.training.models import Follower, Models

BUNDLED: Final = frozenset({"layout", "layoutlm", "layoutlm-torch"})
"""Engines that run a bundle: the active one, where their table names none."""

ON_BUNDLE: Final = ("active_bundle", "classifier", "labeller", "reader", "desk")
"""What is built on the active bundle."""

THREADED: Final = frozenset({"rapidocr", "tesseract"})
"""OCR engines that take the cores of this machine."""


class App:
    """Everything wired: engines by name, stores by URL. Nothing is opened or loaded before it is asked for.

    It keeps nothing of what it reads; `Installation` does.
    """

    def __init__(self, chosen: Settings) -> None:
        self.settings = chosen

    def __reduce__(self) -> tuple[Any, tuple[type["App"], Settings]]:
        """To another process goes only what it is built from."""
        return revived, (type(self), self.settings)

    def plug(self, port: str, name: str) -> Any:
        arguments = self.settings.table(name)
        which = arguments.pop("engine", name)
        if which in BUNDLED and "bundle" not in arguments:
            arguments = {**arguments, "bundle": self.active_bundle}
        return load(port, which, arguments)

    def port_of(self, name: str, *ports: str) -> str:
        """The first of the ports that the engine of that name fits. Raises UnknownEngine."""
        which = self.settings.table(name).get("engine", name)
        for port in ports:
            if which in PLUGS[port] or entry_points(group=f"recto.{port}", name=which):
                return port
        raise UnknownEngine(f"{which!r}; there are {', '.join(each for port in ports for each in PLUGS[port])}.")

    @cached_property
    def active_bundle(self) -> str:
        """The model that was activated in this installation, else the shipped one."""
        return self.activated()

    def activated(self) -> str:
        """The same, as it is now; the newest good one of the bucket that the settings name."""
        active: str = self.follower.path() if self.settings.model else self.models.active()
        return active

    @cached_property
    def models(self) -> "Models":
        """The models of this installation."""
        store: Models = named("recto.training.models:Models")(self.settings.home.expanduser() / "models")
        return store

    @cached_property
    def follower(self) -> "Follower":
        """Looks for newer models where the settings say."""
        find, fetch = (named(f"recto.stores.blobs:{name}") for name in ("folders_with", "copy_folder"))
        found: Follower = named("recto.training.models:Follower")(self.models, self.settings.model, find, fetch)
        return found

    def renewed(self) -> "App":
        """This application; what it built on a model that is not the active one any more is built anew when needed."""
        now = self.activated()
        if self.__dict__.get("active_bundle", now) != now:
            for name in ON_BUNDLE:
                self.__dict__.pop(name, None)
        return self

    @cached_property
    def ocr(self) -> Ocr:
        plain: Ocr = self.plug("ocr", self.settings.ocr)
        upright: Ocr = load("ocr", "upright", {"ocr": plain})
        return OcrTogether(upright, *self.batch) if self.batch else upright

    @cached_property
    def classifier(self) -> Classifier:
        return ClassifierChain([self.classifier_named(name) for name in self.settings.classifier])

    @cached_property
    def labeller(self) -> Labeller:
        return LabellerChain([self.labeller_named(name) for name in self.settings.labeller])

    @cached_property
    def memory(self) -> Memory:
        return Forgetful()

    @cached_property
    def database(self) -> "Database":
        """The database of the settings, migrated. Raises StoreUnavailable where it cannot be opened."""
        opened_database: Database = named("recto.stores.sql:connect")(self.settings.database_url)
        return opened_database

    @cached_property
    def seal(self) -> "Seal":
        """What readings and the pages that OCR saw are kept under."""
        seal: Seal = named("recto.stores.seal:seal_of")([k.get_secret_value() for k in self.settings.encryption_keys])
        return seal

    @cached_property
    def vault(self) -> "Seal":
        """What passwords are kept under: the keys of the settings, else one of the installation's own.

        The own one still opens what was kept before there were others.
        """
        keys = [key.get_secret_value() for key in self.settings.encryption_keys]
        place = self.settings.home.expanduser() / "vault.key"
        if not keys or place.exists():
            keys.append(named("recto.stores.seal:own_key")(place))
        vault: Seal = named("recto.stores.seal:seal_of")(keys)
        return vault

    @cached_property
    def records(self) -> "SqlRecords":
        store: SqlRecords = named("recto.stores.records:SqlRecords")(self.database, self.seal)
        return store

    @cached_property
    def labels(self) -> "SqlLabels | DynamoLabels":
        if self.settings.labels != "database":
            far: DynamoLabels = named("recto.stores.dynamo_labels:dynamo_labels")(self.settings.labels, self.seal)
            return far
        store: SqlLabels = named("recto.stores.labels:SqlLabels")(self.database, self.seal)
        return store

    @cached_property
    def runs(self) -> "SqlRuns":
        store: SqlRuns = named("recto.stores.runs:SqlRuns")(self.database)
        return store

    @cached_property
    def reviews(self) -> "SqlReviews":
        store: SqlReviews = named("recto.stores.reviews:SqlReviews")(self.database, self.seal)
        return store

    @cached_property
    def jobs(self) -> "SqlJobs | DynamoJobs":
        """The table of jobs: where they are looked at, cancelled and tried again."""
        if self.settings.queue.startswith("dynamodb://"):
            far: DynamoJobs = named("recto.stores.dynamo_jobs:dynamo_jobs")(self.settings.queue)
            return far
        store: SqlJobs = named("recto.stores.jobs:SqlJobs")(self.database)
        return store

    @cached_property
    def schedules(self) -> "SqlSchedules":
        store: SqlSchedules = named("recto.stores.schedules:SqlSchedules")(self.database)
        return store

    @cached_property
    def queue(self) -> "SqlJobs | DynamoJobs | SqsQueue":
        """Where jobs are ordered and claimed. Raises BadSettings for a queue that there is not."""
        if self.settings.queue == "database" or self.settings.queue.startswith("dynamodb://"):
            return self.jobs
        if not self.settings.queue.startswith("sqs://"):
            there = "there are `database`, `sqs://name` and `dynamodb://table`."
            raise BadSettings(f"queue: {self.settings.queue!r}; {there}")
        store: SqsQueue = named("recto.stores.sqs:sqs_queue")(self.settings.queue, self.jobs)
        return store

    @cached_property
    def blobs(self) -> "PlainBlobs":
        """The bytes as they came and what is made of them: under seal where there are keys."""
        place = named("recto.stores.blobs:blobs_at")(self.settings.blobs_url)
        store: PlainBlobs = named("recto.stores.sealed:blobs_under")(self.seal, place)
        return store

    @cached_property
    def keys(self) -> "SqlKeys":
        store: SqlKeys = named("recto.stores.keys:SqlKeys")(self.database)
        return store

    @cached_property
    def replays(self) -> "SqlReplays":
        """Answers that may be asked for again."""
        store: SqlReplays = named("recto.stores.replays:SqlReplays")(self.database, self.seal)
        return store

    @cached_property
    def usage(self) -> "SqlUsage":
        store: SqlUsage = named("recto.stores.usage:SqlUsage")(self.database)
        return store

    @cached_property
    def web(self) -> "Web":
        """Fetches what a caller names by its URL."""
        fetch = self.settings.fetch
        web: Web = named("recto.stores.web:web")(
            fetch.hosts, fetch.ports, self.limits.file_bytes, fetch.seconds, fetch.redirects
        )
        return web

    @cached_property
    def courier(self) -> "Web":
        """Takes messages to where owners want to hear of events."""
        of = self.settings.webhooks
        permits = named(f"recto.stores.web:{'anywhere' if of.private else 'is_public'}")
        web: Web = named("recto.stores.web:web")(of.hosts, of.ports, 0, of.seconds, 0, permits)
        return web

    @cached_property
    def webhooks(self) -> "SqlWebhooks":
        store: SqlWebhooks = named("recto.stores.webhooks:SqlWebhooks")(self.database, self.seal)
        return store

    @cached_property
    def deliveries(self) -> "SqlDeliveries":
        store: SqlDeliveries = named("recto.stores.deliveries:SqlDeliveries")(self.database)
        return store

    @cached_property
    def limits(self) -> Limits:
        return Limits(**self.settings.limits.model_dump())

    @cached_property
    def reader(self) -> Reader:
        plugs = Plugs(self.ocr, self.classifier, self.labeller, self.memory)
        return Reader(plugs, self.limits, self.settings.long_side)

    @cached_property
    def desk(self) -> Desk:
        """Who judges, extracts and answers at once."""
        plugs = Plugs(self.ocr, self.classifier, self.labeller, Recalling(self.memory))
        answerers = [self.plug("answerer", name) for name in self.settings.chain("answer")]
        return Desk(
            Reader(plugs, self.limits, self.settings.long_side),
            JudgeChain([self.judge_named(name) for name in self.settings.chain("classify")]),
            UnderstandingChain([self.understanding_named(name) for name in self.settings.chain("extract")]),
            AnswererChain(answerers),
        )

    @property
    def batch(self) -> tuple[int, float] | None:
        """How much work of several callers is done together, and how long is waited for it; None for none."""
        chosen = self.settings.batch
        return (chosen.size, chosen.delay) if chosen.size > 1 else None

    def classifier_named(self, name: str) -> Classifier:
        plug: Classifier = self.plug("classifier", name)
        return ClassifierTogether(plug, *self.batch) if self.batch else plug

    def labeller_named(self, name: str) -> Labeller:
        plug: Labeller = self.plug("labeller", name)
        return LabellerTogether(plug, *self.batch) if self.batch else plug

    def judge_named(self, name: str) -> Judge:
        """A judge, or a classifier made one."""
        if self.port_of(name, "judge", "classifier") == "classifier":
            return WordsJudge(self.classifier_named(name))
        judge: Judge = self.plug("judge", name)
        return judge

    def understanding_named(self, name: str) -> Understanding:
        """An engine that understands, states or labels."""
        port = self.port_of(name, "understanding", "extractor", "labeller")
        if port == "labeller":
            return ByLabels(self.labeller_named(name))
        if port == "extractor":
            return ByStatement(self.plug(port, name))
        understanding: Understanding = self.plug(port, name)
        return understanding

    def judge(self, submission: Submission) -> Verdict:
        """The kind of a document by its first page. Raises RectoError."""
        return self.renewed().desk.judge(submission)

    def extract(self, submission: Submission) -> Extraction:
        """What is on a document. Raises RectoError."""
        return self.renewed().desk.extract(submission)

    def ask(self, submission: Submission, question: str) -> Answer:
        """The answer to a question about a document. Raises RectoError."""
        return self.desk.ask(submission, question)

    def read(self, data: bytes, name: str, wish: Wish = Wish(), progress: Progress = silent) -> Reading:
        """One document, read by the engines of the settings."""
        return self.renewed().reader.read(data, name, wish, progress)

    def so_far(self, document: Document) -> Reading:
        """The pages that OCR has seen of a document that is being read."""
        return Reading(document)


class Installation(App):
    """An application that remembers in its database what its engines said: what serves and works off jobs."""

    @cached_property
    def memory(self) -> "SqlMemory":
        store: SqlMemory = named("recto.stores.memory:SqlMemory")(self.database, self.seal)
        return store

    def so_far(self, document: Document) -> Reading:
        looked_at = (answer for answer in self.memory.about(document.id) if "page" in answer)
        pages = {seen.page.number: seen for seen in map(seen_from_json, looked_at)}
        seen = [pages[number] for number in sorted(pages)]
        words = tuple(word for one in seen for word in one.words)
        return Reading(document, pages=tuple(one.page for one in seen), words=words)


def side_by_side(chosen: Settings, processes: int) -> Settings:
    """The settings for each of several processes on this machine: its OCR takes its share of the cores, if not told."""
    share = {"threads": max(1, (os.cpu_count() or 1) // processes)}
    if processes == 1 or chosen.ocr not in THREADED:
        return chosen
    own = {**share, **chosen.engines.get(chosen.ocr, {})}
    return chosen.model_copy(update={"engines": {**chosen.engines, chosen.ocr: own}})


def prepared(chosen: Settings | None) -> Settings:
    """The settings, and the kinds of one's own that they name made known."""
    found = chosen or settings()
    for kind in found.kinds:
        named("recto.schemas.models:add_named")(kind)
    return found


def revived(form: type[App], chosen: Settings) -> App:
    """An application in another process, which must learn of the kinds too."""
    return form(prepared(chosen))


def build(chosen: Settings | None = None) -> App:
    """The application for a single run."""
    return App(prepared(chosen))


def install(chosen: Settings | None = None) -> Installation:
    """The application as a server or a worker runs it."""
    return Installation(prepared(chosen))
