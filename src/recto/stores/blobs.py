"""Which store of blobs a URL means."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from recto.document.errors import BadSettings, NotFound
from recto.stores.files import FileBlobs
from recto.stores.objects import ObjectBlobs, bucket_at


def blobs_at(url: str, **options: Any) -> FileBlobs | ObjectBlobs:
    """`file:///folder`, or a bucket: see `bucket_at`. Raises BadSettings for another URL."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FileBlobs(Path(url2pathname(parts.path)))
    if parts.scheme in ("s3", "gs", "az"):
        return bucket_at(url, **options)
    raise BadSettings(f"blobs: {url!r}; there are file:///…, s3://…, gs://… and az://….")


def folders_with(url: str, name: str) -> list[tuple[str, str]]:
    """(URL, time) of each folder at or below the URL that holds a blob of that name, the last changed first."""
    found = ((moment, key) for key, moment in blobs_at(url).dated("") if key.rpartition("/")[2] == name)
    folders = [(key.rpartition("/")[0], moment) for moment, key in sorted(found, reverse=True)]
    return [(f"{url.rstrip('/')}/{folder}" if folder else url, moment) for folder, moment in folders]


def copy_folder(url: str, target: Path) -> None:
    """Every blob below the URL as a file of `target`, under its own key. Raises NotFound where there is none."""
    store, found = blobs_at(url), False
    for key in store.keys(""):
        path = FileBlobs(target).path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(store.get(key))
        found = True
    if not found:
        raise NotFound(f"nothing is at {url!r}.")
