"""One Recto that has another one think for it, through that one's gateway."""

import httpx2 as httpx
import pytest
from tests.support.papers import text_pdf
from tests.support.serving import serving

from recto.app import Installation, build, settings
from recto.document.errors import EngineFailed
from recto.doors.http import server
from recto.submission import File, Submission

LINES = ("BOOK CORNER TRADING", "DATE: 25/12/2018", "MODELLING CLAY 9.00", "TOTAL 9.00", "CASH 10.00", "CHANGE 1.00")
PAGES = Submission((File(text_pdf(LINES), "one.pdf"), File(text_pdf(("PAGE TWO",)), "two.pdf")))
RULES = {"classifier": ["rules"], "labeller": ["rules"]}


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory):
    """The address of a gateway that asks for a key."""
    chosen = settings(home=tmp_path_factory.mktemp("there"), GATEWAY_API_KEY="the key", **RULES)
    with serving(server.build(Installation(chosen))) as url:
        yield url


def asking(url, home, key="the key"):
    tables = {"there": {"engine": "recto", "url": url, "api_key": key, "tries": 1}}
    return build(settings(home=home, classify=["there"], extract=["there"], engines=tables))


def test_the_other_one_s_engine_stands_on_the_verdict(elsewhere, tmp_path):
    verdict = asking(elsewhere, tmp_path).judge(PAGES)
    assert (verdict.guess.kind, verdict.engine.name) == ("receipt", "rules")


def test_fields_words_and_places_come_from_there(elsewhere, tmp_path):
    there = asking(elsewhere, tmp_path).extract(PAGES)
    here = build(settings(home=tmp_path, **RULES)).extract(PAGES)
    assert there.data == here.data and there.data["total"] == "9.00"
    assert [word.text for word in there.reading.words] == [word.text for word in here.reading.words]
    assert there.reading.field("total").boxes == here.reading.field("total").boxes
    assert there.reading.pages[1].width == here.reading.pages[1].width
    assert there.engine.name == "rules"


def test_a_wrong_key_is_a_failure_of_the_engine(elsewhere, tmp_path):
    with pytest.raises(EngineFailed, match="401"):
        asking(elsewhere, tmp_path, key="another").judge(PAGES)


def test_the_gateway_is_asked_no_more_than_the_contract_has(elsewhere):
    """What another Recto sends is what anyone may send."""
    body = {"image_urls": ["data:text/plain,hello"], "raw_ocr": True, "doc_type": "receipt", "prompt": "p"}
    answer = httpx.post(f"{elsewhere}/v1/extract", json=body, headers={"X-API-Key": "the key"})
    assert answer.json()["code"] == "unsupported_media_type"
