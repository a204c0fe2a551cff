"""Figures of a model beside another's, and the worst documents."""

from dataclasses import replace

import pytest

pytest.importorskip("torch")

from recto.document.box import Box
from recto.document.page import Word
from recto.document.reading import Tag
from recto.training.evaluation import KindReport, Report, judge
from recto.training.example import Example
from recto.training.figures import by_quality, compared, write_worst

WORDS = tuple(Word(text, Box(0.1, 0.1 * at, 0.2, 0.1 * at + 0.05), line=at) for at, text in enumerate("ABCD"))
TRUTH = Example("x", "receipt", WORDS, ("B-TAX", "O", "B-DATE", "O"), ("TAX", "DATE"))
RIGHT, WRONG = ("B-TAX", "O", "B-DATE", "O"), ("B-TAX", "O", "O", "B-DATE")


def report(*guesses: tuple[str, ...], quality="clean") -> Report:
    examples = [replace(TRUTH, id=f"doc {at}", quality=quality) for at in range(len(guesses))]
    tags = [tuple(Tag(name, 0.9 if name in RIGHT else 0.4) for name in guess) for guess in guesses]
    return Report(tuple(judge(one, guess) for one, guess in zip(examples, tags, strict=True)))


def test_a_better_model_is_better_by_its_difference_in_f1():
    found = compared(report(WRONG, WRONG), report(RIGHT, RIGHT))
    assert found["entities"]["difference"] == pytest.approx(0.5)
    assert found["entities"]["interval"] == pytest.approx((0.5, 0.5))
    assert "fields" not in found


def test_a_model_beside_itself_differs_by_nothing():
    same = report(RIGHT, WRONG)
    assert compared(same, same)["words"] == {"difference": 0.0, "interval": (0.0, 0.0)}


def test_confidence_is_judged_by_quality_over_all_sets():
    found = by_quality([report(RIGHT, quality="scan"), report(WRONG, quality="photo"), report(WRONG, quality="photo")])
    assert {quality: one["words"] for quality, one in found.items()} == {"photo": 8, "scan": 4}
    assert found["scan"]["accuracy"] == 1.0
    assert found["photo"]["accuracy"] == 0.5


def test_the_worst_documents_come_first_and_those_without_a_mistake_not_at_all(tmp_path):
    half = ("B-TAX", "O", "O", "O")
    assert write_worst({"set": report(RIGHT, half, WRONG)}, tmp_path / "worst.tsv") == 2
    lines = (tmp_path / "worst.tsv").read_text().splitlines()
    assert [line.split("\t")[1:4] for line in lines[1:]] == [["doc 2", "clean", "2"], ["doc 1", "clean", "1"]]


def test_every_document_is_in_the_report_by_its_id_with_its_counts():
    counts = {"entities": [1, 2, 2], "words": [1, 2, 2], "fields": [0, 0, 0]}
    assert report(RIGHT, WRONG).by_document[1] == {"id": "doc 1", **counts, "wrong_words": 2}


def test_fields_are_judged_by_value_and_a_column_wherever_its_rows_stand():
    words = tuple(
        Word(text, Box(left, top, left + 0.1, top + 0.02), line=line)
        for line, (top, texts) in enumerate([(0.1, ("TEA", "2.00")), (0.2, ("CAKE", "3.50")), (0.3, ("TOTAL", "5.50"))])
        for left, text in zip((0.1, 0.6), texts, strict=True)
    )
    tags = ("B-PRODUCT_NAME", "B-LINE_TOTAL", "B-PRODUCT_NAME", "B-LINE_TOTAL", "O", "B-GRAND_TOTAL")
    rows = [{"description": "CAKE", "total_price": "3.50"}, {"description": "BUN", "total_price": "2.00"}]
    truth = Example("x", "receipt", words, tags, (), fields={"total": "5.50", "items": rows}, source="synth")
    judged = judge(truth, tuple(Tag(tag, 0.9) for tag in tags))
    assert judged.fields.score.support == 5
    assert dict(judged.fields.right) == {"total": 1, "items.description": 1, "items.total_price": 2}
    assert [(miss.field, miss.wanted) for miss in judged.misses] == [("items.description", "BUN")]


def test_the_share_of_kinds_that_are_told_has_an_interval():
    pairs = tuple((f"d{at}", "receipt", "receipt" if at % 4 else "invoice") for at in range(40))
    found = KindReport(pairs)
    low, high = found.interval
    assert low < found.accuracy == 0.75 < high
