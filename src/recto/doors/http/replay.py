"""`Idempotency-Key`: a request that is sent again gets the answer that the first one got, for 24 hours.

By draft-ietf-httpapi-idempotency-key-header-07: the same key with another request is 422, while the first one is worked
on 409. Answers of success and those that tell the caller what is wrong are kept; where the fault was on our side, or
was a matter of the moment, the key is free again. Answers outlive the server; what a killed one had begun is given up.
"""

import asyncio
import hashlib
import re
import tempfile
from typing import IO, Final

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recto.app import App
from recto.document.errors import BadRequest, InFlight
from recto.document.replay import Ask, Said
from recto.doors.http.headers import sent
from recto.doors.http.keyring import ANYONE, Caller
from recto.doors.worker_name import dead, own_name

FORM: Final = re.compile(r"[\x21-\x7e]{1,255}")
IN_MEMORY: Final = 1024 * 1024
"""Bytes of a body that is held in memory; a longer one goes to disk until it is known to be new."""
MOST: Final = 8 * 1024 * 1024
"""Bytes of an answer that is kept. No route with effects answers with more."""
CHUNK: Final = 256 * 1024
PASSING: Final = {409, 425, 429}
KEPT_HEADERS: Final = ("content-type", "location", "cache-control")


class Replay:
    """Stands before whatever changes something under `/v1`."""

    def __init__(self, app: ASGIApp, recto: App) -> None:
        self.app = app
        self.recto = recto
        self.holder = own_name()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/v1/"):
            return await self.app(scope, receive, send)
        key = sent(scope, b"idempotency-key")
        if not key:
            return await self.app(scope, receive, send)
        if not FORM.fullmatch(key):
            raise BadRequest("An Idempotency-Key has 1 to 255 visible characters of ASCII.")
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            digest = await taken_in(Request(scope, receive), body)
            caller: Caller = scope.get("state", {}).get("caller", ANYONE)
            ask = Ask(caller.owner, key, digest_with(digest, caller), self.holder)
            said = await asyncio.to_thread(begun, self.recto, ask)
            if said is not None:
                return await again(said)(scope, receive, send)
            await self.answer(ask, scope, body, send)

    async def answer(self, ask: Ask, scope: Scope, body: IO[bytes], send: Send) -> None:
        """The first answer, kept before it is sent."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        try:
            await self.app(scope, receiving(body), keep)
        except BaseException:
            await asyncio.to_thread(self.recto.replays.forget, ask)
            raise
        said = said_by(messages)
        lasts = said.status < 500 and said.status not in PASSING and len(said.body) <= MOST
        if lasts:
            await asyncio.to_thread(self.recto.replays.answer, ask, said)
        else:
            await asyncio.to_thread(self.recto.replays.forget, ask)
        for message in messages:
            await send(message)


def begun(recto: App, ask: Ask) -> Said | None:
    """The answer that there is, or None where it is to be given now. Raises InFlight, KeyReused."""
    found = recto.replays.begin(ask)
    if not isinstance(found, str):
        return found
    if not dead(found):
        raise InFlight
    recto.replays.take_over(ask, found)
    return None


async def taken_in(request: Request, body: IO[bytes]) -> str:
    """The body, written to `body`, and the digest of what is asked. Raises BadRequest where the caller goes away.

    A client chooses the boundary of a form anew each time it sends it, so it is left out of the digest.
    """
    _, options = parse_options_header(request.headers.get("content-type"))
    asked = Without(options.get(b"boundary", b""))
    asked.update(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    try:
        async for chunk in request.stream():
            asked.update(chunk)
            body.write(chunk)
    except ClientDisconnect as error:
        raise BadRequest("The caller went away before the end of the body.") from error
    return asked.hexdigest()


def digest_with(digest: str, caller: Caller) -> str:
    """An answer that shows what is masked for others is no answer to them."""
    return f"{digest}{'+' if 'see-sensitive' in caller.scopes else ''}"


class Without:
    """The SHA-256 of a stream from which every occurrence of `left_out` is taken."""

    def __init__(self, left_out: bytes) -> None:
        self.left_out = left_out
        self.digest = hashlib.sha256()
        self.tail = b""

    def update(self, data: bytes) -> None:
        if not self.left_out:
            return self.digest.update(data)
        data = (self.tail + data).replace(self.left_out, b"")
        held = len(self.left_out) - 1  # may be the beginning of an occurrence that the next piece completes
        cut = max(0, len(data) - held)
        self.digest.update(data[:cut])
        self.tail = data[cut:]

    def hexdigest(self) -> str:
        self.digest.update(self.tail)
        return self.digest.hexdigest()


def receiving(body: IO[bytes]) -> Receive:
    """The body once more, from its beginning."""
    body.seek(0)
    ended = False

    async def receive() -> Message:
        nonlocal ended
        if ended:
            await asyncio.Event().wait()  # the caller stays as long as the answer takes
        chunk = body.read(CHUNK)
        ended = len(chunk) < CHUNK
        return {"type": "http.request", "body": chunk, "more_body": not ended}

    return receive


def said_by(messages: list[Message]) -> Said:
    """The answer that these messages make."""
    start = next(message for message in messages if message["type"] == "http.response.start")
    headers = Headers(raw=list(start["headers"]))
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    return Said(start["status"], kept, b"".join(message.get("body", b"") for message in messages))


def again(said: Said) -> Response:
    return Response(said.body, said.status, {**said.headers, "Idempotency-Replayed": "true"})
