"""What goes wrong at the HTTP door, and what every answer carries."""

from pathlib import Path

import httpx2 as httpx
import pytest
from tests.support.papers import pdf, text
from tests.support.serving import serving

from recto.app import Installation, settings
from recto.document.errors import RectoError
from recto.document.page import Document
from recto.document.record import Query, Record
from recto.doors.http.problems import OWN, STATUS
from recto.doors.http.server import build

DOCS = Path(__file__).parents[2] / "docs" / "http.md"
ID = "0" * 64
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture(scope="module")
def http(tmp_path_factory):
    return build(Installation(settings(home=tmp_path_factory.mktemp("home"))))


@pytest.fixture(scope="module")
def api(http):
    with serving(http) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "more", "status", "code"),
    [
        ("GET", "/v1/nowhere", {}, 404, "not_found"),
        ("GET", f"/v1/documents/{ID}", {}, 404, "not_found"),
        ("GET", f"/v1/documents/{ID}/original", {}, 404, "not_found"),
        ("GET", f"/v1/documents/{ID}/pages/1/image", {}, 404, "not_found"),
        ("GET", f"/v1/documents/{ID}/events", {}, 404, "not_found"),
        ("DELETE", f"/v1/documents/{ID}", {}, 404, "not_found"),
        ("GET", "/v1/jobs/none", {}, 404, "not_found"),
        ("GET", "/static/none.js", {}, 404, "not_found"),
        ("GET", "/static/../../server.py", {}, 404, "not_found"),
        ("PUT", "/v1/documents", {}, 405, "method_not_allowed"),
        ("GET", "/v1/documents/short", {}, 422, "invalid_parameters"),
        ("GET", "/v1/documents?limit=0", {}, 422, "invalid_parameters"),
        ("GET", "/v1/documents?state=lost", {}, 422, "invalid_parameters"),
        ("GET", f"/v1/documents/{ID}/pages/0/image", {}, 422, "invalid_parameters"),
        ("POST", f"/v1/documents/{ID}/read", {"json": {"surprise": 1}}, 422, "invalid_parameters"),
        ("POST", f"/v1/documents/{ID}/read", {"content": b"{"}, 422, "invalid_parameters"),
        ("POST", "/v1/documents", {"json": {}}, 415, "unsupported_media_type"),
        ("POST", "/v1/documents", {"headers": {"Content-Type": "multipart/form-data"}}, 400, "bad_request"),
        ("POST", "/v1/documents", {"headers": FORM, "content": b""}, 400, "bad_request"),
        ("POST", "/v1/documents", {"headers": FORM, "content": b"nonsense"}, 400, "bad_request"),
        ("POST", "/v1/documents", {"headers": FORM, "content": b"--x--\r\n"}, 400, "bad_request"),
        ("POST", "/v1/documents", {"data": {"kind": "receipt"}, "files": {}}, 415, "unsupported_media_type"),
        ("POST", "/v1/documents", {"headers": {"Sec-Fetch-Site": "cross-site"}}, 403, "cross_site"),
        ("POST", "/v1/documents", {"headers": {"Origin": "https://elsewhere.example"}}, 403, "cross_site"),
        ("DELETE", f"/v1/documents/{ID}", {"headers": {"Sec-Fetch-Site": "same-site"}}, 403, "cross_site"),
    ],
)
def test_every_error_is_a_problem_with_its_code(api, method, path, more, status, code):
    answer = api.request(method, path, **more)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:recto:problem:{code}")
    assert body["title"].endswith(".")
    assert body["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "head",
    [
        b'Content-Disposition: form-data; name="f"; filename="a.pdf"\r\n\r\n%PDF-1.7 and no end',
        b'Content-Disposition: form-data; name="kind"\r\n\r\n' + b"x" * 20_000 + b"\r\n--x--\r\n",
        b"X-Odd: " + b"y" * 10_000 + b"\r\n\r\nz\r\n--x--\r\n",
    ],
)
def test_a_form_that_is_cut_off_or_swollen_is_refused(api, head):
    answer = api.post("/v1/documents", headers=FORM, content=b"--x\r\n" + head)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_person_who_goes_astray_sees_a_page(api):
    answer = api.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "There is no such thing here." in answer.text


def test_a_caller_s_request_id_comes_back_and_an_odd_one_is_replaced(api):
    assert api.get("/live", headers={"X-Request-ID": "mine-1.2_3"}).headers["x-request-id"] == "mine-1.2_3"
    odd = api.get("/live", headers={"X-Request-ID": "a b <c>"}).headers["x-request-id"]
    assert len(odd) == 32 and odd.isalnum()


@pytest.mark.parametrize("path", ["/", "/live", "/nowhere", "/static/js/page.js", "/v1/documents", "/docs"])
def test_every_answer_carries_the_security_headers(api, path):
    headers = api.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/docs", "/nowhere"])
def test_no_page_holds_a_style_or_a_script_of_its_own_or_an_address_of_another_host(api, path):
    page = api.get(path, headers={"Accept": "text/html"}).text
    assert "style=" not in page and "<style" not in page
    assert " onclick=" not in page
    for part in page.split("<script")[1:]:
        assert part.startswith(' type="module" src="/static/')
    assert 'src="http' not in page and 'rel="stylesheet" href="http' not in page


class Broken(Installation):
    """An application whose jobs fall over."""

    @property
    def jobs(self):
        raise ZeroDivisionError("the secret inside")


def test_what_nobody_expected_is_a_plain_500_that_tells_nothing_of_the_inside(tmp_path):
    with serving(build(Broken(settings(home=tmp_path)))) as url:
        answer = httpx.get(f"{url}/v1/jobs")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal"
    assert "secret" not in answer.text and "Traceback" not in answer.text


def test_readiness_goes_red_with_the_store_and_liveness_does_not(api, tmp_path):
    assert api.get("/ready").status_code == 200
    (tmp_path / "file").write_text("where a folder should be")
    app = Installation(settings(home=tmp_path, database=f"sqlite:///{tmp_path}/file/recto.db"))
    with serving(build(app)) as url:
        answer = httpx.get(f"{url}/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert answer.headers["retry-after"]
        assert httpx.get(f"{url}/live").status_code == 200


def test_a_waiting_document_whose_job_was_never_ordered_gets_it_when_the_server_starts(tmp_path):
    app = Installation(settings(home=tmp_path))
    data = pdf([text("half taken in")])
    app.blobs.put(f"documents/{ID}", data)
    app.records.save(Record(Document(ID, "a.pdf", "application/pdf", 0), "waiting"))
    assert app.jobs.jobs() == []
    for _ in range(2):
        with serving(build(app)) as url:
            assert httpx.get(f"{url}/live").status_code == 200
    (job,) = app.jobs.jobs()
    assert job.payload["document_id"] == ID
    assert app.records.find(Query(state="waiting")).total == 1


def test_health_and_version_tell_what_this_is(api):
    assert api.get("/version").json()["version"]
    assert api.get("/health").json()["status"] == "ok"


def test_every_route_stands_in_the_documentation(http):
    documented = "\n".join(page.read_text() for page in DOCS.parent.glob("*.md"))
    missing = [
        path for path in http.openapi()["paths"] if f"`{path}`" not in documented and f" {path}`" not in documented
    ]
    assert missing == []


def codes(error: type[RectoError] = RectoError) -> set[str]:
    return {error.code}.union(*(codes(child) for child in error.__subclasses__()))


def test_every_error_has_its_status():
    assert codes() - set(STATUS) == set()


@pytest.mark.parametrize("code", sorted({*STATUS, *(fault.code for fault in OWN.values())}))
def test_every_code_of_a_problem_stands_in_the_documentation(code):
    assert f"`{code}`" in DOCS.read_text()
