"""What can be done to a PDF that PDFium does not open as it is; it rebuilds lost tables by itself."""

import re
from collections.abc import Iterator

HEADER = b"%PDF-"
VERSION = b"%PDF-1.7\n"
CUT_OBJECT = re.compile(rb"(?<!\d)\d{1,7} \d{1,5} obj\b")


def mended(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, then as they may have been: without junk before the header, with a header, without the
    tables and trailers at the end that point to wrong places.
    """
    yield data
    at = data.find(HEADER)
    if at > 0:
        yield data[at:]
    whole = data[at:] if at >= 0 else headed(data)
    if at < 0:
        yield whole
    if b"startxref" in whole:
        # Without it PDFium looks for the objects themselves.
        yield whole.replace(b"startxref", b"%tartxref")
    yield retrailed(whole)


def headed(data: bytes) -> bytes:
    """With a header before its first object."""
    found = CUT_OBJECT.search(data)
    return VERSION + data[found.start() :] if found else VERSION + data


def retrailed(data: bytes) -> bytes:
    """With a trailer that names its catalog, for files cut off before theirs."""
    catalog = re.search(rb"(\d{1,7}) (\d{1,5}) obj\b(?:(?!endobj)[\s\S]){0,2000}?/Type\s*/Catalog\b", data)
    if not catalog:
        return data
    return data + b"\nendobj\ntrailer\n<< /Root %s %s R >>\n%%%%EOF\n" % (catalog[1], catalog[2])
