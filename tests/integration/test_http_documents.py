"""The API of documents over real HTTP, a real database and real files. Nothing works off the jobs here."""

import hashlib
import io
import json
from dataclasses import replace

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.support import receipts
from tests.support.papers import pdf, text
from tests.support.serving import serving

from recto.app import Installation
from recto.app import settings as recto_settings
from recto.document.reading import Fault, Reading
from recto.document.record import Record
from recto.doors.http.server import build
from recto.reading.overlay import VEIL
from recto.stores.seal import open_text

SECRET = "4111111111111111"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    return Installation(recto_settings(home=tmp_path_factory.mktemp("home"), limits={"file_bytes": 200_000}))


@pytest.fixture(scope="module")
def api(app):
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


def unique(words: str) -> bytes:
    """A PDF that is told from every other by its words."""
    return pdf([text(words)])


def bring(api, *files, **form):
    return api.post("/v1/documents", files=[("file", file) for file in files], data=form)


def read(app, data: bytes, name: str = "receipt.pdf", **changes) -> str:
    """A document that has been read already."""
    document_id = hashlib.sha256(data).hexdigest()
    reading = replace(receipts.reading(document_id, name, data), **changes)
    app.blobs.put(f"documents/{document_id}", data)
    app.records.save(Record(reading.document, "read", "", None, reading))
    return document_id


def test_an_upload_is_answered_once_its_bytes_its_record_and_its_job_are_there(app, api):
    data = unique("taken in")
    answer = bring(api, ("a.pdf", data))
    assert answer.status_code == 202
    (taken,) = answer.json()["documents"]
    assert taken["id"] == hashlib.sha256(data).hexdigest()
    assert (taken["name"], taken["state"]) == ("a.pdf", "waiting")
    assert app.blobs.get(f"documents/{taken['id']}") == data
    assert app.records.load(taken["id"], "").state == "waiting"
    assert app.jobs.job(taken["job_id"]).payload == {"document_id": taken["id"], "owner": ""}
    assert api.get(taken["links"]["self"]).json()["state"] == "waiting"
    assert api.get(taken["links"]["job"]).json()["state"] == "queued"


def test_one_bad_file_among_several_is_named_and_the_others_are_taken(api):
    files = [("a.pdf", unique("one")), ("b.txt", b"no document"), ("empty.pdf", b""), ("c.pdf", unique("two"))]
    answer = bring(api, *files).json()
    assert [one["name"] for one in answer["documents"]] == ["a.pdf", "c.pdf"]
    assert [(one["name"], one["code"]) for one in answer["errors"]] == [
        ("b.txt", "unsupported_media_type"),
        ("empty.pdf", "empty"),
    ]


def test_a_file_over_the_limit_is_refused_and_the_one_behind_it_is_taken(api):
    answer = bring(api, ("big.pdf", b"%PDF-1.7" + bytes(300_000)), ("small.pdf", unique("behind a big one")))
    assert answer.status_code == 202
    assert [one["code"] for one in answer.json()["errors"]] == ["too_large"]
    assert [one["name"] for one in answer.json()["documents"]] == ["small.pdf"]


@pytest.mark.parametrize(
    ("file", "status", "code"),
    [
        (("a.txt", b"words"), 415, "unsupported_media_type"),
        (("a.pdf", b""), 422, "empty"),
        (("a.pdf", b"%PDF-1.7" + bytes(300_000)), 413, "too_large"),
    ],
)
def test_where_nothing_is_taken_the_answer_is_the_problem(api, file, status, code):
    answer = bring(api, file)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["errors"][0]["name"] == file[0]


def test_the_same_bytes_are_one_document_with_one_job(api):
    data = unique("twice")
    first, second = (bring(api, (name, data)).json()["documents"][0] for name in ("a.pdf", "b.pdf"))
    assert (first["id"], first["job_id"]) == (second["id"], second["job_id"])


def test_a_document_that_was_read_is_not_read_again_when_it_comes_again(app, api):
    data = unique("read before")
    read(app, data)
    (taken,) = bring(api, ("again.pdf", data)).json()["documents"]
    assert (taken["state"], taken["job_id"]) == ("read", None)


def test_a_document_that_failed_is_tried_again_when_it_comes_again(app, api):
    data = unique("failed before")
    (first,) = bring(api, ("a.pdf", data)).json()["documents"]
    record = app.records.load(first["id"], "")
    fault = Fault("damaged", "The file is damaged.", "")
    app.records.save(
        replace(record, state="failed", job_id=first["job_id"], reading=Reading(record.document, errors=(fault,)))
    )
    (second,) = bring(api, ("a.pdf", data)).json()["documents"]
    assert second["state"] == "waiting"
    assert second["job_id"] != first["job_id"]


def test_a_deleted_document_that_comes_again_gets_a_job_of_its_own(app, api):
    data = unique("comes and goes")
    (first,) = bring(api, ("a.pdf", data)).json()["documents"]
    assert api.delete(f"/v1/documents/{first['id']}").status_code == 204
    (second,) = bring(api, ("a.pdf", data)).json()["documents"]
    assert second["job_id"] != first["job_id"]
    assert app.jobs.job(second["job_id"]).state == "queued"


def test_what_the_caller_knows_of_a_document_travels_with_its_job(app, api):
    (taken,) = bring(api, ("a.pdf", unique("known kind")), kind="invoice", password="sesame").json()["documents"]
    payload = app.jobs.job(taken["job_id"]).payload
    assert (payload["kind"], open_text(app.vault, payload["password"])) == ("invoice", "sesame")
    assert "sesame" not in str(payload), "what lies in the database is under seal"
    assert bring(api, ("a.pdf", unique("unknown kind")), kind="poem").json()["code"] == "unknown_kind"


def test_a_password_is_never_told(api):
    (taken,) = bring(api, ("a.pdf", unique("secret password")), password="open-sesame").json()["documents"]
    for address in (taken["links"]["self"], taken["links"]["job"], "/v1/jobs", taken["links"]["page"]):
        assert "open-sesame" not in api.get(address).text


def test_a_document_is_read_again_as_another_kind(app, api):
    document_id = read(app, unique("again as another kind"))
    answer = api.post(f"/v1/documents/{document_id}/read", json={"kind": "invoice"})
    assert answer.status_code == 202
    assert app.jobs.job(answer.json()["job_id"]).payload["kind"] == "invoice"
    assert api.get(f"/v1/documents/{document_id}").json()["state"] == "waiting"
    assert api.post(f"/v1/documents/{document_id}/read", json={}).json()["code"] == "conflict"


def test_documents_are_found_by_text_kind_state_and_decision_page_by_page(app, api):
    for number in range(5):
        read(app, unique(f"searched {number}"), name=f"searched-zebra-{number}.pdf")
    names = []
    for offset in (0, 2, 4):
        answer = api.get("/v1/documents", params={"text": "zebra", "limit": 2, "offset": offset}).json()
        assert answer["total"] == 5
        names += [one["document"]["name"] for one in answer["documents"]]
    assert names == [f"searched-zebra-{number}.pdf" for number in (4, 3, 2, 1, 0)]
    for conditions, total in [
        ({"kind": "receipt", "state": "read", "decision": "review"}, 5),
        ({"kind": "invoice"}, 0),
        ({"state": "failed"}, 0),
        ({"decision": "straight_through"}, 0),
    ]:
        assert api.get("/v1/documents", params={"text": "zebra", **conditions}).json()["total"] == total


def test_a_reading_comes_with_its_words_and_in_another_system_s_names_when_asked(app, api):
    document_id = read(app, unique("spoken otherwise"))
    plain = api.get(f"/v1/documents/{document_id}").json()
    assert plain["state"] == "read"
    assert {"name": "total", "value": "9.00"}.items() <= plain["fields"][2].items()
    assert "words" not in plain
    worded = api.get(f"/v1/documents/{document_id}", params={"words": True}).json()
    assert worded["words"][0] | {"text": "LOTUS", "label": "B-MERCHANT_NAME"} == worded["words"][0]
    assert "MerchantName" in api.get(f"/v1/documents/{document_id}", params={"names": "azure"}).text


def test_a_card_number_is_masked_wherever_a_document_is_shown(app, api):
    document_id = read(app, unique("with a card number"))
    addresses = [
        f"/v1/documents/{document_id}?words=true",
        "/v1/documents",
        "/",
        f"/documents/{document_id}",
        f"/documents/{document_id}/sheet?page=1",
    ]
    for address in addresses:
        answer = api.get(address)
        assert answer.status_code == 200, address
        assert SECRET not in answer.text, address
    assert "************1111" in api.get(addresses[0]).text


def test_a_page_is_drawn_once_and_then_known_by_its_tag(app, api):
    document_id = read(app, unique("a page to draw"))
    address = f"/v1/documents/{document_id}/pages/1/image"
    answer = api.get(address, params={"width": 300})
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8\xff")
    again = api.get(address, params={"width": 300}, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert api.get(f"/v1/documents/{document_id}/pages/2/image").json()["code"] == "not_found"
    assert api.get(address, params={"width": 100_000}).json()["code"] == "invalid_parameters"


def test_the_file_comes_back_as_it_came_and_nothing_in_it_may_run(app, api):
    data = unique("as it came")
    name = 'odd "name"; é.pdf'
    answer = api.get(f"/v1/documents/{read(app, data, name=name)}/original")
    assert answer.content == data
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''odd%20%22name%22%3B%20%C3%A9.pdf"


def test_a_deleted_document_is_gone_with_its_bytes_and_its_work(app, api):
    (taken,) = bring(api, ("a.pdf", unique("to be deleted"))).json()["documents"]
    assert api.delete(f"/v1/documents/{taken['id']}").status_code == 204
    for address in (
        taken["links"]["self"],
        taken["links"]["original"],
        taken["links"]["events"],
        taken["links"]["page"],
    ):
        assert api.get(address).status_code == 404
    assert list(app.blobs.keys(f"documents/{taken['id']}")) == []
    assert app.jobs.job(taken["job_id"]).state == "cancelled"
    assert api.delete(f"/v1/documents/{taken['id']}").json()["code"] == "not_found"


def test_events_tell_each_state_and_end_when_the_document_is_read(app, api):
    data = unique("watched")
    (taken,) = bring(api, ("a.pdf", data)).json()["documents"]
    states = []
    with api.stream("GET", taken["links"]["events"]) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        for line in events.iter_lines():
            if line.startswith("data: "):
                states.append(json.loads(line[6:])["state"])
                if states == ["waiting"]:
                    read(app, data)
    assert states == ["waiting", "read"]


def test_a_file_s_name_is_only_ever_text(app, api):
    name = "<script>alert(1)</script>.pdf"
    document_id = read(app, unique("script in its name"), name=name)
    for address in ("/", f"/documents/{document_id}"):
        page = api.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_of_a_path_only_the_name_of_the_file_is_kept(api):
    answer = bring(api, ("C:\\papers\\..\\a b.pdf", unique("with a path"))).json()
    assert answer["documents"][0]["name"] == "a b.pdf"


FILE = st.tuples(
    st.text(st.characters(codec="utf-8", exclude_characters='"\r\n\\/\x00'), max_size=30), st.binary(max_size=300)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(FILE, min_size=1, max_size=5), step=st.integers(1, 400))
def test_a_form_is_understood_however_it_is_cut_on_its_way(api, files, step):
    boundary = "5c1e7a"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'.encode()
        + b"%PDF-1.7\n"
        + body.replace(boundary.encode(), b"")
        for name, body in files
    ]
    body = b"\r\n".join(parts) + f"\r\n--{boundary}--\r\n".encode()
    answer = api.post(
        "/v1/documents",
        content=(body[at : at + step] for at in range(0, len(body), step)),
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    expected = [hashlib.sha256(part.split(b"\r\n\r\n", 1)[1]).hexdigest() for part in parts]
    assert [one["id"] for one in answer.json()["documents"]] == expected


def test_a_number_that_one_may_not_see_is_painted_over_on_the_page(app, api):
    document_id = read(app, unique("Card 4111111111111111 of Lotus"))
    picture = api.get(f"/v1/documents/{document_id}/pages/1/image", params={"width": 960})
    pixels = Image.open(io.BytesIO(picture.content)).convert("RGB")
    record = app.records.load(document_id, "")
    (card,) = [word for word in record.reading.words if word.text == "4111111111111111"]
    middle = tuple(round(side) for side in (card.box.center[0] * pixels.width, card.box.center[1] * pixels.height))
    assert max(abs(seen - veil) for seen, veil in zip(pixels.getpixel(middle), VEIL, strict=True)) < 12
    assert "veiled" in picture.headers["etag"]


def test_a_page_that_was_not_read_yet_is_a_blur_until_it_is_known_what_to_paint_over(app, api):
    data = unique("Card 4111111111111111 in large print")
    document_id = bring(api, ("card.pdf", data)).json()["documents"][0]["id"]
    address = f"/v1/documents/{document_id}/pages/1/image?width=160"
    blur = api.get(address)
    assert max(Image.open(io.BytesIO(blur.content)).size) <= 48
    read(app, data, "card.pdf")
    after = api.get(address, headers={"If-None-Match": blur.headers["etag"]})
    assert after.status_code == 200 and Image.open(io.BytesIO(after.content)).width == 160
