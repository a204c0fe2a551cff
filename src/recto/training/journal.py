"""A run written down as it goes, in files and in the database: what a later reader finds, wherever it stopped."""

import json
import platform
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

from recto.document.errors import NotFound
from recto.document.run import EpochRecord, RunRecord, RunState
from recto.ports import Runs

Progress = Callable[[EpochRecord], None]

DECISIVE: Final = ("recto", "torch", "transformers", "tokenizers", "numpy", "onnx", "onnxruntime")
"""Packages whose versions decide what comes of a run."""


class Journal:
    """One run in all the places that keep it. Called with an epoch it adds it there, and tells `progress`."""

    def __init__(self, run: RunRecord, places: Sequence[Runs], progress: Progress | None = None) -> None:
        self.run, self.places, self.progress = run, places, progress

    def __call__(self, epoch: EpochRecord) -> None:
        for place in self.places:
            place.add(self.run.id, epoch)
        if self.progress:
            self.progress(epoch)

    def say(self, state: RunState, metrics: Mapping[str, Any] | None = None, digest: str | None = None) -> None:
        """How it stands with the run."""
        self.run = replace(self.run, state=state, metrics=metrics or {}, digest=digest)
        for place in self.places:
            place.save(self.run)


@contextmanager
def kept(run: RunRecord, places: Sequence[Runs], progress: Progress | None = None) -> Iterator[Journal]:
    """The run's journal. A run that ends without saying how is `failed`."""
    journal = Journal(run, places, progress)
    journal.say("running")
    try:
        yield journal
    finally:
        if journal.run.state == "running":
            journal.say("failed")


def begun(folder: Path, run: RunRecord) -> RunRecord:
    """The run that the folder holds, if it is this one gone on with: of the same settings and documents."""
    found = RunFolder(folder).held()
    same = found is not None and (found.settings, found.data) == (run.settings, run.data)
    return replace(run, id=found.id if found and same else run.id or uuid.uuid4().hex, state="running")


def versions() -> dict[str, str]:
    """Of Python and of the packages that decide what comes of a run."""
    found = {"python": platform.python_version()}
    for name in DECISIVE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


class RunFolder:
    """Runs, of one run at a time: `run.json` and `epochs.jsonl` in its folder, each written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, run: RunRecord) -> None:
        """A run of another id takes the place of the one that was here."""
        before = self.held()
        now = datetime.now(UTC)
        begun_at = before.started_at if before and before.id == run.id else now
        if before is None or before.id != run.id:
            self._put("epochs.jsonl", "")
        stated = asdict(replace(run, epochs=(), started_at=begun_at, updated_at=now))
        self._put("run.json", json.dumps(stated, indent=1, default=str) + "\n")

    def add(self, run_id: str, epoch: EpochRecord) -> None:
        others = [each for each in self.run(run_id).epochs if each.epoch != epoch.epoch]
        ordered = sorted([*others, epoch], key=lambda each: each.epoch)
        self._put("epochs.jsonl", "".join(json.dumps(asdict(each)) + "\n" for each in ordered))

    def run(self, run_id: str) -> RunRecord:
        found = self.held()
        if found is None or found.id != run_id:
            raise NotFound(f"No run {run_id}.")
        lines = (self.folder / "epochs.jsonl").read_text(encoding="utf-8").splitlines()
        return replace(found, epochs=tuple(EpochRecord(**json.loads(line)) for line in lines))

    def held(self) -> RunRecord | None:
        """The run that is here, without its epochs."""
        path = self.folder / "run.json"
        if not path.is_file():
            return None
        stated = json.loads(path.read_text(encoding="utf-8"))
        times = {name: datetime.fromisoformat(stated[name]) for name in ("started_at", "updated_at")}
        return RunRecord(**{**stated, **times, "epochs": ()})

    def _put(self, name: str, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f".{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.folder / name)
