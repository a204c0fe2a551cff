"""Who stands behind a key that was presented: looked up by its id, compared in constant time, remembered a moment."""

import asyncio
import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from recto.app import App
from recto.document.errors import Forbidden, NotFound, Unauthorized
from recto.document.key import SCOPES, Key, Scope, digest_of, minted, shown

REMEMBERED: Final = 5.0
"""Seconds for which a key is not looked up again: so long a revoked one may go on in another process."""
MOST: Final = 10_000
GATEWAY: Final = "gateway"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the owner of what he brings and sees, and what he may do. `key_id` is empty where no key is asked."""

    owner: str
    scopes: frozenset[Scope]
    key_id: str = ""

    def must(self, scope: Scope) -> None:
        """Raises Forbidden, which names the scope."""
        if scope not in self.scopes:
            raise Forbidden(f"It lacks the scope `{scope}`.")


PLAIN: Final[frozenset[Scope]] = frozenset(SCOPES) - {"see-sensitive"}
ANYONE: Final = Caller("", PLAIN)
"""Where there are no keys: who reaches this machine may do everything, and numbers of persons stay masked."""


class Keyring:
    """Keys of the database, and the one of the setting GATEWAY_API_KEY."""

    def __init__(self, app: App) -> None:
        self.app = app
        given = app.settings.gateway_api_key
        self.gateway = digest_of(given.get_secret_value()) if given else ""
        self.known: dict[bytes, tuple[Caller, float]] = {}
        self.asked = bool(self.gateway)
        self.asked_at = float("-inf")

    async def asks(self) -> bool:
        """Whether a key is asked for: one is configured, or was ever made."""
        if not self.asked and time.monotonic() - self.asked_at > REMEMBERED:
            self.asked = await asyncio.to_thread(self.app.keys.any)
            self.asked_at = time.monotonic()
        return self.asked

    async def caller(self, presented: str) -> Caller:
        """Raises Unauthorized."""
        if not await self.asks():
            return ANYONE
        if not presented:
            raise Unauthorized("Send one as X-API-Key.")
        mark = hashlib.sha256(presented.encode()).digest()
        caller, until = self.known.get(mark, (None, 0.0))
        if caller is None or time.monotonic() >= until:
            key = await asyncio.to_thread(self.key, presented)
            caller = Caller(key.owner, key.scopes, key.parent or key.id)
            self.remember(mark, caller, key)
        return caller

    def remember(self, mark: bytes, caller: Caller, key: Key) -> None:
        if len(self.known) >= MOST:
            self.known.clear()
        left = (key.expires_at - datetime.now(UTC)).total_seconds() if key.expires_at else REMEMBERED
        self.known[mark] = (caller, time.monotonic() + min(REMEMBERED, left))

    def key(self, presented: str) -> Key:
        """The key that opens now. Raises Unauthorized, which does not tell what was wrong."""
        now = datetime.now(UTC)
        own = self.gateway_key(now)
        if own and hmac.compare_digest(digest_of(presented), own.digest):
            return own
        key_id, secret = shown(presented)
        try:
            key = self.app.keys.find(key_id)
        except NotFound:
            key = Key("", "", frozenset(), digest_of(""), now, expires_at=now)
        if not hmac.compare_digest(digest_of(secret), key.digest) or not self.opens(key, now):
            raise Unauthorized
        return key

    def opens(self, key: Key, now: datetime) -> bool:
        """Whether it opens now. A session ends when the setting that it was opened with is another."""
        return key.opens_at(now) and (not key.parent.startswith(GATEWAY) or key.parent == self.gateway_id)

    @property
    def gateway_id(self) -> str:
        return f"{GATEWAY}-{digest_of(self.gateway)[:16]}"

    def gateway_key(self, now: datetime) -> Key | None:
        return Key(self.gateway_id, "", PLAIN, self.gateway, now) if self.gateway else None

    def session(self, presented: str) -> tuple[str, timedelta]:
        """What a browser shows instead of the key, and for how long. Raises Unauthorized."""
        now = datetime.now(UTC)
        key = self.key(presented)
        lifetime = timedelta(hours=self.app.settings.gateway.session_hours)
        if key.expires_at:
            lifetime = min(lifetime, key.expires_at - now)
        session, text = minted(key.owner, key.scopes, now, lifetime, parent=key.parent or key.id)
        self.app.keys.sweep(now)
        self.app.keys.add(session)
        return text, lifetime

    def end(self, presented: str) -> None:
        """A browser logs out. A key that is no session stays as it is."""
        key = self.key(presented)
        if key.parent:
            self.app.keys.revoke(key.id, datetime.now(UTC))
            self.known.clear()
