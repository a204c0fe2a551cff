"""Labels find their words again, also on words that another OCR engine has cut and spelled."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from recto.document.box import Box
from recto.document.label import Label, places_of
from recto.document.page import Word
from recto.reading.labels import seated, unseated

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def words_of(*stated):
    return tuple(Word(text, Box(left, 0.1, right, 0.12), page) for text, left, right, page in stated)


def labelled(words, *names):
    pairs = zip(places_of(words), names, strict=True)
    return [
        Label(place, name[2:], "person", "VALID", NOON, begins=name[0] == "B") for place, name in pairs if name != "O"
    ]


def tags(seats):
    return [seat.label.tag if seat.label else "O" for seat in seats]


def test_a_label_stays_with_its_word_when_another_engine_spells_and_places_it_a_little_differently():
    before = words_of(("T0TAL", 0.1, 0.2, 1), ("9.00", 0.3, 0.4, 1))
    after = words_of(("TOTAL", 0.102, 0.205, 1), ("9.00", 0.296, 0.399, 1))
    assert tags(seated(labelled(before, "O", "B-GRAND_TOTAL"), after)) == ["O", "B-GRAND_TOTAL"]


def test_a_label_of_a_word_that_was_cut_in_two_goes_on_in_the_second_part():
    before, after = words_of(("RM9.00", 0.1, 0.3, 1)), words_of(("RM", 0.1, 0.16, 1), ("9.00", 0.17, 0.3, 1))
    seats = seated(labelled(before, "B-GRAND_TOTAL"), after)
    assert tags(seats) == ["B-GRAND_TOTAL", "I-GRAND_TOTAL"]
    assert seats[0].place == places_of(before)[0]
    assert seats[1].place == places_of(after)[1]


def test_two_labelled_words_that_are_now_one_keep_one_label():
    before, after = words_of(("RM", 0.1, 0.16, 1), ("9.00", 0.17, 0.3, 1)), words_of(("RM9.00", 0.1, 0.3, 1))
    assert tags(seated(labelled(before, "B-GRAND_TOTAL", "I-GRAND_TOTAL"), after)) in (
        ["B-GRAND_TOTAL"],
        ["I-GRAND_TOTAL"],
    )


def test_a_label_does_not_move_to_another_page_or_to_a_neighbour():
    before = words_of(("9.00", 0.1, 0.2, 1))
    for after in (words_of(("9.00", 0.1, 0.2, 2)), words_of(("9.00", 0.21, 0.31, 1))):
        labels = labelled(before, "B-TAX")
        seats = seated(labels, after)
        assert tags(seats) == ["O"]
        assert unseated(labels, seats) == tuple(labels)


def test_words_that_stand_and_read_alike_have_places_of_their_own():
    word = Word("x", Box(0.1, 0.1, 0.2, 0.2))
    assert len({place.key for place in places_of((word, word, replace(word, page=2)))}) == 3


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(1, 2)), max_size=12))
def test_on_the_words_that_were_labelled_every_label_is_where_it_was(stated):
    words = tuple(Word(text, Box(0.1 * at, 0.1, 0.1 * at + 0.05, 0.2), page) for text, at, page in stated)
    labels = labelled(words, *["B-TAX"] * len(words))
    assert [seat.label for seat in seated(labels, words)] == labels
