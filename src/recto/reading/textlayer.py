"""What the text layer of a PDF page is worth: good, none, garbage, invisible or a stamp. In the reading process."""

from recto.reading.glyphs import Found, Sides
from recto.reading.ink import Ink
from recto.reading.letters import cleared, garbled
from recto.reading.pdfpage import PdfPage

PICTURED = 0.1
"""A page with images over less than this share of it, with enough words and few drawings, is taken at its word."""

ENOUGH = 60
"""Words that a page of print has at least; with fewer it may be a stamp on letters that are drawn, not written."""

DRAWINGS = 4
"""Images and paths for each word beyond which letters may be among them."""

SQUARES = 32
"""Squares along a side of the page by which the area of images is counted."""

INK_SIDE = 800
"""Pixels on the long side of the grey picture in which ink is looked for: letters of 6 points are 4 pixels high."""

INKED = 0.8
"""Words of an honest OCR layer stand on ink, but for a few stains."""

EXPLAINED = 0.35
"""The share of the page's print that an honest text layer has words on; lines and pictures are the rest. Of the
pages measured, honest ones have 0.41 to 1, stamps on scans 0.02 to 0.23.
"""

UNSEEN = 0.5
"""A text layer is an OCR layer when at least this share of its words is drawn without ink."""

Verdict = tuple[str, list[list[str | float]]]


def judged(page: PdfPage) -> Verdict:
    """The verdict, and the words as text, left, top, right, bottom where it is `good`.

    In this order: no words (`none`); letters that no person wrote (`garbage`); words without ink where nothing, or
    something else, is to be seen (`invisible`); a few words on a page that is otherwise an image (`stamp`). An OCR
    layer that stands on the ink of its scan and covers it is good.
    """
    words = page.words()
    if not words:
        return "none", []
    if garbled([word for word, _, _ in words]):
        return "garbage", []
    unseen = page.unseen(words)
    if any(unseen) or is_doubtful(len(words), *page.drawings()):
        return by_ink(words, unseen, Ink.of(page, INK_SIDE))
    return "good", plain(words)


def is_doubtful(words: int, images: list[Sides], drawings: int) -> bool:
    """Whether what is to be seen may be something else than the words: it costs a rendering to find out."""
    return words < ENOUGH or drawings > DRAWINGS * words or covered(images) >= PICTURED


def by_ink(words: list[Found], unseen: list[bool], ink: Ink) -> Verdict:
    """The verdict on words that may not be what the page shows."""
    standing = [ink.under(sides) for _, sides, _ in words]
    is_ocr = sum(unseen) >= UNSEEN * len(words)
    if is_ocr and sum(standing) < INKED * len(words):
        return "invisible", []
    if ink.explained([sides for _, sides, _ in words]) < EXPLAINED:
        return ("invisible" if is_ocr else "stamp"), []
    honest = [word for word, stands, bare in zip(words, standing, unseen, strict=True) if stands or not bare]
    return "good", plain(honest)


def covered(boxes: list[Sides]) -> float:
    """The share of the page that the boxes cover together, 0..1, to the nearest of 1024 squares."""
    told = {
        (column, row)
        for left, top, right, bottom in boxes
        for column in squares(left, right)
        for row in squares(top, bottom)
    }
    return len(told) / SQUARES**2


def squares(start: float, end: float) -> range:
    """The squares, of SQUARES along the page, whose middle lies between."""
    return range(max(0, round(start * SQUARES)), min(SQUARES, round(end * SQUARES)))


def plain(words: list[Found]) -> list[list[str | float]]:
    return [[text, *sides] for word, sides, _ in words if (text := cleared(word))]
