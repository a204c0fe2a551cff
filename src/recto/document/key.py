"""A key to the API: who holds it, what it opens, how long. The secret itself is known to its holder alone."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

Scope = Literal["read", "write", "review", "admin", "see-sensitive"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
OWNER: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}|")
"""Names of owners, which become folders of blobs; the empty one owns what came without a key."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key. Times are aware, in UTC.

    `digest` is the SHA-256 of the secret in hexadecimal. Several keys may have one `owner`, whose documents, limits and
    webhooks they share, so that one can be exchanged for another. `parent` is the id of the key with which a browser
    logged in, and empty for a key that was made for a program.
    """

    id: str
    owner: str
    scopes: frozenset[Scope]
    digest: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    parent: str = ""

    def opens_at(self, now: datetime) -> bool:
        """Whether it opens anything at that time."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def minted(
    owner: str, scopes: Iterable[Scope], now: datetime, lifetime: timedelta | None = None, parent: str = ""
) -> tuple[Key, str]:
    """A new key, and what its holder shows: `recto_<id>_<secret>`, the secret being 256 random bits in base64."""
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    expires_at = None if lifetime is None else now + lifetime
    key = Key(key_id, owner, frozenset(scopes), digest_of(secret), now, expires_at, parent=parent)
    return key, f"recto_{key_id}_{secret}"


def shown(presented: str) -> tuple[str, str]:
    """The id and the secret of a key as it is presented; empty ones where it has not the form of a key of ours."""
    name, _, rest = presented.partition("_")
    key_id, _, secret = rest.partition("_")
    return (key_id, secret) if name == "recto" and secret else ("", "")


def digest_of(secret: str) -> str:
    """SHA-256: a secret of 256 random bits needs no slow hash, which is for what people make up."""
    return hashlib.sha256(secret.encode()).hexdigest()
