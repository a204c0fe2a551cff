"""`recto seal`: what was stored before there were keys, or under older ones, comes under the newest."""

import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import httpx2 as httpx
import pytest
from cryptography.fernet import Fernet
from tests.contracts.test_blobs import bucket, bucket_of_google
from tests.integration.test_secrets import PAPER, PASSWORD, PLAIN, SSN, brought, corrected, record
from tests.support import aws
from tests.support.papers import encrypted_pdf, invoice_pdf, xrechnung
from tests.support.recto import CODE, recto_serve

from recto.document.box import Box
from recto.document.errors import BadSettings, NotFound
from recto.document.job import Order
from recto.document.label import Label, Place
from recto.document.replay import Ask, Said
from recto.document.review import Review
from recto.document.signature import minted_secret
from recto.document.webhook import EVENT_TYPES, Webhook, new_id
from recto.stores.blobs import blobs_at
from recto.stores.dynamo_labels import DynamoLabels
from recto.stores.jobs import SqlJobs
from recto.stores.labels import SqlLabels
from recto.stores.memory import SqlMemory
from recto.stores.records import SqlRecords
from recto.stores.replays import SqlReplays
from recto.stores.reviews import SqlReviews
from recto.stores.seal import UNSEALED, seal_of, shut_text
from recto.stores.sealed import MAGIC, blobs_under
from recto.stores.sealing import sealings
from recto.stores.sql import connect
from recto.stores.webhooks import SqlWebhooks

RULES = {"RECTO_LABELLER": '["rules"]', "RECTO_CLASSIFIER": '["rules"]'}
OWNED = "AB-4711-SECRET"
"""What the e-invoice beside a document says and nothing else does."""
WORD = Label(
    Place("1-a", 1, Box(0.1, 0.1, 0.2, 0.2), SSN), "TOTAL", "person", "VALID", datetime(2026, 1, 1, tzinfo=UTC)
)


def new_key():
    return Fernet.generate_key().decode()


def quoted(*keys):
    return "[" + ", ".join(f'"{key}"' for key in keys) + "]"


def seal(home, *keys):
    environment = {**os.environ, "RECTO_HOME": str(home), "RECTO_ENCRYPTION_KEYS": quoted(*keys)}
    command = [sys.executable, "-c", CODE, "seal"]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


def counts(done):
    assert done.returncode == 0, done.stderr
    return {
        place: (int(now), int(was)) for place, now, was in re.findall(r"(\w+): (\d+) sealed, (\d+) were", done.stdout)
    }


def everything(home):
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "serve.log"}


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """The home of a server that was used without keys, and the ids of its documents."""
    home = tmp_path_factory.mktemp("used") / "home"
    with recto_serve(home, **RULES) as served:
        form = brought(served, "w2.pdf", PAPER, kind="W2")
        locked = brought(served, "locked.pdf", encrypted_pdf("TOTAL 9.00", PASSWORD), password=PASSWORD)
        corrected(served, form)
        parts = {"file": ("i.pdf", invoice_pdf("119.00", OWNED)), "attachment": ("i.xml", xrechnung("119.00", OWNED))}
        invoice = httpx.post(f"{served.url}/v1/documents", files=parts, timeout=30).json()["documents"][0]["id"]
        brought(served, "i.pdf", invoice_pdf("119.00", OWNED))
        again = {"Idempotency-Key": "again"}
        httpx.post(
            f"{served.url}/v1/extract", files={"file": PAPER}, data={"doc_type": "W2"}, headers=again, timeout=60
        )
    return home, form, locked, invoice


def test_after_it_no_file_of_the_home_holds_a_plain_value_and_all_is_read_as_before(used):
    home, form, locked, invoice = used
    plain = {path for path, data in everything(home).items() if PLAIN.search(data) or OWNED.encode() in data}
    assert len(plain) >= 3, "the database, the form and the e-invoice"
    first, second = new_key(), new_key()
    told = counts(seal(home, first))
    assert all(
        told[place][0] > 0 and told[place][1] == 0 for place in ("records", "labels", "reviews", "blobs", "jobs")
    )
    for path, data in everything(home).items():
        assert not PLAIN.search(data) and OWNED.encode() not in data, path
    assert sum(now for now, _ in counts(seal(home, first)).values()) == 0, "twice is harmless"
    assert counts(seal(home, second, first)) == {place: (now, was) for place, (now, was) in told.items()}
    with recto_serve(home, RECTO_ENCRYPTION_KEYS=quoted(second), **RULES) as served:
        api = httpx.Client(base_url=served.url, timeout=60)
        assert api.get(f"/v1/documents/{form}/original").content == PAPER
        assert api.get(f"/v1/documents/{invoice}/attachment").content == xrechnung("119.00", OWNED).encode()
        assert "8714" in api.get(f"/v1/documents/{form}?words=true").text
        assert api.get(f"/v1/documents/{locked}/pages/1/image").status_code == 200, "its password opens it"
        review = api.get(f"/v1/review/{form}").json()
        assert review["can_undo"] == 1 and "VALID" in str(review["labels"])
        back = api.post(f"/v1/review/{form}/undo", json={"version": review["version"]})
        assert back.status_code == 200, "what can be undone opens too"


def test_without_a_key_it_says_what_is_missing(tmp_path):
    done = seal(tmp_path)
    assert done.returncode == 2
    assert "encryption_keys: there is no key to seal with" in done.stderr


def test_what_is_no_key_is_told_in_a_sentence(tmp_path):
    SqlRecords(connect(f"sqlite:///{tmp_path / 'recto.db'}")).save(record(SSN))
    done = seal(tmp_path, "too short")
    assert done.returncode == 2
    assert "encryption_keys" in done.stderr and "Traceback" not in done.stderr


def test_where_none_of_the_keys_opens_what_is_there_it_stops_and_leaves_it_so(tmp_path):
    key = new_key()
    assert seal(tmp_path, key).returncode == 0
    SqlRecords(connect(f"sqlite:///{tmp_path / 'recto.db'}"), seal_of([key])).save(record(SSN))
    done = seal(tmp_path, new_key())
    assert done.returncode == 2 and "none of them opens what is stored" in done.stderr
    kept = SqlRecords(connect(f"sqlite:///{tmp_path / 'recto.db'}"), seal_of([key])).load("a" * 64, "")
    assert kept.reading.fields[0].value == SSN


def filled(database, many=120):
    """A row or more in each table that is kept under seal, as it was without keys."""
    for number in range(many):
        one = record(SSN)
        document = replace(one.document, id=f"{number:064x}")
        SqlRecords(database).save(replace(one, document=document, reading=replace(one.reading, document=document)))
        SqlMemory(database).keep(f"{number}/1/e", {"text": SSN})
    SqlReviews(database).write(Review("a", "", version=1, past=({"text": SSN},)))
    ask = Ask("", "key", "digest", "holder")
    SqlReplays(database).begin(ask)
    SqlReplays(database).answer(ask, Said(200, {}, SSN.encode()))
    SqlWebhooks(database).add_one_of(Webhook(new_id(), "", "https://example.com/", EVENT_TYPES, minted_secret()), 9)
    SqlLabels(database).write("a", "", [label_of(number) for number in range(many)])


def label_of(number):
    return replace(WORD, place=replace(WORD.place, key=f"1-{number:012x}"))


def test_every_table_is_sealed_and_who_is_interrupted_goes_on_where_he_stopped(database_url, tmp_path):
    database = connect(database_url)
    filled(database)
    own, new = seal_of([new_key()]), seal_of([new_key()])
    SqlJobs(database).order(Order("read", {"document_id": "a", "password": shut_text(own, "sesame")}))
    both = seal_of([new.keys[0], own.keys[0]])
    blobs = blobs_under(new, blobs_at(tmp_path.as_uri()))

    def steps():
        return sealings(database, SqlLabels(database, new), blobs, new, both)

    begun = list(islice(steps(), 70))
    assert sum(old for _, old in begun) == 70
    rest = list(steps())
    # What was sealed before is seen again; what was begun in the same transaction was done with it.
    assert 70 <= sum(not old for _, old in rest) <= 100
    assert not any(old for _, old in steps())
    assert SqlRecords(database, new).load(f"{119:064x}", "").reading.fields[0].value == SSN
    assert SqlMemory(database, new).recall("119/1/e") == {"text": SSN}
    assert SqlReviews(database, new).review("a", "").past == ({"text": SSN},)
    assert {label.place.text for label in SqlLabels(database, new).current("a", "")} == {SSN}
    with pytest.raises(BadSettings):
        SqlMemory(database).recall("119/1/e")
    with pytest.raises(BadSettings):
        SqlReviews(database).review("a", "")
    (job,) = SqlJobs(database).jobs()
    assert new.open(job.payload["password"].encode()) == b"sesame"
    (hook,) = SqlWebhooks(database, new).webhooks(None)
    assert hook.secret.startswith("whsec_")
    database.close()


def test_on_sqlite_nothing_plain_is_left_in_free_pages_and_the_log(tmp_path):
    database = connect(f"sqlite:///{tmp_path / 'recto.db'}")
    filled(database)
    new = seal_of([new_key()])
    list(sealings(database, SqlLabels(database, new), blobs_under(new, blobs_at(tmp_path.as_uri())), new, new))
    assert not any(PLAIN.search(path.read_bytes()) for path in tmp_path.glob("recto.db*"))
    assert sqlite3.connect(tmp_path / "recto.db").execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_labels_in_dynamodb_are_sealed_with_their_history(moto, tmp_path):
    table = aws.dynamo(moto)
    plain, new = DynamoLabels(table), seal_of([new_key()])
    plain.write("a" * 64, "ann", [label_of(number) for number in range(100)])
    plain.write("a" * 64, "ann", [replace(label_of(0), name="TAX", version=2)])
    sealed = DynamoLabels(table, new)
    database = connect(f"sqlite:///{tmp_path / 'recto.db'}")
    blobs = blobs_under(new, blobs_at(tmp_path.as_uri()))
    told = [old for place, old in sealings(database, sealed, blobs, new, new) if place == "labels"]
    assert told == [True] * 201
    assert not any(old for _, old in sealings(database, sealed, blobs, new, new))
    assert [label.name for label in sealed.history("a" * 64, "ann", label_of(0).place.key)] == ["TOTAL", "TAX"]
    assert {label.place.text for label in sealed.current("a" * 64, "ann")} == {SSN}
    with pytest.raises(BadSettings):
        plain.current("a" * 64, "ann")
    sealed.write("a" * 64, "ann", [replace(label_of(0), name="DATE", version=3)])


@pytest.fixture(params=["file", "s3", "google"])
def store(request, tmp_path):
    if request.param == "file":
        return blobs_at((tmp_path / "blobs").as_uri())
    if request.param == "google":
        return bucket_of_google(request.getfixturevalue("google_cloud"))
    return bucket(request.getfixturevalue("moto"))


def test_blobs_are_sealed_where_they_lie_and_those_of_others_in_the_bucket_are_left_alone(store, tmp_path):
    large = os.urandom(2_500_000)
    blobs_under(UNSEALED, store).put("documents/a", large)
    store.put("somebody/else", b"not ours")
    database, old, new = connect(f"sqlite:///{tmp_path / 'recto.db'}"), seal_of([new_key()]), seal_of([new_key()])

    def sealed(seal):
        steps = sealings(database, SqlLabels(database, seal), blobs_under(seal, store), seal, seal)
        return [old for place, old in steps if place == "blobs"]

    assert (sealed(old), sealed(old)) == ([True], [False])
    assert sealed(seal_of([new.keys[0], old.keys[0]])) == [True]
    assert store.get("documents/a").startswith(MAGIC) and blobs_under(new, store).get("documents/a") == large
    assert store.get("somebody/else") == b"not ours"


@pytest.mark.parametrize("store", ["file", "s3"], indirect=True)  # moto does not know Google's own conditions
def test_a_blob_that_is_deleted_while_it_is_sealed_does_not_come_back(store):
    store.put("documents/a", b"plain")

    def slowly(kept):
        store.delete("documents/a")
        return kept + b" and sealed"

    assert store.exchange("documents/a", slowly) is False
    with pytest.raises(NotFound):
        store.get("documents/a")
    assert store.exchange("documents/a", slowly) is False
