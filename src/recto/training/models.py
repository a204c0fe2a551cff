"""The models of an installation: bundles in a folder, which one is active, and the way back.

`HOME/<name>` is a bundle; `HOME/active.json` lists those that were activated, the last one active.
"""

import hashlib
import json
import logging
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from recto.document.errors import BadRequest, EngineUnavailable, NotFound, StoreUnavailable
from recto.engines.label.bundle import SHIPPED, digest_of, open_bundle, recto_digest

log = logging.getLogger("recto.models")

Fetch = Callable[[str, Path], None]
"""Copies what lies under a URL (`s3://…`) into an empty folder."""


Find = Callable[[str, str], list[tuple[str, str]]]
"""(URL, time) of each folder at or below a URL that holds a file of that name, the last changed first."""


@dataclass(frozen=True, slots=True)
class Model:
    """A bundle that is there. `path` is what an engine's `bundle` setting takes."""

    name: str
    path: str
    digest: str
    active: bool


@dataclass(frozen=True)
class Models:
    """The bundles below `home`, and the shipped ones."""

    home: Path

    def list(self) -> tuple[Model, ...]:
        """Every bundle, shipped ones first. `default` is active where nothing else was activated."""
        shipped = [(folder.name, folder.name, folder) for folder in _bundles(SHIPPED)]
        own = [(folder.name, str(folder), folder) for folder in _bundles(self.home)]
        active = self.active()
        return tuple(Model(name, path, recto_digest(folder), path == active) for name, path, folder in (*shipped, *own))

    def pull(self, source: str, name: str, fetch: Fetch | None = None) -> Model:
        """A bundle from a folder, or by `fetch` from elsewhere, checked against its digest and kept under `name`."""
        target, new = self.home / name, self.home / f".{name}.new"
        if "/" in name or name.startswith("."):
            raise BadRequest(f"{name!r} is no name for a model")
        shutil.rmtree(new, ignore_errors=True)
        new.parent.mkdir(parents=True, exist_ok=True)
        if Path(source).is_dir():
            shutil.copytree(source, new)
        elif fetch is not None:
            new.mkdir()
            fetch(source, new)
            (new / "source.json").write_text(json.dumps({"url": source}))
        else:
            raise NotFound(f"no model at {source!r}")
        _check(new)
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
        return Model(name, str(target), recto_digest(target), str(target) == self.active())

    def newest(self, found: Sequence[tuple[str, str]], fetch: Fetch) -> Model:
        """The first of these (URL, time) that is whole, from here where it was fetched before. Raises NotFound.

        One that is not whole, because someone is still writing it or it was changed, is passed over.
        """
        for url, moment in found:
            name = f"from-{hashlib.sha256(f'{url} {moment}'.encode()).hexdigest()[:12]}"
            known = next((model for model in self.list() if model.name == name), None)
            if known is not None:
                return known
            try:
                return self.pull(url, name, fetch)
            except (BadRequest, EngineUnavailable, NotFound) as error:
                log.warning("%s is passed over: %s", url, error)
        raise NotFound(f"none of the {len(found)} models there is whole")

    def activate(self, name: str) -> Model:
        """Let this bundle be the one that labels; raises NotFound."""
        model = next((model for model in self.list() if model.name == name), None)
        if model is None:
            raise NotFound(f"no model {name!r}")
        self._write((*self._history(), model.path))
        return Model(model.name, model.path, model.digest, True)

    def roll_back(self) -> str:
        """Go back to the bundle that was active before; returns its path. Raises NotFound where there was none."""
        history = self._history()
        if not history:
            raise NotFound("no model was activated here")
        self._write(history[:-1])
        return self.active()

    @property
    def chosen(self) -> bool:
        """Whether a bundle was activated here, so that there is one to go back to."""
        return bool(self._history())

    def active(self) -> str:
        """The path of the active bundle, for an engine's `bundle` setting."""
        history = self._history()
        return history[-1] if history else "default"

    def _history(self) -> tuple[str, ...]:
        try:
            file = self.home / "active.json"
            changed = file.stat()
        except FileNotFoundError:
            return ()
        return _activated(file, changed.st_mtime_ns, changed.st_ino)

    def _write(self, history: tuple[str, ...]) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        new = self.home / "active.json.new"
        new.write_text(json.dumps(history))
        new.replace(self.home / "active.json")


@lru_cache(16)
def _activated(file: Path, _changed: int, _inode: int) -> tuple[str, ...]:
    """What stands in the file, which is a new one at each change: a server looks at it for every request."""
    return tuple(str(path) for path in json.loads(file.read_text()))


class Follower:
    """The newest whole model below a URL, looked for every `seconds`. Safe to be asked by several threads.

    Where the URL cannot be reached, the last one that was found here goes on; StoreUnavailable where there is none.
    """

    def __init__(self, models: Models, url: str, find: Find, fetch: Fetch, seconds: float = 60.0) -> None:
        self.models, self.url, self.find, self.fetch, self.seconds = models, url, find, fetch, seconds
        self._lock = threading.Lock()
        self._path = ""
        self._looked = float("-inf")

    def path(self) -> str:
        """For an engine's `bundle` setting. Raises NotFound where there is none."""
        with self._lock:
            if time.monotonic() - self._looked >= self.seconds:
                self._path = self._newest()
                self._looked = time.monotonic()
            return self._path

    def _newest(self) -> str:
        memo = self.models.home / "followed.json"
        try:
            path = self.models.newest(self.find(self.url, "digest.txt"), self.fetch).path
        except StoreUnavailable:
            known = json.loads(memo.read_text()) if memo.is_file() else {}
            if self._path or self.url in known:
                log.warning("%s cannot be reached; the model that was found there before goes on", self.url)
                return self._path or str(known[self.url])
            raise
        memo.write_text(json.dumps({self.url: path}))
        return path


def _check(folder: Path) -> None:
    """Raise EngineUnavailable or BadRequest, and leave nothing behind, where the bundle is not whole."""
    whole = False
    try:
        open_bundle(str(folder))
        whole = recto_digest(folder) == digest_of(folder)
        if not whole:
            raise BadRequest("the files of the model do not match its digest")
    finally:
        if not whole:
            shutil.rmtree(folder, ignore_errors=True)


def _bundles(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("[!.]*/recto.json"))
