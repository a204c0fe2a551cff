"""What an installation does with its labels by itself: suggests, doubts, trains, and makes answers beforehand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from recto.app import App, named
from recto.document.errors import BadRequest, EngineUnavailable
from recto.document.job import Job, Payload
from recto.document.label import Label, places_of
from recto.document.record import Record
from recto.document.schedule import Schedule
from recto.document.webhook import DELIVER
from recto.doors.inspecting import refreshed
from recto.doors.label_import import existing, labelled_records, read_ids
from recto.doors.promoting import promote
from recto.doors.worker_deliver import DeliverHandler
from recto.doors.worker_export import EXPORT, ExportHandler
from recto.doors.worker_hand import Handler, Report
from recto.doors.worker_read import read_handler
from recto.doors.worker_tidy import NIGHTLY, TIDY, TidyHandler
from recto.reading.labels import seated

INSPECT: Final = "inspect"
TRAIN: Final = "train"

LOOKED_AT: Final = 500
"""So many unlabelled documents, from the newest, are put in order: each is loaded with its words."""


def to_label(app: App, owner: str) -> list[Any]:
    """Of the newest documents those that nobody labelled, the most useful first."""
    known = {one.document_id for one in app.labels.labelled(owner, None, 1_000_000)}
    ids = islice((each for each in read_ids(app, owner) if each not in known), LOOKED_AT)
    found = (existing(app, each, owner) for each in ids)
    ordered: list[Any] = named("recto.training.active:most_useful")(record for record in found if record)
    return ordered


def suggested(app: App, owner: str, count: int) -> int:
    """The model's labels as PENDING ones on the most useful documents; says on how many it had any."""
    labelled = 0
    for one in to_label(app, owner)[:count]:
        if labels := suggestions(app.records.load(one.document, owner)):
            app.labels.write(one.document, owner, labels)
            labelled += 1
    return labelled


def suggestions(record: Record) -> list[Label]:
    """A PENDING label for each word that the model gives one."""
    reading, now = record.reading, datetime.now(UTC)
    assert reading is not None
    by = reading.engines["labeller"].key if "labeller" in reading.engines else ""
    return [
        Label(place, tag.label, "model", "PENDING", now, tag.begins, by, confidence=tag.confidence)
        for place, tag in zip(places_of(reading.words), reading.tags, strict=True)
        if tag.label != "O"
    ]


def doubted(app: App, owner: str, persons: bool = False) -> dict[str, int]:
    """Marks VALID labels that look wrong as NEEDS_REVIEW with the reason; what people said only with `persons`.

    How many labels were marked, by document.
    """
    known = list(labelled_records(app, owner))
    examples_of = named("recto.training.truth:examples_of")
    truths = [(record, labels, examples_of(record, labels)) for record, labels in known]
    habitat = named("recto.training.suspicion:Habitat").of(one for _, _, found in truths for one in found)
    labeller = app.renewed().plug("labeller", app.settings.labeller[0])
    weigher = labeller if hasattr(labeller, "weigh") else None
    marked: dict[str, int] = {}
    for record, labels, found in truths:
        if len(found) != 1:
            continue
        reasons = named("recto.training.suspicion:suspicions")(found[0], weigher, habitat)
        new = list(doubts(record, labels, reasons, persons))
        app.labels.write(record.document.id, owner, new)
        marked |= {record.document.id: len(new)} if new else {}
    return marked


def doubts(record: Record, labels: tuple[Label, ...], reasons: dict[int, str], persons: bool) -> Iterator[Label]:
    assert record.reading is not None
    now, written = datetime.now(UTC), set[str]()
    for seat in seated(labels, record.reading.words):
        label = seat.label
        if seat.index not in reasons or label is None or label.status != "VALID" or label.word in written:
            continue
        if label.source != "person" or persons:
            written.add(label.word)
            yield replace(label, status="NEEDS_REVIEW", source="model", at=now, reason=reasons[seat.index]).after(label)


@dataclass(frozen=True)
class InspectHandler:
    """Makes answers of `/layoutlm_inference` beforehand, for everybody who has labelled documents."""

    app: App

    def work(self, job: Job, report: Report) -> Payload:
        chosen = self.app.settings.inspect
        owners = sorted({one.owner for one in self.app.labels.labelled(None, "VALID", 1_000_000)})
        return {"made": dict(refreshed(self.app, owners, chosen.batch, chosen.pool))}

    def bury(self, job: Job) -> None:
        """The next one comes by itself."""


@dataclass(frozen=True)
class TrainHandler:
    """Trains on this installation's labels: `{"name", "promote"?, "margin"?, "settings"?: {"epochs": 10, …}}`.

    Beside the knobs of a run the settings know `small`, a tiny network, and `smoke`, one for three epochs at most.
    A job that was interrupted goes on at its last checkpoint. The bundle becomes a model of that name.
    """

    app: App

    def work(self, job: Job, report: Report) -> Payload:
        name, out = str(job.payload["name"]), self.app.models.home / "runs" / str(job.payload["name"])
        bundle = self.trained(name, out, job.payload, report)
        if bundle is None:
            return {"model": name, "interrupted": True}
        model = self.app.models.pull(str(bundle), name)
        said: dict[str, Any] = {"model": name, "digest": model.digest}
        if model.active:  # it was promoted before its worker died
            said |= {"promoted": True, "why": "It is in use already."}
        elif job.payload.get("promote"):
            margin = job.payload.get("margin")
            verdict = promote(self.app, name, float(str(margin)) if margin is not None else None, job.owner)
            said |= {"promoted": verdict["better"], "why": verdict["why"]}
        return said

    def trained(self, name: str, out: Path, payload: Payload, report: Report) -> Path | None:
        try:
            train_bundle = named("recto.training.commands:train_bundle")
        except ModuleNotFoundError as missing:
            raise EngineUnavailable(f"Training needs {missing.name}: pip install 'recto[train]'.") from missing
        examples = named("recto.training.sources.labels:examples")(self.app.labels, self.app.labels, self.app.records)
        given = payload.get("settings") or {}
        if not isinstance(given, dict):
            raise BadRequest("`settings` is an object of names and numbers.")
        given, examples = sized(given, examples)
        knobs = knobs_of(name, out, given)

        def beat(epoch: int, batch: int, batches: int) -> None:
            report({"epoch": epoch + 1, "batch": batch, "batches": batches})

        bundle: Path | None = train_bundle(knobs, examples, [self.app.runs], lambda record: None, beat, self.app.blobs)
        return bundle

    def bury(self, job: Job) -> None:
        """Its run says that it failed."""


def sized(given: Mapping[str, Any], examples: list[Any]) -> tuple[dict[str, Any], list[Any]]:
    """The settings and documents of a `smoke` or a `small` run: a tiny network, for three epochs or as many as said."""
    told = {name: value for name, value in given.items() if name not in ("smoke", "small")}
    if given.get("smoke"):
        cut: tuple[dict[str, Any], list[Any]] = named("recto.training.commands:smoke")({"epochs": 1, **told}, examples)
        return cut
    return ({**named("recto.training.commands:SMALL"), **told}, examples) if given.get("small") else (told, examples)


def knobs_of(name: str, out: Path, given: Mapping[str, Any]) -> Any:
    """The settings of a run. Raises BadRequest for one that there is not, or that is of another type."""
    form = named("recto.training.settings:TrainSettings")
    stated = {"name": name, "out": out}
    if unknown := set(given) & set(stated) | set(given) - {one.name for one in fields(form)}:
        raise BadRequest(f"settings: there is no {', '.join(sorted(unknown))}.")
    try:
        return TypeAdapter(form).validate_python({**stated, **given})
    except ValidationError as wrong:
        raise BadRequest(f"settings: {wrong.errors()[0]['loc'][0]}: {wrong.errors()[0]['msg']}") from wrong


def handlers(app: App) -> dict[str, Handler]:
    """Everything that a worker does: `Worker(app.queue, handlers(app))`."""
    return {
        **read_handler(app),
        INSPECT: InspectHandler(app),
        TRAIN: TrainHandler(app),
        EXPORT: ExportHandler(app),
        DELIVER: DeliverHandler(app),
        TIDY: TidyHandler(app),
    }


def keep_time(app: App) -> None:
    """Lets the memory be tidied each night, and answers be made every few minutes, as the settings say; 0 never.

    Raises StoreUnavailable.
    """
    app.schedules.put(NIGHTLY)
    minutes = app.settings.inspect.minutes
    if minutes:
        app.schedules.put(Schedule("inspections", f"*/{minutes} * * * *", INSPECT))
    elif any(one.name == "inspections" for one in app.schedules.schedules()):
        app.schedules.delete("inspections")
