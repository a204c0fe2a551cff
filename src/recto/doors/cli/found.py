"""The files that the command line's paths name: files, folders, globs, and `-` for standard input."""

import glob
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recto.document.errors import BadRequest, NotFound


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read, or standard input where `path` is None."""

    path: Path | None

    @property
    def name(self) -> str:
        return self.path.name if self.path else "standard input"

    @property
    def shown(self) -> str:
        return str(self.path) if self.path else "-"

    def data(self) -> bytes:
        """Its bytes. Raises NotFound where they cannot be read."""
        if self.path is None:
            return sys.stdin.buffer.read()
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise NotFound(f"{self.path}: {error.strerror}.") from error


def sources(paths: Sequence[str]) -> list[Source]:
    """Every file that the paths name, in order, each once. Raises BadRequest where a path names nothing."""
    if paths.count("-") > 1:
        raise BadRequest("Standard input can be read once.")
    found = [source for path in paths for source in expanded(path)]
    return list(dict.fromkeys(found))


def expanded(path: str) -> Iterator[Source]:
    if path == "-":
        yield Source(None)
    elif Path(path).is_dir():
        yield from (Source(file) for file in sorted(Path(path).rglob("*")) if file.is_file() and not hidden(file))
    elif Path(path).exists():
        yield Source(Path(path))
    else:
        matches = sorted(glob.glob(path, recursive=True))
        if not matches:
            raise BadRequest(f"{path}: no such file, folder or pattern.")
        for match in matches:
            yield from expanded(match)


def hidden(file: Path) -> bool:
    return file.name.startswith(".")
