"""Files that are too large to travel within a request: laid down in a store of objects, named by signed URLs."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from recto.document.errors import BadSettings, EngineUnavailable

if TYPE_CHECKING:
    from obstore.store import S3Store


class Parcels:
    """A place such as `s3://bucket/prefix`. What was laid down is taken away again when the answer is there."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url = url
        self.lasting = timedelta(seconds=seconds)

    @cached_property
    def store(self) -> "S3Store":
        try:
            from obstore.store import S3Store, from_url
        except ImportError as missing:
            raise EngineUnavailable(f"Uploads need the extra `cloud`: {missing}") from missing
        made: Any = from_url(self.url)
        if not isinstance(made, S3Store):
            raise BadSettings("uploads: only s3:// can sign URLs here.")
        return made

    @contextmanager
    def laid_down(self, files: Sequence[bytes]) -> Iterator[list[str]]:
        """A URL for each file, which whoever has it may fetch while the block lasts. Raises EngineUnavailable."""
        import obstore
        from obstore.exceptions import BaseError

        keys = [uuid.uuid4().hex for _ in files]
        try:
            for key, data in zip(keys, files, strict=True):
                obstore.put(self.store, key, data)
            urls = list(obstore.sign(self.store, "GET", keys, self.lasting))
        except BaseError as error:
            raise EngineUnavailable(f"The store for uploads: {type(error).__name__}.") from error
        try:
            yield urls
        finally:
            obstore.delete(self.store, keys)
