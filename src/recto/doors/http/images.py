"""`/v1/documents/{id}/pages/{n}/image`: a page, upright, drawn by our own renderer and never the file itself."""

from collections import OrderedDict
from collections.abc import Callable
from threading import BoundedSemaphore, Lock
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath

from recto.app import App
from recto.document.errors import NotFound
from recto.document.page import Page, Raster
from recto.document.record import Record
from recto.doors.http.caller import Here, Owner, Reveal
from recto.doors.http.documents import DocumentId
from recto.reading.overlay import veiled
from recto.reading.paper import opened
from recto.reading.raster import encoded, turned
from recto.schemas.masking import masked
from recto.stores.seal import open_text

router = APIRouter(prefix="/v1/documents", tags=["documents"])

WIDTHS: Final = (160, 320, 640, 960, 1280, 1920, 2560)
"""The widths that are drawn: what is asked for is rounded up to one, so that a cache holds few of each page."""
TALLEST: Final = 10_000
"""Pixels on the long side of a page that is drawn: a till roll may be twenty times as long as wide."""
AT_ONCE: Final = 2
CACHE_BYTES: Final = 64 * 1024 * 1024


class Drawn:
    """The pages drawn last, up to some bytes. Several threads may ask."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self.limit = limit
        self.size = 0
        self.images: OrderedDict[str, bytes] = OrderedDict()
        self.lock = Lock()
        # Each page that is drawn is a process: as many at once as a small machine bears.
        self.drawing = BoundedSemaphore(AT_ONCE)

    def get(self, key: str) -> bytes | None:
        with self.lock:
            image = self.images.get(key)
            if image is not None:
                self.images.move_to_end(key)
            return image

    def put(self, key: str, image: bytes) -> None:
        with self.lock:
            self.size += len(image) - len(self.images.pop(key, b""))
            self.images[key] = image
            while self.size > self.limit:
                _, oldest = self.images.popitem(last=False)
                self.size -= len(oldest)

    def page(self, key: str, draw: Callable[[], bytes]) -> bytes:
        """The page from here, or drawn now."""
        image = self.get(key)
        if image is None:
            with self.drawing:
                image = self.get(key) or draw()
            self.put(key, image)
        return image


@router.get("/{document_id}/pages/{number}/image", response_class=Response)
def image(
    request: Request,
    app: Here,
    owner: Owner,
    reveal: Reveal,
    document_id: DocumentId,
    number: Annotated[int, InPath(ge=1, le=1_000_000)],
    width: Annotated[int, Query(ge=1, le=WIDTHS[-1])] = 1280,
) -> Response:
    """The page as JPEG, about `width` pixels wide. It has an ETag: ask again with If-None-Match.

    Numbers that identify a person are painted over for a key without the scope `see-sensitive`. A page that was not
    read yet, so that nobody knows where they stand, is then too small to be read.
    """
    record = app.records.load(document_id, owner)
    page = existing(record, number)
    wide = next(step for step in WIDTHS if step >= width) if reveal or page else WIDTHS[0]
    shown = "open" if reveal else f"veiled-{(record.job_id or '')[:12]}"
    key = f"{document_id[:24]}-{number}-{wide}-{page.turn if page else 0}-{shown}"
    headers = {"ETag": f'"{key}"', "Cache-Control": "private, max-age=300"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    cache: Drawn = request.app.state.drawn
    drawn = cache.page(key, lambda: draw(app, record, number, wide, reveal))
    return Response(drawn, 200, headers, "image/jpeg")


def existing(record: Record, number: int) -> Page | None:
    """The page as it was read; None where it was not yet. NotFound where the document has fewer."""
    pages = record.reading.pages if record.reading else ()
    if pages and number > len(pages):
        raise NotFound(f"The document has {len(pages)} pages.")
    return next((page for page in pages if page.number == number), None)


def draw(app: App, record: Record, number: int, width: int, reveal: bool) -> bytes:
    """The page as it stands upright. It is rendered in a process of its own, with the limits of reading."""
    data = app.blobs.get(record.blob)
    with opened(data, record.document.name, app.limits, password_of(app, record)) as paper:
        if number > paper.document.pages:
            raise NotFound(f"The document has {paper.document.pages} pages.")
        page = existing(record, number) or next(paper.sheets(number)).page
        shape = max(1.0, page.height / page.width)
        raster = paper.raster(number, min(TALLEST, round(width * shape)))
    upright = turned(raster, page.turn)
    return encoded(upright if reveal else without_secrets(upright, record, number), "image/jpeg", 86)


def without_secrets(raster: Raster, record: Record, number: int) -> Raster:
    """The page with its sensitive words painted over."""
    if record.reading is None:
        return raster
    words = [
        (word, told)
        for word, told in zip(record.reading.words, masked(record.reading).words, strict=True)
        if word.page == number
    ]
    return veiled(raster, tuple(word for word, _ in words), tuple(told for _, told in words))


def password_of(app: App, record: Record) -> str | None:
    """What opened the document when it was read: its job knows."""
    if record.job_id is None:
        return None
    try:
        password = app.jobs.job(record.job_id).payload.get("password")
    except NotFound:
        return None
    return open_text(app.vault, password) if isinstance(password, str) else None
