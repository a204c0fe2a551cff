"""Blobs in an object store: S3 and what speaks like it, Google, Azure, all through obstore."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from recto.document.errors import BadSettings, NotFound, StoreUnavailable


class ObjectBlobs:
    """An object a key below a prefix of a bucket."""

    def __init__(self, store: Any) -> None:
        self.store = store

    def put(self, key: str, data: bytes) -> None:
        """Kept by the store when this returns; a key that exists already is left as it is."""
        with suppress(FileExistsError), reachable(key):
            self.store.put(key, data, mode="create", use_multipart=False)

    def put_stream(self, key: str, chunks: Iterable[bytes]) -> None:
        """In parts of five megabytes, so that memory stays small."""
        with reachable(key):
            self.store.put(key, iter(chunks))

    def get(self, key: str) -> bytes:
        with reachable(key):
            return bytes(self.store.get(key).bytes())

    def exchange(self, key: str, change: Callable[[bytes], bytes]) -> bool:
        """Puts what `change` makes of a blob in its place; False where that is the same, or others changed it."""
        from obstore.exceptions import PreconditionError

        with suppress(NotFound, PreconditionError), reachable(key):
            found = self.store.get(key)
            before, seen = bytes(found.bytes()), {name: found.meta[name] for name in ("e_tag", "version")}
            after = change(before)
            if after != before:
                seen = {name: value for name, value in seen.items() if value is not None}
                self.store.put(key, after, mode=seen, use_multipart=False)
                return True
        return False

    def delete(self, key: str) -> None:
        """Nothing happens where there is no such key."""
        with suppress(NotFound), reachable(key):
            self.store.delete(key)

    def keys(self, prefix: str) -> Iterator[str]:
        """In order; `prefix` is a folder of keys such as `documents/`, or empty for all."""
        with reachable(prefix):
            for group in self.store.list(prefix or None):
                yield from (item["path"] for item in group)

    def dated(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The same with the time of each one's last change, as a text that sorts."""
        with reachable(prefix):
            for group in self.store.list(prefix or None):
                yield from ((item["path"], item["last_modified"].isoformat()) for item in group)

    def ping(self) -> None:
        """Raises StoreUnavailable where the bucket does not answer."""
        with reachable(""):
            next(iter(self.store.list("ping/", chunk_size=1)), None)

    def link(self, key: str, seconds: float) -> str | None:
        """A URL that anyone may read the blob from until it expires, whether it is there already or not."""
        import obstore

        with reachable(key):
            return obstore.sign(self.store, "GET", key, timedelta(seconds=seconds))


def bucket_at(url: str, **options: Any) -> ObjectBlobs:
    """The store of `s3://bucket/prefix`, `gs://…` or `az://…`.

    `options` are the store's own (`endpoint`, `region`, …); what is not given comes from the environment variables
    that each cloud's tools read.
    """
    try:
        import obstore.store
    except ImportError as error:
        raise BadSettings("blobs: object stores need the extra `cloud` (pip install 'recto[cloud]').") from error
    make: Callable[..., Any] = obstore.store.from_url
    with reachable(url):
        return ObjectBlobs(make(url, **options))


@contextmanager
def reachable(key: str) -> Iterator[None]:
    """Turns what obstore raises into NotFound, FileExistsError and StoreUnavailable."""
    from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"No blob {key!r}.") from error
    except AlreadyExistsError as error:
        raise FileExistsError(key) from error
    except PreconditionError:
        raise
    except (BaseError, OSError) as error:
        raise StoreUnavailable(str(error).partition("\n")[0]) from error
