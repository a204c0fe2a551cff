"""Which store of blobs a URL means."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from recto.document.errors import BadSettings
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
