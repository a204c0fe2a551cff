"""Pixels of a page: turned upright, and encoded for a browser."""

import io
from typing import Literal

from recto.document.page import Raster, Turn

Encoding = Literal["image/jpeg", "image/png", "image/webp"]


def turned(raster: Raster, turn: Turn) -> Raster:
    """The raster turned clockwise by that many degrees."""
    from PIL import Image

    if turn == 0:
        return raster
    image = Image.frombuffer("RGB", (raster.width, raster.height), raster.pixels, "raw", "RGB", 0, 1)
    # Pillow counts anticlockwise.
    ways = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    upright = image.transpose(ways[turn])
    return Raster(upright.width, upright.height, upright.tobytes())


def encoded(raster: Raster, media_type: Encoding, quality: int = 85) -> bytes:
    """The raster as an image file. `quality`, 1..100, is that of JPEG and WebP."""
    from PIL import Image

    image = Image.frombuffer("RGB", (raster.width, raster.height), raster.pixels, "raw", "RGB", 0, 1)
    out = io.BytesIO()
    if media_type == "image/png":
        # The default level takes three times as long for a twentieth less.
        image.save(out, "PNG", compress_level=3)
    else:
        image.save(out, media_type.removeprefix("image/").upper(), quality=quality)
    return out.getvalue()
