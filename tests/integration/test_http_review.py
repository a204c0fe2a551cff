"""The API of reviews over real HTTP, a real database and the OCR of the settings."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx2 as httpx
import pytest
from tests.support import receipts
from tests.support.serving import serving

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.document.page import Page
from recto.document.record import Record
from recto.doors.http.server import build
from recto.pipeline import packet as packet_of
from recto.training.truth import examples_of


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Installation(recto_settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def api(app):
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def read(app, name: str, **changes) -> str:
    data = receipts.paper(len(name)) + name.encode()
    document_id = hashlib.sha256(data).hexdigest()
    reading = replace(receipts.reading(document_id, f"{name}.pdf", data), **changes)
    record = Record(reading.document, "read", reading=reading)
    app.blobs.put(record.blob, data)
    app.records.save(record)
    return document_id


@pytest.fixture
def review(app, request):
    """The path of a review; each test has its own document."""
    return f"/v1/review/{read(app, request.node.name)}"


def fields(answer) -> dict:
    return {field["name"]: field for field in answer["reading"]["fields"]}


def labels(answer) -> list:
    return [word["label"] and (word["label"]["label"], word["label"]["status"]) for word in answer["labels"]["words"]]


def test_the_likeliest_to_be_wrong_comes_first(app, api):
    sure = tuple(
        replace(f, confidence=0.99, vouched=True) for f in receipts.reading("a", "a", receipts.paper(1)).fields[:3]
    )
    good = read(app, "good", fields=sure, checks=())
    bad = read(app, "bad")
    found = api.get("/v1/review", params={"limit": 1000}).json()["documents"]
    order = [one["document"] for one in found]
    assert order.index(bad) < order.index(good)
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_a_corrected_value_stands_in_the_reading_and_its_words_hold_its_label(api, review):
    before = api.get(review).json()
    word = before["labels"]["words"][5]["word"]
    fix = {"name": "total", "value": "4.50", "words": [word]}
    after = api.post(f"{review}/corrections", json={"version": 0, "seconds": 7.5, "fields": [fix]}).json()
    total = fields(after)["total"]
    assert (total["value"], total["grounding"], total["confidence"]) == ("4.50", "grounded", None)
    assert labels(after)[5] == ("GRAND_TOTAL", "VALID")
    assert labels(after)[7:9] == [("O", "VALID"), ("O", "VALID")]
    assert (after["version"], after["seconds"], after["corrections"]) == (1, 7.5, 1)
    assert not [reason for reason in after["reasons"] if reason.startswith("total:")]


def test_a_value_without_a_place_is_looked_for_on_the_page(api, review):
    fix = {"name": "merchant_name", "value": "lotus corner"}
    after = api.post(f"{review}/corrections", json={"version": 0, "fields": [fix]}).json()
    assert fields(after)["merchant_name"]["raw"] == "LOTUS CORNER"
    assert labels(after)[:3] == [("MERCHANT_NAME", "VALID"), ("MERCHANT_NAME", "VALID"), ("O", "VALID")]


def test_a_value_that_stands_nowhere_is_said_not_to_be_found(api, review):
    fix = {"name": "transaction_time", "value": "13:37"}
    after = api.post(f"{review}/corrections", json={"version": 0, "fields": [fix]}).json()
    assert fields(after)["transaction_time"]["grounding"] == "not_found"


def test_a_cell_and_a_row_are_corrected_and_an_empty_value_takes_one_away(api, review):
    given = [
        {"name": "items", "row": 0, "column": "total_price", "value": "9.00"},
        {"name": "items", "column": "description", "value": "TEA"},
        {"name": "total_tax", "value": ""},
    ]
    after = fields(api.post(f"{review}/corrections", json={"version": 0, "fields": given}).json())
    assert [row.get("total_price", {}).get("value") for row in after["items"]["rows"]] == ["9.00", None]
    assert "total_tax" not in after


def test_a_word_that_was_misread_is_spelled_anew_and_its_field_with_it(api, review):
    word = api.get(review).json()["labels"]["words"][8]["word"]
    given = {"version": 0, "words": [{"word": word, "text": "8.00"}]}
    after = api.post(f"{review}/corrections", json=given).json()
    assert after["labels"]["words"][8]["text"] == "8.00"
    assert fields(after)["total"]["value"] == "8.00"


@pytest.mark.parametrize(
    ("fix", "status"),
    [
        ({"name": "colour", "value": "red"}, 404),
        ({"name": "total", "value": "a lot"}, 400),
        ({"name": "total", "value": "9.00", "words": ["1-nothing"]}, 404),
        ({"name": "items", "row": 7, "column": "description", "value": "TEA"}, 404),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(api, review, fix, status):
    before = api.get(review).json()
    assert api.post(f"{review}/corrections", json={"version": 0, "fields": [fix]}).status_code == status
    assert api.get(review).json() == before


def test_every_step_can_be_undone_with_the_labels_that_came_of_it(api, review):
    before = api.get(review).json()
    api.post(f"{review}/corrections", json={"version": 0, "fields": [{"name": "total", "value": "4.50"}]})
    api.post(f"{review}/decision", json={"version": 1, "accept": True})
    api.post(f"{review}/undo", json={"version": 2})
    after = api.post(f"{review}/undo", json={"version": 3}).json()
    assert after["reading"]["fields"] == before["reading"]["fields"]
    assert after["reading"]["decision"] == before["reading"]["decision"]
    assert {label[1] for label in labels(after) if label} <= {"NONE"}
    assert (after["state"], after["can_undo"]) == ("open", 0)
    assert api.post(f"{review}/undo", json={"version": 4}).status_code == 404


def test_of_two_people_only_one_goes_on(api, review):
    def fix(value):
        given = {"version": 0, "fields": [{"name": "total", "value": value}]}
        return api.post(f"{review}/corrections", json=given).status_code

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(fix, ["4.50", "9.00"])) == [200, 409]
    assert api.get(review).json()["version"] == 1


def test_what_is_accepted_goes_on_leaves_the_queue_and_is_the_truth_to_learn_from(app, api, review):
    document_id = review.rpartition("/")[2]
    after = api.post(f"{review}/decision", json={"version": 0, "seconds": 12, "accept": True}).json()
    assert after["reading"]["decision"]["outcome"] == "straight_through"
    assert document_id not in [one["document"] for one in api.get("/v1/review?limit=1000").json()["documents"]]
    (example,) = examples_of(app.records.load(document_id, ""), app.labels.current(document_id, ""))
    assert example.tags[:4] == ("B-MERCHANT_NAME", "I-MERCHANT_NAME", "I-MERCHANT_NAME", "B-DATE")
    assert example.tags[6] is None
    assert "GRAND_TOTAL" in example.labelled
    assert "TIP" not in example.labelled


@pytest.fixture
def packet(app, request):
    """The path of a review of a file that holds two receipts, on a page each."""
    data = receipts.paper(len(request.node.name), pages=2) + request.node.name.encode()
    document_id = hashlib.sha256(data).hexdigest()
    reading = receipts.packet(document_id, "packet.pdf", data)
    app.records.save(Record(reading.document, "read", reading=reading))
    return f"/v1/review/{document_id}"


def parts(answer) -> list:
    return [{field["name"]: field for field in part["fields"]} for part in answer["reading"]["parts"]]


def test_a_field_of_the_second_document_of_a_file_is_corrected_on_its_own_words(api, packet):
    before = api.get(packet).json()
    word = before["labels"]["words"][15]
    assert (word["page"], word["text"]) == (2, "4.50")
    fix = {"name": "total", "value": "4.50", "words": [word["word"]], "part": 1}
    after = api.post(f"{packet}/corrections", json={"version": 0, "fields": [fix]}).json()
    assert parts(after)[0] == parts(before)[0]
    total = parts(after)[1]["total"]
    assert (total["value"], total["page"], total["vouched"]) == ("4.50", 2, True)
    assert labels(after)[15] == ("GRAND_TOTAL", "VALID")
    assert labels(after)[17:19] == [("O", "VALID"), ("O", "VALID")]
    assert not any(labels(after)[:10])
    assert after["reading"]["parts"][0]["checks"] == before["reading"]["parts"][0]["checks"]
    assert after["reading"]["fields"] == []
    undone = api.post(f"{packet}/undo", json={"version": 1}).json()
    assert parts(undone) == parts(before)


@pytest.mark.parametrize(("change", "status"), [({}, 400), ({"part": 2}, 404), ({"part": 0}, 400)])
def test_a_field_of_several_documents_is_refused_where_it_is_in_none_or_on_the_words_of_another(
    api, packet, change, status
):
    before = api.get(packet).json()
    fix = {"name": "total", "value": "9.00", "words": [before["labels"]["words"][18]["word"]], **change}
    assert api.post(f"{packet}/corrections", json={"version": 0, "fields": [fix]}).status_code == status
    assert api.get(packet).json() == before


def test_words_and_spellings_go_to_the_document_that_they_stand_in(api, packet):
    new = [{"text": "13:37", "box": [0.1, 0.9, 0.2, 0.92]}]
    api.post(f"{packet}/words", json={"version": 0, "page": 1, "words": new})
    last = api.get(packet).json()["labels"]["words"][19]
    assert (last["page"], last["text"]) == (2, "9.00")
    given = {"version": 1, "words": [{"word": last["word"], "text": "8.00"}]}
    after = api.post(f"{packet}/corrections", json=given).json()
    assert [part["total"]["value"] for part in parts(after)] == ["9.00", "8.00"]
    assert len(after["labels"]["words"]) == 21
    assert api.post(f"{packet}/words", json={"version": 2, "page": 3, "words": new}).status_code == 404


def test_documents_that_were_wrongly_parted_are_joined_and_parted_again_by_going_back(app, api, packet):
    before = api.get(packet).json()
    after = api.post(f"{packet}/join", json={"version": 0, "part": 1}).json()
    one = after["reading"]
    assert "parts" not in one and one["kind"]["name"] == "receipt"
    assert [word["page"] for word in after["labels"]["words"]] == [1] * 10 + [2] * 10
    assert one["checks"] and "total" in {field["name"] for field in one["fields"]}
    assert any("merchant_address" in said for said in one["decision"]["reasons"] + one["decision"]["withheld"])
    assert "page 1 with page 2" in after["history"][-1]["reason"]
    stored = app.records.load(packet.rpartition("/")[2], "").reading
    assert (len(stored.pages), len(stored.words), len(stored.tags)) == (2, 20, 20)
    back = api.post(f"{packet}/undo", json={"version": 1}).json()
    assert back["reading"] == {**before["reading"], "updated_at": back["reading"]["updated_at"]}


def test_of_three_documents_two_are_joined_and_the_third_stays_as_it_was(app, api, packet):
    document_id = packet.rpartition("/")[2]
    record = app.records.load(document_id, "")
    first, second = record.reading.parts
    third = replace(second, pages=(Page(3, 612, 792),), words=tuple(replace(word, page=3) for word in second.words))
    several = packet_of(replace(record.reading, pages=(*record.reading.pages, *third.pages)), (first, second, third))
    app.records.save(replace(record, reading=several))
    after = api.post(f"{packet}/join", json={"version": 0, "part": 2}).json()
    assert [len(part["fields"]) > 0 for part in after["reading"]["parts"]] == [True, True]
    kept, joined = app.records.load(document_id, "").reading.parts
    assert kept == first and [page.number for page in joined.pages] == [2, 3]
    assert len(joined.words) == len(joined.tags) == 20
    accepted = api.post(f"{packet}/decision", json={"version": 1, "accept": True}).json()
    assert accepted["state"] == "accepted"


@pytest.mark.parametrize(("part", "status"), [(0, 400), (2, 404), (-1, 422)])
def test_what_has_no_document_before_it_is_not_joined(api, packet, review, part, status):
    assert api.post(f"{packet}/join", json={"version": 0, "part": part}).status_code == status
    assert api.post(f"{review}/join", json={"version": 0, "part": 1}).status_code == 404
    assert api.get(packet).json()["version"] == 0


def test_an_accepted_file_of_several_documents_is_several_documents_to_learn_from(app, api, packet):
    document_id = packet.rpartition("/")[2]
    after = api.post(f"{packet}/decision", json={"version": 0, "accept": True}).json()
    outcomes = [part["decision"]["outcome"] for part in after["reading"]["parts"]]
    assert [after["reading"]["decision"]["outcome"], *outcomes] == ["straight_through"] * 3
    found = examples_of(app.records.load(document_id, ""), app.labels.current(document_id, ""))
    assert [example.id for example in found] == [f"{document_id}/1", f"{document_id}/2"]
    assert {example.kind for example in found} == {"receipt"}
    assert found[1].tags[:4] == ("B-MERCHANT_NAME", "I-MERCHANT_NAME", "I-MERCHANT_NAME", "B-DATE")


def test_a_failing_check_is_overruled_by_accepting_and_the_reason_stays(api, review):
    total = {"version": 0, "fields": [{"name": "transaction_time", "value": "13:37"}]}
    api.post(f"{review}/corrections", json=total)
    why = " The second line was free, card 4111111111111111. "
    after = api.post(f"{review}/decision", json={"version": 1, "accept": True, "reason": why}).json()
    assert [check["outcome"] for check in after["reading"]["checks"] if check["name"] == "items_add_up"] == ["fail"]
    (told,) = after["reading"]["decision"]["reasons"]
    assert told.startswith("items_add_up failed, and a person overruled it: The second line was free")
    corrected, accepted = after["history"]
    assert (corrected["state"], corrected["corrections"], corrected["overruled"]) == ("open", 1, [])
    assert (accepted["state"], accepted["overruled"]) == ("accepted", ["items_add_up"])
    assert accepted["reason"].startswith("The second line was free, card ") and accepted["at"]
    assert "4111111111111111" not in str(after["history"]) + told
    page = api.get(review.replace("/v1/review", "/documents"), headers={"Accept": "text/html"}).text
    assert "does not hold, and a person overruled it: The second line was free" in page
    back = api.post(f"{review}/undo", json={"version": 2}).json()
    assert back["reading"]["decision"]["outcome"] == "review" and len(back["history"]) == 1


def test_what_is_accepted_without_a_reason_still_says_which_checks_were_overruled(api, review, packet):
    after = api.post(f"{review}/decision", json={"version": 0, "accept": True}).json()
    assert after["reasons"] == ["items_add_up failed, and a person overruled it"]
    both = api.post(f"{packet}/decision", json={"version": 0, "accept": True, "reason": "Seen."}).json()
    assert both["reasons"] == [
        f"page {number}: items_add_up failed, and a person overruled it: Seen." for number in (1, 2)
    ]
    assert both["history"][0]["overruled"] == ["items_add_up"] * 2


def test_a_correction_after_accepting_opens_the_document_again_without_the_old_reasons(api, review):
    api.post(f"{review}/decision", json={"version": 0, "accept": True, "reason": "Seen."})
    fix = {"version": 1, "fields": [{"name": "transaction_time", "value": "13:37"}]}
    after = api.post(f"{review}/corrections", json=fix).json()
    assert (after["state"], after["reading"]["decision"]["outcome"], after["reasons"]) == ("open", "review", [])
    assert [step["state"] for step in after["history"]] == ["accepted", "open"]


def test_what_is_rejected_says_why_and_is_counted(api, review):
    before = api.get("/v1/review/figures").json()["rejected"]
    after = api.post(f"{review}/decision", json={"version": 0, "accept": False, "reason": "not a receipt"}).json()
    assert after["reasons"][-1] == "rejected: not a receipt"
    assert api.get("/v1/review/figures").json()["rejected"] == before + 1


def test_a_region_is_read_again_and_its_words_can_be_added(api, review):
    seen = api.post(f"{review}/region", json={"page": 1, "box": [0.05, 0.02, 0.95, 0.2]}).json()
    assert "LOTUS" in seen["text"]
    assert all(0 <= side <= 1 for word in seen["words"] for side in word["box"])
    new = [{"text": word["text"], "box": word["box"]} for word in seen["words"]]
    after = api.post(f"{review}/words", json={"version": 0, "words": new}).json()
    assert len(after["labels"]["words"]) == 10 + len(new)


def test_numbers_that_identify_a_person_are_masked(api, review):
    assert "4111111111111111" not in api.get(review).text
