"""Microsoft's own emulator of Azure's blobs, where it is installed (`npm install --global azurite`)."""

import base64
import contextlib
import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

from tests.support.jobs import until
from tests.support.recto import free_port

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The emulator's well-known ones: https://learn.microsoft.com/azure/storage/common/storage-use-azurite"""


def program() -> str | None:
    """`azurite-blob` on the path, or where RECTO_AZURITE says."""
    return shutil.which(os.environ.get("RECTO_AZURITE", "azurite-blob"))


@contextlib.contextmanager
def azurite() -> Iterator[str]:
    """Its endpoint."""
    port = free_port()
    command = [str(program()), "--inMemoryPersistence", "--blobPort", str(port), "--silent", "--skipApiVersionCheck"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port), 60)
        yield f"http://127.0.0.1:{port}/{ACCOUNT}"
    finally:
        server.kill()
        server.wait()


def listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def container(endpoint: str) -> str:
    """The name of a new one. The request is signed by hand: https://learn.microsoft.com/rest/api/storageservices."""
    name = f"recto-{uuid.uuid4().hex}"
    headers = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    said = "".join(f"{header}:{value}\n" for header, value in headers.items())
    to_sign = f"PUT{chr(10) * 12}{said}/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
    signature = base64.b64encode(hmac.digest(base64.b64decode(KEY), to_sign.encode(), hashlib.sha256)).decode()
    headers |= {"Authorization": f"SharedKey {ACCOUNT}:{signature}", "Content-Length": "0"}
    request = urllib.request.Request(f"{endpoint}/{name}?restype=container", method="PUT", headers=headers)
    with urllib.request.urlopen(request):
        return name


def options(endpoint: str) -> dict[str, Any]:
    """What the store is built with, instead of the variables that Azure's tools read."""
    http = {"client_options": {"allow_http": True}}
    return {"account_name": ACCOUNT, "account_key": KEY, "endpoint": endpoint, **http}
