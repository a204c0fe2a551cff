"""An e-invoice that comes beside its document over HTTP (XRechnung), against `recto serve` as a process of its own."""

import json
import os
import subprocess
import sys

import httpx2 as httpx
import pytest
from tests.support.papers import invoice_pdf, text_pdf, xrechnung
from tests.support.recto import CODE, recto_serve

import recto
from recto.document.errors import Conflict
from recto.schemas.einvoice import CHECK


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    rules = {"RECTO_LABELLER": '["rules"]', "RECTO_CLASSIFIER": '["rules"]'}
    with recto_serve(tmp_path_factory.mktemp("home"), **rules) as server:
        yield server


@pytest.fixture(scope="module")
def client(served):
    with recto.Client(served.url) as found:
        yield found


@pytest.fixture(scope="module")
def api(served):
    with httpx.Client(base_url=served.url, timeout=60) as found:
        yield found


def outcome(reading):
    return next((check.outcome for check in reading.checks if check.name == CHECK), None)


def total(reading):
    found = reading.field("invoice_total")
    return (str(found.value), found.grounding)


def bring(api, *parts, **form):
    return api.post("/v1/documents", files=list(parts), data=form)


def test_an_e_invoice_beside_its_pdf_comes_before_the_page_and_is_held_against_it(client):
    same = client.read(invoice_pdf("119.00", "A-1"), attachment=xrechnung("119.00", "A-1").encode())
    other = client.read(invoice_pdf("119.00", "A-2"), attachment=xrechnung("191.00", "A-2").encode())
    assert (outcome(same), outcome(other)) == ("pass", "fail")
    assert (total(same), total(other)) == (("119.00", "grounded"), ("191.00", "not_found"))
    assert other.decision.outcome == "review"


def test_the_command_line_sends_what_stands_beside_a_file_and_prints_the_same_as_without_a_server(served, tmp_path):
    (tmp_path / "r17.pdf").write_bytes(invoice_pdf("119.00", "B-1"))
    (tmp_path / "r17.xml").write_text(xrechnung("191.00", "B-1"))
    environment = {**os.environ, "RECTO_LABELLER": '["rules"]', "RECTO_CLASSIFIER": '["rules"]'}

    def printed(*more):
        command = [sys.executable, "-c", CODE, "read", "--json", str(tmp_path), *more]
        done = subprocess.run(command, capture_output=True, env=environment, check=True)
        (line,) = done.stdout.splitlines()
        return {name: value for name, value in json.loads(line).items() if name != "seconds"}

    there = printed("--server", served.url)
    assert CHECK in json.dumps(there) and there == printed()


def test_each_of_several_e_invoices_goes_to_the_document_of_its_name(api, client):
    answer = bring(
        api,
        ("attachment", ("c2.xml", xrechnung("191.00", "C-2"))),
        ("file", ("C1.PDF", invoice_pdf("119.00", "C-1"))),
        ("file", ("c2.pdf", invoice_pdf("119.00", "C-2"))),
        ("file", ("c3.pdf", invoice_pdf("119.00", "C-3"))),
        ("attachment", ("c1.xml", xrechnung("119.00", "C-1"))),
    )
    assert answer.status_code == 202
    readings = [client.wait(one["id"]).reading for one in answer.json()["documents"]]
    assert list(map(outcome, readings)) == ["pass", "fail", None]


def test_what_came_beside_a_document_is_used_when_it_is_read_again_or_extracted_by_its_id(api, client):
    record = client.upload(invoice_pdf("119.00", "D-1"), attachment=xrechnung("191.00", "D-1").encode())
    client.wait(record)
    again = client.wait(client.read_again(record)).reading
    assert (outcome(again), total(again)) == ("fail", ("191.00", "not_found"))
    kept = client.extract(documents=[record.document.id])
    assert (outcome(kept.reading), kept.data["invoice_total"]) == ("fail", "191.00")


def test_an_e_invoice_that_comes_later_has_the_document_read_again_once(client):
    paper, xml = invoice_pdf("119.00", "E-1"), xrechnung("119.00", "E-1").encode()
    assert outcome(client.read(paper)) is None
    first = client.upload(paper, attachment=xml)
    assert first.state == "waiting"
    assert outcome(client.wait(first).reading) == "pass"
    assert client.upload(paper, attachment=xml).state == "read", "the same one changes nothing"
    assert client.upload(paper).state == "read", "nor does none"
    assert outcome(client.read(paper, attachment=xrechnung("191.00", "E-1").encode())) == "fail"


def test_the_e_invoice_is_given_back_as_it_came_and_forgotten_with_its_document(api, client, served):
    xml = xrechnung("119.00", "F-1").encode()
    record = client.upload(invoice_pdf("119.00", "F-1"), name="f1.pdf", attachment=xml)
    client.wait(record)
    link = api.get(f"/v1/documents/{record.document.id}").json()["links"]["attachment"]
    answer = api.get(link)
    assert (answer.content, answer.headers["content-type"]) == (xml, "application/xml")
    assert client.attachment(record) == xml
    assert "f1.xml" in answer.headers["content-disposition"] and "sandbox" in answer.headers["content-security-policy"]
    assert link in api.get(f"/documents/{record.document.id}", headers={"Accept": "text/html"}).text
    client.delete(record)
    assert api.get(link).status_code == 404
    kept = [path for path in served.log.parent.rglob("*") if path.is_file()]
    assert kept and not any(path.read_bytes() == xml for path in kept)


def test_a_document_without_one_has_no_link_to_an_e_invoice(api, client):
    record = client.wait(client.upload(invoice_pdf("119.00", "G-1")))
    assert "attachment" not in api.get(f"/v1/documents/{record.document.id}").json()["links"]
    assert api.get(f"/v1/documents/{record.document.id}/attachment").status_code == 404


@pytest.mark.parametrize(
    ("xml", "status", "code"),
    [
        (b"<Invoice", 422, "damaged"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Invoice>&a;</Invoice>", 422, "damaged"),
        (b"<html><body>no invoice</body></html>", 415, "unsupported_media_type"),
        (b"", 422, "empty"),
        (text_pdf(["no XML"]), 422, "damaged"),
    ],
)
def test_an_attachment_that_is_no_e_invoice_is_a_problem_that_names_it_and_nothing_is_taken(api, xml, status, code):
    paper = invoice_pdf("119.00", "H-1")
    answer = bring(api, ("file", ("h1.pdf", paper)), ("attachment", ("h1.xml", xml)))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "h1.xml" in answer.json()["detail"]
    assert api.get("/v1/documents", params={"text": "H-1"}).json()["total"] == 0
    extracted = api.post("/v1/extract", files=[("file", ("h1.pdf", paper)), ("attachment", ("h1.xml", xml))])
    assert (extracted.status_code, extracted.json()["code"]) == (status, code)


def test_a_bad_attachment_is_the_fault_of_its_own_document_alone(api):
    parts = [("file", (f"{name}.pdf", invoice_pdf("119.00", f"I-{name}"))) for name in ("one", "two")]
    answer = bring(
        api, *parts, ("attachment", ("one.xml", b"<broken")), ("attachment", ("two.xml", xrechnung("119.00")))
    )
    assert answer.status_code == 202
    assert [one["name"] for one in answer.json()["documents"]] == ["two.pdf"]
    assert [(one["name"], one["code"]) for one in answer.json()["errors"]] == [("one.pdf", "damaged")]


def test_an_attachment_of_no_document_and_one_of_another_kind_are_bad_requests(api):
    several = [("file", (f"{name}.pdf", invoice_pdf("119.00", f"J-{name}"))) for name in ("one", "two")]
    stray = bring(api, *several, ("attachment", ("three.xml", xrechnung("119.00"))))
    twice = bring(api, *several, *[("attachment", ("one.xml", xrechnung(total))) for total in ("1.00", "2.00")])
    receipt = bring(api, several[0], ("attachment", ("one.xml", xrechnung("119.00"))), kind="receipt")
    alone = bring(api, ("attachment", ("one.xml", xrechnung("119.00"))))
    assert [answer.status_code for answer in (stray, twice, receipt, alone)] == [400] * 4
    assert "three.xml" in stray.json()["detail"]


def test_an_e_invoice_that_is_sent_as_a_document_is_told_to_come_beside_one(api):
    answer = bring(api, ("file", ("r17.xml", xrechnung("119.00"))))
    assert answer.status_code == 415
    assert "beside its document" in answer.json()["detail"]


def test_extracting_takes_the_e_invoice_beside_the_file_and_needs_no_word_on_the_kind(client):
    found = client.extract(invoice_pdf("119.00"), attachment=xrechnung("191.00").encode())
    assert (found.kind, found.data["invoice_total"], outcome(found.reading)) == ("invoice", "191.00", "fail")


def test_a_document_that_is_being_read_takes_no_other_e_invoice_meanwhile(tmp_path):
    with recto_serve(tmp_path, "--no-worker") as idle, recto.Client(idle.url) as client:
        paper, xml = invoice_pdf("119.00"), xrechnung("119.00").encode()
        assert client.upload(paper, attachment=xml).job_id == client.upload(paper, attachment=xml).job_id
        with pytest.raises(Conflict):
            client.upload(paper, attachment=xrechnung("191.00").encode())
