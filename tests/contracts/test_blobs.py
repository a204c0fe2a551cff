"""What every store of blobs promises. A stranger's store passes when the fixture `blobs` gives it."""

import threading

import httpx2 as httpx
import pytest
from cryptography.fernet import Fernet
from tests.support import aws, azure, google

from recto.document.errors import NotFound
from recto.stores.blobs import blobs_at
from recto.stores.seal import seal_of
from recto.stores.sealed import blobs_under

STORES = ["file", "sealed", "s3", "google", "azure"]


@pytest.fixture(params=STORES)
def blobs(request, tmp_path):
    if request.param == "file":
        return blobs_at((tmp_path / "blobs").as_uri())
    if request.param == "sealed":
        return blobs_under(seal_of([Fernet.generate_key().decode()]), blobs_at((tmp_path / "blobs").as_uri()))
    if request.param == "azure":
        return container(request.getfixturevalue("azurite"))
    if request.param == "google":
        return bucket_of_google(request.getfixturevalue("google_cloud"))
    return bucket(request.getfixturevalue("moto"))


def container(endpoint):
    pytest.importorskip("obstore", reason="the extra `cloud` is not installed")
    return blobs_at(f"az://{azure.container(endpoint)}/some/prefix", **azure.options(endpoint))


def bucket_of_google(endpoint):
    pytest.importorskip("obstore", reason="the extra `cloud` is not installed")
    return blobs_at(f"gs://{aws.bucket(endpoint)}/some/prefix", **google.options(endpoint))


def bucket(endpoint):
    pytest.importorskip("obstore", reason="the extra `cloud` is not installed")
    options = {"client_options": {"allow_http": True}, **aws.KEYS}
    return blobs_at(f"s3://{aws.bucket(endpoint)}/some/prefix", endpoint=endpoint, **options)


def test_what_is_put_is_got(blobs):
    blobs.put("documents/a", b"\0\xff bytes")
    assert blobs.get("documents/a") == b"\0\xff bytes"


def test_no_bytes_are_bytes_too(blobs):
    blobs.put("documents/empty", b"")
    assert blobs.get("documents/empty") == b""


def test_a_key_is_written_once(blobs):
    blobs.put("documents/a", b"first")
    blobs.put("documents/a", b"second")
    assert blobs.get("documents/a") == b"first"


def test_many_put_one_key_at_once_and_one_of_them_is_kept_whole(blobs):
    sides = [bytes([n]) * 200_000 for n in range(6)]
    threads = [threading.Thread(target=blobs.put, args=("documents/a", side)) for side in sides]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert blobs.get("documents/a") in sides
    assert list(blobs.keys("documents/")) == ["documents/a"]


def test_a_stream_is_kept_whole(blobs):
    blobs.put_stream("documents/long", (bytes([n]) * 1_000_000 for n in range(12)))
    kept = blobs.get("documents/long")
    assert len(kept) == 12_000_000
    assert kept[11_500_000] == 11


def test_a_key_that_is_not_there_is_not_found(blobs):
    with pytest.raises(NotFound):
        blobs.get("documents/nothing")


def test_what_is_deleted_is_gone_and_deleting_it_again_is_no_error(blobs):
    blobs.put("documents/a", b"a")
    blobs.delete("documents/a")
    blobs.delete("documents/a")
    with pytest.raises(NotFound):
        blobs.get("documents/a")


def test_a_link_is_read_by_anybody_where_the_store_can_sign(blobs, request):
    if "google" in request.node.callspec.id:
        pytest.skip("a signature of Google's needs an account there")
    link = blobs.link("pages/a/1", 60)
    blobs.put("pages/a/1", b"a picture")
    if request.node.callspec.params["blobs"] in ("file", "sealed"):
        assert link is None
    else:
        assert httpx.get(link).content == b"a picture"


def test_the_keys_below_a_prefix_come_in_order_and_no_others(blobs):
    for key in ("documents/b", "documents/a", "pages/a/1", "pages/b/1"):
        blobs.put(key, b"x")
    assert list(blobs.keys("documents/")) == ["documents/a", "documents/b"]
    assert list(blobs.keys("pages/a/")) == ["pages/a/1"]
    assert list(blobs.keys("nothing/")) == []
    assert len(list(blobs.keys(""))) == 4
