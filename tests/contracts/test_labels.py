"""What every store of labels promises. A stranger's store passes when the fixture `labels` gives it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from tests.support import aws

from recto.document.box import Box
from recto.document.errors import Conflict
from recto.document.label import Label, places_of
from recto.document.page import Word
from recto.stores.dynamo_labels import DynamoLabels
from recto.stores.labels import SqlLabels
from recto.stores.seal import seal_of
from recto.stores.sql import connect

DOCUMENT = "a" * 64
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WORDS = tuple(
    Word(text, Box(0.1 * at, 0.2, 0.1 * at + 0.05, 0.25), confidence=0.9) for at, text in enumerate(["TOTAL", "9.00"])
)
TOTAL, AMOUNT = places_of(WORDS)


@pytest.fixture(params=["sqlite", "postgresql", "dynamodb", "sqlite sealed", "dynamodb sealed"])
def labels(request, empty_database):
    store, _, sealed = request.param.partition(" ")
    seal = seal_of([Fernet.generate_key().decode()] if sealed else [])
    if store == "dynamodb":
        yield DynamoLabels(aws.dynamo(request.getfixturevalue("moto")), seal)
        return
    database = connect(empty_database(store))
    yield SqlLabels(database, seal)
    database.close()


def label(place=AMOUNT, name="GRAND_TOTAL", **more):
    return Label(place, name, **{"source": "import", "status": "VALID", "at": NOON, **more})


def test_a_label_comes_back_as_it_was_written(labels):
    said = (
        label(TOTAL, "O", among=("TAX", "DATE"), by="sroie"),
        label(begins=False, confidence=0.25, reason="blurred\nin “print”", source="model", status="NEEDS_REVIEW"),
    )
    labels.write(DOCUMENT, "ann", said)
    assert set(labels.current(DOCUMENT, "ann")) == set(said)


def test_a_label_of_a_word_in_any_script_comes_back(labels):
    places = places_of(
        tuple(replace(WORDS[0], text=text, page=page) for page, text in enumerate(["€", "Grüße", "合計"], 1))
    )
    said = {label(place) for place in places}
    labels.write(DOCUMENT, "", tuple(said))
    assert set(labels.current(DOCUMENT, "")) == said


def test_labels_come_in_the_order_of_their_words_keys(labels):
    places = places_of(tuple(replace(WORDS[0], text=str(number), page=1 + number % 3) for number in range(30)))
    labels.write(DOCUMENT, "", [label(place) for place in places])
    assert [one.word for one in labels.current(DOCUMENT, "")] == sorted(place.key for place in places)


def test_only_the_last_label_of_a_word_is_current_and_all_stand_in_its_history(labels):
    first = label(name="TAX", source="model", status="PENDING", confidence=0.4)
    second = label(source="person", status="VALID", reason="it says TOTAL").after(first)
    labels.write(DOCUMENT, "", [first])
    labels.write(DOCUMENT, "", [second])
    assert labels.current(DOCUMENT, "") == (second,)
    assert (second.version, second.replaced) == (2, "TAX")
    assert labels.history(DOCUMENT, "", AMOUNT.key) == (first, second)


@pytest.mark.parametrize("version", [1, 3])
def test_who_did_not_see_the_last_label_of_a_word_is_in_conflict_and_changes_nothing(labels, version):
    labels.write(DOCUMENT, "", [label()])
    late = replace(label(name="TAX"), version=version)
    with pytest.raises(Conflict):
        labels.write(DOCUMENT, "", [label(TOTAL, "O"), late])
    assert labels.current(DOCUMENT, "") == (label(),)
    assert len(labels.history(DOCUMENT, "", AMOUNT.key)) == 1


def test_a_label_cannot_follow_one_that_there_is_not(labels):
    with pytest.raises(Conflict):
        labels.write(DOCUMENT, "", [replace(label(), version=2)])
    assert labels.current(DOCUMENT, "") == ()


def test_of_many_who_label_a_word_at_once_one_succeeds(labels):
    labels.write(DOCUMENT, "", [label()])
    lost, gate = [], threading.Barrier(8)

    def write(number):
        gate.wait()
        try:
            labels.write(DOCUMENT, "", [label(reason=str(number)).after(label())])
        except Conflict:
            lost.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lost) == 7
    assert len(labels.history(DOCUMENT, "", AMOUNT.key)) == 2


def test_hundreds_of_words_are_labelled_at_once(labels):
    count = 90 if isinstance(labels, DynamoLabels) else 700  # moto copies its whole table for each transaction
    places = places_of(tuple(replace(WORDS[0], text=str(number)) for number in range(count)))
    first = [label(place) for place in places]
    labels.write(DOCUMENT, "", first)
    labels.write(DOCUMENT, "", [label(place, "TAX").after(before) for place, before in zip(places, first, strict=True)])
    assert {(one.name, one.version) for one in labels.current(DOCUMENT, "")} == {("TAX", 2)}
    assert len(labels.current(DOCUMENT, "")) == count


def test_labels_of_two_owners_and_of_two_documents_are_kept_apart(labels):
    labels.write(DOCUMENT, "ann", [label()])
    labels.write(DOCUMENT, "bob", [label(name="TAX")])
    labels.write("b" * 64, "ann", [label(name="TIP")])
    assert [one.name for one in labels.current(DOCUMENT, "ann")] == ["GRAND_TOTAL"]
    assert [one.name for one in labels.current(DOCUMENT, "bob")] == ["TAX"]


def test_documents_are_found_by_the_status_of_their_current_labels(labels):
    labels.write(DOCUMENT, "ann", [label(TOTAL, "O", status="PENDING"), label()])
    labels.write("b" * 64, "ann", [label(status="NEEDS_REVIEW", at=NOON + timedelta(hours=1))])
    labels.write("c" * 64, "bob", [label(at=NOON + timedelta(hours=2))])
    found = labels.labelled("ann")
    assert [(one.document_id[0], one.at) for one in found] == [("b", NOON + timedelta(hours=1)), ("a", NOON)]
    assert dict(found[1].counts) == {"PENDING": 1, "VALID": 1}
    assert [one.document_id[0] for one in labels.labelled(status="VALID")] == ["c", "a"]
    assert [one.document_id[0] for one in labels.labelled(limit=1)] == ["c"]


def test_a_status_that_a_word_no_longer_has_finds_no_document(labels):
    labels.write(DOCUMENT, "", [label()])
    labels.write(DOCUMENT, "", [label(status="INVALID").after(label())])
    assert labels.labelled(status="VALID") == ()


def test_what_is_forgotten_is_gone_with_its_history(labels):
    labels.write(DOCUMENT, "ann", [label()])
    labels.write(DOCUMENT, "bob", [label()])
    labels.forget(DOCUMENT, "ann")
    assert labels.current(DOCUMENT, "ann") == labels.history(DOCUMENT, "ann", AMOUNT.key) == ()
    assert labels.current(DOCUMENT, "bob") == (label(),)


def test_to_write_nothing_is_nothing(labels):
    labels.write(DOCUMENT, "", [])
    assert labels.labelled() == ()
