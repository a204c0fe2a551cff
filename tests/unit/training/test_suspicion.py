"""Labels that look wrong are told with the reason; labels that are right are left in peace."""

from dataclasses import dataclass, replace

from recto.document.box import Box
from recto.document.page import Document, Word
from recto.document.reading import Engine, Guess, Reading, Tag
from recto.document.record import Record
from recto.ports import Weighed
from recto.training.active import most_useful
from recto.training.example import Example
from recto.training.suspicion import Habitat, disagreements, sums, suspicions

LINES = ("SHOP", "TEA", "4.00", "SUBTOTAL", "4.00", "TAX", "0.50", "TOTAL", "4.50")
TRUTH = ("B-MERCHANT_NAME", "B-PRODUCT_NAME", "B-LINE_TOTAL", "O", "B-SUBTOTAL", "O", "B-TAX", "O", "B-GRAND_TOTAL")
LABELLED = ("MERCHANT_NAME", "PRODUCT_NAME", "LINE_TOTAL", "SUBTOTAL", "TAX", "GRAND_TOTAL")


def example(texts=LINES, tags=TRUTH) -> Example:
    words = tuple(Word(text, Box(0.1, 0.05 * at, 0.3, 0.05 * at + 0.03), line=at) for at, text in enumerate(texts))
    return Example("x", "receipt", words, tuple(tags), LABELLED)


@dataclass(frozen=True)
class Sure:
    """A model that is sure of the truth of `example()`."""

    chance: float = 0.995

    @property
    def engine(self) -> Engine:
        return Engine("sure", "1")

    def weigh(self, documents):
        each = tuple({tag: self.chance, "O" if tag != "O" else "B-TIP": 1 - self.chance} for tag in TRUTH)
        return [Weighed(tuple(Tag(tag, self.chance) for tag in TRUTH), each) for _ in documents]


def test_a_label_against_which_the_model_is_sure_is_suspicious():
    wrong = (*TRUTH[:6], "B-GRAND_TOTAL", *TRUTH[7:])
    (found,) = disagreements(example(tags=wrong), Sure())
    assert (found.word, found.why) == (6, "the model is 99.5% sure of TAX")


def test_where_the_model_agrees_or_is_not_sure_nothing_is_suspicious():
    assert list(disagreements(example(), Sure())) == []
    assert list(disagreements(example(tags=(*TRUTH[:6], "B-TIP", *TRUTH[7:])), Sure(0.9))) == []


def test_values_that_do_not_add_up_are_suspicious_with_the_sum():
    texts = (*LINES[:8], "9.50")
    found = {suspicion.word: suspicion.why for suspicion in sums(example(texts))}
    assert 8 in found
    assert "9.50" in found[8]
    assert list(sums(example())) == []


def test_a_label_where_it_hardly_ever_stands_is_suspicious():
    usual = Habitat.of([example()] * 200)
    swapped = ("B-GRAND_TOTAL", *TRUTH[1:8], "B-MERCHANT_NAME")
    assert {suspicion.word for suspicion in usual.strays(example(tags=swapped))} == {0, 8}


def test_the_highest_and_the_lowest_of_many_places_are_not_odd_for_that():
    many = [
        example(texts=LINES[:5] + ("x",) * extra + LINES[5:], tags=TRUTH[:5] + ("O",) * extra + TRUTH[5:])
        for extra in (*range(10, 30),) * 3
    ]
    usual = Habitat.of(many)
    assert [list(usual.strays(one)) for one in many] == [[]] * 60


def test_places_are_not_judged_before_enough_of_them_are_known():
    few = Habitat.of([example()] * 20)
    assert list(few.strays(example(tags=("B-GRAND_TOTAL", *TRUTH[1:])))) == []


def test_a_right_document_is_left_in_peace():
    assert suspicions(example(), Sure(), Habitat.of([example()] * 200)) == {}


def record(name: str, confidence: float, vendor: str) -> Record:
    words = (Word(vendor, Box(0.1, 0.1, 0.2, 0.2)), Word("9.00", Box(0.1, 0.3, 0.2, 0.4), line=1))
    tags = (Tag("B-MERCHANT_NAME", 0.9), Tag("B-GRAND_TOTAL", confidence))
    document = Document(name, name, "image/png", 1)
    return Record(document, "read", reading=Reading(document, (), words, Guess("receipt", 0.9), tags))


def test_what_the_model_is_unsure_of_is_labelled_first_and_one_vendor_does_not_take_all_places():
    records = [record("a1", 0.30, "A"), record("a2", 0.31, "A"), record("b", 0.5, "B"), record("c", 0.99, "C")]
    assert [one.document for one in most_useful(records)] == ["a1", "b", "a2", "c"]


def test_a_document_that_was_not_labelled_by_anything_is_not_put_in_order():
    bare = record("x", 0.5, "X")
    assert most_useful([replace(bare, reading=replace(bare.reading, tags=()))]) == []
