"""Made-up receipts: right sums, exact truth, the same for the same seed."""

from decimal import Decimal
from itertools import pairwise

import pytest

from recto.document.kinds import RECEIPT_LABELS
from recto.training.synth import Request, generate, generate_many, is_held_out

SEEDS = range(120)


def text_of(example, label):
    """The words with a label, joined, one string for each span."""
    spans = []
    for word, tag in zip(example.words, example.tags, strict=True):
        if tag == f"B-{label}":
            spans.append(word.text)
        elif tag == f"I-{label}":
            spans[-1] += " " + word.text
    return spans


def test_the_same_seed_gives_the_same_receipt():
    assert generate("receipt", 5).example == generate("receipt", 5).example
    assert generate("receipt", 5).example != generate("receipt", 6).example


@pytest.mark.parametrize("seed", SEEDS)
def test_every_word_has_a_tag_of_the_label_set_and_a_box_on_the_page(seed):
    example = generate("receipt", seed).example
    assert len(example.words) == len(example.tags) > 10
    for word, tag in zip(example.words, example.tags, strict=True):
        assert tag == "O" or tag[2:] in RECEIPT_LABELS
        assert word.text.strip() == word.text != ""
        assert 0 <= word.box.left < word.box.right <= 1 and 0 <= word.box.top < word.box.bottom <= 1


@pytest.mark.parametrize("seed", SEEDS)
def test_words_of_a_receipt_do_not_stand_over_each_other(seed):
    words = generate("receipt", seed).example.words
    for left, right in pairwise(words):
        if (left.page, left.line) == (right.page, right.line):
            assert right.box.left > left.box.left
            assert left.box.right - right.box.left < 0.6 * min(left.box.width, right.box.width)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_lines_of_a_right_receipt_add_up(seed):
    fields = generate("receipt", seed).example.fields
    totals = [Decimal(row["total_price"]) for row in fields["items"]]
    if "subtotal" in fields and totals:
        assert sum(totals) == Decimal(fields["subtotal"])


@pytest.mark.parametrize("wrong", ["line_total", "total", "change"])
def test_a_wrong_amount_is_printed_and_named(wrong):
    right, altered = generate("receipt", 3).example, generate("receipt", 3, wrong=wrong).example
    assert right.altered == () and altered.altered == (wrong,)
    assert right.words != altered.words


def test_held_out_templates_are_a_tenth_and_never_among_the_others():
    held = {d.draft.group for d in generate_many(Request("receipt", held_out=True), 50, 1)}
    free = {d.draft.group for d in generate_many(Request("receipt", held_out=False), 50, 1)}
    assert all(is_held_out(group) for group in held) and not any(is_held_out(group) for group in free)
    share = sum(is_held_out(f"receipt/{n}") for n in range(4000)) / 4000
    assert 0.08 < share < 0.12


@pytest.mark.parametrize("rows", [0, 1, 40])
def test_the_number_of_items_can_be_fixed(rows):
    example = generate("receipt", 7, rows=rows).example
    assert len(example.fields["items"]) == rows == len(text_of(example, "LINE_TOTAL"))


@pytest.mark.parametrize("seed", range(40, 60))
def test_of_an_item_only_what_is_printed_is_true(seed):
    made = generate("receipt", seed)
    labels = {"description": "PRODUCT_NAME", "quantity": "QUANTITY", "price": "UNIT_PRICE", "total_price": "LINE_TOTAL"}
    printed = {tag[2:] for tag in made.example.tags if tag}
    items = made.example.fields["items"]
    assert all(labels[name] in printed for item in items for name in item)
    words = " ".join(word.text for word in made.example.words)
    assert all(part in words for item in items for part in item["description"].split())
