"""What a file is, is told from its bytes."""

import pytest
from PIL import Image
from tests.support import papers

from recto.document.errors import Empty, UnsupportedMedia
from recto.reading.media import media_type


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("GIF", "image/gif"),
        ("TIFF", "image/tiff"),
        ("AVIF", "image/avif"),
    ],
)
def test_an_image_is_known_by_its_bytes(form, expected):
    assert media_type(papers.file(papers.marked(), form)) == expected


def test_heic_is_known_by_its_brand():
    from pillow_heif import register_heif_opener

    register_heif_opener()
    assert media_type(papers.file(papers.marked(), "HEIF")) == "image/heic"
    assert media_type(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heix") == "image/heic"
    assert media_type(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf") == "image/heif"


def test_a_pdf_is_known_behind_junk_and_without_its_header():
    plain = papers.pdf([papers.text("x")])
    assert media_type(plain) == "application/pdf"
    assert media_type(b"X-Mailer: a gateway\r\n" * 100 + plain) == "application/pdf"
    assert media_type(plain.removeprefix(b"%PDF-1.7\n")) == "application/pdf"


def test_big_tiff_is_a_tiff():
    assert media_type(papers.file(Image.new("1", (4, 4)), "TIFF", big_tiff=True)) == "image/tiff"


def test_no_bytes_are_empty():
    with pytest.raises(Empty):
        media_type(b"")


@pytest.mark.parametrize(
    "data",
    [b"hello", b"BM and a letter", b"PK\x03\x04rest of a zip", b"<html><body>%PDX</body></html>", b"\0" * 100, b"ftyp"],
)
def test_anything_else_is_refused_by_name(data):
    with pytest.raises(UnsupportedMedia, match="PDF, JPEG"):
        media_type(data)
