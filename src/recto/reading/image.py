"""Images through Pillow, in the reading process: frames, orientation, and every colour made RGB on white."""

import io
import struct
import warnings

from PIL import Image as Pillow

from recto.reading.wire import Head, Refusal

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
    "image/heif": "HEIF",
}
"""The one decoder that gets to see each type. Pillow has forty more, which nobody needs but an attacker."""

BROKEN = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, EOFError, ZeroDivisionError, struct.error)
"""What Pillow raises over damaged files."""

BAND = 256
"""Rows that are converted at once where a large image is made smaller."""

WIDE = 12_000_000
"""Pixels above which an image is made smaller band by band, so that it is never held twice in full."""

Pixels = tuple[int, int, bytes]


def opened(data: bytes, head: Head) -> "Image":
    """The image, its frames counted and measured. Raises Refusal."""
    Pillow.MAX_IMAGE_PIXELS = None  # checked below, by the limit that was set
    warnings.simplefilter("ignore")
    form = FORMATS[head["media_type"]]
    if form == "HEIF":
        register_heif()
    image = Image(data, form, head["page_pixels"])
    check_frames(image.pages, len(data), head)
    return image


def register_heif() -> None:
    """Lets Pillow read HEIF, by a library whose import takes as long as the rest of this process's start."""
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def check_frames(frames: int, size: int, head: Head) -> None:
    if frames > head["pages"]:
        raise Refusal("too_many_pages", f"It has more than {head['pages']:,} frames, which is the limit.")
    if size / frames > head["image_bytes"]:
        raise Refusal("too_large", f"It has {size:,} bytes; the limit is {head['image_bytes']:,} a page.")


class Image:
    """An image file as a document: a TIFF's frames are its pages, of an animation only the first is."""

    def __init__(self, data: bytes, form: str, page_pixels: int) -> None:
        self.data = data
        self.form = form
        self.page_pixels = page_pixels
        self.file = self.reopened()
        self.pages = self.counted()

    def reopened(self) -> Pillow.Image:
        """The file from its start, nothing decoded."""
        try:
            return Pillow.open(io.BytesIO(self.data), formats=[self.form])
        except BROKEN as error:
            raise damaged(error) from error

    def counted(self) -> int:
        """Pages. Only TIFF has any beyond the first: other frames are an animation or the same picture smaller."""
        if self.form != "TIFF":
            return 1
        try:
            return int(getattr(self.file, "n_frames", 1))
        except BROKEN as error:
            raise damaged(error) from error

    def frame(self, number: int) -> Pillow.Image:
        """The page, not yet decoded. Raises Refusal where it is damaged or has too many pixels."""
        image = self.reopened()
        try:
            image.seek(number - 1)
        except BROKEN as error:
            raise damaged(error) from error
        if image.width * image.height > self.page_pixels:
            raise Refusal(
                "too_many_pixels", f"Page {number} has {image.width:,} x {image.height:,}; {self.page_pixels:,} may be."
            )
        return image

    def page(self, number: int) -> Head:
        """Its size in pixels, as the person sees it."""
        image = self.frame(number)
        width, height = image.size
        if orientation(image) in SIDEWAYS:
            width, height = height, width
        return {"width": width, "height": height, "text_layer": "none", "words": []}

    def attachment(self) -> bytes:
        """An image carries no invoice beside its pixels."""
        return b""

    def raster(self, number: int, long_side: int) -> Pixels:
        """The page's RGB pixels, at most `long_side` on the longer side; never made larger."""
        image = self.decoded(number, long_side)
        way = TRANSPOSES.get(orientation(image))
        small = reduced(leveled(image), long_side)
        del image
        upright = small if way is None else small.transpose(way)
        return upright.width, upright.height, upright.tobytes()

    def decoded(self, number: int, long_side: int) -> Pillow.Image:
        """The page's pixels as stored, at no less than `long_side` where the page has as many."""
        image = self.frame(number)
        try:
            image.draft("RGB", fitted(image.size, long_side))  # a JPEG skips decoding what would be averaged away
            image.load()
        except BROKEN as error:
            if self.form != "JPEG" or self.data.endswith(END_OF_JPEG):
                raise damaged(error) from error
            self.data = bytes(self.data) + END_OF_JPEG
            return unless_grey(self.decoded(number, long_side))
        return image


END_OF_JPEG = b"\xff\xd9"


def unless_grey(image: Pillow.Image) -> Pillow.Image:
    """A JPEG that was cut off, where only its tail is missing: blocks that never came are filled with middle grey."""
    if image.convert("RGB").getpixel((image.width - 1, image.height - 1)) == (128, 128, 128):
        raise Refusal("damaged", "The image ends before its last row.")
    return image


ORIENTATION = 0x0112
"""The EXIF tag (CIPA DC-008, 4.6.4 A)."""

TRANSPOSES = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}
SIDEWAYS = (5, 6, 7, 8)


def orientation(image: Pillow.Image) -> int:
    """The EXIF orientation that is still to be applied: Pillow applies a TIFF's by itself, the HEIF library too."""
    if image.format in ("TIFF", "HEIF"):
        return 1
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except BROKEN:
        return 1  # the notes beside the picture are damaged, not the picture


def fitted(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """The size with at most `long_side` on the longer side, in proportion."""
    width, height = size
    scale = min(1.0, long_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def leveled(image: Pillow.Image) -> Pillow.Image:
    """Deep greys brought to 8 bits, white being the top of the bit depth that the values need."""
    if not image.mode.startswith(("I", "F")):
        return image
    deep = image if image.mode in ("I", "F") else image.convert("I")
    low, high = (float(value) for value in deep.getextrema() if not isinstance(value, tuple))
    if deep.mode == "F":
        scale, offset = 255 / (high - low or 1), -low * 255 / (high - low or 1)
    else:
        scale, offset = 255 / ((1 << max(8, int(high).bit_length())) - 1), 0.0
    return deep.point(lambda value: value * scale + offset).convert("L")


def reduced(image: Pillow.Image, long_side: int) -> Pillow.Image:
    """RGB, fitted. A large image is first averaged by a whole factor, a band of rows at a time."""
    target = fitted(image.size, long_side)
    factor = max(image.size) // (2 * max(target))
    if factor >= 2 and image.width * image.height > WIDE:
        image = averaged(image, factor)
    plain = flat(image)
    return plain if plain.size == target else plain.resize(target, Pillow.Resampling.LANCZOS, reducing_gap=3.0)


def averaged(image: Pillow.Image, factor: int) -> Pillow.Image:
    """Each square of `factor` pixels made one."""
    out = Pillow.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    step = BAND // factor * factor or factor
    for top in range(0, image.height, step):
        band = image.crop((0, top, image.width, min(top + step, image.height)))
        out.paste(flat(band).reduce(factor), (0, top // factor))
    return out


def flat(image: Pillow.Image) -> Pillow.Image:
    """RGB, what is transparent shown on white."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        above = image.convert("RGBA")
        paper = Pillow.new("RGB", image.size, "white")
        paper.paste(above, mask=above.getchannel("A"))
        return paper
    return from_lab(image) if image.mode == "LAB" else image.convert("RGB")


def from_lab(image: Pillow.Image) -> Pillow.Image:
    """By the colour library, since Pillow alone does not know the way."""
    from PIL import ImageCms

    return ImageCms.profileToProfile(
        image, ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), outputMode="RGB"
    ) or image.convert("L")


def damaged(error: BaseException) -> Refusal:
    return Refusal("damaged", f"{error}"[:200])
