"""Tesseract as the second OCR engine: its program runs once a page, pixels in through a pipe, a table of words out."""

import hashlib
import os
import subprocess
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from shutil import which

from recto.document.box import Box
from recto.document.errors import EngineFailed, EngineUnavailable, TimedOut
from recto.document.page import Raster, Word
from recto.document.reading import Engine
from recto.ports import Sight
from recto.reading.lines import in_lines

_WORD = "5"
"""The `level` of a row of the table that is a word (others are pages, blocks, paragraphs and lines)."""


class TesseractOcr:
    """Tesseract 4 or newer, which must be installed with the data of `language` (`eng`, `eng+deu`, ...).

    `layout` is its page segmentation mode; `threads` how many cores a page may use, 0 for its own choice; a page that
    takes longer than `seconds` raises TimedOut.
    """

    def __init__(
        self,
        language: str = "eng",
        layout: int = 3,
        threads: int = 0,
        seconds: float = 120.0,
        program: str = "tesseract",
    ) -> None:
        self.language = language
        self.layout = layout
        self.threads = threads
        self.seconds = seconds
        self.program = program

    @cached_property
    def engine(self) -> Engine:
        """Its version, and the digest of the language data in use."""
        release = self._ask("--version").split()[1].removeprefix("v")
        folder = Path(self._ask("--list-langs").split('"')[1])
        digest = hashlib.sha256()
        for language in self.language.split("+"):
            digest.update((folder / f"{language}.traineddata").read_bytes())
        return Engine("tesseract", release, f"{self.language}-{self.layout}", digest.hexdigest())

    def read(self, pages: Sequence[Raster]) -> list[Sight]:
        """The words of each page, in order; a page without text has none."""
        return [Sight(in_lines(self._words(page))) for page in pages]

    def _words(self, page: Raster) -> list[Word]:
        table = self._run(["stdin", "stdout", "-l", self.language, "--psm", str(self.layout), "tsv"], _pnm(page))
        rows = (line.split("\t") for line in table.decode().splitlines()[1:])
        return [_word(row, page) for row in rows if row[0] == _WORD and row[11].strip()]

    def _ask(self, question: str) -> str:
        return self._run([question], b"").decode()

    def _run(self, arguments: Sequence[str], given: bytes) -> bytes:
        program = which(self.program)
        if program is None:
            raise EngineUnavailable(f"The program {self.program!r} is not installed.")
        surroundings = dict(os.environ) | ({"OMP_THREAD_LIMIT": str(self.threads)} if self.threads else {})
        try:
            done = subprocess.run(  # noqa: S603 (our own arguments, no shell)
                [program, *arguments], input=given, capture_output=True, env=surroundings, timeout=self.seconds
            )
        except subprocess.TimeoutExpired as late:
            raise TimedOut(f"Tesseract took longer than {self.seconds:g} s.") from late
        if done.returncode:
            raise EngineFailed(f"Tesseract ended with {done.returncode}: {done.stderr.decode()[-300:].strip()}")
        return done.stdout


def _pnm(page: Raster) -> bytes:
    """The page as a portable pixmap (netpbm, P6): the format that costs nothing to write."""
    return b"P6 %d %d 255\n" % (page.width, page.height) + page.pixels


def _word(row: Sequence[str], page: Raster) -> Word:
    """A row of the table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text."""
    left, top, width, height = (int(cell) for cell in row[6:10])
    box = Box(left / page.width, top / page.height, (left + width) / page.width, (top + height) / page.height)
    return Word(row[11].strip(), box.clipped(), confidence=min(1.0, max(0.0, float(row[10]) / 100)))
