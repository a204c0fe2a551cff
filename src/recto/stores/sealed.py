"""Blobs under seal: in pieces, so that one of any size is sealed and opened a megabyte at a time.

A sealed blob is `MAGIC`, then of each piece its length (4 bytes, big-endian) and a Fernet token as plain bytes. What is
sealed in a token begins with the digest of the blob's key, the piece's number and whether it is the last one, so that
pieces can neither be left out nor change places, not even with those of another blob. Ours, as Fernet itself knows no
pieces; the idea is STREAM's (https://eprint.iacr.org/2015/189).
"""

import base64
import hashlib
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from recto.document.errors import BadSettings, Damaged
from recto.stores.files import FileBlobs
from recto.stores.objects import ObjectBlobs
from recto.stores.seal import UNSEALED, Seal

MAGIC: Final = b"recto-sealed-1\n"
PIECE: Final = 1 << 20
"""Bytes of a blob in one token, which is 89 to 104 bytes longer."""


class PlainBlobs:
    """A store that keeps blobs as they are, where there are no keys."""

    def __init__(self, store: FileBlobs | ObjectBlobs) -> None:
        self.store = store

    def put(self, key: str, data: bytes) -> None:
        self.store.put(key, data)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        self.store.put_stream(key, chunks)

    def get(self, key: str) -> bytes:
        """Raises BadSettings for what was sealed by keys that are not there any more."""
        kept = self.store.get(key)
        if kept.startswith(MAGIC):
            raise BadSettings(f"encryption_keys: the blob {key!r} was sealed, and there is no key.")
        return kept

    def delete(self, key: str) -> None:
        self.store.delete(key)

    def keys(self, prefix: str) -> Iterator[str]:
        return self.store.keys(prefix)

    def dated(self, prefix: str) -> Iterator[tuple[str, str]]:
        return self.store.dated(prefix)

    def ping(self) -> None:
        self.store.ping()

    def link(self, key: str, seconds: float) -> str | None:
        return self.store.link(key, seconds)


class SealedBlobs(PlainBlobs):
    """A store whose blobs are under seal; those that were put before there were keys are read as they are."""

    def __init__(self, store: FileBlobs | ObjectBlobs, seal: Seal) -> None:
        super().__init__(store)
        self.seal = seal

    def put(self, key: str, data: bytes) -> None:
        self.store.put(key, b"".join(shut(self.seal, key, (data,))))

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        self.store.put_stream(key, shut(self.seal, key, chunks))

    def get(self, key: str) -> bytes:
        """Raises BadSettings where none of the keys opens it, Damaged where a part of it is missing."""
        kept = self.store.get(key)
        if not kept.startswith(MAGIC):
            return kept
        return b"".join(opened(self.seal, key, io.BytesIO(kept)))

    def renew(self, key: str) -> bool:
        """Brings a blob under the newest key; False where it was so already, or is gone."""
        return self.store.exchange(key, lambda kept: resealed(self.seal, key, kept))

    def link(self, key: str, seconds: float) -> str | None:
        """None: who followed a link into the bucket would find what only our keys open."""
        return None


def blobs_under(seal: Seal, store: FileBlobs | ObjectBlobs) -> PlainBlobs:
    """The store under that seal; plain where there is none."""
    return PlainBlobs(store) if seal is UNSEALED else SealedBlobs(store, seal)


def shut(seal: Seal, key: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a sealed blob, a piece at a time."""
    yield MAGIC
    waiting, number = b"", 0
    for piece in pieces(chunks):
        if number:
            yield token(seal, head(key, number, last=False) + waiting)
        waiting, number = piece, number + 1
    yield token(seal, head(key, max(1, number), last=True) + waiting)


def opened(seal: Seal, key: str, kept: BinaryIO) -> Iterator[bytes]:
    """What was sealed, a piece at a time. Raises BadSettings and Damaged."""
    kept.seek(len(MAGIC))
    number = 1
    while True:
        size = int.from_bytes(kept.read(4), "big")
        sealed = kept.read(size)
        if not sealed or len(sealed) < size:
            raise Damaged(f"The end of the sealed blob {key!r} is missing.")
        plain = seal.open(base64.urlsafe_b64encode(sealed))
        inner, last = head(key, number, last=False), head(key, number, last=True)
        if not plain.startswith((inner, last)):
            raise Damaged(f"A piece of the sealed blob {key!r} is not in its place.")
        yield plain[len(inner) :]
        if plain.startswith(last):
            return
        number += 1


def resealed(seal: Seal, key: str, kept: bytes) -> bytes:
    """A blob as it would be put now, sealed or not as it is; the very bytes where it is so already."""
    start = len(MAGIC) + 4
    if not kept.startswith(MAGIC):
        return b"".join(shut(seal, key, (kept,)))
    size = int.from_bytes(kept[len(MAGIC) : start], "big")
    # All pieces of a blob are put at once, under one key.
    if seal.is_fresh(base64.urlsafe_b64encode(kept[start : start + size])):
        return kept
    return b"".join(shut(seal, key, opened(seal, key, io.BytesIO(kept))))


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of one size, the last one smaller; none for no bytes."""
    held = bytearray()
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            held += chunk[start : start + PIECE]
            if len(held) >= PIECE:
                yield bytes(held[:PIECE])
                del held[:PIECE]
    if held:
        yield bytes(held)


def token(seal: Seal, plain: bytes) -> bytes:
    # Fernet writes Base64, a third longer than the bytes that a blob can hold.
    sealed = base64.urlsafe_b64decode(seal.shut(plain))
    return len(sealed).to_bytes(4, "big") + sealed


def head(key: str, number: int, *, last: bool) -> bytes:
    """Of a piece: 16 bytes of the key's digest, 4 of its number from 1, and one that tells the last."""
    return hashlib.sha256(key.encode()).digest()[:16] + number.to_bytes(4, "big") + bytes([last])
