"""Blobs as files of this machine, durable by their own fsync.

Object store libraries write local files without fsync, so that a power failure would lose what was accepted.
"""

import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recto.document.errors import NotFound, StoreUnavailable


class FileBlobs:
    """A file a key below a folder. A key's file appears whole and on the disk, or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, data: bytes) -> None:
        """On the disk when this returns; a key that exists already is left as it is."""
        self.put_stream(key, (data,))

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """The same for what does not fit into memory."""
        path = self.path(key)
        if path.exists():
            return
        with usable():
            make_folder(path.parent)
            part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
            try:
                write_through(part, chunks)
                part.replace(path)
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        with usable(key):
            return self.path(key).read_bytes()

    def exchange(self, key: str, change: Callable[[bytes], bytes]) -> bool:
        """Puts what `change` makes of a blob in its place; False where that is the same, or the blob is gone."""
        with suppress(NotFound):
            before = self.get(key)
            after = change(before)
            if after != before:
                return self.swap(self.path(key), after)
        return False

    def swap(self, path: Path, data: bytes) -> bool:
        """Other bytes for a file that is there, on the disk when this returns; False where it was deleted meanwhile."""
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        with usable():
            try:
                write_through(part, (data,))
                if not path.exists():
                    return False
                part.replace(path)
                sync_folder(path.parent)
                return True
            finally:
                part.unlink(missing_ok=True)

    def delete(self, key: str) -> None:
        """Nothing happens where there is no such key."""
        path = self.path(key)
        with usable():
            path.unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[str]:
        """In order; `prefix` is a folder of keys such as `documents/`, or empty for all."""
        top = self.path(prefix) if prefix else self.folder
        for path in sorted(top.rglob("*")):
            if path.is_file() and path.suffix != ".part":
                yield path.relative_to(self.folder).as_posix()

    def dated(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The same with the time of each one's last change, as a text that sorts."""
        for key in self.keys(prefix):
            yield key, f"{self.path(key).stat().st_mtime:020.6f}"

    def link(self, key: str, seconds: float) -> str | None:
        """None: files are nobody's to read but ours."""
        return None

    def ping(self) -> None:
        """Raises StoreUnavailable where nothing can be written: a full disk, a folder that is read-only."""
        with usable():
            make_folder(self.folder)
            probe = self.folder / f"probe.{uuid.uuid4().hex}.part"
            try:
                write_through(probe, (bytes(4096),))
            finally:
                probe.unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        parts = key.strip("/").split("/")
        if not all(parts) or {".", ".."} & set(parts) or "\0" in key:
            raise NotFound(f"No blob can have the key {key!r}.")
        return self.folder.joinpath(*parts)


@contextmanager
def usable(key: str = "") -> Iterator[None]:
    """Turns the errors of the file system into NotFound and StoreUnavailable."""
    try:
        yield
    except OSError as error:
        if key and isinstance(error, FileNotFoundError):
            raise NotFound(f"No blob {key!r}.") from error
        raise StoreUnavailable(str(error)) from error


def write_through(path: Path, chunks: Iterable[bytes]) -> None:
    with path.open("xb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """The folder, its own entry on the disk too."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
