"""Settings, and the one place that picks plugs for sockets."""

import importlib
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from recto.document.errors import BadSettings, UnknownEngine
from recto.document.limits import Limits
from recto.document.page import Document
from recto.document.reading import Reading
from recto.engines.chain import ClassifierChain, LabellerChain
from recto.pipeline import Plugs, Progress, Reader, Wish, silent
from recto.ports import Classifier, Labeller, Memory, Ocr
from recto.reading.overlay import drawn
from recto.reading.paper import opened
from recto.reading.raster import encoded, turned
from recto.reading.seen import seen_from_json
from recto.stores.forgetful import Forgetful

if TYPE_CHECKING:
    from recto.stores.files import FileBlobs
    from recto.stores.jobs import SqlJobs
    from recto.stores.labels import SqlLabels
    from recto.stores.memory import SqlMemory
    from recto.stores.objects import ObjectBlobs
    from recto.stores.records import SqlRecords
    from recto.stores.sql import Database
    from recto.stores.sqs import SqsQueue

PLUGS: Final[Mapping[str, Mapping[str, str]]] = {
    "ocr": {
        "rapidocr": "recto.engines.ocr.rapid:RapidOcr",
        "tesseract": "recto.engines.ocr.tesseract:TesseractOcr",
        "upright": "recto.engines.ocr.upright:Upright",
    },
    "classifier": {
        "layout": "recto.engines.classify.layout:LayoutClassifier",
        "rules": "recto.engines.classify.rules:RulesClassifier",
    },
    "labeller": {
        "layoutlm": "recto.engines.label.layoutlm_onnx:LayoutLmOnnx",
        "layoutlm-torch": "recto.engines.label.layoutlm_torch:LayoutLmTorch",
        "rules": "recto.engines.label.rules:RulesLabeller",
    },
}


BUNDLED: Final = frozenset({"layout", "layoutlm", "layoutlm-torch"})
"""Engines that run a bundle: the active one, where their table names none."""

OVERLAY_SIDE: Final = 1600
"""Pixels on the long side of a page that is drawn for a person."""


DEFAULTS: Final = Limits()


class LimitSettings(BaseModel):
    """How much of a document is taken on; see `Limits`."""

    file_bytes: int = DEFAULTS.file_bytes
    image_bytes: int = DEFAULTS.image_bytes
    pages: int = DEFAULTS.pages
    page_pixels: int = DEFAULTS.page_pixels
    page_seconds: float = DEFAULTS.page_seconds
    child_bytes: int = DEFAULTS.child_bytes


class Settings(BaseSettings):
    """Read once, from `recto.toml` (or the file that RECTO_CONFIG names) and the environment, which wins."""

    model_config = SettingsConfigDict(env_prefix="RECTO_", env_nested_delimiter="__", extra="forbid")

    home: Path = Field(default_factory=lambda: Path.home() / ".recto", description="Where everything lives by default.")
    database: str = Field("", description="`sqlite:///…` or `postgresql://…`; a file under the home by default.")
    blobs: str = Field("", description="`file:///…`, `s3://…`, `gs://…`, `az://…`; a folder of the home by default.")
    queue: str = Field("database", description="`database`, or `sqs://…` carrying job ids only.")
    ocr: str = Field("rapidocr", description="The OCR engine.")
    classifier: list[str] = Field(["layout", "rules"], description="Classifiers; the first that can run answers.")
    labeller: list[str] = Field(["layoutlm", "rules"], description="Labellers; the first that can run answers.")
    engines: dict[str, dict[str, Any]] = Field({}, description="A table for each engine: its constructor's arguments.")
    kinds: list[str] = Field([], description="Kinds of one's own: TOML files, or `module:Class`.")
    limits: LimitSettings = Field(LimitSettings(), description="How much of a document is taken on.")
    long_side: int = Field(2000, gt=0, description="Pixels on the long side of a page rendered for OCR.")
    host: str = Field("127.0.0.1", description="The address that `recto serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port that `recto serve` listens on.")
    gateway_api_key: SecretStr | None = Field(None, validation_alias="GATEWAY_API_KEY", description="One key for all.")
    log_level: str = Field("INFO", validation_alias="LOG_LEVEL", description="DEBUG, INFO, WARNING or ERROR.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = TomlConfigSettingsSource(settings_cls, Path(os.environ.get("RECTO_CONFIG", "recto.toml")))
        return init_settings, env_settings, file

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home.expanduser().absolute() / 'recto.db'}"

    @property
    def blobs_url(self) -> str:
        return self.blobs or (self.home.expanduser().absolute() / "blobs").as_uri()


def settings(**given: Any) -> Settings:
    """The settings, `given` ones first. Raises BadSettings, which names what is wrong and where."""
    try:
        return Settings(**given)
    except ValidationError as error:
        raise BadSettings("; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())) from error


def named(target: str) -> Any:
    """The thing at `module:name`, imported now: a plug is loaded when it is asked for, never before."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def load(port: str, name: str, arguments: Mapping[str, Any]) -> Any:
    """The plug of that name, built with its table of the settings.

    A name that is not ours is looked for among the entry points of the group `recto.<port>`.
    """
    target = PLUGS[port].get(name)
    if target is None:
        offered = entry_points(group=f"recto.{port}", name=name)
        if not offered:
            raise UnknownEngine(f"{name!r} for {port}; there are {', '.join(PLUGS[port])}.")
        maker = next(iter(offered)).load()
    else:
        maker = named(target)
    try:
        return maker(**arguments)
    except TypeError as error:
        raise BadSettings(f"engines.{name}: {error}") from error


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
        arguments = self.settings.engines.get(name, {})
        if name in BUNDLED and "bundle" not in arguments:
            arguments = {**arguments, "bundle": self.active_bundle}
        return load(port, name, arguments)

    @cached_property
    def active_bundle(self) -> str:
        """The model that was activated in this installation, else the shipped one."""
        active: str = named("recto.training.models:Models")(self.settings.home.expanduser() / "models").active()
        return active

    @cached_property
    def ocr(self) -> Ocr:
        plain: Ocr = self.plug("ocr", self.settings.ocr)
        upright: Ocr = load("ocr", "upright", {"ocr": plain})
        return upright

    @cached_property
    def classifier(self) -> Classifier:
        return ClassifierChain([self.plug("classifier", name) for name in self.settings.classifier])

    @cached_property
    def labeller(self) -> Labeller:
        return LabellerChain([self.plug("labeller", name) for name in self.settings.labeller])

    @cached_property
    def memory(self) -> Memory:
        return Forgetful()

    @cached_property
    def database(self) -> "Database":
        """The database of the settings, migrated. Raises StoreUnavailable where it cannot be opened."""
        opened_database: Database = named("recto.stores.sql:connect")(self.settings.database_url)
        return opened_database

    @cached_property
    def records(self) -> "SqlRecords":
        store: SqlRecords = named("recto.stores.records:SqlRecords")(self.database)
        return store

    @cached_property
    def labels(self) -> "SqlLabels":
        store: SqlLabels = named("recto.stores.labels:SqlLabels")(self.database)
        return store

    @cached_property
    def jobs(self) -> "SqlJobs":
        """The table of jobs: where they are looked at, cancelled and tried again."""
        store: SqlJobs = named("recto.stores.jobs:SqlJobs")(self.database)
        return store

    @cached_property
    def queue(self) -> "SqlJobs | SqsQueue":
        """Where jobs are ordered and claimed. Raises BadSettings for a queue that there is not."""
        if self.settings.queue == "database":
            return self.jobs
        if not self.settings.queue.startswith("sqs://"):
            raise BadSettings(f"queue: {self.settings.queue!r}; there are `database` and `sqs://name`.")
        store: SqsQueue = named("recto.stores.sqs:sqs_queue")(self.settings.queue, self.jobs)
        return store

    @cached_property
    def blobs(self) -> "FileBlobs | ObjectBlobs":
        store: FileBlobs | ObjectBlobs = named("recto.stores.blobs:blobs_at")(self.settings.blobs_url)
        return store

    @cached_property
    def limits(self) -> Limits:
        return Limits(**self.settings.limits.model_dump())

    @cached_property
    def reader(self) -> Reader:
        plugs = Plugs(self.ocr, self.classifier, self.labeller, self.memory)
        return Reader(plugs, self.limits, self.settings.long_side)

    def read(self, data: bytes, name: str, wish: Wish = Wish(), progress: Progress = silent) -> Reading:
        """One document, read by the engines of the settings."""
        return self.reader.read(data, name, wish, progress)

    def so_far(self, document: Document) -> Reading:
        """The pages that OCR has seen of a document that is being read."""
        return Reading(document)

    def overlays(self, data: bytes, reading: Reading, password: str | None = None) -> Iterator[tuple[int, bytes]]:
        """Each page's number and a PNG of it with the reading's boxes and labels drawn, a page at a time."""
        with opened(data, reading.document.name, self.limits, password) as paper:
            for page in reading.pages:
                raster = turned(paper.raster(page.number, OVERLAY_SIDE), page.turn)
                here = [index for index, word in enumerate(reading.words) if word.page == page.number]
                words = tuple(reading.words[index] for index in here)
                tags = tuple(reading.tags[index] for index in here)
                yield page.number, encoded(drawn(raster, words, tags), "image/png")


class Installation(App):
    """An application that remembers in its database the pages that OCR saw: what serves and works off jobs."""

    @cached_property
    def memory(self) -> "SqlMemory":
        store: SqlMemory = named("recto.stores.memory:SqlMemory")(self.database)
        return store

    def so_far(self, document: Document) -> Reading:
        pages = {seen.page.number: seen for seen in map(seen_from_json, self.memory.about(document.id))}
        seen = [pages[number] for number in sorted(pages)]
        words = tuple(word for one in seen for word in one.words)
        return Reading(document, pages=tuple(one.page for one in seen), words=words)


def side_by_side(chosen: Settings, processes: int) -> Settings:
    """The settings for each of several processes on this machine: its OCR takes its share of the cores, if not told."""
    share = {"threads": max(1, (os.cpu_count() or 1) // processes)}
    if processes == 1 or chosen.ocr not in PLUGS["ocr"]:
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
