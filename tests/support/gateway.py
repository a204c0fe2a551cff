"""A gateway over a real database and real HTTP, with keys of several owners."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx

from recto.app import Installation, settings
from recto.document.key import Key, Scope, minted
from recto.doors.http.server import build
from tests.support.serving import serving

ALL: tuple[Scope, ...] = ("read", "write")


@dataclass
class Gateway:
    """The application, its address, and clients by what they show."""

    app: Installation
    url: str

    def key(
        self, owner: str = "shop", scopes: tuple[Scope, ...] = ALL, lifetime: timedelta | None = None
    ) -> tuple[Key, str]:
        key, text = minted(owner, scopes, datetime.now(UTC), lifetime)
        self.app.keys.add(key)
        return key, text

    def client(self, key: str = "", **headers: str) -> httpx.Client:
        shown = {"X-API-Key": key} if key else {}
        return httpx.Client(base_url=self.url, timeout=60, headers={**shown, **headers})


@contextmanager
def gateway(home: Path, **chosen: object) -> Iterator[Gateway]:
    app = Installation(settings(home=home, **chosen))
    with serving(build(app)) as url:
        yield Gateway(app, url)
