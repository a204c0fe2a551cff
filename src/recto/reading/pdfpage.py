"""One page of a PDF, in the reading process: drawn, its words, and what else is on it."""

import re
from collections.abc import Iterator
from ctypes import byref, c_double, c_float, c_int, c_ushort, c_void_p, cast, string_at
from typing import Any

import pypdfium2_raw as pdfium

from recto.reading.glyphs import Found, Glyph, Sides, once, spelled, words_of
from recto.reading.wire import Refusal

PLACES = 1_000_000
"""Steps across a page when PDFium is asked where a point of its own units falls on the page as shown."""

DRAWN = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER | pdfium.FPDF_RENDER_LIMITEDIMAGECACHE

UNSEEN_MODES = (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)

LINKS = (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP)
"""Annotations without ink."""

DEEP = 4
"""Forms within forms that are looked into."""

THIN = 0.05
"""Points, a fraction of the thinnest stroke."""

MOST_OBJECTS = 50_000
"""Objects of a page that are looked at for images; maps and drawings have millions, and no scan behind them."""

TOKEN = re.compile(r"[^\s\0]+")

Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of a PDF: x' = ax + cy + e, y' = bx + dy + f."""

UNMOVED: Matrix = (1, 0, 0, 1, 0, 0)


class PdfPage:
    """A loaded page. Its annotations are made part of it first, so that filled forms are read like print."""

    def __init__(self, document: Any, number: int) -> None:
        self.number = number
        self.document = document
        self.handle = self.loaded()
        if has_inked_annotations(self.handle):
            self.flatten()
        if not (pdfium.FPDF_GetPageWidthF(self.handle) > 0 and pdfium.FPDF_GetPageHeightF(self.handle) > 0):
            self.widen()
        self.width = float(pdfium.FPDF_GetPageWidthF(self.handle)) or 1.0
        self.height = float(pdfium.FPDF_GetPageHeightF(self.handle)) or 1.0
        self.text = pdfium.FPDFText_LoadPage(self.handle)

    def loaded(self) -> Any:
        handle = pdfium.FPDF_LoadPage(self.document, self.number - 1)
        if not handle:
            raise Refusal("damaged", f"Page {self.number} cannot be loaded.")
        return handle

    def flatten(self) -> None:
        """Drawing comes first: it is when PDFium makes the looks of form fields that brought none."""
        self.colored(8, 8)
        if pdfium.FPDFPage_Flatten(self.handle, pdfium.FLAT_NORMALDISPLAY) == pdfium.FLATTEN_SUCCESS:
            pdfium.FPDF_ClosePage(self.handle)
            self.handle = self.loaded()

    def widen(self) -> None:
        """Where CropBox and MediaBox do not meet, the page is its MediaBox, as viewers have it."""
        sides = [c_float() for _ in range(4)]
        if pdfium.FPDFPage_GetMediaBox(self.handle, *(byref(side) for side in sides)):
            pdfium.FPDFPage_SetCropBox(self.handle, *(side.value for side in sides))
            pdfium.FPDF_ClosePage(self.handle)
            self.handle = self.loaded()

    def close(self) -> None:
        if self.text:
            pdfium.FPDFText_ClosePage(self.text)
        pdfium.FPDF_ClosePage(self.handle)

    def fitted(self, long_side: int, most_pixels: int) -> tuple[int, int]:
        """Width and height of the page in pixels, within both bounds."""
        scale = long_side / max(self.width, self.height)
        scale = min(scale, (most_pixels / (self.width * self.height)) ** 0.5)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))

    def colored(self, width: int, height: int) -> bytes:
        """The page on white: RGB, 3 bytes a pixel, rows from the top without padding."""
        # Never in grey: PDFium ends the process over some colour spaces and form fields when asked for that.
        bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, None, 0)
        if not bitmap:
            raise MemoryError
        try:
            pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
            pdfium.FPDF_RenderPageBitmap(bitmap, self.handle, 0, 0, width, height, 0, DRAWN)
            stride = pdfium.FPDFBitmap_GetStride(bitmap)
            pixels = string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
        finally:
            pdfium.FPDFBitmap_Destroy(bitmap)
        row = width * 3
        if stride == row:
            return pixels
        return b"".join(pixels[at : at + row] for at in range(0, stride * height, stride))

    def words(self) -> list[Found]:
        """The words of the text layer, each with its box on the page as shown: shares of it, top before bottom."""
        if not self.text:
            return []
        text = self.characters()
        matrix = self.placing()
        found = once([word for token in TOKEN.finditer(text) for word in self.token_words(text, *token.span())])
        shown = ((word, moved(sides, matrix), at) for word, sides, at in found)
        return [(word, on_page(sides), at) for word, sides, at in shown if meets_page(sides)]

    def characters(self) -> str:
        """The page's text, one character for each of PDFium's own."""
        count = pdfium.FPDFText_CountChars(self.text)
        if count <= 0:
            return ""
        buffer = (c_ushort * (count + 1))()
        written = pdfium.FPDFText_GetText(self.text, 0, count, buffer) - 1
        text = string_at(buffer, 2 * max(0, written)).decode("utf-16-le", "replace")
        if len(text) == written == count:
            return text
        return "".join(character(pdfium.FPDFText_GetUnicode(self.text, at)) for at in range(count))

    def token_words(self, text: str, start: int, end: int) -> list[Found]:
        """The words between two spaces. Mostly one, which one rectangle describes; else glyph by glyph."""
        if pdfium.FPDFText_CountRects(self.text, start, end - start) == 1:
            left, top, right, bottom = (c_double() for _ in range(4))
            pdfium.FPDFText_GetRect(self.text, 0, byref(left), byref(top), byref(right), byref(bottom))
            sides = left.value, bottom.value, right.value, top.value
            if thick(sides):
                word = spelled(text[start:end])
                return [(word, sides, start)] if word else []
        return words_of(text, list(self.glyphs(start, end)))

    def glyphs(self, start: int, end: int) -> Iterator[Glyph]:
        """By their ink; by the space that their font gives them where it is not here to be drawn."""
        left, right, bottom, top = (c_double() for _ in range(4))
        tight = byref(left), byref(right), byref(bottom), byref(top)
        loose = pdfium.FS_RECTF()
        for at in range(start, end):
            pdfium.FPDFText_GetCharBox(self.text, at, *tight)
            sides = left.value, bottom.value, right.value, top.value
            if not thick(sides) and pdfium.FPDFText_GetLooseCharBox(self.text, at, byref(loose)):
                sides = loose.left, loose.bottom, loose.right, loose.top
            yield at, *sides

    def placing(self) -> Matrix:
        """From the page's own units to shares of the page as shown, /Rotate and CropBox heeded."""
        span = max(self.width, self.height)
        (x, y), (x_right, y_right), (x_up, y_up) = (self.shown_at(*p) for p in ((0, 0), (span, 0), (0, span)))
        return (x_right - x) / span, (y_right - y) / span, (x_up - x) / span, (y_up - y) / span, x, y

    def shown_at(self, x: float, y: float) -> tuple[float, float]:
        across, down = c_int(), c_int()
        pdfium.FPDF_PageToDevice(self.handle, 0, 0, PLACES, PLACES, 0, x, y, byref(across), byref(down))
        return across.value / PLACES, down.value / PLACES

    def unseen(self, words: list[Found]) -> list[bool]:
        """Whether each word's text is drawn without ink, as the text of an OCR layer is."""
        modes: dict[int, bool] = {}
        return [self.is_unseen(pdfium.FPDFText_GetTextObject(self.text, at), modes) for _, _, at in words]

    def is_unseen(self, part: Any, modes: dict[int, bool]) -> bool:
        key = cast(part, c_void_p).value or 0
        if key not in modes:
            modes[key] = bool(part) and pdfium.FPDFTextObj_GetTextRenderMode(part) in UNSEEN_MODES
        return modes[key]

    def drawings(self) -> tuple[list[Sides], int]:
        """Where images lie, as shares of the page as shown, and how many images and paths there are."""
        matrix = self.placing()
        found = list(drawn_parts(Holder(self.handle), UNMOVED, DEEP))
        return [moved(sides, matrix) for sides in found if sides], len(found)


class Holder:
    """What holds objects: a page, or a form within one."""

    def __init__(self, handle: Any, is_form: bool = False) -> None:
        self.handle = handle
        self.count = pdfium.FPDFFormObj_CountObjects if is_form else pdfium.FPDFPage_CountObjects
        self.get = pdfium.FPDFFormObj_GetObject if is_form else pdfium.FPDFPage_GetObject

    def parts(self) -> Iterator[Any]:
        for at in range(min(MOST_OBJECTS, self.count(self.handle))):
            yield self.get(self.handle, at)


def drawn_parts(holder: Holder, matrix: Matrix, depth: int) -> Iterator[Sides | None]:
    """For each image in it and in its forms the bounds, in the page's own units; for each path None."""
    for part in holder.parts():
        kind = pdfium.FPDFPageObj_GetType(part)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            yield moved(bounds(part), matrix)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            yield None
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth:
            yield from drawn_parts(Holder(part, is_form=True), chained(own_matrix(part), matrix), depth - 1)


def bounds(part: Any) -> Sides:
    left, bottom, right, top = (c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(part, byref(left), byref(bottom), byref(right), byref(top))
    return left.value, bottom.value, right.value, top.value


def own_matrix(form: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(form, byref(found)):
        return UNMOVED
    return found.a, found.b, found.c, found.d, found.e, found.f


def chained(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does the first, then the second."""
    a, b, c, d, e, f = second
    (p, q, r, s, x, y) = first
    return p * a + q * c, p * b + q * d, r * a + s * c, r * b + s * d, x * a + y * c + e, x * b + y * d + f


def moved(sides: Sides, matrix: Matrix) -> Sides:
    """The upright rectangle around where the matrix takes this one: smaller sides first."""
    a, b, c, d, e, f = matrix
    left, bottom, right, top = sides
    across = (a * left + c * bottom, a * left + c * top, a * right + c * bottom, a * right + c * top)
    along = (b * left + d * bottom, b * left + d * top, b * right + d * bottom, b * right + d * top)
    return min(across) + e, min(along) + f, max(across) + e, max(along) + f


def thick(sides: Sides) -> bool:
    """Whether there is something to it both ways: a dash is a fifth of a point high, a missing glyph nothing."""
    left, bottom, right, top = sides
    return right - left > THIN and top - bottom > THIN


def meets_page(sides: Sides) -> bool:
    left, top, right, bottom = sides
    return left < 1 and top < 1 and right > 0 and bottom > 0


def on_page(sides: Sides) -> Sides:
    """Clipped to the page, to a millionth."""
    left, top, right, bottom = sides
    return round(max(0.0, left), 6), round(max(0.0, top), 6), round(min(1.0, right), 6), round(min(1.0, bottom), 6)


def character(code: int) -> str:
    """One character for a code, whatever it is worth."""
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else "\ufffd"


def has_inked_annotations(page: Any) -> bool:
    for at in range(max(0, pdfium.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium.FPDFPage_GetAnnot(page, at)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation) if annotation else pdfium.FPDF_ANNOT_LINK
        if annotation:
            pdfium.FPDFPage_CloseAnnot(annotation)
        if kind not in LINKS:
            return True
    return False
