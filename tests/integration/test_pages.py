"""Pages that are blank, that cannot be read or hardly: none of them stands in the way of the others."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from tests.support.papers import file, pdf, text

from recto.app import Settings, build
from recto.document.errors import TimedOut
from recto.schemas.json import reading_from_json, reading_json

LINES = ["SHOP SDN BHD", "12 JALAN BESAR", "TOTAL 9.00", "DATE 04/03/2018"]
PATIENCE = {"page_seconds": 2.0}


@pytest.fixture
def app():
    pytest.importorskip("recto.engines.ocr.tesseract")
    return build(Settings(ocr="tesseract", classifier=["rules"], labeller=["rules"], limits=PATIENCE))


def printed(lines, blur=0.0):
    """A page of large print."""
    image = Image.new("L", (900, 1200), 255)
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((80, 80 + 90 * number), line, font=ImageFont.load_default(44), fill=0)
    return image.filter(ImageFilter.GaussianBlur(blur)) if blur else image


def frames(*pages):
    """A TIFF of several pages."""
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def endless():
    """Strokes that take a renderer far longer than the patience of these tests."""
    return b"0.1 w " + b" ".join(b"%d %d m %d %d l S" % (n % 600, 0, 600 - n % 600, 800) for n in range(1_500_000))


def test_a_blank_page_is_told_as_such_and_costs_no_ocr(app):
    reading = app.read(frames(printed(LINES), printed([])), "two.tiff")
    assert [page.quality.blank for page in reading.pages] == [False, True]
    assert {word.page for word in reading.words} == {1}
    away = {"dots-ocr": {"base_url": "http://127.0.0.1:9/v1", "model": "dots.ocr"}}
    nobody = build(Settings(ocr="dots-ocr", engines=away, classifier=["rules"], labeller=["rules"]))
    alone = nobody.read(file(printed([]), "PNG"), "blank.png")
    assert "every page is blank" in alone.decision.reasons


def test_a_page_with_a_single_small_word_is_not_blank(app):
    image = printed([])
    ImageDraw.Draw(image).text((430, 1150), "- 7 -", font=ImageFont.load_default(16), fill=60)
    assert not app.read(file(image, "PNG"), "seven.png").pages[0].quality.blank


def test_a_page_that_cannot_be_read_is_a_fault_of_that_page_and_the_others_are_read(app):
    reading = app.read(pdf([text("SHOP TOTAL 9.00"), endless(), text("SHOP TOTAL 8.00")]), "three.pdf")
    assert [page.number for page in reading.pages] == [1, 2, 3]
    assert [(fault.code, fault.page) for fault in reading.errors] == [("timed_out", 2)]
    assert {word.page for word in reading.words} == {1, 3}
    assert reading.decision.outcome == "review"
    assert any(reason.startswith("page 2 could not be read") for reason in reading.decision.reasons)


def test_a_document_whose_only_page_cannot_be_read_cannot_be_read(app):
    with pytest.raises(TimedOut):
        app.read(pdf([endless()]), "one.pdf")


def test_a_page_that_is_too_blurred_needs_a_person_who_is_told_why(app):
    crisp = app.read(file(printed(LINES), "PNG"), "crisp.png")
    assert not any("blurred" in reason for reason in crisp.decision.reasons)
    blurred = app.read(file(printed(LINES, blur=9), "PNG"), "blurred.png")
    assert any(reason.startswith("page 1: it is blurred") for reason in blurred.decision.reasons)


def test_quality_and_faults_of_pages_come_back_from_json(app):
    reading = app.read(frames(printed(LINES), printed([])), "two.tiff")
    stored = reading_json(reading, words=True, reveal=True)
    assert stored["pages"][1]["quality"]["blank"] is True
    back = reading_from_json(stored)
    assert back.pages == reading.pages
