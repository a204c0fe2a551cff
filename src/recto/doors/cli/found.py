"""The files that the command line's paths name: files, folders, globs, and `-` for standard input."""

import glob
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recto.document.errors import BadRequest, NotFound
from recto.reading.einvoice import MOST_BYTES, is_einvoice


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

    def beside(self) -> bytes:
        """The e-invoice that stands beside the file under its name (`r17.pdf`, `r17.xml`), or b""."""
        return b"" if self.path is None or is_xml(self.path) else einvoice_at(self.path.with_suffix(".xml"))


def sources(paths: Sequence[str]) -> list[Source]:
    """Every file that the paths name, in order, each once. Raises BadRequest where a path names nothing.

    An e-invoice beside its document is no document of its own.
    """
    if paths.count("-") > 1:
        raise BadRequest("Standard input can be read once.")
    found = dict.fromkeys(source for path in paths for source in expanded(path))
    taken = {source.path.with_suffix("") for source in found if source.path and not is_xml(source.path)}
    return [source for source in found if not (source.path and is_companion(source.path, taken))]


def is_companion(path: Path, taken: Collection[Path]) -> bool:
    """Whether it is an e-invoice of one of the files of these names."""
    return is_xml(path) and path.with_suffix("") in taken and bool(einvoice_at(path))


def einvoice_at(path: Path) -> bytes:
    """The XML there, or b"" where there is none that is an invoice."""
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        return b""
    xml = Source(path).data()
    return xml if is_einvoice(xml) else b""


def is_xml(path: Path) -> bool:
    return path.suffix.casefold() == ".xml"


def expanded(path: str) -> Iterator[Source]:
    if path == "-":
        yield Source(None)
    elif Path(path).is_dir():
        files = [file for file in sorted(Path(path).rglob("*")) if file.is_file() and not hidden(file)]
        if not files:
            raise BadRequest(f"{path}: no files are in this folder.")
        yield from map(Source, files)
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
