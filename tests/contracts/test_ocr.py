"""What every OCR engine promises. Run it on your own: add its constructor to ENGINES."""

from shutil import which

import pytest
from tests.contracts.printed import blank, receipt, scaled, slanted, turned

from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.tesseract import TesseractOcr
from recto.engines.ocr.upright import Upright

ENGINES = {
    "rapid": lambda: RapidOcr(threads=1),
    "tesseract": lambda: TesseractOcr(threads=1),
    "upright rapid": lambda: Upright(RapidOcr(threads=1)),
}
UPRIGHT = {
    "rapid": lambda: Upright(RapidOcr(threads=1)),
    "tesseract": lambda: Upright(TesseractOcr(threads=1), slant=2.0),
}


@pytest.fixture(scope="module", params=sorted(ENGINES))
def ocr(request):
    return made(ENGINES, request.param)


@pytest.fixture(scope="module", params=sorted(UPRIGHT))
def upright(request):
    return made(UPRIGHT, request.param)


def made(engines, name):
    if "tesseract" in name and which("tesseract") is None:
        pytest.skip("the program tesseract is not installed")
    return engines[name]()


def lines(sight):
    """One string a line, in order."""
    found: dict[int, list[str]] = {}
    for word in sight.words:
        found.setdefault(word.line, []).append(word.text)
    return [" ".join(words) for _, words in sorted(found.items())]


def word(sight, text):
    return next(word for word in sight.words if word.text == text)


def test_an_empty_batch_gives_an_empty_list(ocr):
    assert ocr.read([]) == []


def test_a_blank_page_has_no_words(ocr):
    assert ocr.read([blank()])[0].words == ()


def test_one_sight_a_page_in_the_batch_s_order(ocr):
    first, second = receipt((("ONLY APPLES HERE", "1.00"),)), receipt((("ONLY PEARS THERE", "2.00"),))
    apples, nothing, pears = ocr.read([first, blank(), second])
    assert "APPLES" in lines(apples)[0] and nothing.words == () and "PEARS" in lines(pears)[0]


def test_a_page_reads_the_same_alone_and_in_a_batch(ocr):
    page, other = receipt(), receipt((("SOMETHING ELSE", "77.70"),))
    texts = [[w.text for w in sight.words] for sight in (ocr.read([page])[0], ocr.read([other, page])[1])]
    assert texts[0] == texts[1]


def test_a_printed_receipt_reads_line_by_line(ocr):
    printed = lines(ocr.read([receipt()])[0])
    assert printed[0] == "BOOK CORNER TRADING"
    assert "TOTAL 23.50" in printed and "PENCIL BOX BLUE 14.50" in printed
    assert printed[-1] == "THANK YOU PLEASE COME AGAIN"


def test_words_lie_within_the_page(ocr):
    for w in ocr.read([receipt()])[0].words:
        left, top, right, bottom = w.box.sides
        assert 0 <= left < right <= 1 and 0 <= top < bottom <= 1


def test_boxes_are_tight_around_words_and_not_around_lines(ocr):
    page = receipt()
    words = ocr.read([page])[0].words
    total, amount = (next(w for w in words if w.text == text) for text in ("TOTAL", "23.50"))
    assert total.box.right < 0.3 and amount.box.left > 0.7
    for w in words:
        assert w.box.height * page.height < 40
        assert w.box.width * page.width < 26 * len(w.text) + 12


def test_confidences_are_shares_or_none(ocr):
    sure = [w.confidence for w in ocr.read([receipt()])[0].words]
    assert sure and all(c is None or 0 <= c <= 1 for c in sure)


def test_lines_are_counted_from_zero_without_a_gap(ocr):
    numbers = [w.line for w in ocr.read([receipt()])[0].words]
    assert numbers == sorted(numbers) and set(numbers) == set(range(max(numbers) + 1))


def test_pages_are_left_at_one_for_the_caller_to_count(ocr):
    assert {w.page for sight in ocr.read([receipt(), receipt()]) for w in sight.words} == {1}


def test_the_same_page_reads_the_same_twice(ocr):
    assert ocr.read([receipt()]) == ocr.read([receipt()])


def test_the_engine_is_pinned_by_version_and_digest(ocr):
    engine = ocr.engine
    assert engine.name and engine.version[0].isdigit() and engine.model
    assert engine.digest is not None and len(engine.digest) == 64


def test_a_tiny_page_is_no_error(ocr):
    assert ocr.read([blank(1, 1)])[0].words == ()
    assert ocr.read([blank(7, 3)])[0].words == ()


def test_a_page_that_is_turned_reads_upright_and_says_its_turn(upright):
    page = receipt()
    for degrees, back in ((90, 270), (180, 180), (270, 90)):
        sight = upright.read([turned(page, degrees)])[0]
        assert sight.turn == back
        assert "TOTAL 23.50" in lines(sight)
        assert word(sight, "TOTAL").box.right < 0.3  # on the upright page


def test_a_page_that_stands_upright_is_not_turned(upright):
    assert upright.read([receipt()])[0].turn == 0


def test_a_slanting_page_reads_and_its_boxes_stand_where_the_words_stand(upright):
    page = receipt()
    for degrees in (-5.0, 5.0):
        sight = upright.read([slanted(page, degrees)])[0]
        assert sight.turn == 0
        assert "TOTAL 23.50" in lines(sight) and "CHANGE 26.50" in lines(sight)
        total, amount = (word(sight, text).box.center for text in ("TOTAL", "23.50"))
        assert (amount[1] - total[1] > 0) == (degrees > 0) and abs(amount[1] - total[1]) > 0.03


def test_a_batch_of_turned_pages_keeps_its_order(upright):
    page, other = receipt(), receipt((("SOMETHING ELSE ENTIRELY", "77.70"), ("AND A SECOND LINE OF IT", "1.00")))
    first, second, third = upright.read([turned(page, 90), other, turned(other, 180)])
    assert "TOTAL 23.50" in lines(first)
    assert (second.turn, third.turn) == (0, 180)
    assert lines(second) == lines(third)


def test_small_print_on_a_large_page_is_read(ocr):
    assert "TOTAL 23.50" in lines(ocr.read([receipt(size=22, width=1600)])[0])


def test_a_small_picture_is_read():
    """Ten pixels a letter: RapidOCR alone, Tesseract needs more."""
    assert "TOTAL 23.50" in lines(RapidOcr(threads=1).read([scaled(receipt(), 0.5)])[0])


def test_a_receipt_seven_times_as_long_as_wide_is_read_to_its_end(ocr):
    many = [(f"ARTICLE NUMBER {n}", f"{n}.25") for n in range(10, 82)]
    printed = lines(ocr.read([receipt(many, size=24, width=430)])[0])
    read = sum(f"ARTICLE NUMBER {n} {n}.25" in printed for n in range(10, 82))
    assert read >= 58  # of 72; Tesseract loses some where its blocks end
    assert len(printed) <= 74  # nothing twice


def test_a_photograph_s_size_is_no_obstacle():
    page = scaled(receipt(), 6.0)  # 3,720 pixels wide
    assert "TOTAL 23.50" in lines(RapidOcr(threads=1).read([page])[0])
