"""What `/v1/classify` and `/v1/extract` are asked: a JSON object or a form, and the files that it names.

Files come as uploads, as URLs (http, https, data) or as ids of documents here; their order is that of the pages.
"""

import base64
import binascii
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from recto.app import App
from recto.document.errors import BadRequest, ForbiddenUrl, TooLarge, UnsupportedMedia
from recto.doors.http.uploads import Form, einvoice_in, received
from recto.reading.media import media_type
from recto.submission import File, Submission

LARGE: Final = 1024 * 1024
"""Bytes from which a body is taken apart in a thread: other callers would feel it."""
URLS: Final = 100
URL_LENGTH: Final = 8 * 1024
DOCUMENTS: Final = 100
DATA: Final = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),", re.I)
TRUE: Final = {"true", "1", "yes", "on"}

DocumentId = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class Ask(BaseModel):
    """What is asked of a document. Its pages are those of all its files, in their order."""

    model_config = ConfigDict(extra="forbid")

    image_urls: list[str] = Field([], max_length=URLS, description="http, https or data URLs of images and PDFs.")
    documents: list[DocumentId] = Field([], max_length=DOCUMENTS, description="Ids of documents that are here.")
    prompt: str = Field("", max_length=10_000, description="Added for engines that read prompts.")
    password: SecretStr | None = Field(None, description="What opens the files.")


Asked = TypeVar("Asked", bound=Ask)


class AskExtract(Ask):
    """What is asked of a document whose values are wanted."""

    doc_type: str | None = Field(None, max_length=100, description="What it is; by default the first page decides.")
    raw_ocr: bool = Field(False, description="Whether the words that OCR saw are wanted too.")


async def asked(request: Request, form_of: type[Asked], limit: int) -> tuple[Asked, list[File]]:
    """What the request says, and the files in it. Raises RequestValidationError, BadRequest, UnsupportedMedia."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        with tempfile.TemporaryDirectory(prefix="recto-") as folder:
            form = await received(request, Path(folder), limit)
            return said_in(form, form_of), uploaded(form)
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMedia("Send application/json, or multipart/form-data with files in it.")
    try:
        body = await request.body()
    except ClientDisconnect as error:
        raise BadRequest("The caller went away before the end of the body.") from error
    parse = partial(checked, lambda: form_of.model_validate_json(body))
    return (await run_in_threadpool(parse) if len(body) > LARGE else parse()), []


def checked(parse: Callable[[], Asked]) -> Asked:
    """What `parse` gives. What is wrong with it is told as of a parameter of the framework's own."""
    try:
        return parse()
    except ValidationError as error:
        wrong = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_input=False)]
        raise RequestValidationError(wrong) from error


def said_in(form: Form, form_of: type[Asked]) -> Asked:
    """The plain fields of a form; several ids or URLs are separated by spaces."""
    fields: dict[str, Any] = dict(form.fields)
    fields.update({name: fields[name].split() for name in ("documents", "image_urls") if name in fields})
    if "raw_ocr" in fields:
        fields["raw_ocr"] = fields["raw_ocr"].lower() in TRUE
    return checked(lambda: form_of.model_validate({name: value for name, value in fields.items() if value != ""}))


def uploaded(form: Form) -> list[File]:
    """The files of a form, the e-invoice beside them with the first: they are one document.

    Raises what was wrong with the first of them that was not kept, and BadRequest for several e-invoices.
    """
    for upload in form.files:
        if upload.fault:
            raise upload.fault
    if len(form.attachments) > 1:
        raise BadRequest("All files are one document, and a document has one attachment.")
    beside = [einvoice_in(one) for one in form.attachments]
    first, *others = (File(upload.path.read_bytes(), upload.name) for upload in form.files)
    return [replace(first, beside=b"".join(beside)), *others]


def distant(ask: Ask) -> bool:
    """Whether something must be fetched before there are files."""
    return bool(ask.documents) or any(url[:5].lower() != "data:" for url in ask.image_urls)


def submission(app: App, ask: Ask, files: list[File], owner: str) -> Submission:
    """Everything that is to be looked at. Fetches what is elsewhere.

    Raises BadRequest where there is nothing, NotFound, ForbiddenUrl, FetchFailed, TooLarge, UnsupportedMedia.
    """
    every = (*files, *named_by_url(app, ask.image_urls), *kept_here(app, ask.documents, owner))
    if not every:
        raise BadRequest("There is nothing to look at: send image_urls, documents or files.")
    for file in every:
        media_type(file.data)
    password = ask.password.get_secret_value() if ask.password else None
    kind = ask.doc_type if isinstance(ask, AskExtract) else None
    return Submission(every, kind, ask.prompt, password)


def named_by_url(app: App, urls: list[str]) -> Iterator[File]:
    for url in urls:
        if url[:5].lower() == "data:":
            yield File(inside(url, app.limits.file_bytes), "document")
        elif len(url) > URL_LENGTH:
            raise ForbiddenUrl(f"A URL has at most {URL_LENGTH} characters.")
        else:
            yield File(app.web.fetch(url), Path(urlsplit(url).path).name[-200:] or "document")


def kept_here(app: App, ids: list[str], owner: str) -> Iterator[File]:
    for document_id in ids:
        record = app.records.load(document_id, owner)
        xml = app.blobs.get(record.attachment_blob) if record.attachment else b""
        yield File(app.blobs.get(record.blob), record.document.name, xml)


def inside(url: str, limit: int) -> bytes:
    """The bytes of a data URL (RFC 2397). What it says of their type is not believed. Raises BadRequest, TooLarge."""
    found = DATA.match(url[:1024])
    if not found:
        raise BadRequest("A data URL is data:[type][;base64],DATA.")
    text = url[found.end() :]
    if len(text) * 3 // 4 > limit:
        raise TooLarge(f"The limit is {limit} bytes.")
    if not found[2].lower().endswith(";base64"):
        return unquote_to_bytes(text)
    try:
        return base64.b64decode(unquote_to_bytes(text) if "%" in text else text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest("The base64 of a data URL is malformed.") from error
