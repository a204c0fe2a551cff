"""Everything that goes wrong at this door, as an RFC 9457 problem with a code that stays the same.

The body is `application/problem+json`: `type title status detail instance code request_id`, and `errors` where several
things are wrong at once. Outside `/v1`, a browser that asks for HTML gets the same words as a page.
"""

import logging
import math
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from recto.document.errors import OverQuota, RectoError, Unauthorized
from recto.document.reading import Fault

log = logging.getLogger("recto.http")

STATUS: Final[Mapping[str, int]] = {
    "error": 500,
    "unreadable": 422,
    "empty": 422,
    "unsupported_media_type": 415,
    "damaged": 422,
    "encrypted": 422,
    "wrong_password": 422,
    "over_limit": 422,
    "too_large": 413,
    "too_many_pages": 422,
    "too_many_pixels": 422,
    "timed_out": 422,
    "out_of_memory": 422,
    "refused": 422,
    "bad_request": 400,
    "unknown_kind": 422,
    "unknown_label": 422,
    "unknown_engine": 422,
    "bad_settings": 500,
    "not_found": 404,
    "conflict": 409,
    "in_flight": 409,
    "idempotency_mismatch": 422,
    "denied": 403,
    "unauthorized": 401,
    "forbidden": 403,
    "bad_signature": 401,
    "over_quota": 429,
    "rate_limited": 429,
    "too_many_jobs": 429,
    "pages_spent": 429,
    "queue_full": 429,
    "cancelled": 409,
    "worker_died": 500,
    "forbidden_url": 422,
    "fetch_failed": 502,
    "engine_failed": 502,
    "unavailable": 503,
    "engine_unavailable": 503,
    "store_unavailable": 503,
}
"""HTTP status by the code of an error. A code that is not here answers with 500."""

OWN: Final[Mapping[int, Fault]] = {
    400: Fault("bad_request", "The request is not of the expected form.", ""),
    401: Fault("unauthorized", "A valid key is needed.", ""),
    403: Fault("cross_site", "Another site may not do this.", ""),
    404: Fault("not_found", "There is no such thing here.", ""),
    405: Fault("method_not_allowed", "This address does not take that method.", ""),
    413: Fault("too_large", "The file is larger than the limit.", ""),
    415: Fault("unsupported_media_type", "The file is not of a type that Recto reads.", ""),
    421: Fault("wrong_host", "This server does not answer to that name.", ""),
    422: Fault("invalid_parameters", "A parameter is not valid.", ""),
    500: Fault("internal", "Something went wrong on our side.", ""),
}
"""What the framework itself can answer, by status."""

MEDIA_TYPE: Final = "application/problem+json"


class Problem(BaseModel):
    """What every error answers with (RFC 9457). `code` stays the same; `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    request_id: str
    errors: list[dict[str, Any]] | None = None


MEANINGS: Final = {
    400: "The request is malformed",
    401: "A key is missing, or opens nothing",
    403: "The key lacks a scope",
    404: "There is no such thing, or it is another owner's",
    409: "Not in the state that it is in",
    413: "Too large",
    415: "Not of a type that is read",
    421: "This server does not answer to that name",
    422: "A parameter, or the document, is not as it must be",
    429: "Too much is asked; Retry-After tells when to ask again",
    502: "A server elsewhere gave no usable answer",
    503: "A part is not available; Retry-After tells when to ask again",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Those problems, for the OpenAPI document of a route."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": MEANINGS[status], "content": content} for status in statuses}


DOCUMENTED: Final = documented(400, 401, 403, 404, 409, 413, 421, 422, 429, 503)
"""What any route may answer with, for the OpenAPI document; a route tells what it may answer with beside."""


def problem(request: Request, fault: Fault, status: int, **more: Any) -> dict[str, Any]:
    """The body of a problem (RFC 9457, section 3.1)."""
    return {
        "type": f"urn:recto:problem:{fault.code}",
        "title": fault.title,
        "status": status,
        "detail": fault.detail,
        "instance": request.url.path,
        "code": fault.code,
        "request_id": request.scope.get("request_id", ""),
        **more,
    }


def status_of(error: RectoError) -> int:
    return STATUS.get(error.code, 500)


def answer(request: Request, fault: Fault, status: int, headers: Mapping[str, str] = {}, **more: Any) -> Response:
    """The problem as a response: a page for a person, JSON for everyone else."""
    request.scope.setdefault("state", {})["problem"] = fault.code
    show = getattr(request.app.state, "show_problem", None)
    if show is not None and wants_page(request):
        page: Response = show(request, fault, status)
        return page
    body = problem(request, fault, status, **more)
    return JSONResponse(body, status, {**headers, "Cache-Control": "no-store"}, MEDIA_TYPE)


def wants_page(request: Request) -> bool:
    """Whether a browser asks for something to look at."""
    return not request.url.path.startswith("/v1") and "text/html" in request.headers.get("accept", "")


def of_recto(request: Request, error: Exception) -> Response:
    assert isinstance(error, RectoError)
    return answer(request, error.fault, status_of(error), headers_of(error))


def headers_of(error: RectoError) -> dict[str, str]:
    """When to ask again, or with what."""
    if isinstance(error, OverQuota):
        return {"Retry-After": str(math.ceil(error.wait))}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": 'Bearer realm="recto"'}
    return {"Retry-After": "5"} if status_of(error) == 503 else {}


def of_framework(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = OWN.get(error.status_code, Fault(f"http_{error.status_code}", str(error.detail), ""))
    detail = "" if error.status_code in (404, 405) else str(error.detail)
    return answer(request, Fault(known.code, known.title, detail), error.status_code, error.headers or {})


def of_validation(request: Request, error: Exception) -> Response:
    """A parameter of the wrong form: what and where, without repeating what was sent."""
    assert isinstance(error, RequestValidationError)
    wrong = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in error.errors()]
    known = OWN[422]
    detail = "; ".join(f"{one['where']}: {one['what']}" for one in wrong)
    return answer(request, Fault(known.code, known.title, detail), 422, errors=wrong)


class LastResort:
    """Turns what nobody expected into a plain 500, with the trace in the log and nowhere else."""

    def __init__(self, app: ASGIApp, http: FastAPI) -> None:
        self.app = app
        self.http = http

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except (RectoError, HTTPException) as error:  # of what stands before the routes
            if scope["type"] != "http" or scope["state"]["heard"].begun:
                raise
            told = of_recto if isinstance(error, RectoError) else of_framework
            await told(Request({**scope, "app": self.http}), error)(scope, receive, send)
        except Exception:
            log.exception("unexpected error", extra={"request_id": scope.get("request_id", "")})
            if scope["type"] != "http" or scope["state"]["heard"].begun:
                raise
            request = Request({**scope, "app": self.http})
            await answer(request, OWN[500], 500)(scope, receive, send)


def install(http: FastAPI) -> None:
    """Every error of the door answers as a problem from here on."""
    http.add_exception_handler(RectoError, of_recto)
    http.add_exception_handler(HTTPException, of_framework)
    http.add_exception_handler(RequestValidationError, of_validation)
