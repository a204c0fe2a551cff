"""Who is let in: keys by header, bearer token and browser session; scopes, owners, rotation, the end of a key."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import httpx2 as httpx
import pytest
from tests.support import receipts
from tests.support.gateway import gateway
from tests.support.papers import pdf, text
from typer.testing import CliRunner

from recto.document.errors import RectoError
from recto.document.page import Document
from recto.document.reading import Reading
from recto.document.record import Record
from recto.doors.cli.main import program

PAGE = {"Accept": "text/html"}
SECRET = "4111111111111111"


@pytest.fixture(scope="module")
def door(tmp_path_factory):
    with gateway(tmp_path_factory.mktemp("home"), GATEWAY_API_KEY="the one key") as found:
        yield found


def bring(client, words):
    answer = client.post("/v1/documents", files={"file": ("a.pdf", pdf([text(words)]))})
    return answer.json()["documents"][0]["links"]["self"]


@pytest.mark.parametrize(
    "path", ["/v1/documents", "/v1/nowhere", "/v1/models", "/v1/jobs", "/documents/x/sheet", "/metrics"]
)
def test_without_a_key_nothing_is_told_but_that_one_is_needed(door, path):
    answer = httpx.get(f"{door.url}{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "shown",
    ["", "the one", "recto_", "recto__", "recto_0011223344556677_" + "A" * 43, "é" * 20, "x" * 5000],
)
def test_a_key_that_opens_nothing_gets_the_same_answer_as_none_at_all(door, shown):
    answer = httpx.get(f"{door.url}/v1/documents", headers={"X-API-Key": shown.encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert not shown or shown not in answer.text


@pytest.mark.parametrize("path", ["/live", "/ready", "/health", "/version", "/docs", "/openapi.json", "/login"])
def test_probes_and_the_description_of_the_api_need_no_key(door, path):
    assert httpx.get(f"{door.url}{path}").status_code == 200


def test_the_key_of_the_settings_is_enough(door):
    assert door.client("the one key").get("/v1/documents").status_code == 200
    assert httpx.get(f"{door.url}/v1/documents", headers={"Authorization": "Bearer the one key"}).status_code == 200


def test_a_key_without_the_scope_hears_which_one_it_lacks(door):
    reader = door.client(door.key(scopes=("read",))[1])
    writer = door.client(door.key(scopes=("write",))[1])
    assert reader.get("/v1/documents").status_code == 200
    refused = reader.post("/v1/classify", json={"image_urls": []})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "`write`" in refused.json()["detail"]
    assert "`read`" in writer.get("/v1/documents").json()["detail"]
    assert "`admin`" in reader.get("/metrics").json()["detail"]
    assert door.client(door.key("prometheus", scopes=("admin",))[1]).get("/metrics").status_code == 200


def test_what_one_owner_brings_another_does_not_see_and_two_keys_of_one_owner_do(door):
    first, second = door.client(door.key("north")[1]), door.client(door.key("north")[1])
    other = door.client(door.key("south")[1])
    own = bring(first, "of the north")
    job = first.get(own).json()["job_id"]
    assert second.get(own).status_code == 200
    assert second.get("/v1/documents").json()["total"] == 1
    assert other.get("/v1/documents").json()["total"] == 0
    for path in (own, f"{own}/original", f"{own}/events", f"{own}/pages/1/image", f"/v1/jobs/{job}"):
        assert other.get(path).json()["code"] == "not_found"
    assert other.post(f"/v1/jobs/{job}/cancel").json()["code"] == "not_found"
    assert other.delete(own).json()["code"] == "not_found"
    assert first.delete(own).status_code == 204


def test_a_key_that_is_over_opens_nothing(door):
    _, past = door.key(lifetime=timedelta(seconds=-1))
    assert door.client(past).get("/v1/documents").status_code == 401
    key, text = door.key()
    door.app.keys.revoke(key.id, datetime.now(UTC))
    assert door.client(text).get("/v1/documents").status_code == 401


def test_numbers_of_persons_are_shown_only_to_a_key_with_the_scope(door):
    data = pdf([text("a card")])
    plain, seeing = door.client(door.key("bank")[1]), door.client(door.key("bank", ("read", "see-sensitive"))[1])
    reading = receipts.reading("a" * 64, "a.pdf", data)
    door.app.records.save(Record(reading.document, "read", "bank", None, reading))
    path = f"/v1/documents/{reading.document.id}?words=true"
    assert SECRET not in plain.get(path).text
    assert SECRET in seeing.get(path).text
    assert SECRET not in plain.get("/v1/documents").text


def test_a_file_with_numbers_of_persons_is_given_only_to_a_key_with_the_scope(door):
    data = pdf([text("a card")])
    plain, seeing = door.client(door.key("bank")[1]), door.client(door.key("bank", ("read", "see-sensitive"))[1])
    secret = receipts.reading("b" * 64, "b.pdf", data)
    harmless = Reading(Document("c" * 64, "c.pdf", "application/pdf", 1))
    for reading in (secret, harmless):
        record = Record(reading.document, "read", "bank", None, reading)
        door.app.blobs.put(record.blob, data)
        door.app.records.save(record)
    refused = plain.get(f"/v1/documents/{secret.document.id}/original")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert "`see-sensitive`" in refused.json()["detail"]
    assert seeing.get(f"/v1/documents/{secret.document.id}/original").content == data
    assert plain.get(f"/v1/documents/{harmless.document.id}/original").content == data


def test_a_secret_stands_nowhere_in_the_database(door):
    _, text = door.key()
    secret = text.rpartition("_")[2] if "_" not in text[23:] else text[23:]
    with sqlite3.connect(door.app.settings.home / "recto.db") as database:
        dumped = "\n".join(database.iterdump())
    assert "recto_" not in dumped and secret not in dumped


def test_a_person_is_asked_for_a_key_and_led_back_to_where_he_wanted_to_go(door):
    with door.client() as browser:
        asked = browser.get("/documents/abc?page=2", headers=PAGE)
        assert asked.status_code == 303
        assert asked.headers["location"] == "/login?next=%2Fdocuments%2Fabc%3Fpage%3D2"
        form = browser.get(asked.headers["location"], headers=PAGE).text
        assert 'value="/documents/abc?page=2"' in form
        wrong = browser.post("/login", data={"key": "no key", "next": "/"})
        assert wrong.status_code == 401 and "opens nothing" in wrong.text
        entered = browser.post("/login", data={"key": "the one key", "next": "/documents/abc?page=2"})
        assert (entered.status_code, entered.headers["location"]) == (303, "/documents/abc?page=2")
        cookie = entered.headers["set-cookie"]
        assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower() and "the one key" not in cookie
        assert browser.get("/", headers=PAGE).status_code == 200
        assert browser.get("/v1/documents").status_code == 200
        session = browser.cookies["recto-session"]
        assert browser.post("/logout").status_code == 303
        assert door.client(session).get("/v1/documents").status_code == 401


def test_every_page_has_a_way_out_for_who_logged_in_even_with_a_key_that_only_looks(door):
    _, looking = door.key("visitor", ("read",))
    with door.client() as browser:
        browser.post("/login", data={"key": looking, "next": "/"})
        for path in ("/", "/review", "/labels", "/inspect", "/models", "/docs"):
            assert 'action="/logout"' in browser.get(path, headers=PAGE).text, path
        assert browser.post("/logout").headers["location"] == "/login"
        assert browser.get("/v1/documents").status_code == 401
        assert 'action="/logout"' not in browser.get("/login", headers=PAGE).text
        browser.cookies["recto-session"] = "of last week"
        assert browser.post("/logout").headers["location"] == "/login"


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "\\\\x", "javascript:x"]
)
def test_a_login_leads_nobody_to_another_site(door, wanted):
    entered = door.client().post("/login", data={"key": "the one key", "next": wanted})
    assert entered.headers["location"] == "/"


def test_another_site_cannot_log_anybody_in_or_use_his_session(door):
    with door.client() as browser:
        browser.post("/login", data={"key": "the one key", "next": "/"})
        forged = browser.post("/v1/classify", json={}, headers={"Sec-Fetch-Site": "cross-site"})
        assert forged.json()["code"] == "cross_site"


def test_a_session_ends_with_the_key_that_it_was_opened_with(door):
    key, text = door.key("rotating")
    with door.client() as browser:
        browser.post("/login", data={"key": text, "next": "/"})
        session = browser.cookies["recto-session"]
    door.app.keys.revoke(key.id, datetime.now(UTC))
    assert door.client(session).get("/v1/documents").status_code == 401


def test_a_session_of_the_settings_key_ends_when_the_setting_changes(tmp_path):
    with gateway(tmp_path, GATEWAY_API_KEY="old") as door, door.client() as browser:
        browser.post("/login", data={"key": "old", "next": "/"})
        session = browser.cookies["recto-session"]
        assert door.client(session).get("/v1/documents").status_code == 200
    with gateway(tmp_path, GATEWAY_API_KEY="new") as door:
        assert door.client(session).get("/v1/documents").status_code == 401


def test_without_any_key_everything_is_open_and_after_the_first_one_never_again(tmp_path):
    with gateway(tmp_path) as door:
        assert door.client().get("/v1/documents").status_code == 200
    with gateway(tmp_path) as door:
        key, _ = door.key()
        door.app.keys.revoke(key.id, datetime.now(UTC))
        assert door.client().get("/v1/documents").status_code == 401


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("recto.localhost", 200),
        ("recto.internal", 200),
        ("a.team.example", 200),
        ("rebound.example", 421),
        ("127.0.0.1.rebound.example", 421),
        ("team.example", 421),
        ("localhost.rebound.example:80", 421),
    ],
)
def test_without_keys_only_names_of_ours_are_answered(tmp_path, host, status):
    with gateway(tmp_path, gateway={"hosts": ["recto.internal", "*.team.example"]}) as door:
        answer = httpx.get(f"{door.url}/v1/documents", headers={"Host": host})
        assert answer.status_code == status
        assert status == 200 or answer.json()["code"] == "wrong_host"


def test_with_keys_every_name_will_do_unless_some_are_listed(tmp_path):
    shown = {"Host": "recto.example", "X-API-Key": "k"}
    with gateway(tmp_path, GATEWAY_API_KEY="k") as door:
        assert httpx.get(f"{door.url}/v1/documents", headers=shown).status_code == 200
    with gateway(tmp_path, GATEWAY_API_KEY="k", gateway={"hosts": ["other.example"]}) as door:
        assert httpx.get(f"{door.url}/v1/documents", headers=shown).status_code == 421


@pytest.fixture
def recto(tmp_path, monkeypatch):
    monkeypatch.setenv("RECTO_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        return CliRunner().invoke(program, [*arguments])

    return run


def test_keys_are_made_listed_and_revoked_on_the_command_line(recto, tmp_path):
    made = recto("keys", "create", "shop", "--scopes", "read,write", "--expires", "90d").stdout.strip()
    assert re.fullmatch(r"recto_[0-9a-f]{16}_[A-Za-z0-9_-]{43}", made)
    with gateway(tmp_path) as door:
        assert door.client(made).get("/v1/documents").status_code == 200
        listed = recto("keys", "list").stdout
        assert "shop" in listed and "live" in listed and made[23:] not in listed
        assert recto("keys", "revoke", made[6:22]).exit_code == 0
    with gateway(tmp_path) as door:
        assert door.client(made).get("/v1/documents").status_code == 401
    assert "revoked" in recto("keys", "list").stdout


def test_an_owner_has_two_keys_at_most_so_that_one_is_exchanged_for_the_other(recto):
    first, second = (recto("keys", "create", "shop") for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    third = recto("keys", "create", "shop")
    assert isinstance(third.exception, RectoError) and third.exception.code == "conflict"
    recto("keys", "revoke", first.stdout[6:22])
    assert recto("keys", "create", "shop").exit_code == 0


@pytest.mark.parametrize("wrong", [("--scopes", "fly"), ("--scopes", ""), ("--expires", "soon"), ("Üwe",), ("../x",)])
def test_a_key_is_not_made_from_nonsense(recto, wrong):
    assert recto("keys", "create", *wrong).exception.code == "bad_request"


def test_other_machines_are_not_served_without_a_key_unless_it_is_said_so(recto):
    refused = recto("serve", "--host", "0.0.0.0", "--port", "0")
    assert isinstance(refused.exception, RectoError) and refused.exception.code == "bad_settings"
    assert "GATEWAY_API_KEY" in refused.exception.detail
