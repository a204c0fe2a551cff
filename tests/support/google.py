"""Google's XML API in front of a server that speaks S3, from which it differs by a few headers.

No emulator that could be had speaks enough of it: that of Google's JSON API neither lists nor deletes in this one.
So the requests are the library's own, and what answers them is moto; nothing of Google's says that it would too.
https://cloud.google.com/storage/docs/interoperability, https://cloud.google.com/storage/docs/xml-api/reference-headers
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from tests.support.servers import clouds, listening

AUTHORISED = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"


class InTheWordsOfS3:
    """Anybody may do anything; a blob of generation 0 is one that does not exist yet."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        path, question, query = environ["RAW_URI"].partition("?")
        environ["RAW_URI"] = environ["REQUEST_URI"] = unquote(path) + question + query
        environ["HTTP_AUTHORIZATION"] = AUTHORISED
        if environ.pop("HTTP_X_GOOG_IF_GENERATION_MATCH", None) == "0":
            environ["HTTP_IF_NONE_MATCH"] = "*"

        def answered(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start(status, [*headers, ("x-goog-generation", "1")], *more)

        return self.app(environ, answered)


@contextlib.contextmanager
def google() -> Iterator[str]:
    """The endpoint of a server that speaks Google's XML API."""
    with listening(InTheWordsOfS3(clouds())) as endpoint:
        yield endpoint


def options(endpoint: str) -> dict[str, Any]:
    """What the store is built with, instead of the account that `GOOGLE_APPLICATION_CREDENTIALS` names."""
    nobody = {"client_email": "", "private_key": "", "private_key_id": ""}
    account = {"gcs_base_url": endpoint, "disable_oauth": True, **nobody}
    return {"service_account_key": json.dumps(account), "client_options": {"allow_http": True}}
