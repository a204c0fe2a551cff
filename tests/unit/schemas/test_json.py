"""The JSON of a reading keeps its keys, loses nothing, and masks what identifies a person."""

import json
from dataclasses import replace
from datetime import date, time
from decimal import Decimal

import pytest

from recto.document.box import Box
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
from recto.schemas.json import reading_from_json, reading_json

DOCUMENT = Document("ab" * 32, "a.jpg", "image/jpeg", 1)
PLACE = Box(0.1, 0.2, 0.30000000000000004, 0.25)


def field(name, value, type_, raw, **rest):
    return Field(name, value, type_, raw, rest.pop("grounding", "grounded"), boxes=(PLACE,), page=1, **rest)


@pytest.fixture
def reading():
    """A little receipt: every kind of value, one table, one failing check."""
    return Reading(
        document=DOCUMENT,
        pages=(Page(1, 600.0, 800.5, "none", turn=90),),
        words=(Word("TOTAL", PLACE, 1, 0, 0.99), Word("9.00", PLACE, 1, 0, None)),
        kind=Guess("receipt", 0.98),
        tags=(Tag("O"), Tag("B-GRAND_TOTAL", 0.97)),
        fields=(
            field("total", Decimal("9.00"), "money", "RM 9.00", currency="MYR", confidence=0.97, words=(1,)),
            field("transaction_date", date(2018, 3, 4), "date", "04/03/2018", alternatives=("2018-04-03",)),
            field("transaction_time", time(13, 5), "time", "1:05 PM"),
            field("merchant_name", "KF STORE", "name", "KF STORE"),
            field("tip", None, "money", "?", grounding="not_found"),
            Table("items", (Row({"quantity": field("quantity", Decimal("2"), "quantity", "2")}),), 2),
        ),
        checks=(Check("items_add_up", "fail", ("items", "total"), "8.00 is not 9.00", "total: 8.00"),),
        decision=Decision("review", ("items_add_up failed",)),
        engines={"ocr": Engine("rapidocr", "3.10.0"), "labeller": Engine("m", "1", "model", "sha")},
        seconds={"ocr": 1.5},
    )


def test_nothing_is_lost_on_the_way_through_json(reading):
    stored = json.loads(json.dumps(reading_json(reading, words=True, reveal=True)))
    assert reading_from_json(stored) == reading


def test_the_keys_that_the_design_promises_are_there(reading):
    answer = reading_json(reading, words=True)
    assert {"document", "kind", "fields", "checks", "decision", "words", "engines", "errors", "seconds"} <= set(answer)
    total = answer["fields"][0]
    assert (total["name"], total["value"], total["currency"], total["raw"]) == ("total", "9.00", "MYR", "RM 9.00")
    assert total["boxes"] == [list(PLACE.sides)]
    items = answer["fields"][-1]
    assert (items["rows_returned"], items["rows_expected"], items["rows_possibly_missing"]) == (1, 2, True)
    assert items["rows"][0]["quantity"]["value"] == "2"
    assert answer["words"][0]["label"] == "O"


def test_of_rows_that_nobody_could_count_it_is_not_said_that_none_is_missing(reading):
    uncounted = tuple(replace(item, rows_expected=None) if isinstance(item, Table) else item for item in reading.fields)
    assert reading_json(replace(reading, fields=uncounted))["fields"][-1]["rows_possibly_missing"] is None


def test_words_are_given_only_when_asked_for(reading):
    assert "words" not in reading_json(reading)


def test_a_document_that_could_not_be_read_says_only_why():
    answer = reading_json(Reading(DOCUMENT, errors=(Fault("encrypted", "It is encrypted.", "Give a password."),)))
    assert set(answer) == {"document", "errors"}
    assert answer["errors"] == [{"code": "encrypted", "title": "It is encrypted.", "detail": "Give a password."}]
    assert reading_from_json(answer).errors[0].code == "encrypted"
