"""What is kept under seal: only the installation's keys open it again (Fernet: AES-128-CBC, signed with HMAC-SHA-256).

Fernet's format: https://github.com/fernet/spec. A sealed text begins with `gAAAA`, so that what was kept before there
were keys is known and read as it is.
"""

import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from recto.document.errors import BadSettings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

BEGINNING: Final = b"gAAAA"
"""Of every sealed text: the version and the first bytes of a time before the year 2106."""

SHORTEST: Final = 100
"""Characters of a sealed text of no bytes: a word of a page that only begins like one is not taken for it."""


class Seal(Protocol):
    """Shuts bytes away and opens them again."""

    def shut(self, data: bytes) -> bytes: ...

    def open(self, kept: bytes) -> bytes: ...

    def is_fresh(self, kept: bytes) -> bool:
        """Whether it is kept as it would be if it were shut now."""
        ...


class Unsealed:
    """Keeps everything as it is."""

    def shut(self, data: bytes) -> bytes:
        return data

    def open(self, kept: bytes) -> bytes:
        """Raises BadSettings for what was sealed by keys that are not there any more."""
        if is_sealed(kept):
            raise BadSettings("encryption_keys: what is stored was sealed, and there is no key.")
        return kept

    def is_fresh(self, kept: bytes) -> bool:
        return not is_sealed(kept)


class Sealed:
    """Seals with the first of the keys and opens with any: a new one is put before the old ones."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = tuple(keys)

    def shut(self, data: bytes) -> bytes:
        return self._ring.encrypt(data)

    def open(self, kept: bytes) -> bytes:
        """What was never sealed is given as it is. Raises BadSettings where none of the keys opens it."""
        from cryptography.fernet import InvalidToken

        if not is_sealed(kept):
            return kept
        try:
            return self._ring.decrypt(kept)
        except InvalidToken as wrong:
            raise BadSettings("encryption_keys: none of them opens what is stored.") from wrong

    def is_fresh(self, kept: bytes) -> bool:
        """Whether the first of the keys opens it."""
        from cryptography.fernet import InvalidToken

        try:
            self._each[0].decrypt(kept)
        except InvalidToken:
            return False
        return True

    @cached_property
    def _ring(self) -> "MultiFernet":
        from cryptography.fernet import MultiFernet

        return MultiFernet(self._each)

    @cached_property
    def _each(self) -> "list[Fernet]":
        """Raises BadSettings for what is no key."""
        from cryptography.fernet import Fernet

        try:
            return [Fernet(key) for key in self.keys]
        except ValueError as wrong:
            raise BadSettings(f"encryption_keys: {wrong}") from wrong


UNSEALED: Final = Unsealed()


def is_sealed(kept: bytes) -> bool:
    return kept.startswith(BEGINNING) and len(kept) >= SHORTEST


def renewed(seal: Seal, kept: bytes) -> bytes:
    """The same as if it were shut now; what is so already stays the very bytes that it is."""
    return kept if seal.is_fresh(kept) else seal.shut(seal.open(kept))


def shut_text(seal: Seal, text: str) -> str:
    """A text under seal, as a text."""
    return seal.shut(text.encode()).decode()


def open_text(seal: Seal, kept: str) -> str:
    return seal.open(kept.encode()).decode()


def seal_of(keys: Sequence[str]) -> Seal:
    """By these keys; without any everything is kept as it is."""
    return Sealed(keys) if keys else UNSEALED


def own_key(path: Path) -> str:
    """The key in this file, which is made where there is none, for its owner's eyes alone."""
    from cryptography.fernet import Fernet

    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex}.part")
        with open(part, "xb", opener=private) as file:
            file.write(Fernet.generate_key())
        with suppress(FileExistsError):  # another process was first
            os.link(part, path)
        part.unlink()
    return path.read_text(encoding="ascii").strip()


def private(path: str, flags: int) -> int:
    """Opens a file that only its owner may read."""
    return os.open(path, flags, 0o600)
