"""Small PDFs and images made on the spot, honest and hostile."""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterable, Sequence

from PIL import Image

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
PASSWORD_PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def text(words: str, x: float = 72, y: float = 700, size: float = 12, more: str = "") -> bytes:
    """A content stream that shows the words; `more` goes before them (a render mode, a matrix, a colour)."""
    return f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm {more} ({words}) Tj ET\n".encode("latin-1")


def pdf(
    contents: Sequence[bytes],
    page: bytes = b"/MediaBox [0 0 612 792]",
    resources: bytes = b"",
    extra: Sequence[bytes] = (),
    catalog: bytes = b"",
) -> bytes:
    """A PDF with one page for each content stream.

    `page` and `resources` are entries of every page and its resources, `catalog` of the catalog. `extra` are further
    objects, numbered from 10 on.
    """
    objects: dict[int, bytes] = {10 + index: each for index, each in enumerate(extra)}
    first = 10 + len(extra)
    kids = " ".join(f"{first + 2 * index} 0 R" for index in range(len(contents)))
    objects[1] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog
    objects[2] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids.encode(), len(contents))
    objects[3] = FONT
    for index, content in enumerate(contents):
        number = first + 2 * index
        objects[number] = (
            b"<< /Type /Page /Parent 2 0 R %s /Resources << /Font << /F1 3 0 R >> %s >> /Contents %d 0 R >>"
            % (page, resources, number + 1)
        )
        objects[number + 1] = stream(content)
    return assembled(objects)


def text_pdf(lines: Sequence[str], pages: int = 1) -> bytes:
    """A PDF whose text layer holds those lines on each page; its bytes differ where the lines do."""
    return pdf([b"".join(text(line, y=740 - 18 * row) for row, line in enumerate(lines))] * pages)


INVOICE = ("Screw Works Ltd", "Invoice No. R-17", "Invoice date 31.01.2024", "Net 100.00 EUR", "Tax 19 % 19.00 EUR")


def invoice_pdf(total: str, number: str = "R-17") -> bytes:
    """An invoice over 100.00 net with a text layer."""
    return text_pdf([line.replace("R-17", number) for line in (*INVOICE, f"Total {total} EUR")])


def xrechnung(total: str, number: str = "R-17") -> str:
    """The e-invoice of the same, in UBL 2.1."""
    return f"""<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>{number}</ID>
<IssueDate>2024-01-31</IssueDate><DocumentCurrencyCode>EUR</DocumentCurrencyCode><LegalMonetaryTotal>
<TaxExclusiveAmount>100.00</TaxExclusiveAmount><TaxInclusiveAmount>{total}</TaxInclusiveAmount></LegalMonetaryTotal>
</Invoice>"""


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def assembled(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        out += b"%010d %05d %s \n" % ((places[number], 0, b"n") if number in places else (0, 65535, b"f"))
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, start)
    return bytes(out)


def image_object(image: Image.Image) -> bytes:
    """The image as an XObject."""
    entries = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceRGB" % (
        image.size
    )
    return stream(zlib.compress(image.convert("RGB").tobytes()), entries + b" /Filter /FlateDecode")


def scan_pdf(image: Image.Image, over: bytes = b"") -> bytes:
    """A page that is one image, with something shown over it."""
    content = b"q 612 0 0 792 0 0 cm /Im Do Q\n" + over
    return pdf([content], resources=b"/XObject << /Im 10 0 R >>", extra=[image_object(image)])


def form_bomb(levels: int = 12, width: int = 12) -> bytes:
    """A page that draws a form that draws a form twelve times that draws a form twelve times: 12^12 strokes."""
    forms = []
    for level in range(levels):
        entries = b"/Type /XObject /Subtype /Form /BBox [0 0 600 700]"
        if level == levels - 1:
            forms.append(stream(b"0 0 m 600 700 l S\n" * 50, entries))
        else:
            next_one = b" /Resources << /XObject << /N %d 0 R >> >>" % (11 + level)
            forms.append(stream(b"/N Do\n" * width, entries + next_one))
    page = pdf([b"/N Do\n", text("after the bomb")], resources=b"/XObject << /N 10 0 R >>", extra=forms)
    return page


def encrypted_pdf(words: str, password: str) -> bytes:
    """By the standard handler, revision 2, 40 bits of RC4 (ISO 32000-1, 7.6.3)."""
    padded = (password.encode("latin-1") + PASSWORD_PADDING)[:32]
    owner = rc4(hashlib.md5(padded).digest()[:5], padded)
    identity = b"0123456789abcdef"
    rights = struct.pack("<i", -4)
    key = hashlib.md5(padded + owner + rights + identity).digest()[:5]
    user = rc4(key, PASSWORD_PADDING)
    content_key = hashlib.md5(key + (5).to_bytes(3, "little") + b"\0\0").digest()[:10]
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        3: FONT,
        4: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> >>",
        5: stream(rc4(content_key, text(words))),
        6: b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (owner.hex().encode(), user.hex().encode()),
    }
    return assembled(objects, b"/Encrypt 6 0 R /ID [<%s> <%s>]" % ((identity.hex().encode(),) * 2))


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def file(image: Image.Image, form: str, **options: object) -> bytes:
    """The image in a format of Pillow's."""
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def marked(mode: str = "RGB", size: tuple[int, int] = (60, 40)) -> Image.Image:
    """White with a black quarter at its top left."""
    image = Image.new("L", size, 255)
    image.paste(0, (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def png_bomb(width: int, height: int) -> bytes:
    """A valid grey PNG of that size, all black, of a thousandth of its pixels in bytes."""
    packer = zlib.compressobj(1)
    row = bytes(1 + width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack("!IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(png_chunk, (b"IHDR", b"IDAT", b"IEND"), (header, packed, b"")))


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))


def giant_tiff(width: int, height: int) -> bytes:
    """A TIFF that says it has that many 1-bit pixels, in one CCITT strip of nothing."""
    strip = b"\x00\x10\x01\x00\x10\x01"
    tags: Iterable[tuple[int, int, int]] = (
        (256, 4, width),
        (257, 4, height),
        (258, 3, 1),
        (259, 3, 4),
        (262, 3, 0),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, height),
        (279, 4, len(strip)),
    )
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    place = 8 + len(strip)
    return b"II*\0" + struct.pack("<I", place) + strip + struct.pack("<H", 9) + body + b"\0\0\0\0"
