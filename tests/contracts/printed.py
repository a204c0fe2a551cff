"""Pages printed in the tests themselves: known text in a known place."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from recto.document.page import Raster

RECEIPT = (
    ("BOOK CORNER TRADING", ""),
    ("12 JALAN MAJU, 81100 JOHOR", ""),
    ("DATE: 25/12/2018", "20:13"),
    ("MODELLING CLAY", "9.00"),
    ("PENCIL BOX BLUE", "14.50"),
    ("TOTAL", "23.50"),
    ("CASH", "50.00"),
    ("CHANGE", "26.50"),
    ("THANK YOU PLEASE COME AGAIN", ""),
)
FOLDERS = ("/usr/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
FACES = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc")


@cache
def typeface() -> str:
    for folder in FOLDERS:
        for face in FACES:
            for found in Path(folder).rglob(face):
                return str(found)
    import matplotlib  # carries DejaVu; a development dependency

    return str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")


def receipt(lines=RECEIPT, size: int = 28, width: int = 620) -> Raster:
    """Captions at the left, amounts at the right, one printed line below the other."""
    font = ImageFont.truetype(typeface(), size)
    image = Image.new("RGB", (width, int(size * 1.7) * (len(lines) + 2)), "white")
    pen = ImageDraw.Draw(image)
    for number, (left, right) in enumerate(lines):
        top = int(size * 1.7) * (number + 1)
        pen.text((size, top), left, "black", font)
        pen.text((width - size - pen.textlength(right, font), top), right, "black", font)
    return raster(image)


def blank(width: int = 600, height: int = 800) -> Raster:
    return raster(Image.new("RGB", (width, height), "white"))


def raster(image: Image.Image) -> Raster:
    return Raster(image.width, image.height, image.convert("RGB").tobytes())


def pixels(page: Raster):
    return np.frombuffer(page.pixels, np.uint8).reshape(page.height, page.width, 3)


def turned(page: Raster, degrees: int) -> Raster:
    """The page turned clockwise by a multiple of 90 degrees."""
    array = np.ascontiguousarray(np.rot90(pixels(page), -degrees // 90))
    return Raster(array.shape[1], array.shape[0], array.tobytes())


def slanted(page: Raster, degrees: float) -> Raster:
    """The page turned clockwise by a few degrees on a white sheet large enough."""
    margin = page.height // 8
    wide = cv2.copyMakeBorder(pixels(page), margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=(255,) * 3)
    height, width = wide.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    array = cv2.warpAffine(wide, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return Raster(width, height, np.ascontiguousarray(array).tobytes())


def scaled(page: Raster, share: float) -> Raster:
    image = Image.frombytes("RGB", (page.width, page.height), page.pixels)
    return raster(image.resize((round(page.width * share), round(page.height * share)), Image.Resampling.LANCZOS))


def skip_without(program: str) -> None:
    from shutil import which

    if which(program) is None:
        pytest.skip(f"the program {program} is not installed")
