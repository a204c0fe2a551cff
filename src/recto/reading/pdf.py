"""PDFs through PDFium, in the reading process: pages drawn, and the words of their text layer with their places.

The raw bindings are used: PDFium is asked several times for each word, and a layer between costs more than the asking.
"""

import unicodedata
from ctypes import byref
from typing import Any

import pypdfium2_raw as pdfium

from recto.reading.attachment import einvoice_in
from recto.reading.pdfpage import PdfPage
from recto.reading.repair import mended
from recto.reading.textlayer import judged
from recto.reading.wire import Head, Refusal

Pixels = tuple[int, int, bytes]


def opened(data: bytes, head: Head) -> "Pdf":
    """Raises Refusal: encrypted, wrong_password, damaged, empty or too_many_pages."""
    pdfium.FPDF_InitLibraryWithConfig(byref(pdfium.FPDF_LIBRARY_CONFIG(version=2)))
    pdf = Pdf(*loaded(data, head["password"]), head["page_pixels"])
    if pdf.pages == 0:
        raise Refusal("empty", "The PDF has no pages.")
    if pdf.pages > head["pages"]:
        raise Refusal("too_many_pages", f"It has {pdf.pages:,} pages; the limit is {head['pages']:,}.")
    return pdf


def loaded(data: bytes, password: str | None) -> tuple[Any, bytes]:
    """PDFium's document and the bytes it lives in: those given, or what repair makes of them."""
    for candidate in mended(data):
        document = unlocked(candidate, password)
        if document and pdfium.FPDF_GetPageCount(document) > 0:
            return document, candidate
        last = document
    if last:
        return last, data
    raise Refusal("damaged", "Its structure could not be rebuilt.")


def unlocked(data: bytes, password: str | None) -> Any:
    """The document; None where it is damaged. Raises Refusal where the password is missing or wrong."""
    for spelling in spellings(password):
        document = pdfium.FPDF_LoadMemDocument64(data, len(data), spelling)
        if document:
            return document
        error = pdfium.FPDF_GetLastError()
        if error == pdfium.FPDF_ERR_SECURITY:
            raise Refusal("encrypted", "It is encrypted in a way that is not supported.")
        if error != pdfium.FPDF_ERR_PASSWORD:
            return None
    if password is None:
        raise Refusal("encrypted", "")
    raise Refusal("wrong_password", "")


def spellings(password: str | None) -> list[bytes | None]:
    """The password as the bytes it may have been encrypted with: UTF-8 normalised (revision 6) or not, Latin-1."""
    if password is None:
        return [None]
    prepared = unicodedata.normalize("NFKC", password.replace("\xad", ""))
    texts = (password.encode(), prepared.encode(), password.encode("latin-1", "replace"))
    return list(dict.fromkeys(texts))


class Pdf:
    """An open PDF. One page of it is held at a time."""

    def __init__(self, document: Any, data: bytes, page_pixels: int) -> None:
        self.document = document
        self.data = data  # PDFium reads from it as long as the document is open
        self.page_pixels = page_pixels
        self.pages = int(pdfium.FPDF_GetPageCount(document))
        self.sheet: PdfPage | None = None

    def at(self, number: int) -> "PdfPage":
        if self.sheet is None or self.sheet.number != number:
            if self.sheet:
                self.sheet.close()
            self.sheet = None
            self.sheet = PdfPage(self.document, number)
        return self.sheet

    def page(self, number: int) -> Head:
        """Its size in points as shown, what its text layer is worth, and the words of a good one."""
        sheet = self.at(number)
        verdict, words = judged(sheet)
        return {"width": sheet.width, "height": sheet.height, "text_layer": verdict, "words": words}

    def attachment(self) -> bytes:
        """The XML of the e-invoice that it carries, or b""."""
        return einvoice_in(self.document)

    def raster(self, number: int, long_side: int) -> Pixels:
        """The page drawn with `long_side` pixels on its longer side, or fewer where more would be over the limit."""
        sheet = self.at(number)
        width, height = sheet.fitted(long_side, self.page_pixels)
        return width, height, sheet.colored(width, height)
