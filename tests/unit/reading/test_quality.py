"""What can be measured of a page's pixels."""

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from recto.document.box import Box
from recto.document.page import Quality, Raster, Word
from recto.reading.quality import quality_faults, quality_of


def printed(ink=0, size=28):
    image = Image.new("RGB", (900, 1200), "white")
    canvas, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for line in range(24):
        canvas.text(
            (60, 60 + 45 * line),
            "INVOICE TOTAL AMOUNT 1234.50",
            fill=(ink,) * 3,
            font=font,
        )
    return image


def noisy(image):
    return ImageChops.multiply(
        image, Image.effect_noise(image.size, 12).point(lambda v: min(255, v + 110)).convert("RGB")
    )


def shaded(image):
    shade = Image.linear_gradient("L").resize(image.size).point(lambda value: 110 + value // 2)
    return ImageChops.multiply(noisy(image), shade.convert("RGB"))


def quality(image):
    return quality_of(Raster(image.width, image.height, image.tobytes()))


@pytest.mark.parametrize(("worse", "source"), [(lambda image: image, "clean"), (noisy, "scan"), (shaded, "photo")])
def test_where_a_page_comes_from_is_told_by_its_paper(worse, source):
    assert quality(worse(printed())).source == source


def test_a_blurred_page_is_less_sharp():
    crisp = quality(printed()).sharpness
    soft, blurred = (quality(printed().filter(ImageFilter.GaussianBlur(by))).sharpness for by in (1, 3))
    assert crisp > 0.8 and crisp > soft > blurred and blurred < 0.5


def test_pale_print_has_less_contrast_and_is_as_sharp():
    black, pale = quality(printed()), quality(printed(ink=180))
    assert black.contrast > 0.9 and pale.contrast == pytest.approx(75 / 255, abs=0.03)
    assert pale.sharpness == pytest.approx(black.sharpness, abs=0.1)


def test_the_height_of_letters_is_measured_in_pixels():
    small, large = (quality(printed(size=size)).letter_height for size in (20, 40))
    assert large == pytest.approx(2 * small, rel=0.15)
    assert large == pytest.approx(0.73 * 40, rel=0.15), "capitals are seven tenths of the size of their font"


def test_a_blank_page_has_no_letters():
    assert quality(Image.new("RGB", (500, 500), "white")).letter_height is None


GOOD = Quality("scan", 0.8, 0.7, 14.0)


def faults(quality=GOOD, confidence=0.99):
    return list(quality_faults(quality, (Word("TOTAL", Box(0, 0, 1, 1), confidence=confidence),)))


def test_a_page_that_is_seen_well_has_no_faults():
    assert faults() == []
    assert faults(confidence=None) == [], "words that were given need no eyes"


def test_a_page_whose_words_ocr_doubts_may_lack_others():
    assert faults(confidence=0.9) == ["OCR doubts its words (confidence 0.90, under 0.93); others may be missing"]


def test_letters_that_are_too_low_and_blur_are_named():
    assert faults(Quality("photo", 0.8, 0.1, 5.0)) == [
        "its letters are 5 pixels high, less than 8",
        "it is blurred (sharpness 0.10, under 0.2)",
    ]


def test_a_blank_page_has_nothing_that_could_be_missed():
    assert faults(Quality("clean", 0.0, 0.0, None, blank=True)) == []
