"""A page with its word boxes and labels drawn on it, or with words painted over that are not to be seen."""

import colorsys
import zlib
from collections.abc import Sequence
from typing import Final

from recto.document.page import Raster, Words
from recto.document.reading import Tags

HIDDEN: Final = "*"
"""What stands for a hidden letter in masked words."""

VEIL: Final = (58, 64, 70)

INK: Final = 2
"""Pixels that are hidden above and below a word: its box may lie close."""


def drawn(raster: Raster, words: Words, tags: Tags) -> Raster:
    """The page with a box around each word, coloured and named by its label; words without one are grey."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.frombytes("RGB", (raster.width, raster.height), raster.pixels)
    canvas = ImageDraw.Draw(image, "RGBA")
    unit = max(raster.width, raster.height) / 1000
    font = ImageFont.load_default(size=max(9, round(9 * unit)))
    for index, (word, tag) in enumerate(zip(words, tags, strict=True)):
        left, top, right, bottom = scaled(word.box.sides, raster)
        color = color_of(tag.label)
        canvas.rectangle((left - unit, top - unit, right + unit, bottom + unit), outline=color, fill=(*color, 24))
        if tag.label != "O" and starts(tags, index):
            canvas.text((left, top - unit), tag.label.lower(), fill=color, font=font, anchor="ls")
    return Raster(raster.width, raster.height, image.tobytes())


def veiled(raster: Raster, words: Words, masked: Words) -> Raster:
    """The page with those letters painted over that are hidden in `masked`, the same words as they may be shown.

    Letters are taken to be of one width, and half a letter more is hidden on each side.
    """
    from PIL import Image, ImageDraw

    hidden = [(word, told.text) for word, told in zip(words, masked, strict=True) if word.text != told.text]
    if not hidden:
        return raster
    image = Image.frombytes("RGB", (raster.width, raster.height), raster.pixels)
    canvas = ImageDraw.Draw(image)
    for word, text in hidden:
        first, last = text.find(HIDDEN), text.rfind(HIDDEN)
        left, top, right, bottom = scaled(word.box.sides, raster)
        letter = (right - left) / len(text)
        start, end = left + (first - 0.5) * letter, left + (last + 1.5) * letter
        canvas.rectangle((start, top - INK, min(end, right + letter), bottom + INK), fill=VEIL)
    return Raster(raster.width, raster.height, image.tobytes())


def scaled(sides: Sequence[float], raster: Raster) -> tuple[float, float, float, float]:
    """Page-relative sides in pixels of the raster."""
    left, top, right, bottom = sides
    return left * raster.width, top * raster.height, right * raster.width, bottom * raster.height


def starts(tags: Tags, index: int) -> bool:
    """Whether the label's run of words starts here, so that its name is written once."""
    return tags[index].begins or index == 0 or tags[index - 1].label != tags[index].label


def color_of(label: str) -> tuple[int, int, int]:
    """A colour that stays with its label: the hue follows from its name."""
    if label == "O":
        return 150, 150, 150
    hue = (zlib.crc32(label.encode()) % 360) / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.36, 0.85)
    return round(red * 255), round(green * 255), round(blue * 255)
