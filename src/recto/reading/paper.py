"""A document opened for reading: its pages one at a time, each with its own text and pixels on demand."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from recto.document.box import Box
from recto.document.errors import RectoError, TooLarge
from recto.document.limits import Limits
from recto.document.page import Document, Page, Raster, Word, Words
from recto.reading.lines import in_lines
from recto.reading.media import media_type
from recto.reading.process import Process

DEFAULTS: Final = Limits()

MANY_FRAMES: Final = frozenset({"image/tiff"})
"""Images that hold several pages, so that the limit on a page image is counted by page, once they are counted."""


class Paper:
    """An open document. Answers come from its own reading process; threads may ask, one waits for the other."""

    def __init__(self, data: bytes, name: str, limits: Limits, password: str | None) -> None:
        self.data = data
        self.limits = limits
        self.password = password
        self.media_type = media_type(data)
        self.process: Process | None = None
        self.turn = Lock()
        check_size(len(data), self.media_type, limits)
        pages = int(self.begin()["pages"])
        self.document = Document(hashlib.sha256(data).hexdigest(), name, self.media_type, pages)

    def sheets(self, start: int = 1) -> "Iterator[Sheet]":
        """The pages from `start` on, each read when it is asked for. Raises RectoError for a page that cannot be.

        After a page that failed the others can still be read: `sheets` of the number after it.
        """
        for number in range(start, self.document.pages + 1):
            yield Sheet(page_of(number, self.ask({"do": "page", "number": number})[0]), self)

    def raster(self, number: int, long_side: int) -> Raster:
        """The pixels of a page, `long_side` of them on its longer side; fewer where the image has fewer, or where
        more would be over the limit.
        """
        head, pixels = self.ask({"do": "raster", "number": number, "long_side": long_side})
        return Raster(head["width"], head["height"], bytes(pixels))

    def attachment(self) -> bytes:
        """The XML of the e-invoice that the document carries, or b""."""
        return bytes(self.ask({"do": "attachment"})[1])

    def peak_bytes(self) -> int:
        """The most memory that the reading process has held so far, in bytes."""
        return int(self.ask({"do": "peak"})[0]["bytes"])

    def ask(self, head: dict[str, Any]) -> tuple[dict[str, Any], bytes | bytearray]:
        with self.turn:
            if self.process is None:
                self.begin()
            assert self.process
            try:
                return self.process.ask(head)
            finally:
                if self.process.closed:  # its page timed out or crashed; the next page gets another process
                    self.process = None

    def begin(self) -> dict[str, Any]:
        """A fresh process with the document open in it."""
        self.process = Process(self.limits)
        order = {
            "do": "open",
            "media_type": self.media_type,
            "password": self.password,
            "pages": self.limits.pages,
            "page_pixels": self.limits.page_pixels,
            "image_bytes": self.limits.image_bytes,
        }
        try:
            return self.process.ask(order, self.data)[0]
        except RectoError:
            self.close()
            raise

    def close(self) -> None:
        if self.process:
            self.process.close()
            self.process = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of an open document: what is known of it without looking, and its pixels when looked at."""

    page: Page
    paper: Paper

    def raster(self, long_side: int) -> Raster:
        """See `Paper.raster`."""
        return self.paper.raster(self.page.number, long_side)


@contextmanager
def opened(data: bytes, name: str, limits: Limits = DEFAULTS, password: str | None = None) -> Iterator[Paper]:
    """The document of these bytes, in a process of its own that ends with the block.

    Raises Unreadable for what cannot be read (Empty, UnsupportedMedia, Damaged, Encrypted, WrongPassword) and
    OverLimit for what is too much (TooLarge, TooManyPages, TooManyPixels, TimedOut, OutOfMemory).
    """
    paper = Paper(data, name, limits, password)
    try:
        yield paper
    finally:
        paper.close()


def check_size(size: int, media: str, limits: Limits) -> None:
    """Raises TooLarge. Before anything is started, let alone decoded."""
    single = media.startswith("image/") and media not in MANY_FRAMES
    most = min(limits.image_bytes, limits.file_bytes) if single else limits.file_bytes
    if size > most:
        raise TooLarge(f"It has {size:,} bytes; the limit is {most:,}.")


def page_of(number: int, head: dict[str, Any]) -> Page:
    """The page that the reading process described, its words in reading order."""
    words = in_lines(words_of(number, head)) if head["words"] else ()
    return Page(number, float(head["width"]), float(head["height"]), head["text_layer"], words)


def words_of(number: int, head: dict[str, Any]) -> Words:
    return tuple(Word(text, Box(*sides), page=number) for text, *sides in head["words"])
