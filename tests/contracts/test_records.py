"""What every store of records promises. A stranger's store passes when the fixture `records` gives it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from recto.document.box import Box
from recto.document.errors import NotFound
from recto.document.page import Document, Page, Word
from recto.document.reading import (
    Check,
    Decision,
    Engine,
    Fault,
    Field,
    Guess,
    Reading,
    Row,
    Table,
    Tag,
)
from recto.document.record import Query, Record
from recto.stores.records import SqlRecords
from recto.stores.sql import connect


@pytest.fixture
def records(database_url, clock):
    database = connect(database_url, clock)
    yield SqlRecords(database)
    database.close()


def document(number=1, name="receipt.jpg"):
    return Document(f"{number:064x}", name, "image/jpeg", 1)


def reading(of, kind="receipt", outcome="review", text="CAFÉ"):
    box = Box(0.1, 0.2, 0.3, 0.25)
    total = Field("total", Decimal("9.10"), "money", "RM 9.10", "grounded", 0.9, "MYR", 1, (box,), (1,))
    cell = Field("description", "Clay", "string", "Clay", "not_found")
    return Reading(
        document=of,
        pages=(Page(1, 600, 800, turn=90),),
        words=(Word(text, box, confidence=0.5), Word("9.10", box, line=1)),
        kind=Guess(kind, 0.75),
        tags=(Tag("O"), Tag("B-GRAND_TOTAL", 0.9)),
        fields=(
            total,
            Field("transaction_date", date(2024, 2, 29), "date", "29/02/24", "ambiguous", alternatives=("2024-02-28",)),
            Table("items", (Row({"description": cell}),), rows_expected=2),
        ),
        checks=(Check("items_add_up", "fail", ("items", "total"), "8.10 is not 9.10"),),
        decision=Decision(outcome, ("total: 0.62",)),
        engines={"ocr": Engine("rapidocr", "3.10.0")},
        seconds={"ocr": 1.5},
    )


def test_a_record_comes_back_as_it_was_saved(records, clock):
    of = document()
    records.save(Record(of, "read", "key-1", "job-1", reading(of)))
    back = records.load(of.id, "key-1")
    assert (back.document, back.state, back.owner, back.job_id) == (of, "read", "key-1", "job-1")
    assert back.reading == reading(of)
    assert back.created_at == back.updated_at == clock()


def test_a_file_of_several_documents_comes_back_with_its_parts_and_is_found_by_their_fields(records):
    of = document()
    parts = (reading(of), replace(reading(of, text="SECOND"), fields=reading(of).fields[:1]))
    packet = replace(reading(of), fields=(), parts=parts)
    records.save(Record(of, "read", reading=packet))
    assert records.load(of.id, "").reading == packet
    (listed,) = records.find(Query(text="clay")).records
    assert [part.words for part in listed.reading.parts] == [(), ()]
    assert listed.reading.parts[0].field("total") == parts[0].field("total")


def test_a_record_without_a_reading_has_none(records):
    records.save(Record(document(), "waiting"))
    assert records.load(document().id, "").reading is None


def test_a_failed_record_says_why(records):
    why = Reading(document(), errors=(Fault("encrypted", "The file is encrypted.", "page 1"),))
    records.save(Record(document(), "failed", reading=why))
    assert records.load(document().id, "").reading.errors == why.errors


def test_saving_again_changes_the_record_but_not_when_it_came(records, clock):
    of, came = document(), clock()
    records.save(Record(of, "waiting"))
    clock.move(60)
    records.save(Record(of, "read", reading=reading(of)))
    back = records.load(of.id, "")
    assert (back.state, back.created_at, back.updated_at) == ("read", came, clock())
    assert records.find(Query()).total == 1


def test_the_same_bytes_of_two_owners_are_two_records(records):
    records.save(Record(document(), "waiting", "ann"))
    records.save(Record(document(), "failed", "bob"))
    assert records.load(document().id, "ann").state == "waiting"
    records.delete(document().id, "bob")
    assert records.find(Query()).total == 1
    with pytest.raises(NotFound):
        records.load(document().id, "bob")


def test_the_bytes_of_two_owners_are_kept_apart_so_that_neither_can_delete_the_others(records):
    ann, bob, anyone = (Record(document(), "waiting", owner) for owner in ("ann", "bob", ""))
    assert len({ann.blob, bob.blob, anyone.blob}) == 3


def test_a_document_is_held_as_long_as_anyone_has_a_record_of_it(records):
    for owner in ("ann", "bob"):
        records.save(Record(document(), "waiting", owner))
    records.delete(document().id, "ann")
    assert records.held(document().id)
    records.delete(document().id, "bob")
    assert not records.held(document().id)


def test_what_is_not_there_is_not_found(records):
    with pytest.raises(NotFound):
        records.load("0" * 64, "")
    with pytest.raises(NotFound):
        records.delete("0" * 64, "")


def test_a_name_of_any_characters_can_be_saved(records):
    odd = document(name="a\0b \udcff ünï 合.pdf")
    records.save(Record(odd, "waiting"))
    assert "ünï 合.pdf" in records.load(odd.id, "").document.name


def test_the_newest_come_first_a_page_at_a_time_without_their_words(records, clock):
    for number in range(5):
        records.save(Record(document(number), "read", reading=reading(document(number))))
        clock.move(1)
    found = records.find(Query(limit=2, offset=1))
    assert [record.document.id for record in found.records] == [document(3).id, document(2).id]
    assert found.total == 5
    assert found.records[0].reading.words == ()
    assert found.records[0].reading.field("total").value == Decimal("9.10")


def test_records_are_found_by_kind_state_decision_and_owner(records):
    for number, (kind, outcome, owner) in enumerate(
        [("receipt", "review", "x"), ("invoice", "straight_through", "x"), ("receipt", "straight_through", "y")]
    ):
        of = document(number)
        records.save(Record(of, "read", owner, reading=reading(of, kind, outcome)))
    records.save(Record(document(9), "waiting", "x"))
    assert records.find(Query(kind="receipt")).total == 2
    assert records.find(Query(decision="straight_through", owner="x")).total == 1
    assert records.find(Query(state="waiting")).records[0].document.id == document(9).id
    assert records.find(Query(owner="y", kind="invoice")).total == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cafe", True),  # a word, whatever its case and accents
        ("CAFÉ", True),
        ("caf", True),  # its beginning
        ("afe", False),
        ("clay receipt", True),  # a table's cell and the file's name
        ("clay nothing", False),  # all of it must be there
        ("9.10", True),
        ("2024-02-29", True),  # a date as understood
        ("29/02/24", True),  # and as printed
        ('"; DROP TABLE records; --', False),
        ("' & | ! ( ) *", False),  # nothing to look for
        ("  ", True),  # no condition
    ],
)
def test_a_record_is_found_by_its_name_fields_and_words(records, text, found):
    records.save(Record(document(), "read", reading=reading(document())))
    assert records.find(Query(text=text)).total == found


def test_text_without_spaces_is_found_by_a_part_of_it(records):
    records.save(Record(document(), "read", reading=reading(document(), text="領収書合計")))
    assert records.find(Query(text="合計")).total == 1


def test_what_a_record_no_longer_says_is_no_longer_found(records):
    of = document()
    records.save(Record(of, "read", reading=reading(of, text="before")))
    records.save(Record(of, "read", reading=reading(of, text="after")))
    assert (records.find(Query(text="before")).total, records.find(Query(text="after")).total) == (0, 1)
    records.delete(of.id, "")
    assert records.find(Query(text="after")).total == 0


def test_a_file_of_very_many_words_can_be_saved_and_found(records):
    of = document()
    box = Box(0.1, 0.2, 0.3, 0.25)
    words = tuple(Word(f"w{n:x}", box, page=1 + n // 500) for n in range(60_000))
    records.save(Record(of, "read", reading=Reading(of, words=words, kind=Guess("other", None))))
    assert len(records.load(of.id, "").reading.words) == 60_000
    assert records.find(Query(text="w1a2")).total == 1
