"""`/v1/documents/{id}/pages/{n}/image`: a page, upright, drawn by our own renderer and never the file itself.

`…/link` is where the same picture can be fetched from a bucket, by anybody who has the link, until it expires.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore, Lock
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi import Path as InPath
from pydantic import BaseModel

from recto.app import App
from recto.document.errors import NotFound
from recto.document.page import Page, Raster
from recto.document.record import Record
from recto.doors.http.caller import Here, Owner, Reveal
from recto.doors.http.documents import DocumentId, pictures_of
from recto.doors.http.intake import job_of
from recto.doors.http.links import instant
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
UNREADABLE: Final = 48
"""Pixels on the long side at which even a number that fills the whole line is a blur: three to a digit."""
AT_ONCE: Final = 2
CACHE_BYTES: Final = 64 * 1024 * 1024
LINK_SECONDS: Final = 300


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


@dataclass(frozen=True)
class Picture:
    """A page as somebody may see it; `key` changes with anything that changes it."""

    record: Record
    number: int
    width: int
    reveal: bool
    key: str

    @classmethod
    def of(cls, record: Record, number: int, width: int, reveal: bool) -> "Picture":
        """About `width` pixels wide. Raises NotFound where the document has fewer pages."""
        page = existing(record, number)
        wide = next(step for step in WIDTHS if step >= width) if reveal or page else WIDTHS[0]
        shown = "open" if reveal else f"veiled-{(record.job_id or '')[:12]}" if page else "blurred"
        turn = page.turn if page else 0
        return cls(record, number, wide, reveal, f"{record.document.id[:24]}-{number}-{wide}-{turn}-{shown}")

    @property
    def address(self) -> str:
        return f"/v1/documents/{self.record.document.id}/pages/{self.number}/image"

    def drawn(self, app: App, cache: Drawn) -> bytes:
        """JPEG."""
        return cache.page(self.key, lambda: draw(app, self.record, self.number, self.width, self.reveal))


def asked_for(
    app: Here,
    owner: Owner,
    reveal: Reveal,
    document_id: DocumentId,
    number: Annotated[int, InPath(ge=1, le=1_000_000)],
    width: Annotated[int, Query(ge=1, le=WIDTHS[-1])] = 1280,
) -> Picture:
    """The picture that a path and a query name, as the caller may see it."""
    return Picture.of(app.records.load(document_id, owner), number, width, reveal)


Asked = Annotated[Picture, Depends(asked_for)]

DRAWN: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The picture.", "content": {"image/jpeg": {}}},
    304: {"description": "It is the one that If-None-Match names."},
}


@router.get("/{document_id}/pages/{number}/image", response_class=Response, responses=DRAWN)
def image(request: Request, app: Here, picture: Asked) -> Response:
    """The page as JPEG, about `width` pixels wide. It has an ETag: ask again with If-None-Match.

    Numbers that identify a person are painted over for a key without the scope `see-sensitive`. A page that was not
    read yet, so that nobody knows where they stand, is then 48 pixels long: too small to be read.
    """
    headers = {"ETag": f'"{picture.key}"', "Cache-Control": "private, max-age=300"}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(picture.drawn(app, request.app.state.drawn), 200, headers, "image/jpeg")


class PageLink(BaseModel):
    """Where a page's picture is. A link into a bucket is anybody's who has it, until `expires_at`."""

    url: str
    expires_at: str | None


@router.get("/{document_id}/pages/{number}/link")
def link(request: Request, app: Here, picture: Asked) -> PageLink:
    """The picture that `image` gives, as a URL: of the bucket, signed for five minutes, where blobs are kept in one.

    Elsewhere it is the address of `image`, which asks for a key as ever. Numbers that identify a person are painted
    over as they are there.
    """
    expires_at = datetime.now(UTC) + timedelta(seconds=LINK_SECONDS)
    key = f"{pictures_of(picture.record.document.id)}{picture.key}.jpg"
    url = app.blobs.link(key, LINK_SECONDS)
    if url is None:
        return PageLink(url=f"{picture.address}?width={picture.width}", expires_at=None)
    app.blobs.put(key, picture.drawn(app, request.app.state.drawn))
    return PageLink(url=url, expires_at=instant(expires_at))


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
        known = existing(record, number)
        page = known or next(paper.sheets(number)).page
        long_side = min(TALLEST, round(width * max(1.0, page.height / page.width)))
        raster = paper.raster(number, long_side if known or reveal else UNREADABLE)
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
    """What opened the document when it was read, or will open it: its job knows."""
    job_id = job_of(app, record)
    if job_id is None:
        return None
    try:
        password = app.jobs.job(job_id).payload.get("password")
    except NotFound:
        return None
    return open_text(app.vault, password) if isinstance(password, str) else None
