"""Small print set closely on a page that fills only a part of the picture."""

from PIL import Image, ImageDraw, ImageFilter, ImageFont
from tests.contracts.printed import raster, typeface

from recto.engines.ocr.rapid import RapidOcr

BLOCKS, LINES = 8, 4


def printed():
    """The text at the left and the amount at the right of each line."""
    for number in range(10, 10 + BLOCKS * LINES):
        yield f"{number} Harbor Street Market", f"{number * 137 % 1000}.{number}"


def statement():
    """A sheet on a dark desk: short blocks of lines that follow each other as closely as a printer sets them."""
    desk = Image.new("RGB", (2100, 1800), (18, 18, 22))
    sheet = Image.new("RGB", (1240, 1640), (245, 240, 228))
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(typeface(), 17)
    for number, (text, amount) in enumerate(printed()):
        top = 150 + 20 * number + 60 * (number // LINES)
        pen.text((100, top), text, (60, 55, 55), font)
        pen.text((900, top), amount, (60, 55, 55), font)
    desk.paste(sheet, (180, 90))
    return raster(desk.filter(ImageFilter.GaussianBlur(1)))


def test_lines_that_run_together_at_a_glance_are_read_one_by_one():
    (sight,) = RapidOcr(threads=1).read([statement()])
    read: dict[int, list[str]] = {}
    for word in sight.words:
        read.setdefault(word.line, []).append(word.text)
    assert [" ".join(words) for words in read.values()] == [f"{text} {amount}" for text, amount in printed()]
