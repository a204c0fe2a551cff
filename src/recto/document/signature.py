"""Signatures of webhooks by the Standard Webhooks specification 1.0.0: made by us, checked by who receives them.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

A receiver needs nothing else of this package, and nothing beside the standard library:

    from recto.document.signature import verify

    verify(secret, request.headers, body)  # raises BadSignature
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping
from typing import Final

from recto.document.errors import BadSettings, BadSignature

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
TOLERANCE: Final = 300
"""Seconds by which the sender's clock and the way may be off. An older message may be one that somebody kept."""


def minted_secret() -> str:
    """256 random bits as `whsec_` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the base64 of the HMAC-SHA256 of `id.timestamp.body`."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode("ascii")


def signed_headers(keys: Iterable[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """What goes with a message: a signature by each secret that is live, the newest first."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, message_id, timestamp, body) for secret in keys),
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> None:
    """Returns where the message is signed with that secret, and of these minutes; raises BadSignature.

    `body` is the body as it came, byte for byte, before anything parsed it. `now` is in seconds since 1970. A message
    may come more than once: `webhook-id` is the same then.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if not sent.get(name)]
    if missing:
        raise BadSignature(f"It lacks {', '.join(missing)}.")
    timestamp = sent["webhook-timestamp"]
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        raise BadSignature("webhook-timestamp is no number of seconds.")
    if abs((time.time() if now is None else now) - int(timestamp)) > TOLERANCE:
        raise BadSignature(f"webhook-timestamp is more than {TOLERANCE} seconds off.")
    expected = sign(secret, sent["webhook-id"], int(timestamp), body).encode()
    # Each is compared, and each in the same time, wherever they differ.
    fits = [hmac.compare_digest(expected, given.encode()) for given in sent["webhook-signature"].split(" ")]
    if not any(fits):
        raise BadSignature("No signature was made with this secret.")


def key_of(secret: str) -> bytes:
    """The bytes of a secret. Raises BadSettings for what is none."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSettings("A webhook's secret is `whsec_` and base64.") from error
    if not key:
        raise BadSettings("A webhook's secret is `whsec_` and base64.")
    return key
