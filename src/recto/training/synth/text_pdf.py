"""A sheet as a PDF with real text, in the fourteen fonts that every reader has (ISO 32000-1, 9.6.2.2): small and exact.

A statement of thousands of lines becomes some hundred kilobytes, and its text layer gives the words back.
"""

from collections.abc import Iterator

from recto.training.synth.sheet import Ink, Shape, Sheet

_FONTS = {
    "sans": "Helvetica",
    "sans-bold": "Helvetica-Bold",
    "serif": "Times-Roman",
    "serif-bold": "Times-Bold",
    "serif-italic": "Times-Italic",
    "mono": "Courier",
    "mono-bold": "Courier-Bold",
    "narrow": "Helvetica",
    "narrow-bold": "Helvetica-Bold",
    "till": "Courier",
    "till-bold": "Courier-Bold",
    "thin": "Courier",
    "courier": "Courier",
    "courier-bold": "Courier-Bold",
    "hand": "Times-Italic",
    "hand2": "Times-Italic",
}
_NAMES = sorted(set(_FONTS.values()))
_ADVANCES = {"Courier": 600, "Courier-Bold": 600}
"""Where a font's letters are all as wide as each other, in thousandths of its size."""


def text_pdf(sheet: Sheet) -> bytes:
    """The PDF of a sheet. Letters outside of WinAnsi are printed as `?`."""
    fonts = {name: number for number, name in enumerate(_NAMES, start=3)}
    first = 3 + len(_NAMES)
    objects: dict[int, bytes] = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    for name, number in fonts.items():
        objects[number] = f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()
    kids = []
    for page in range(1, sheet.page + 1):
        number = first + 2 * (page - 1)
        kids.append(f"{number} 0 R")
        objects[number] = _page(sheet, fonts, number + 1)
        content = "\n".join(_content(sheet, page)).encode("cp1252", errors="replace")
        objects[number + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _file(objects)


def _page(sheet: Sheet, fonts: dict[str, int], content: int) -> bytes:
    named = " ".join(f"/{name} {number} 0 R" for name, number in fonts.items())
    size = f"[0 0 {sheet.width:.2f} {sheet.height:.2f}]"
    page = (
        f"<< /Type /Page /Parent 2 0 R /MediaBox {size} /Resources << /Font << {named} >> >> /Contents {content} 0 R >>"
    )
    return page.encode()


def _content(sheet: Sheet, page: int) -> Iterator[str]:
    """The page's drawing operators: shapes first, then the words, from the top down."""
    for shape in sheet.shapes:
        if shape.page == page:
            yield _drawn(shape, sheet.height)
    inks = [ink for ink in sheet.inks if ink.page == page]
    for ink in sorted(inks, key=lambda ink: (round(ink.y, 1), ink.x)):
        yield _word(ink, sheet.height)


def _drawn(shape: Shape, high: float) -> str:
    wide, tall = shape.right - shape.left, shape.bottom - shape.top
    if shape.kind == "line":
        start, end = f"{shape.left:.2f} {high - shape.top:.2f}", f"{shape.right:.2f} {high - shape.bottom:.2f}"
        return f"{shape.weight} w {start} m {end} l S"
    box = f"{shape.left:.2f} {high - shape.bottom:.2f} {wide:.2f} {tall:.2f} re"
    if shape.kind == "frame":
        return f"{shape.weight} w {box} S"
    gray = shape.gray / 255 if shape.kind == "fill" else 0
    return f"{gray:.2f} g {box} f 0 g"


def _word(ink: Ink, high: float) -> str:
    """A word pulled to exactly its width on the sheet, whatever the reader's font makes of it."""
    name = _FONTS.get(ink.font.face, "Helvetica")
    natural = _natural(name, ink)
    stretch = 100 * ink.width / natural if natural else 100
    text = ink.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    place = f"{ink.x:.2f} {high - ink.y:.2f} Td"
    return f"BT /{name} {ink.font.size:.2f} Tf {stretch:.1f} Tz {place} ({text}) Tj ET"


def _natural(name: str, ink: Ink) -> float:
    """How wide the reader's font would set the word. Liberation has the widths of Helvetica, Times and Courier."""
    if name in _ADVANCES:
        return len(ink.text) * _ADVANCES[name] * ink.font.size / 1000
    face = {"Helvetica": "sans", "Helvetica-Bold": "sans-bold", "Times-Roman": "serif", "Times-Bold": "serif-bold"}
    font = type(ink.font)(face.get(name, "serif-italic"), ink.font.size)
    return font.width(ink.text)


def _file(objects: dict[int, bytes]) -> bytes:
    """The objects with their cross-reference table."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = {}
    for number in sorted(objects):
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    start, count = len(out), max(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % count
    for number in range(1, count):
        out += b"%010d 00000 n \n" % offsets[number]
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(out)
