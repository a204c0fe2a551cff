"""The e-invoice that a PDF carries (Factur-X, ZUGFeRD), found in the reading process through PDFium's raw bindings."""

from collections.abc import Iterator
from ctypes import byref, c_ulong, c_ushort, create_string_buffer
from typing import Any

import pypdfium2_raw as pdfium

from recto.reading.einvoice import MOST_BYTES, NAMES, is_einvoice

MOST_FILES = 50
"""Attached files that are looked at; an invoice is among the first."""


def einvoice_in(document: Any) -> bytes:
    """The XML of the attached invoice, by its standard name, else one that speaks of an invoice; or b""."""
    found = list(_xmls(document))
    named = [data for name, data in found if name in NAMES]
    spoken = [data for _, data in found if is_einvoice(data)]
    return next(iter([*named, *spoken]), b"")


def _xmls(document: Any) -> Iterator[tuple[str, bytes]]:
    """(name in small letters, bytes) of each attached XML that is no larger than an invoice is."""
    for number in range(min(pdfium.FPDFDoc_GetAttachmentCount(document), MOST_FILES)):
        attachment = pdfium.FPDFDoc_GetAttachment(document, number)
        if not attachment:
            continue
        name = _name(attachment)
        if name.endswith(".xml"):
            yield name, _data(attachment)


def _name(attachment: Any) -> str:
    size = pdfium.FPDFAttachment_GetName(attachment, None, 0)
    units = (c_ushort * (size // 2))()
    pdfium.FPDFAttachment_GetName(attachment, units, size)
    return bytes(units)[:-2].decode("utf-16-le", "replace").casefold()


def _data(attachment: Any) -> bytes:
    size = c_ulong()
    if not pdfium.FPDFAttachment_GetFile(attachment, None, 0, byref(size)) or size.value > MOST_BYTES:
        return b""
    buffer = create_string_buffer(size.value)
    pdfium.FPDFAttachment_GetFile(attachment, buffer, size.value, byref(size))
    return buffer.raw[: size.value]
