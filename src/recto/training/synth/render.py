"""Paper to pixels: the words and rules of a sheet are drawn, then seen by a camera, a scanner or a program."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from recto.document.page import Raster
from recto.training.example import Quality
from recto.training.synth.chance import Chance
from recto.training.synth.distort import clean_look, photo_look, scan_look
from recto.training.synth.micr import CELL, cells, glyphs
from recto.training.synth.sheet import Ink, Shape, Sheet
from recto.training.synth.warp import Warp

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image, ImageDraw, ImageFont

    Gray = NDArray[np.float32]

_PIXELS_WIDE = {"thermal": 860, "office": 1275, "form": 2400, "check": 1400}
"""Of the paper: 150 dots an inch for letters; forms, captioned in six points, with 280 as a telephone takes them."""


def drawn_pages(sheet: Sheet, warps: Sequence[Warp], quality: Quality, paper: str, seed: str) -> list[Raster]:
    """The pages of a sheet as pixels; `paper` is `thermal`, `office`, `form` or `check`."""
    looks = {"clean": clean_look, "scan": scan_look, "photo": photo_look}
    pages = []
    for number, warp in enumerate(warps, start=1):
        chance = Chance(f"pixels/{seed}/{quality}/{number}")
        ink = ink_of(sheet, number, _PIXELS_WIDE.get(paper, 1275))
        pixels = looks[quality](ink, warp, paper, chance)
        pages.append(Raster(pixels.shape[1], pixels.shape[0], pixels.tobytes()))
    return pages


def ink_of(sheet: Sheet, page: int, wide: int) -> Gray:
    """How much ink lies where on a page, 0..1: (high, wide)."""
    import numpy as np
    from PIL import Image, ImageDraw

    scale = wide / sheet.width
    image = Image.new("L", (wide, max(1, round(sheet.height * scale))), 0)
    pen = ImageDraw.Draw(image)
    for shape in sheet.shapes:
        if shape.page == page:
            _draw_shape(pen, shape, scale)
    for ink in sheet.inks:
        if ink.page == page:
            _draw_word(image, pen, ink, scale)
    return np.asarray(image, dtype=np.float32) / np.float32(255)


def _draw_shape(pen: ImageDraw.ImageDraw, shape: Shape, scale: float) -> None:
    left, top, right, bottom = (round(side * scale) for side in (shape.left, shape.top, shape.right, shape.bottom))
    weight = max(1, round(shape.weight * scale * 0.8))
    if shape.kind == "line":
        pen.line((left, top, right, bottom), fill=215, width=weight)
    elif shape.kind == "frame":
        pen.rectangle((left, top, max(left, right), max(top, bottom)), outline=215, width=weight)
    elif shape.kind == "fill":
        pen.rectangle((left, top, max(left, right), max(top, bottom)), fill=255 - shape.gray)
    else:
        _draw_bars(pen, left, top, right, bottom)


def _draw_bars(pen: ImageDraw.ImageDraw, left: int, top: int, right: int, bottom: int) -> None:
    chance, x = Chance(f"bars/{left}/{top}"), left
    while x < right:
        wide = chance.choice((2, 2, 3, 4, 6))
        pen.rectangle((x, top, min(x + wide, right), bottom), fill=240)
        x += wide + chance.choice((2, 3, 4, 6))


def _draw_word(image: Image.Image, pen: ImageDraw.ImageDraw, ink: Ink, scale: float) -> None:
    """A word where it stands. What is drawn out sideways is drawn apart and pulled to its width."""
    from PIL import Image, ImageDraw

    if ink.font.face == "micr":
        _draw_figures(pen, ink, scale)
        return
    font = face(ink.font.face, max(4, round(ink.font.size * scale)))
    x, y = ink.x * scale, ink.y * scale
    if abs(ink.font.stretch - 1) < 0.02:
        pen.text((x, y), ink.text, fill=255, font=font, anchor="ls")
        return
    size = font.size
    natural = max(1, round(font.getlength(ink.text)))
    mask = Image.new("L", (natural + 4, round(size * 1.6)), 0)
    ImageDraw.Draw(mask).text((2, size * 1.15), ink.text, fill=255, font=font, anchor="ls")
    target = max(1, round((natural + 4) * ink.width * scale / natural))
    mask = mask.resize((target, mask.height), Image.Resampling.BILINEAR)
    image.paste(255, (round(x - 2 * ink.font.stretch), round(y - size * 1.15)), mask)


def _draw_figures(pen: ImageDraw.ImageDraw, ink: Ink, scale: float) -> None:
    """Magnetic figures, cell by cell."""
    signs = glyphs(ink.text)
    cell = CELL * ink.font.size * scale
    for number, sign in enumerate(signs):
        left = ink.x * scale + number * ink.width * scale / len(signs)
        top = ink.y * scale - 9 * cell
        for x, y in cells(sign):
            corner = (left + x * cell, top + y * cell)
            pen.rectangle((*corner, corner[0] + cell - 0.5, corner[1] + cell - 0.5), fill=255)


@lru_cache(maxsize=256)
def face(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A face of `fonts/` in a size in pixels."""
    from PIL import ImageFont

    folder = files("recto.training.synth") / "fonts"
    for ending in ("ttf", "otf"):
        file = folder / f"{name}.{ending}"
        if file.is_file():
            return ImageFont.truetype(BytesIO(file.read_bytes()), size)
    raise FileNotFoundError(f"no face {name!r} among the fonts of the generator")
