"""dots.ocr against a scripted server, over real HTTP: what it is asked, and what becomes of its answers."""

import json

import pytest
from tests.contracts.printed import blank
from tests.support.chatter import Chatter, said
from tests.support.serving import serving

from recto.document.errors import EngineFailed, EngineUnavailable
from recto.engines.ocr.dots_ocr import CATEGORIES, DotsOcr, seen_size

PAGE = blank(600, 800)
SEEN = (588, 812)
"""600 by 800 pixels as the model sees them: the nearest multiples of 28."""

TABLE = "<table><tr><th>Item</th><th>Price</th></tr><tr><td>Clay &amp; Co</td><td>9.00</td></tr></table>"
BLOCKS = [
    {"bbox": [0, 0, 588, 40], "category": "Title", "text": "# BOOK **CORNER**"},
    {"bbox": [0, 100, 294, 160], "category": "Text", "text": "first line here\nsecond one"},
    {"bbox": [300, 100, 588, 160], "category": "Picture"},
    {"bbox": [0, 203, 588, 406], "category": "Table", "text": TABLE},
    {"bbox": [0, 700, 588, 740], "category": "Page-footer", "text": "THANK YOU"},
]


def read(chatter, page=PAGE):
    with serving(chatter.app) as url:
        return DotsOcr(base_url=f"{url}/v1", model="dots").read([page])[0]


def texts(sight):
    return [word.text for word in sight.words]


def test_the_picture_s_tokens_stand_in_the_text_for_a_template_of_strings():
    chatter = Chatter([json.dumps(BLOCKS)])
    read(chatter)
    picture, words = chatter.asked[0]["messages"][0]["content"]
    assert picture["type"] == "image_url"
    assert words["text"].startswith("<|img|><|imgpad|><|endofimg|>Please output the layout")
    assert all(category in words["text"] for category in CATEGORIES)


def test_words_come_in_reading_order_without_markdown_and_html():
    expected = ("BOOK CORNER", "first line here", "second one", "Item Price", "Clay & Co 9.00", "THANK YOU")
    assert texts(read(Chatter([json.dumps(BLOCKS)]))) == " ".join(expected).split()


def test_boxes_are_shares_of_the_page_that_the_model_saw():
    words = {word.text: word for word in read(Chatter([json.dumps(BLOCKS)])).words}
    assert words["THANK"].box.top == pytest.approx(700 / SEEN[1])
    assert words["YOU"].box.right == pytest.approx(1.0)
    assert words["CORNER"].box.bottom == pytest.approx(40 / SEEN[1])


@pytest.mark.parametrize(
    ("size", "seen"),
    [((600, 800), (588, 812)), ((28, 28), (56, 56)), ((8000, 6000), (3864, 2884)), ((1700, 2200), (1708, 2212))],
)
def test_the_model_sees_sides_of_multiples_of_28(size, seen):
    assert seen_size(blank(*size)) == seen


def test_the_lines_of_a_block_share_its_height():
    words = {word.text: word for word in read(Chatter([json.dumps(BLOCKS)])).words}
    assert words["first"].line + 1 == words["second"].line
    assert words["first"].box.bottom == pytest.approx(words["second"].box.top)
    assert words["first"].box.right < words["line"].box.left < words["here"].box.left


def test_a_long_paragraph_is_broken_into_as_many_lines_as_its_box_has_room_for():
    text = " ".join(f"reckoned{number}" for number in range(60))
    block = {"bbox": [0, 0, 588, 300], "category": "Text", "text": text}
    lines = {word.line for word in read(Chatter([json.dumps([block])])).words}
    assert 8 <= len(lines) <= 30


def test_a_table_s_cells_stand_in_rows_and_columns():
    words = {word.text: word for word in read(Chatter([json.dumps(BLOCKS)])).words}
    assert words["Item"].line == words["Price"].line != words["Clay"].line == words["9.00"].line
    assert words["Price"].box.left == pytest.approx(words["9.00"].box.left)
    assert words["Clay"].box.top == pytest.approx(words["Item"].box.bottom)


def test_cells_that_span_leave_their_place_free():
    html = "<table><tr><td rowspan=2>A</td><td>B</td></tr><tr><td>C</td></tr></table>"
    block = {"bbox": [0, 0, 588, 406], "category": "Table", "text": html}
    words = {word.text: word for word in read(Chatter([json.dumps([block])])).words}
    assert words["B"].box.left == pytest.approx(words["C"].box.left)
    assert words["A"].box.bottom == pytest.approx(words["C"].box.bottom)


def test_words_whose_places_are_reckoned_have_no_confidence():
    assert {word.confidence for word in read(Chatter([json.dumps(BLOCKS)])).words} == {None}


@pytest.mark.parametrize(
    "broken",
    [
        "```json\n" + json.dumps(BLOCKS) + "\n```",
        json.dumps(BLOCKS).replace('"Title"', "'Title'"),
        json.dumps(BLOCKS)[:-1] + ",]",
        json.dumps(BLOCKS)[:-2],
    ],
)
def test_json_that_is_slightly_broken_is_mended(broken):
    assert texts(read(Chatter([broken])))[:2] == ["BOOK", "CORNER"]


@pytest.mark.parametrize(
    "useless",
    [
        "I see a receipt.",
        said(json.dumps(BLOCKS), finish_reason="length"),
        json.dumps([{"bbox": [1, 2], "category": "Text", "text": "x"}, {"bbox": "no", "category": "Text"}]),
        json.dumps([{"bbox": [0, 0, 9, 9], "category": "Poem", "text": "x"}]),
        json.dumps(BLOCKS[:1] * 12),
    ],
)
def test_an_answer_of_no_use_is_asked_for_again(useless):
    chatter = Chatter([useless, json.dumps(BLOCKS)])
    assert texts(read(chatter))[0] == "BOOK"
    assert chatter.temperatures == [0.0, 0.3]


def test_a_table_of_empty_cells_is_no_circle():
    html = "<table>" + "<tr><td></td><td></td></tr>" * 30 + "<tr><td>A</td><td>B</td></tr></table>"
    block = {"bbox": [0, 0, 588, 406], "category": "Table", "text": html}
    assert texts(read(Chatter([json.dumps([block])]))) == ["A", "B"]


def test_a_page_that_is_never_laid_out_is_refused():
    with pytest.raises(EngineFailed):
        read(Chatter(["no"]))


def test_a_blank_page_has_no_words():
    assert read(Chatter(["[]"])).words == ()


def test_a_server_that_is_gone_is_unavailable():
    with pytest.raises(EngineUnavailable):
        DotsOcr(base_url="http://127.0.0.1:9/v1", model="dots", tries=1).read([PAGE])


def test_the_prompt_and_the_model_are_pinned():
    engine = DotsOcr(base_url="http://127.0.0.1:9/v1", model="dots").engine
    assert (engine.name, engine.model) == ("dots.ocr", "dots") and "+" in engine.version
