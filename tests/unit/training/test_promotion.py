"""A model takes another's place only where it is better, by a margin, and not by chance."""

import json
from dataclasses import dataclass

import pytest
from tests.support.labelled import RECORD, WORDS

from recto.document.errors import BadRequest
from recto.document.reading import Engine, Tag
from recto.training.canary import differences, report
from recto.training.example import Example
from recto.training.promotion import compared, judged_on, write_down, written_down

TRUTH = ("B-MERCHANT_NAME", "I-MERCHANT_NAME", "B-PRODUCT_NAME", "B-LINE_TOTAL", "O", "B-GRAND_TOTAL")
LABELLED = ("MERCHANT_NAME", "PRODUCT_NAME", "LINE_TOTAL", "GRAND_TOTAL")


@dataclass(frozen=True)
class Wrong:
    """A labeller that says the truth but for the total of some of the documents, in their order."""

    wrong: frozenset = frozenset()

    @property
    def engine(self) -> Engine:
        return Engine("wrong", "1")

    def label(self, documents):
        return [
            tuple(Tag("O" if number in self.wrong and at == 5 else name, 0.9) for at, name in enumerate(TRUTH))
            for number, _ in enumerate(documents)
        ]


def documents(count: int) -> list[Example]:
    return [Example(str(n), "receipt", WORDS, TRUTH, LABELLED, group=str(n)) for n in range(count)]


def test_a_better_model_is_better_and_a_worse_one_is_not():
    better = compared(Wrong(frozenset(range(20))), Wrong(frozenset({3})), documents(40))
    assert better.better
    assert better.interval[0] > 0
    worse = compared(Wrong(frozenset({3})), Wrong(frozenset(range(20))), documents(40))
    assert not worse.better
    assert worse.difference == -better.difference
    assert worse.why.startswith("Not better by 0.005 on 40 documents")


def test_the_same_model_again_is_not_better():
    assert not compared(Wrong(), Wrong(), documents(40), margin=0.0).better


def test_what_may_be_chance_is_refused_though_the_margin_is_reached():
    verdict = compared(Wrong(frozenset({1, 2})), Wrong(frozenset({3})), documents(10), margin=0.001)
    assert verdict.difference > 0.001
    assert verdict.interval[0] <= 0
    assert not verdict.better
    assert "chance" in verdict.why


def test_better_but_by_less_than_the_margin_is_refused():
    assert not compared(Wrong(frozenset(range(20))), Wrong(), documents(40), margin=0.2).better


def test_the_table_tells_each_label_of_both():
    scores = compared(Wrong(frozenset(range(20))), Wrong(), documents(40)).as_json()["by_label"]
    assert scores["GRAND_TOTAL"]["before"]["recall"] == 0.5
    assert scores["GRAND_TOTAL"]["after"]["recall"] == 1.0
    assert scores["MERCHANT_NAME"]["before"] == scores["MERCHANT_NAME"]["after"]


def test_nothing_is_judged_on_a_handful_of_documents():
    with pytest.raises(BadRequest):
        compared(Wrong(), Wrong(), documents(4))


def test_the_list_is_frozen_at_the_first_time_and_documents_that_come_later_do_not_change_it(tmp_path):
    first = {example.id for example in judged_on(documents(100), tmp_path)}
    assert 10 < len(first) < 40
    assert {example.id for example in judged_on(documents(300), tmp_path)} == first


def test_what_was_decided_is_written_down(tmp_path):
    write_down(tmp_path, {"better": False, "why": "no"})
    write_down(tmp_path, {"better": True, "why": "yes"})
    assert [line["better"] for line in written_down(tmp_path)] == [False, True]
    assert json.loads((tmp_path / "promotions.jsonl").read_text().splitlines()[0])["at"].endswith("Z")


def test_the_canaries_tell_which_values_are_others_now():
    count, found = differences([RECORD], Wrong(), Wrong(frozenset({0})))
    said = report(count, found)
    assert (said["documents"], said["changed"]) == (1, 1)
    assert {"field": "total", "before": "9.00", "after": None}.items() <= said["differences"][0].items()
    assert differences([RECORD], Wrong(), Wrong()) == (1, [])
