"""What every labeller promises. A stranger adds his own to `LABELLERS`."""

import pytest

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.engines.label.rules import RulesLabeller
from recto.ports import Labeller
from recto.schemas.catalog import labels_of
from recto.training.synth import generate

LABELLERS = {"layoutlm-onnx": lambda: LayoutLmOnnx(threads=1), "rules": RulesLabeller}
RECEIPT = generate("receipt", 8_000_001, held_out=True).example.words
INVOICE = generate("invoice", 8_000_001, held_out=True).example.words


@pytest.fixture(scope="module", params=sorted(LABELLERS))
def labeller(request) -> Labeller:
    return LABELLERS[request.param]()


def column(*texts: str) -> Words:
    return tuple(Word(text, Box(0.1, at / 600, 0.2, at / 600 + 0.001), line=at) for at, text in enumerate(texts))


def test_a_batch_is_answered_in_its_order_one_tag_a_word(labeller):
    documents = [(RECEIPT, "receipt"), ((), "receipt"), (INVOICE, "invoice"), (RECEIPT[:3], "receipt")]
    answers = labeller.label(documents)
    assert [len(tags) for tags in answers] == [len(words) for words, _ in documents]
    assert answers[0] == labeller.label(documents[:1])[0]


def test_nothing_is_answered_with_nothing(labeller):
    assert labeller.label([]) == []


@pytest.mark.parametrize(("words", "kind"), [(RECEIPT, "receipt"), (INVOICE, "invoice"), (RECEIPT, "check")])
def test_tags_are_of_the_kind_and_begin_with_b_or_i(labeller, words, kind):
    tags = labeller.label([(words, kind)])[0]
    assert {tag.label for tag in tags} - {"O"} <= set(labels_of(kind))
    assert all(tag.name == "O" or tag.name[:2] in ("B-", "I-") for tag in tags)


def test_a_confidence_is_a_share_or_unknown(labeller):
    tags = labeller.label([(RECEIPT, "receipt")])[0]
    assert all(tag.confidence is None or 0 <= tag.confidence <= 1 for tag in tags)


def test_the_same_words_are_labelled_alike_twice(labeller):
    assert labeller.label([(RECEIPT, "receipt")]) == labeller.label([(RECEIPT, "receipt")])


def test_a_document_far_longer_than_a_window_is_labelled_to_its_end(labeller):
    words = column(*(f"ITEM{at} {at}.50" for at in range(590)))
    assert len(labeller.label([(words, "receipt")])[0]) == 590


def test_odd_words_do_no_harm(labeller):
    odd = column("", " ", "漢字", "שלום", "\u200b", "x" * 3000, "1" * 400)
    assert len(labeller.label([(odd, "receipt")])[0]) == len(odd)


def test_the_total_of_a_plain_receipt_is_found(labeller):
    rows = ["SHOP SDN BHD", "MILK 9.00", "TOTAL 9.00", "CASH 10.00", "CHANGE 1.00"]
    words = tuple(
        Word(text, Box(0.1 + 0.4 * at, 0.1 * row, 0.2 + 0.4 * at, 0.1 * row + 0.04), line=row)
        for row, line in enumerate(rows)
        for at, text in enumerate(line.split())
    )
    tags = labeller.label([(words, "receipt")])[0]
    totals = {(words[at].text, words[at].line) for at, tag in enumerate(tags) if tag.label == "GRAND_TOTAL"}
    assert ("9.00", 2) in totals
    assert ("10.00", 3) not in totals


def test_the_engine_is_pinned(labeller):
    engine = labeller.engine
    assert engine.name
    assert engine.version
    assert (engine.model is None) == (engine.digest is None)
