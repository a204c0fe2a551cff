"""Files as they stream in: parsed by part, counted against the limit, hashed, and written to disk, never held whole.

A file over the limit is thrown away as it streams and the files behind it are still taken.
"""

import hashlib
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import IO, TYPE_CHECKING, Final

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from recto.document.errors import BadRequest, Empty, RectoError, TooLarge, Unreadable, UnsupportedMedia
from recto.reading.einvoice import parse

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MAX_FILES: Final = 1000
MAX_FIELDS: Final = 50
FIELD_BYTES: Final = 16 * 1024
ATTACHMENT: Final = b"attachment"
"""The name of a part that is no document of its own but the e-invoice of one."""
CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(slots=True)
class Upload:
    """One file that arrived. `fault` says why it was not kept; `id` is the SHA-256 of its bytes."""

    name: str
    path: Path
    size: int = 0
    id: str = ""
    fault: RectoError | None = None


@dataclass(slots=True)
class Form:
    """What a multipart request carried: its files in order, what came beside them, and its plain fields."""

    files: list[Upload] = field(default_factory=list)
    attachments: list[Upload] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def pairs(self) -> list[tuple[Upload, Upload | None]]:
        """Each file with its attachment: the only one with the only one, else by name (`r17.pdf`, `r17.xml`).

        Raises BadRequest for an attachment that is that of no file.
        """
        if len(self.files) == len(self.attachments) == 1:
            return [(self.files[0], self.attachments[0])]
        by_name = {stem(one): one for one in self.attachments}
        names = {stem(one) for one in self.files}
        for one in self.attachments:
            if by_name[stem(one)] is not one or stem(one) not in names:
                raise BadRequest(f"{one.name} is the attachment of no file of this request: name it as its document.")
        return [(file, by_name.get(stem(file))) for file in self.files]


class FilePart:
    """Takes a part's bytes to disk, until there are more than `limit`."""

    def __init__(self, upload: Upload, limit: int, out: IO[bytes]) -> None:
        self.upload = upload
        self.limit = limit
        self.out = out
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.upload.size += len(data)
        if self.upload.size > self.limit:
            self.upload.fault = TooLarge(f"{self.upload.name}: the limit is {self.limit} bytes.")
            self.out.truncate(0)
            return
        self.digest.update(data)
        # Plain blocking writes: they land in the page cache, and a hop to a thread for each would cost more.
        self.out.write(data)

    def close(self) -> None:
        self.out.close()
        self.upload.id = self.digest.hexdigest()
        if self.upload.size == 0:
            self.upload.fault = Empty(self.upload.name)


class FieldPart:
    """Takes the bytes of a plain form field."""

    def __init__(self, name: str, fields: dict[str, str]) -> None:
        self.name = name
        self.fields = fields
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data
        if len(self.data) > FIELD_BYTES:
            raise BadRequest(f"The form field {self.name!r} is longer than {FIELD_BYTES} bytes.")

    def close(self) -> None:
        self.fields[self.name] = self.data.decode("utf-8", "replace")


class Sorting:
    """Hears what the parser finds and sorts the parts into files and fields."""

    def __init__(self, form: Form, folder: Path, limit: int, stack: ExitStack) -> None:
        self.form = form
        self.folder = folder
        self.limit = limit
        self.stack = stack
        self.headers: dict[bytes, bytes] = {}
        self.name = self.value = b""
        self.part: FilePart | FieldPart | None = None
        self.ended = False

    def on_part_begin(self) -> None:
        self.headers = {}

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def on_header_end(self) -> None:
        self.headers[self.name.lower()] = self.value
        self.name = self.value = b""

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self.headers.get(b"content-disposition"))
        if b"filename" in options:
            sort = self.form.attachments if options.get(b"name") == ATTACHMENT else self.form.files
            self.part = self.file(options[b"filename"].decode("utf-8", "replace"), sort)
        else:
            if len(self.form.fields) >= MAX_FIELDS:
                raise BadRequest(f"There are more than {MAX_FIELDS} form fields.")
            self.part = FieldPart(options.get(b"name", b"").decode("utf-8", "replace"), self.form.fields)

    def file(self, name: str, sort: list[Upload]) -> FilePart:
        number = len(self.form.files) + len(self.form.attachments)
        if number >= MAX_FILES:
            raise BadRequest(f"There are more than {MAX_FILES} files in one request.")
        upload = Upload(plain_name(name), self.folder / str(number))
        sort.append(upload)
        return FilePart(upload, self.limit, self.stack.enter_context(upload.path.open("wb")))

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        assert self.part is not None, "headers come before data"
        self.part.write(data[start:end])

    def on_part_end(self) -> None:
        assert self.part is not None, "headers come before the end"
        self.part.close()

    def on_end(self) -> None:
        self.ended = True


def plain_name(name: str) -> str:
    """The last part of a file's name, without control characters, at most 200 characters."""
    last = re.split(r"[/\\]", CONTROL.sub(" ", name))[-1].strip()
    return last[-200:] or "document"


def stem(upload: Upload) -> str:
    """Its name without what tells the type."""
    return PurePath(upload.name).stem.casefold()


def einvoice_in(upload: Upload) -> bytes:
    """The bytes of an e-invoice that came beside a document. Raises what is wrong with it, with its name."""
    if upload.fault:
        raise upload.fault
    xml = upload.path.read_bytes()
    try:
        parse(xml)
    except (Unreadable, TooLarge) as error:
        raise type(error)(f"{upload.name}: {error.detail}") from error
    return xml


def boundary_of(request: Request) -> bytes:
    media_type, options = parse_options_header(request.headers.get("content-type"))
    if media_type != b"multipart/form-data":
        raise UnsupportedMedia("Send multipart/form-data with the files in it.")
    if not options.get(b"boundary"):
        raise BadRequest("The multipart boundary is missing.")
    return options[b"boundary"]


async def received(request: Request, folder: Path, limit: int) -> Form:
    """The files of a multipart request, written into `folder`, and its fields. Raises BadRequest, UnsupportedMedia."""
    form = Form()
    with ExitStack() as stack:
        sorting = Sorting(form, folder, limit, stack)
        parser = MultipartParser(boundary_of(request), callbacks_of(sorting))
        try:
            async for chunk in request.stream():
                parser.write(chunk)
            parser.finalize()
        except ClientDisconnect as error:
            raise BadRequest("The caller went away before the end of the body.") from error
        except FormParserError as error:
            raise BadRequest(f"The multipart body is malformed: {error}") from error
    if not sorting.ended:
        raise BadRequest("The multipart body ends too early.")
    if not form.files:
        raise BadRequest("There is no file in the request.")
    return form


def callbacks_of(sorting: Sorting) -> "MultipartCallbacks":
    return {
        "on_part_begin": sorting.on_part_begin,
        "on_header_field": sorting.on_header_field,
        "on_header_value": sorting.on_header_value,
        "on_header_end": sorting.on_header_end,
        "on_headers_finished": sorting.on_headers_finished,
        "on_part_data": sorting.on_part_data,
        "on_part_end": sorting.on_part_end,
        "on_end": sorting.on_end,
    }
