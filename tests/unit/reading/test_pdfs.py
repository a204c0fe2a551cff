"""PDFs become pages: upright, with the words of a text layer that can be believed."""

import hashlib

import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.support import papers

from recto.document.errors import Damaged, Empty, Encrypted, TooManyPages, WrongPassword
from recto.document.limits import Limits
from recto.reading.paper import opened

PROSE = (
    "This agreement is made between the seller and the buyer named on the first page of it",
    "and the price of the goods is to be paid within thirty days after the date of the invoice",
    "The seller delivers the goods to the address of the buyer at the cost of the seller",
)


def first_page(data, **options):
    with opened(data, "a.pdf", **options) as paper:
        return next(paper.sheets()).page


def texts(page):
    return [word.text for word in page.words]


def ink_box(paper, number=1, long_side=1200):
    """Where anything dark is on the page as drawn: left, top, right, bottom as shares."""
    raster = paper.raster(number, long_side)
    image = Image.frombytes("RGB", (raster.width, raster.height), raster.pixels).convert("L")
    left, top, right, bottom = image.point(lambda value: 255 * (value < 128)).getbbox()
    return left / image.width, top / image.height, right / image.width, bottom / image.height


def lines(*prose, size=12, more=""):
    return b"".join(papers.text(line, y=700 - 20 * index, size=size, more=more) for index, line in enumerate(prose))


def mapped(content, mapping):
    """A PDF whose font says by a ToUnicode map what its codes mean."""
    cmap = b"begincmap 1 begincodespacerange <00> <FF> endcodespacerange %s endcmap" % mapping
    data = papers.pdf([content], extra=[papers.stream(b"/CIDInit /ProcSet findresource begin %s end" % cmap)])
    return data.replace(b"/Encoding /WinAnsiEncoding", b"/ToUnicode 10 0 R         ")


def picture(prose, size=(1224, 1584)):
    """A scan of the same lines, where `lines` puts them."""
    image = Image.new("RGB", size, (250, 248, 240))
    canvas = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=25)
    for index, line in enumerate(prose):
        canvas.text((144, 2 * (792 - 700 + 20 * index)), line, fill=(30, 30, 30), font=font, anchor="ls")
    return image


def test_a_document_is_known_by_its_digest():
    data = papers.pdf([papers.text("one"), papers.text("two")])
    with opened(data, "b.pdf") as paper:
        assert paper.document.id == hashlib.sha256(data).hexdigest()
        assert (paper.document.name, paper.document.media_type, paper.document.pages) == (
            "b.pdf",
            "application/pdf",
            2,
        )
        assert [texts(sheet.page) for sheet in paper.sheets()] == [["one"], ["two"]]
        assert [sheet.page.number for sheet in paper.sheets(start=2)] == [2]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270, -90])
@pytest.mark.parametrize("crop", [b"", b"/CropBox [50 300 450 750]", b"/CropBox [-100 -50 500 720]"])
def test_boxes_stand_on_the_ink_of_a_page_that_is_turned_and_cropped(rotate, crop):
    page = b"/MediaBox [-200 -100 612 792] /Rotate %d %s" % (rotate, crop)
    with opened(papers.pdf([papers.text("Receipt", x=100, y=600, size=30)], page=page), "a.pdf") as paper:
        (sheet,) = paper.sheets()
        (word,) = sheet.page.words
        assert word.text == "Receipt"
        assert word.box.sides == pytest.approx(ink_box(paper), abs=0.004)
        raster = sheet.raster(1000)
    assert raster.width / raster.height == pytest.approx(sheet.page.width / sheet.page.height, abs=0.01)


@pytest.mark.parametrize("matrix", ["0 1 -1 0 300 300 Tm", "-1 0 0 -1 300 300 Tm", "0.7 0.7 -0.7 0.7 300 300 Tm"])
def test_turned_words_are_whole_and_stand_on_their_ink(matrix):
    with opened(papers.pdf([papers.text("Sideways", more=matrix, size=24)]), "a.pdf") as paper:
        (sheet,) = paper.sheets()
        (word,) = sheet.page.words
        assert word.text == "Sideways"
        assert word.box.sides == pytest.approx(ink_box(paper), abs=0.01)


def test_words_part_at_spaces_and_at_gaps():
    content = (
        papers.text("Total due", x=72) + papers.text("9.00", x=400) + b"BT /F1 12 Tf 72 600 Td [(A) -3000 (B)] TJ ET"
    )
    assert texts(first_page(papers.pdf([content]))) == ["Total", "due", "9.00", "A", "B"]


def test_a_word_shown_glyph_by_glyph_is_one_word():
    glyphs = b"".join(papers.text(letter, x=72 + 8 * at) for at, letter in enumerate("TOTAL"))
    assert texts(first_page(papers.pdf([glyphs]))) == ["TOTAL"]


def test_bold_that_is_drawn_twice_is_read_once():
    twice = papers.text("TOTAL 9.00") + papers.text("TOTAL 9.00", x=72.3)
    letterwise = b"".join(
        papers.text(letter, x=72 + 8 * at + shift, y=600) for at, letter in enumerate("BOLD") for shift in (0, 0.3)
    )
    assert texts(first_page(papers.pdf([twice + letterwise]))) == ["TOTAL", "9.00", "BOLD"]


def test_ligatures_are_read_as_their_letters():
    data = mapped(papers.text("Arst oBce"), b"2 beginbfchar <41> <FB01> <42> <FB03> endbfchar")
    assert texts(first_page(data)) == ["first", "office"]


def test_words_beyond_the_edge_of_the_page_are_left_out():
    content = papers.text("seen") + papers.text("unseen", x=700) + papers.text("below", y=-50)
    assert texts(first_page(papers.pdf([content]))) == ["seen"]


def test_a_filled_form_is_read_with_its_values():
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (wages) /V (48500.00) /Rect [100 500 300 520] "
        b"/DA (/Helv 12 Tf 0 g) /P 11 0 R >>"
    )
    form = (
        b"/AcroForm << /Fields [10 0 R] /NeedAppearances true /DA (/Helv 12 Tf 0 g) "
        b"/DR << /Font << /Helv 3 0 R >> >> >>"
    )
    page = b"/MediaBox [0 0 612 792] /Annots [10 0 R]"
    with opened(papers.pdf([papers.text("Wages")], page=page, extra=[field], catalog=form), "w2.pdf") as paper:
        (sheet,) = paper.sheets()
        assert texts(sheet.page) == ["Wages", "48500.00"]
        value = sheet.page.words[1].box
        assert value.left == pytest.approx(100 / 612, abs=0.01) and value.top == pytest.approx(1 - 520 / 792, abs=0.01)
        raster = sheet.raster(800)
    image = Image.frombytes("RGB", (raster.width, raster.height), raster.pixels).convert("L")
    assert image.crop([round(s * d) for s, d in zip(value.sides, image.size * 2, strict=True)]).getextrema()[0] < 100


def test_honest_print_is_good():
    page = first_page(papers.pdf([lines(*PROSE)]))
    assert page.text_layer == "good"
    assert " ".join(texts(page)) == " ".join(PROSE)


def test_a_page_without_words_has_no_text_layer():
    page = first_page(papers.pdf([b"100 100 200 200 re f"]))
    assert (page.text_layer, page.words) == ("none", ())


def test_an_ocr_layer_on_the_ink_of_its_scan_is_good():
    data = papers.scan_pdf(picture(PROSE), lines(*PROSE, more="3 Tr"))
    page = first_page(data)
    assert page.text_layer == "good"
    assert " ".join(texts(page)) == " ".join(PROSE)


def test_an_ocr_layer_away_from_the_ink_is_not_believed():
    elsewhere = b"1 0 0 1 0 -300 cm\n" + lines(*PROSE, more="3 Tr")
    assert first_page(papers.scan_pdf(picture(PROSE), elsewhere)).text_layer == "invisible"


def test_words_without_ink_on_a_blank_page_are_not_believed():
    page = first_page(papers.pdf([lines(*PROSE, more="3 Tr")]))
    assert (page.text_layer, page.words) == ("invisible", ())


def test_a_stamp_on_a_scan_is_not_its_text():
    page = first_page(papers.scan_pdf(picture(PROSE * 8), papers.text("COPY", x=400, y=40)))
    assert (page.text_layer, page.words) == ("stamp", ())


def test_a_footer_under_letters_that_are_drawn_is_not_the_text_of_the_page():
    strokes = b"".join(
        b"%d %d m %d %d l S\n" % (60 + x * 8, 100 + y * 20, 64 + x * 8, 110 + y * 20)
        for x in range(55)
        for y in range(30)
    )
    assert first_page(papers.pdf([strokes + papers.text("Page 1 of 3", y=30)])).text_layer == "stamp"


def test_print_over_a_picture_of_paper_is_good():
    page = first_page(papers.scan_pdf(Image.new("RGB", (600, 800), (240, 235, 220)), lines(*PROSE)))
    assert page.text_layer == "good"


def test_letters_that_stand_for_others_are_garbage():
    shifted = str.maketrans({chr(97 + at): chr(97 + (at + 7) % 26) for at in range(26)})
    page = first_page(papers.pdf([lines(*(line.translate(shifted) for line in PROSE))]))
    assert (page.text_layer, page.words) == ("garbage", ())


def test_letters_of_private_meaning_are_garbage_but_a_bullet_is_only_left_out():
    page = first_page(mapped(lines(*PROSE), b"1 beginbfrange <21> <7E> <E021> endbfrange"))
    assert (page.text_layer, page.words) == ("garbage", ())
    page = first_page(mapped(lines("* " + PROSE[0]), b"1 beginbfchar <2A> <F0B7> endbfchar"))
    assert " ".join(texts(page)) == PROSE[0]


def test_each_page_of_a_mixed_file_is_judged_for_itself():
    scan = papers.image_object(picture(PROSE))
    contents = [lines(*PROSE), b"q 612 0 0 792 0 0 cm /Im Do Q", lines(*PROSE)]
    data = papers.pdf(contents, resources=b"/XObject << /Im 10 0 R >>", extra=[scan])
    with opened(data, "mixed.pdf") as paper:
        assert [sheet.page.text_layer for sheet in paper.sheets()] == ["good", "none", "good"]


def test_junk_around_a_pdf_does_no_harm():
    plain = papers.pdf([papers.text("hello")])
    assert texts(first_page(b"junk\r\n" * 300 + plain)) == ["hello"]
    assert texts(first_page(plain + b"\0" * 5000 + b"more junk")) == ["hello"]


def test_a_pdf_without_header_table_or_end_is_rebuilt():
    plain = papers.pdf([papers.text("hello")])
    assert texts(first_page(plain.removeprefix(b"%PDF-1.7\n"))) == ["hello"]
    assert texts(first_page(plain[: plain.index(b"xref")])) == ["hello"]
    assert texts(first_page(plain.replace(b"startxref\n", b"startxref\n9"))) == ["hello"]


def test_a_pdf_that_cannot_be_rebuilt_is_damaged():
    plain = papers.pdf([papers.text("hello")])
    with pytest.raises(Damaged), opened(plain[:60], "stub.pdf"):
        pass


def test_a_pdf_without_pages_is_empty():
    with pytest.raises(Empty, match="no pages"), opened(papers.pdf([]), "none.pdf"):
        pass


def test_more_pages_than_the_limit_are_refused():
    with (
        pytest.raises(TooManyPages, match="3 pages; the limit is 2"),
        opened(papers.pdf([b""] * 3), "a", Limits(pages=2)),
    ):
        pass


def test_an_encrypted_pdf_asks_for_its_password_and_opens_with_it():
    data = papers.encrypted_pdf("secret words", "høgh")
    with pytest.raises(Encrypted), opened(data, "a.pdf"):
        pass
    with pytest.raises(WrongPassword), opened(data, "a.pdf", password="hogh"):
        pass
    assert texts(first_page(data, password="høgh")) == ["secret", "words"]


def test_a_page_of_any_size_is_drawn_as_large_as_asked_and_within_the_limit():
    banner = papers.pdf([papers.text("wide")], page=b"/MediaBox [0 0 14400 72]")
    with opened(banner, "a.pdf", Limits(page_pixels=50_000)) as paper:
        small = paper.raster(1, 1000)
        assert (small.width, small.height) == (1000, 5)
        large = paper.raster(1, 100_000)
        assert large.width * large.height <= 51_000 and large.width > 3000


def test_a_page_with_boxes_that_do_not_meet_is_its_media_box():
    page = first_page(papers.pdf([papers.text("hello")], page=b"/MediaBox [0 0 600 800] /CropBox [700 0 900 800]"))
    assert (page.width, page.height) == (600, 800)
