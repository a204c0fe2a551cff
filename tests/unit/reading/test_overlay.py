"""Words that are not to be seen are painted over on the picture of their page."""

from PIL import Image, ImageDraw, ImageFont

from recto.document.box import Box
from recto.document.page import Raster, Word
from recto.reading.overlay import VEIL, veiled

SIDE = 400
NUMBER, NAME = Word("536-22-8714", Box(0.1, 0.2, 0.8, 0.3)), Word("Lotus", Box(0.1, 0.6, 0.5, 0.7))


def page():
    image = Image.new("RGB", (SIDE, SIDE), "white")
    for word in (NUMBER, NAME):
        place = (word.box.left * SIDE, word.box.top * SIDE)
        ImageDraw.Draw(image).text(place, word.text, font=ImageFont.load_default(36), fill=0)
    return Raster(SIDE, SIDE, image.tobytes())


def pixels(raster, left, top, right, bottom):
    """The colours in a share of the page."""
    image = Image.frombytes("RGB", (SIDE, SIDE), raster.pixels)
    part = image.crop([round(side * SIDE) for side in (left, top, right, bottom)])
    return {color for _, color in part.getcolors(SIDE * SIDE)}


def test_hidden_letters_are_painted_over_and_the_last_four_stay():
    shown = veiled(page(), (NUMBER, NAME), (Word("***-**-8714", NUMBER.box), NAME))
    assert pixels(shown, 0.1, 0.2, 0.49, 0.3) == {VEIL}
    assert (0, 0, 0) in pixels(shown, 0.58, 0.2, 0.8, 0.3)


def test_what_may_be_seen_stays_as_it_is():
    assert veiled(page(), (NUMBER, NAME), (NUMBER, NAME)) == page()
    shown = veiled(page(), (NUMBER, NAME), (Word("***-**-8714", NUMBER.box), NAME))
    assert pixels(shown, 0, 0.5, 1, 1) == pixels(page(), 0, 0.5, 1, 1)
