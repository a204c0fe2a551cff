"""A document as a model sees it beside the truth, and the pool of such answers that are made beforehand.

An answer of the pool is a blob `inspections/<owner>/<microseconds>-<document>.json`, written once: the newest ones are
the pool, and each making throws away those that are too many.
"""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from threading import Lock
from typing import Any, Final

from recto.app import App, named
from recto.document.errors import Conflict, NotFound, RectoError
from recto.document.record import Record
from recto.document.run import EpochRecord, RunRecord
from recto.pipeline import Stopwatch
from recto.schemas.label_json import instant_text

KEPT_MODELS: Final = 3
COUNTED: Final = ("entities", "words", "fields")
UNFINISHED: Final = {"digest": None, "s3_uri": None, "device": "cpu"}
"""A network in the midst of its training, which runs on the processor."""

NOBODY: Final = "everyone"
"""Stands in a key for the owner where no keys are asked for."""


@dataclass(frozen=True)
class Model:
    """A labeller to inspect with, and what is known of it."""

    labeller: Any
    info: Mapping[str, Any]


class Inspector:
    """Answers what a model says of a document. Models stay loaded, the last few that were asked for."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.models: dict[str, Model] = {}
        self.lock = Lock()

    def answer(self, document_id: str, owner: str, name: str | None = None) -> tuple[dict[str, Any], dict[str, float]]:
        """The answer, and seconds by stage. Raises NotFound for the document or the model, Conflict if it is unread."""
        watch = Stopwatch()
        with watch.timing("load"):
            record = read_record(self.app, document_id, owner)
            labels = self.app.labels.current(document_id, owner)
        with watch.timing("model"):
            model = self.model(name)
        inspection = named("recto.training.inspection:inspected")(record, labels, model.labeller)
        answer = {
            "original": inspection.original,
            "metrics": inspection.metrics,
            "model_info": dict(model.info),
            "cached_at": instant_text(datetime.now(UTC)),
        }
        return answer, {**watch.seconds, **inspection.seconds}

    def recalled(self, document_id: str, owner: str, run: RunRecord, epoch: int) -> dict[str, Any]:
        """The same with what the run's network said after that epoch. Raises NotFound where it was not kept."""
        record = read_record(self.app, document_id, owner)
        labels = self.app.labels.current(document_id, owner)
        kept = self.app.blobs.get(named("recto.training.epochs:key_of")(run.id, epoch))
        inspection = named("recto.training.inspection:recalled")(record, labels, kept)
        if inspection is None:
            raise NotFound("The run judged other words than the document has now.")
        return {
            "original": inspection.original,
            "metrics": inspection.metrics,
            "model_info": {**UNFINISHED, "model_name": run.name, "engine": f"epoch {epoch}", "job_id": run.id},
            "cached_at": instant_text(run.updated_at or datetime.now(UTC)),
        }

    def model(self, name: str | None) -> Model:
        """The model of that name, or the one that labels here. Raises NotFound."""
        key = name or f"/{self.app.activated()}"
        with self.lock:
            if key not in self.models:
                self.models[key] = self.opened(name)
                while len(self.models) > KEPT_MODELS:
                    del self.models[next(iter(self.models))]
            return self.models[key]

    def opened(self, name: str | None) -> Model:
        if name is None:
            labeller = self.app.renewed().plug("labeller", self.app.settings.labeller[0])
            return Model(labeller, self.info(labeller, self.app.active_bundle))
        found = next((one for one in self.app.models.list() if one.name == name), None)
        if found is None:
            raise NotFound(f"No model {name!r}.")
        labeller = named("recto.engines.label.layoutlm_onnx:LayoutLmOnnx")(found.path)
        return Model(labeller, self.info(labeller, found.path))

    def info(self, labeller: Any, path: str) -> dict[str, Any]:
        """Its name, the run that it came of, where it came from, and what it runs on."""
        engine = labeller.engine
        run = next((run.id for run in self.app.runs.runs() if run.digest == engine.digest), None)
        return {
            "model_name": engine.model or engine.name,
            "digest": engine.digest,
            "engine": f"{engine.name} {engine.version}",
            "job_id": run if engine.digest else None,
            "s3_uri": source_of(Path(path)),
            "device": getattr(labeller, "device", "cpu"),
        }


def judged_runs(app: App, document_id: str, owner: str) -> list[RunRecord]:
    """The training runs that judged the document after an epoch, the newest first. Raises NotFound for the document."""
    app.records.load(document_id, owner)
    return list(app.runs.judging(document_id))


def judged_epochs(app: App, document_id: str, run: RunRecord) -> list[dict[str, Any]]:
    """Each epoch after which the run judged the document: how, and whether its predictions were kept."""
    kept = set(app.blobs.keys(named("recto.training.epochs:folder_of")(run.id)))
    key_of = named("recto.training.epochs:key_of")
    found = ((epoch, figures_of(epoch, document_id)) for epoch in run.epochs)
    return [
        {
            "epoch": epoch.epoch,
            "loss": epoch.loss,
            "figure": epoch.figure,
            **figures,
            "predictions": key_of(run.id, epoch.epoch) in kept,
        }
        for epoch, figures in found
        if figures
    ]


def figures_of(epoch: EpochRecord, document_id: str) -> dict[str, Any] | None:
    """[right, found, there] of the document's entities, words and fields, all its parts together; None without it."""
    about = (epoch.validation or {}).get("by_document", ())
    parts = [one for one in about if one["id"].partition("/")[0] == document_id]
    if not parts:
        return None
    counts = {name: [sum(three) for three in zip(*(one[name] for one in parts), strict=True)] for name in COUNTED}
    return {**counts, "wrong_words": sum(one["wrong_words"] for one in parts)}


def source_of(folder: Path) -> str | None:
    """The URL that a bundle was pulled from; None for a local or shipped one."""
    try:
        stated: str = json.loads((folder / "source.json").read_text())["url"]
    except (OSError, ValueError, KeyError):
        return None
    return stated


def read_record(app: App, document_id: str, owner: str) -> Record:
    record = app.records.load(document_id, owner)
    if record.state != "read" or record.reading is None:
        raise Conflict(f"The document is {record.state}; only one that was read can be inspected.")
    return record


@dataclass(frozen=True)
class Answer:
    """One answer of the pool, in the bytes that are sent."""

    key: str
    body: bytes

    @property
    def etag(self) -> str:
        return f'"{self.key.rpartition("/")[2].removesuffix(".json")[:40]}"'

    @property
    def document_id(self) -> str:
        return self.key.rpartition("-")[2].removesuffix(".json")


@dataclass(frozen=True)
class Pool:
    """The answers that are made beforehand for one owner, at most `size`, the newest last."""

    app: App
    owner: str
    size: int = 20

    @property
    def prefix(self) -> str:
        return f"inspections/{self.owner or NOBODY}/"

    def held(self) -> list[str]:
        """The keys of the answers that are in the pool, the oldest first."""
        return sorted(self.app.blobs.keys(self.prefix))[-self.size :]

    def body(self, key: str) -> bytes | None:
        """None where it was thrown away meanwhile."""
        try:
            return self.app.blobs.get(key)
        except NotFound:
            return None

    def make(self, inspector: Inspector, count: int) -> list[str]:
        """New answers of `count` random documents that have valid labels; of the others before of those in the pool."""
        made = []
        for document_id in self.chosen(count):
            started = time.perf_counter()
            try:
                answer, seconds = inspector.answer(document_id, self.owner)
            except (NotFound, Conflict):  # deleted, or being read again
                continue
            answer["seconds"] = {**seconds, "all": time.perf_counter() - started}
            made.append(self.keep(document_id, answer))
        self.prune()
        return made

    def chosen(self, count: int) -> list[str]:
        """Random ones that are not in the pool, then those that have been in it longest."""
        known = [one.document_id for one in self.app.labels.labelled(self.owner, "VALID")]
        held = [Answer(key, b"").document_id for key in self.held()]
        fresh = [document_id for document_id in known if document_id not in held]
        random.shuffle(fresh)
        return [*fresh, *(one for one in dict.fromkeys(held) if one in known)][:count]

    def keep(self, document_id: str, answer: Mapping[str, Any]) -> str:
        now = datetime.now(UTC)
        key = f"{self.prefix}{int(now.timestamp() * 1e6):020d}-{document_id}.json"
        self.app.blobs.put(key, json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode())
        return key

    def forget(self, document_id: str) -> None:
        """No answer of that document is sent any more, some seconds from now."""
        for key in sorted(self.app.blobs.keys(self.prefix)):
            if Answer(key, b"").document_id == document_id:
                self.app.blobs.delete(key)

    def prune(self) -> None:
        """Older answers of a document, and those that are too many, are thrown away."""
        keys = sorted(self.app.blobs.keys(self.prefix))
        newest = {Answer(key, b"").document_id: key for key in keys}
        kept = set(sorted(newest.values())[-self.size :])
        for key in keys:
            if key not in kept:
                self.app.blobs.delete(key)


def aggregate(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Over the answers of the pool: accuracy, seconds, throughput, and which model and run they are of."""
    accuracies = [one["metrics"]["overall_accuracy"] for one in answers]
    known = [accuracy for accuracy in accuracies if accuracy is not None]
    seconds = [one["seconds"]["all"] for one in answers if "seconds" in one]
    words = sum(len(one["original"]["words"]) for one in answers if "seconds" in one)
    return {
        "documents": len(answers),
        "accuracy": {"min": min(known), "mean": fmean(known), "max": max(known)} if known else None,
        "seconds": {"min": min(seconds), "mean": fmean(seconds), "max": max(seconds)} if seconds else None,
        "documents_per_second": len(seconds) / sum(seconds) if seconds else None,
        "words_per_second": words / sum(seconds) if seconds else None,
        "models": list(distinct(one["model_info"] for one in answers)),
        "newest": max((one["cached_at"] for one in answers), default=None),
        "oldest": min((one["cached_at"] for one in answers), default=None),
    }


def distinct(infos: Iterator[Mapping[str, Any]] | Any) -> list[dict[str, Any]]:
    """Each model's name, digest and run once."""
    shown = [{name: info[name] for name in ("model_name", "digest", "job_id")} for info in infos]
    return [info for at, info in enumerate(shown) if info not in shown[:at]]


def refreshed(app: App, owners: Sequence[str], count: int, size: int) -> dict[str, int]:
    """How many answers were made for each owner. One owner's trouble does not keep the others waiting."""
    inspector, made = Inspector(app), {}
    for owner in owners:
        try:
            made[owner or NOBODY] = len(Pool(app, owner, size).make(inspector, count))
        except RectoError as error:
            made[owner or NOBODY] = 0
            if len(owners) == 1:
                raise error
    return made
