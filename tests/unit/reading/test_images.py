"""Images become pages: RGB, upright, on white."""

import pytest
from PIL import Image
from tests.support import papers

from recto.document.errors import Damaged, OutOfMemory, TooLarge, TooManyPages, TooManyPixels, UnsupportedMedia
from recto.document.limits import Limits
from recto.reading.paper import opened


def pixels(data, long_side=1000, number=1):
    """The page as a Pillow image."""
    with opened(data, "a.file") as paper:
        raster = paper.raster(number, long_side)
    return Image.frombytes("RGB", (raster.width, raster.height), raster.pixels)


def corners(image):
    """Whether each corner is dark: top left, top right, bottom left, bottom right."""
    grey = image.convert("L")
    right, bottom = grey.width - 3, grey.height - 3
    return [grey.getpixel(at) < 100 for at in ((2, 2), (right, 2), (2, bottom), (right, bottom))]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_a_camera_s_orientation_is_applied(form, orientation):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = papers.marked().transpose(undo[orientation]) if orientation > 1 else papers.marked()
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = papers.file(stored, form, exif=exif)
    with opened(data, "photo") as paper:
        (sheet,) = paper.sheets()
        assert (sheet.page.width, sheet.page.height) == (60, 40)
        raster = sheet.raster(1000)
    assert (raster.width, raster.height) == (60, 40)
    assert corners(Image.frombytes("RGB", (60, 40), raster.pixels)) == [True, False, False, False]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_mode_shows_the_same(mode):
    image = papers.marked("RGB").convert("L" if mode.startswith("I") else mode)
    if mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * 257).convert(mode)
    assert corners(pixels(papers.file(image, "PNG"))) == [True, False, False, False]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr", "I;16", "I;16B", "F"])
def test_a_tiff_of_any_mode_shows_the_same(mode):
    if mode == "LAB":
        image = Image.merge("LAB", (papers.marked("L"), Image.new("L", (60, 40), 128), Image.new("L", (60, 40), 128)))
    elif mode.startswith("I"):
        image = papers.marked("L").convert("I").point(lambda value: value * 16).convert("I;16").convert(mode)
    else:
        image = papers.marked("L").convert("RGB").convert("L" if mode == "F" else mode).convert(mode)
    shown = pixels(papers.file(image, "TIFF"))
    assert corners(shown) == [True, False, False, False]
    assert shown.getpixel((58, 38))[0] > 245, "white stays white, whatever the depth"


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_cmyk_keeps_its_colours(form):
    red = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    r, g, b = pixels(papers.file(red, form)).getpixel((16, 16))
    assert r > 200 and g < 60 and b < 60


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_is_transparent_is_white(form):
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 10, 10))
    shown = pixels(papers.file(image, form, **({"lossless": True} if form == "WEBP" else {})))
    assert shown.getpixel((15, 15)) == (255, 255, 255)
    assert shown.getpixel((5, 5)) == (200, 0, 0)


def test_a_palette_with_a_transparent_entry_is_shown_on_white():
    image = Image.new("P", (20, 20), 0)
    image.putpalette([0, 0, 0, 10, 20, 200])
    image.paste(1, (0, 0, 10, 10))
    shown = pixels(papers.file(image, "PNG", transparency=0))
    assert (shown.getpixel((15, 15)), shown.getpixel((5, 5))) == ((255, 255, 255), (10, 20, 200))


def test_an_image_is_made_smaller_in_proportion_but_never_larger():
    wide = papers.file(papers.marked(size=(1600, 800)), "PNG")
    assert pixels(wide, 400).size == (400, 200)
    assert pixels(wide, 5000).size == (1600, 800)


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "RGBA", "CMYK"])
def test_a_large_scan_made_small_keeps_its_places(mode):
    data = papers.file(papers.marked(mode, (5000, 4003)), "TIFF", **({"compression": "tiff_lzw"}))
    shown = pixels(data, 500)
    assert shown.size == (500, 400)
    dark = [x for x in range(500) if shown.getpixel((x, 100))[0] < 128]
    assert (dark[0], dark[-1]) == pytest.approx((0, 249), abs=1)
    dark = [y for y in range(400) if shown.getpixel((100, y))[0] < 128]
    assert (dark[0], dark[-1]) == pytest.approx((0, 199), abs=1)


def test_each_frame_of_a_tiff_is_a_page():
    frames = [papers.marked(size=(60 + 10 * index, 40)) for index in range(3)]
    data = papers.file(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with opened(data, "fax.tif") as paper:
        assert paper.document.pages == 3
        assert [sheet.page.width for sheet in paper.sheets()] == [60, 70, 80]
        assert [sheet.raster(1000).width for sheet in paper.sheets(start=2)] == [70, 80]


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "AVIF"])
def test_of_an_animation_the_first_picture_is_read(form):
    data = papers.file(papers.marked(), form, save_all=True, append_images=[Image.new("RGB", (60, 40), "black")])
    with opened(data, "moving") as paper:
        assert paper.document.pages == 1
        (sheet,) = paper.sheets()
        raster = sheet.raster(100)
    assert corners(Image.frombytes("RGB", (60, 40), raster.pixels)) == [True, False, False, False]


def test_heic_is_read():
    from pillow_heif import register_heif_opener

    register_heif_opener()
    assert corners(pixels(papers.file(papers.marked(), "HEIF"))) == [True, False, False, False]


def test_a_png_bomb_is_refused_before_it_is_decoded():
    bomb = papers.png_bomb(20_000, 15_000)
    assert len(bomb) < 2_000_000
    with opened(bomb, "bomb.png") as paper, pytest.raises(TooManyPixels, match="20,000 x 15,000"):
        paper.raster(1, 1000)


def test_a_page_over_the_limit_is_refused_while_its_neighbours_are_read():
    frames = [papers.marked(), papers.marked(size=(2000, 2000)), papers.marked()]
    data = papers.file(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with opened(data, "a.tif", Limits(page_pixels=1_000_000)) as paper:
        with pytest.raises(TooManyPixels):
            list(paper.sheets())
        assert [sheet.page.number for sheet in paper.sheets(start=3)] == [3]


def test_a_one_bit_giant_is_refused():
    with opened(papers.giant_tiff(60_000, 60_000), "a.tif") as paper, pytest.raises(TooManyPixels):
        paper.raster(1, 1000)


def test_an_image_that_needs_more_memory_than_granted_is_refused_and_says_so():
    data = papers.png_bomb(12_000, 8_000)
    with opened(data, "a.png", Limits(child_bytes=128 << 20)) as paper, pytest.raises(OutOfMemory):
        paper.raster(1, 1000)


def test_the_largest_image_within_the_limit_fits_the_memory_that_is_granted():
    with opened(papers.png_bomb(12_500, 8_000), "a.png") as paper:
        raster = paper.raster(1, 2000)
        assert (raster.width, raster.height) == (2000, 1280)


def test_a_jpeg_that_lost_only_its_end_is_read():
    whole = papers.file(papers.marked(size=(600, 400)), "JPEG")
    assert corners(pixels(whole.removesuffix(b"\xff\xd9"))) == [True, False, False, False]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"])
def test_half_an_image_is_damaged_and_not_half_read(form):
    noise = Image.effect_noise((400, 400), 60).convert("RGB")
    whole = papers.file(noise, form)
    with pytest.raises(Damaged), opened(whole[: len(whole) // 2], "half") as paper:
        paper.raster(1, 1000)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "GIF", "BMP"])
def test_a_header_alone_is_damaged(form):
    whole = papers.file(papers.marked(size=(600, 400)), form)
    with pytest.raises((Damaged, UnsupportedMedia)), opened(whole[:24], "stub") as paper:
        paper.raster(1, 1000)


def test_the_size_of_a_file_is_limited_by_its_kind():
    data = papers.file(Image.effect_noise((200, 200), 60), "PNG")
    with pytest.raises(TooLarge, match="the limit is 1,000"), opened(data, "a.png", Limits(image_bytes=1000)):
        pass
    with pytest.raises(TooLarge), opened(papers.pdf([b""]), "a.pdf", Limits(file_bytes=100)):
        pass


def test_the_frames_of_a_tiff_are_limited_in_number_and_size():
    frames = [Image.effect_noise((200, 200), 60) for _ in range(3)]
    data = papers.file(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    with pytest.raises(TooManyPages), opened(data, "a.tif", Limits(pages=2)):
        pass
    with pytest.raises(TooLarge), opened(data, "a.tif", Limits(image_bytes=len(data) // 3 - 100)):
        pass
    with opened(data, "a.tif", Limits(image_bytes=len(data) // 3 + 100)) as paper:
        assert paper.document.pages == 3
