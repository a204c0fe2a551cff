"""The pages' addresses: `/` the list, `/documents/{id}` one document, and the sheet of a page for scripts."""

from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, FastAPI, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from pydantic import BaseModel, Field

from recto import __version__
from recto.document.errors import NotFound
from recto.document.reading import Fault, Reading
from recto.document.record import Query as Wanted
from recto.document.record import Record, RecordState
from recto.doors.http.caller import Here, Owner
from recto.doors.http.documents import DocumentId
from recto.doors.http.gate import COOKIE
from recto.doors.http.pages.families import FAMILIES, kind_said, said_kind
from recto.doors.http.pages.rows import listing, progress_said
from recto.doors.http.pages.sheets import sheet_of
from recto.doors.http.pages.values import certainty, said_quality, said_since, said_size
from recto.doors.http.pages.views import view_of
from recto.schemas.catalog import kinds
from recto.schemas.masking import masked
from recto.schemas.spoken import spoken

FOLDER: Final = Path(__file__).parent
PAGE_SIZE: Final = 50
THEMES: Final = ("light", "dark")
STATES: Final = {"waiting": "Waiting", "reading": "Being read", "read": "Read", "failed": "Not readable"}
DECISIONS: Final = {"straight_through": "Straight through", "review": "To review"}

router = APIRouter(include_in_schema=False)

PageNumber = Annotated[int, Query(alias="page", ge=1)]


def coded(text: str) -> Markup:
    """What stands in backticks is set as code."""
    plain, *rest = text.split("`")
    pairs = zip(rest[::2], [*rest[1::2], ""], strict=False)
    return escape(plain) + Markup("").join(Markup("<code>{}</code>{}").format(*pair) for pair in pairs)


TEMPLATES: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters["spoken"] = spoken
TEMPLATES.filters["coded"] = coded
TEMPLATES.filters["certainty"] = certainty
TEMPLATES.filters["kind_said"] = kind_said
TEMPLATES.filters["said_kind"] = said_kind
TEMPLATES.filters["pages"] = said_size
TEMPLATES.filters["since"] = said_since
TEMPLATES.filters["quality"] = said_quality
TEMPLATES.globals.update(version=__version__, states=STATES, decisions=DECISIONS, families=FAMILIES)


def page(request: Request, template: str, code: int = 200, **shown: Any) -> Response:
    """The template, filled in. A page is never cached: it shows what is stored now."""
    theme = request.cookies.get("recto-theme", "")
    html = TEMPLATES.get_template(template).render(
        theme=theme if theme in THEMES else "", path=request.url.path, inside=COOKIE in request.cookies, **shown
    )
    return HTMLResponse(html, code, {"Cache-Control": "no-store"})


class Search(BaseModel):
    """What the form above the list asks for; an empty choice asks for nothing."""

    text: str = Field("", max_length=200)
    kind: str = Field("", max_length=100)
    state: RecordState | Literal[""] = ""
    decision: Literal["straight_through", "review", ""] = ""
    offset: int = Field(0, ge=0, le=10_000_000)

    def query(self, owner: str) -> Wanted:
        return Wanted(
            text=self.text.strip() or None,
            kind=self.kind or None,
            state=self.state or None,
            decision=self.decision or None,
            owner=owner,
            limit=PAGE_SIZE,
            offset=self.offset,
        )


@router.get("/")
def documents(request: Request, app: Here, owner: Owner, wanted: Annotated[Search, Query()]) -> Response:
    """The list, with what it is narrowed to in its address."""
    query = wanted.query(owner)
    return page(request, "list.html", listing=listing(app, app.records.find(query), query), kinds=kinds())


@router.get("/documents/{document_id}")
def document(
    request: Request,
    app: Here,
    owner: Owner,
    document_id: DocumentId,
    number: PageNumber = 1,
) -> Response:
    """One document: its page, and what was read from it beside."""
    record = app.records.load(document_id, owner)
    progress, words = progress_said(app, record)
    shown: dict[str, Any] = {
        "record": record,
        "progress": progress,
        "progress_words": words,
    }
    if record.state != "read" or record.reading is None:
        return page(request, "unread.html", faults=faults_of(record), **shown)
    shown |= on_desk(record.reading, number)
    return page(request, "document.html", **shown)


@router.get("/documents/{document_id}/sheet")
def sheet(
    request: Request,
    app: Here,
    owner: Owner,
    document_id: DocumentId,
    number: PageNumber = 1,
) -> Response:
    """One page of the document, for the viewer that turns to it."""
    record = app.records.load(document_id, owner)
    if record.reading is None:
        raise NotFound("The document has not been read.")
    return page(request, "sheet.html", **on_desk(record.reading, number))


def on_desk(unmasked: Reading, number: int) -> dict[str, Any]:
    """What the templates show of a reading with one of its pages. Raises NotFound where it has no such page."""
    reading = masked(unmasked)
    view = view_of(reading)
    return {"reading": reading, "view": view, "sheet": sheet_of(reading, view, existing_page(reading, number))}


def existing_page(reading: Reading, number: int) -> int:
    if number > max(1, len(reading.pages)):
        raise NotFound(f"The document has {said_size(len(reading.pages))}.")
    return number


def faults_of(record: Record) -> tuple[Fault, ...]:
    return record.reading.errors if record.reading else ()


def show_problem(request: Request, fault: Fault, status: int) -> Response:
    """An error, to a person."""
    return page(request, "problem.html", status, fault=fault, status=status)


class Static(StaticFiles):
    """Our scripts and styles. A browser keeps them and asks whether they changed: their addresses carry no version."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


def install(http: FastAPI) -> None:
    """The pages, their files, and errors as pages for those who look at them."""
    http.include_router(router)
    http.mount("/static", Static(directory=FOLDER / "static"), "static")
    http.state.show_problem = show_problem
