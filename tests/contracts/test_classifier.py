"""What every classifier promises. A stranger adds his own to `CLASSIFIERS`."""

from dataclasses import replace

import pytest

from recto.document.box import Box
from recto.document.page import Word, Words
from recto.engines.classify.layout import LayoutClassifier
from recto.engines.classify.rules import RulesClassifier
from recto.ports import Classifier
from recto.schemas.catalog import kinds
from recto.training.synth import generate

CLASSIFIERS = {"layout": LayoutClassifier, "rules": RulesClassifier}
PLAIN = ("receipt", "W2", "1099-INT", "check", "bank_statement")
"""Kinds whose made-up documents no classifier may take for another."""


@pytest.fixture(scope="module", params=sorted(CLASSIFIERS))
def classifier(request) -> Classifier:
    return CLASSIFIERS[request.param]()


def words_of(kind: str, seed: int = 8_000_001) -> Words:
    return generate(kind, seed, held_out=True).example.words


def column(*texts: str) -> Words:
    return tuple(Word(text, Box(0.1, at / 9000, 0.2, at / 9000 + 0.0001), line=at) for at, text in enumerate(texts))


def test_a_batch_is_answered_in_its_order_one_guess_a_document(classifier):
    documents = [words_of("W2"), (), words_of("receipt"), words_of("W2")]
    guesses = classifier.classify(documents)
    assert len(guesses) == 4
    assert guesses[0] == guesses[3]
    assert [classifier.classify([words])[0] for words in documents] == guesses


def test_nothing_is_answered_with_nothing(classifier):
    assert classifier.classify([]) == []


def test_a_document_without_words_is_of_no_known_kind_and_nobody_is_sure_of_it(classifier):
    (guess,) = classifier.classify([()])
    assert (guess.kind, guess.confidence) == ("other", None)


@pytest.mark.parametrize("kind", PLAIN)
def test_plain_documents_are_told(classifier, kind):
    assert classifier.classify([words_of(kind)])[0].kind == kind


@pytest.mark.parametrize("kind", PLAIN)
def test_a_guess_is_a_kind_that_there_is_and_its_confidence_a_share_or_unknown(classifier, kind):
    (guess,) = classifier.classify([words_of(kind, 8_000_017)])
    assert guess.kind in kinds()
    assert guess.confidence is None or 0 <= guess.confidence <= 1


def test_the_same_words_are_of_the_same_kind_twice(classifier):
    assert classifier.classify([words_of("check")]) == classifier.classify([words_of("check")])


def test_a_long_document_is_told_by_its_first_pages(classifier):
    later = (replace(word, page=9) for word in column(*(f"ITEM{at} {at}.50" for at in range(3000))))
    assert classifier.classify([(*words_of("W2"), *later)])[0].kind == "W2"


def test_odd_words_do_no_harm(classifier):
    odd = column("", " ", "漢字", "שלום", "\u200b", "x" * 3000, "1" * 400)
    assert classifier.classify([odd])[0].kind in kinds()


def test_the_engine_is_pinned(classifier):
    engine = classifier.engine
    assert engine.name
    assert engine.version
