"""Labels to examples and back: only what is valid is the truth, and what nobody said is left out of account."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.support.labelled import RECORD, WORDS, tags

from recto.document.box import Box
from recto.document.kinds import RECEIPT_LABELS
from recto.document.label import Label, places_of
from recto.document.page import Document, Page, Word
from recto.document.reading import Guess, Reading
from recto.document.record import Record
from recto.training.evaluation import judge
from recto.training.example import Example
from recto.training.truth import examples_of, labels_from

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FOUR = ("MERCHANT_NAME", "DATE", "ADDRESS_LINE", "GRAND_TOTAL")


def said(index, name, status="VALID", **more):
    return Label(places_of(WORDS)[index], name, "person", status, NOON, **more)


@pytest.mark.parametrize("labelled", [FOUR, RECEIPT_LABELS])
def test_the_truth_that_is_imported_is_the_truth_that_comes_out(labelled):
    rest = None if labelled == FOUR else "O"
    truth = ("B-MERCHANT_NAME", "I-MERCHANT_NAME", rest, rest, rest, "B-GRAND_TOTAL")
    ordered = tuple(label for label in RECEIPT_LABELS if label in labelled)
    example = Example("x", "receipt", WORDS, truth, ordered)
    (back,) = examples_of(RECORD, labels_from(example, "set", NOON))
    assert (back.tags, back.labelled, back.ignored) == (truth, ordered, ())
    assert back.group == "LOTUSSHOP"


def test_words_that_nobody_spoke_of_are_neither_learned_from_nor_scored():
    (example,) = examples_of(RECORD, [said(5, "GRAND_TOTAL"), said(4, "O")])
    assert example.tags == (None, None, None, None, "O", "B-GRAND_TOTAL")
    assert example.ignored == (0, 1, 2, 3)
    assert judge(example, tags("B-DATE", "B-TAX", "O", "O", "O", "B-GRAND_TOTAL")).entities.score.f1 == 1.0


@pytest.mark.parametrize("status", ["NONE", "PENDING", "INVALID", "NEEDS_REVIEW"])
def test_only_valid_labels_are_ground_truth(status):
    assert examples_of(RECORD, [said(5, "GRAND_TOTAL", status)]) == []


def test_a_label_that_the_kind_does_not_have_says_nothing():
    other = replace(RECORD, reading=replace(RECORD.reading, kind=Guess("check", None)))
    assert examples_of(other, [said(5, "GRAND_TOTAL")]) == []


def test_a_label_beyond_those_of_a_partial_truth_is_learned_from_but_not_scored():
    partial = labels_from(Example("x", "receipt", WORDS, (None,) * 5 + ("B-GRAND_TOTAL",), FOUR), "set", NOON)
    labels = [label for label in partial if label.place != places_of(WORDS)[3]] + [said(3, "LINE_TOTAL")]
    (example,) = examples_of(RECORD, labels)
    assert example.tags[3] == "B-LINE_TOTAL"
    assert judge(example, tags("O", "O", "O", "O", "O", "B-GRAND_TOTAL")).words.score.f1 == 1.0


def test_a_document_that_was_not_read_has_no_truth():
    assert examples_of(Record(Document("a", "a", "image/png", 1), "waiting"), [said(5, "GRAND_TOTAL")]) == []


def test_a_reading_by_another_engine_keeps_the_truth():
    moved = tuple(Word(w.text.lower(), Box(*(side + 0.002 for side in w.box.sides))) for w in WORDS)
    later = replace(RECORD, reading=Reading(RECORD.document, words=moved, kind=Guess("receipt", 0.9)))
    assert examples_of(later, [said(5, "GRAND_TOTAL")])[0].tags[5] == "B-GRAND_TOTAL"


def test_each_document_of_a_file_that_holds_several_is_an_example_of_its_own():
    words = tuple(replace(word, page=1 + at // 3) for at, word in enumerate(WORDS))
    parts = tuple(
        Reading(RECORD.document, (Page(number, 600, 800),), here, Guess(kind, 0.9))
        for number, kind, here in ((1, "receipt", words[:3]), (2, "invoice", words[3:]))
    )
    packet = replace(RECORD, reading=Reading(RECORD.document, words=words, kind=Guess("other", None), parts=parts))
    labels = [
        Label(places_of(words)[0], "MERCHANT_NAME", "person", "VALID", NOON),
        Label(places_of(words)[5], "invoice_total", "person", "VALID", NOON),
    ]
    first, second = examples_of(packet, labels)
    assert (first.kind, first.tags) == ("receipt", ("B-MERCHANT_NAME", None, None))
    assert (second.kind, second.tags) == ("invoice", (None, None, "B-invoice_total"))
