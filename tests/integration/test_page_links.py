"""A page's picture by a link into the bucket, which needs no key and ends."""

import io
from datetime import UTC, datetime

import httpx2 as httpx
import pytest
from cryptography.fernet import Fernet
from PIL import Image
from tests.support import aws, receipts
from tests.support.papers import pdf, text
from tests.support.serving import serving

from recto.app import Installation, settings
from recto.document.record import Record
from recto.doors.http.server import build

DATA = pdf([text("card 4111 1111 1111 1111")])


def kept(app):
    """The address of the first page of a document that was read."""
    reading = receipts.reading("a" * 64, "a.pdf", DATA)
    app.blobs.put(f"documents/{reading.document.id}", DATA)
    app.records.save(Record(reading.document, "read", "", None, reading))
    return f"/v1/documents/{reading.document.id}"


@pytest.fixture
def in_bucket(tmp_path, moto, monkeypatch):
    pytest.importorskip("obstore", reason="the extra `cloud` is not installed")
    told = {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test", "REGION": "us-east-1", "ALLOW_HTTP": "true"}
    for name, value in {**told, "ENDPOINT_URL": moto}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    app = Installation(settings(home=tmp_path, blobs=f"s3://{aws.bucket(moto)}/recto"))
    yield app
    app.database.close()


def test_in_a_bucket_a_page_is_fetched_by_a_link_that_ends_and_goes_with_its_document(in_bucket):
    own = kept(in_bucket)
    with serving(build(in_bucket)) as url, httpx.Client(base_url=url, timeout=60) as api:
        link = api.get(f"{own}/pages/1/link", params={"width": 320}).json()
        left = datetime.fromisoformat(link["expires_at"]) - datetime.now(UTC)
        assert 0 < left.total_seconds() <= 300
        picture = httpx.get(link["url"]).content
        assert picture == api.get(f"{own}/pages/1/image", params={"width": 320}).content
        assert Image.open(io.BytesIO(picture)).width == 320
        assert api.get(f"{own}/pages/2/link").status_code == 404
        assert api.delete(own).status_code == 204
        assert httpx.get(link["url"]).status_code == 404
    assert list(in_bucket.blobs.keys("")) == []


def test_in_files_a_link_is_our_own_address(tmp_path):
    app = Installation(settings(home=tmp_path))
    own = kept(app)
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=60) as api:
        link = api.get(f"{own}/pages/1/link").json()
        assert link == {"url": f"{own}/pages/1/image?width=1280", "expires_at": None}
        assert api.get(link["url"]).headers["content-type"] == "image/jpeg"
    app.database.close()


def test_under_seal_a_bucket_signs_no_link_since_nobody_could_read_what_is_there(in_bucket):
    keys = [Fernet.generate_key().decode()]
    app = Installation(settings(home=in_bucket.settings.home, blobs=in_bucket.settings.blobs, encryption_keys=keys))
    own = kept(app)
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=60) as api:
        link = api.get(f"{own}/pages/1/link").json()
        assert link == {"url": f"{own}/pages/1/image?width=1280", "expires_at": None}
        assert api.get(link["url"]).headers["content-type"] == "image/jpeg"
        assert api.get(f"{own}/original").content == DATA
    assert b"4111" not in app.blobs.store.get(next(iter(app.blobs.keys("documents/"))))
    app.database.close()
