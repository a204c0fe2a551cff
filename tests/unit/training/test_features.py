"""Words to numbers: what training and inference share."""

from itertools import pairwise

import numpy as np
from tokenizers import Tokenizer

from recto.document.box import Box
from recto.document.page import Word
from recto.engines.label.features import GRID, RANKS, TYPES, featurise, grid_boxes, types_of, windows_of
from recto.engines.label.looks import look_of, money_of
from recto.training.vocabulary import SPECIAL, learn, vocabulary_lines


def word(text: str, left: float = 0.1, top: float = 0.1, line: int = 0, page: int = 1) -> Word:
    return Word(text, Box(left, top, left + 0.08, top + 0.02), page=page, line=line)


def column(*texts: str) -> tuple[Word, ...]:
    return tuple(word(text, 0.1, 0.1 * at, at) for at, text in enumerate(texts))


def tokenizer() -> Tokenizer:
    return learn(["TOTAL 12.50", "TOTAL 37.80", "CASH 50.00", "DATE 25/12/2018"] * 5, 200)


def test_every_digit_is_the_same_sign():
    pieces = tokenizer()
    assert pieces.encode("12.50").ids == pieces.encode("98.76").ids
    assert [pieces.token_to_id(special) for special in SPECIAL] == [0, 1, 2, 3, 4]


def test_the_vocabulary_is_written_in_the_order_of_its_numbers():
    pieces = tokenizer()
    lines = vocabulary_lines(pieces).splitlines()
    assert len(lines) == pieces.get_vocab_size()
    assert lines[pieces.token_to_id("total")] == "total"


def test_white_margins_change_nothing():
    near = (word("A", 0.0, 0.0), word("B", 0.4, 0.4, 1))
    far = tuple(Word(w.text, Box(*(0.5 + side / 2 for side in w.box.sides)), line=w.line) for w in near)
    assert np.abs(grid_boxes(near) - grid_boxes(far)).max() <= 1
    assert grid_boxes(near).min() == 0
    assert grid_boxes(near).max() == GRID


def test_pages_have_grids_of_their_own():
    boxes = grid_boxes((word("A", 0.1, 0.1), word("B", 0.3, 0.8, page=2)))
    assert boxes.tolist() == [[0, 0, GRID, GRID]] * 2


def test_total_cash_and_change_are_told_apart_by_their_sum():
    types = types_of(column("42.90", "50.00", "7.10"))
    plain = types_of(column("42.90", "50.00", "7.20"))
    assert len(set(types.tolist())) == 3
    assert types.tolist() != plain.tolist()
    assert types.max() < TYPES
    assert RANKS[5:8] == ("paid", "given", "back")


def test_looks():
    seen = {
        text: look_of(text) for text in ("RM42.90", "25/12/2018", "22-52-62", "(867388-U)", "1851-A", "JAN", "TEL:")
    }
    assert seen == {
        "RM42.90": "money",
        "25/12/2018": "date",
        "22-52-62": "phone",
        "(867388-U)": "registration",
        "1851-A": "number_inside",
        "JAN": "month",
        "TEL:": "caption",
    }
    assert money_of("1,007.50") == 1007.5
    assert money_of("1007") is None


def test_a_word_of_no_known_sign_still_has_a_token():
    features = featurise((word("漢字"), word("")), tokenizer())
    assert np.diff(features.starts).min() >= 1


def test_windows_hold_every_word_and_overlap():
    features = featurise(tuple(word("12.50", 0.1, at / 200, at) for at in range(150)), tokenizer())
    windows = list(windows_of(features, 40))
    assert windows[0].first == 0
    assert windows[-1].last == 150
    assert all(before.last > after.first for before, after in pairwise(windows))
    sizes = [features.starts[w.last] - features.starts[w.first] for w in windows]
    assert max(sizes) <= 40


def test_a_document_without_words_has_no_windows():
    features = featurise((), tokenizer())
    assert features.words == 0
    assert list(windows_of(features, 40)) == []
