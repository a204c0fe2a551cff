"""What the text layer of a PDF page is worth: good, none, garbage, invisible or a stamp. In the reading process."""

from recto.reading.glyphs import Found, Sides
from recto.reading.ink import Ink
from recto.reading.letters import garbled
from recto.reading.pdfpage import PdfPage

SCAN = 0.5
"""An image or several over this share of a page make it a scan until its text proves otherwise."""

SQUARES = 32

INK_SIDE = 800
"""Pixels on the long side of the grey picture in which ink is looked for: letters of 6 points are 4 pixels high."""

INKED = 0.8
"""Words of an honest text layer stand on ink, but for a few: stains of OCR, white on white."""

EXPLAINED = 0.4
"""The share of a scan's inked cells that an honest text layer has words on. The rest is lines, pictures, dirt."""

UNSEEN = 0.5
"""A text layer is an OCR layer when at least this share of its words is drawn without ink."""

Verdict = tuple[str, list[list[str | float]]]


def judged(page: PdfPage) -> Verdict:
    """The verdict, and the words as text, left, top, right, bottom where it is `good`.

    In this order: no words (`none`); letters that no person wrote (`garbage`); words without ink over a page where
    there is nothing, or something else, to be seen (`invisible`); a few words on a page that is otherwise an image
    (`stamp`). An OCR layer that stands on the ink of its scan and covers it is good.
    """
    words = page.words()
    if not words:
        return "none", []
    if garbled([word for word, _, _ in words]):
        return "garbage", []
    unseen = page.unseen(words)
    hidden = sum(unseen) / len(words)
    scan = covered(page.images()) >= SCAN
    if not scan and not any(unseen):
        return "good", plain(words)
    ink = Ink.of(page, INK_SIDE)
    standing = [ink.under(sides) for _, sides, _ in words]
    if sum(standing) < INKED * len(words) and hidden >= UNSEEN:
        return "invisible", []
    if scan and ink.explained([sides for _, sides, _ in words]) < EXPLAINED:
        return ("invisible" if hidden >= UNSEEN else "stamp"), []
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
    return [[word, *sides] for word, sides, _ in words]
