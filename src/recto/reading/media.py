"""What a file is, told from its bytes and never from its name."""

from typing import Final

from recto.document.errors import Empty, UnsupportedMedia
from recto.reading.einvoice import is_einvoice

HEADER_REACH: Final = 8192
"""How far into a file the header of a PDF is looked for: mail gateways and scanners put junk before it."""

MAGICS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)
HEIF_BRANDS: Final = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
AVIF_BRANDS: Final = {b"avif", b"avis"}


def media_type(data: bytes) -> str:
    """The media type of a PDF or of an image that Recto reads.

    Raises Empty for no bytes at all and UnsupportedMedia for anything else.
    """
    if not data:
        raise Empty("The file has no bytes.")
    found = image_type(data) or pdf_type(data)
    if not found and is_einvoice(data):
        raise UnsupportedMedia("An e-invoice is read beside its document, not alone: send both together.")
    if not found:
        raise UnsupportedMedia("PDF, JPEG, PNG, WebP, BMP, GIF, TIFF, HEIC, HEIF and AVIF are read.")
    return found


def image_type(data: bytes) -> str | None:
    """By the first bytes of the formats; BMP has only two, so the size of its second header must fit as well."""
    for magic, name in MAGICS:
        if data.startswith(magic):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and data[14:18] in BITMAP_HEADERS:
        return "image/bmp"
    return heif_type(data) if data[4:8] == b"ftyp" else None


BITMAP_HEADERS: Final = {size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124)}


def heif_type(data: bytes) -> str | None:
    """By the brands of an ISO media file (ISO/IEC 14496-12, 4.3): the major one, then the compatible ones."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, end, 4))]
    if any(brand in AVIF_BRANDS for brand in brands):
        return "image/avif"
    if any(brand in HEIF_BRANDS for brand in brands):
        return "image/heic"
    return "image/heif" if any(brand in (b"mif1", b"msf1") for brand in brands) else None


def pdf_type(data: bytes) -> str | None:
    """By its header near the start; a file that lost its header is still known by its objects."""
    head = data[:HEADER_REACH]
    if b"%PDF-" in head:
        return "application/pdf"
    headless = b" obj" in head and b"endobj" in head and (b"trailer" in data or b"startxref" in data)
    return "application/pdf" if headless else None
