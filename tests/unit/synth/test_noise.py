"""Noise on words: tags stay with their words, no word is empty, and the rates are those that were measured."""

import pytest

from recto.training.synth import Request, generate, generate_many, noisy


@pytest.mark.parametrize("manner", ["ocr", "segments", "lines"])
@pytest.mark.parametrize("kind", ["receipt", "W2", "invoice", "other"])
def test_noisy_words_keep_a_tag_each_and_stay_on_the_page(kind, manner):
    for seed in range(15):
        example = noisy(generate(kind, seed).example, seed, manner)
        assert len(example.words) == len(example.tags) > 0
        assert all((word.text and " " not in word.text.strip()) or manner == "lines" for word in example.words)
        assert all(0 <= w.box.left <= w.box.right <= 1 and 0 <= w.box.top <= w.box.bottom <= 1 for w in example.words)


def test_the_same_seed_gives_the_same_noise():
    example = generate("receipt", 4).example
    assert noisy(example, 1) == noisy(example, 1) != noisy(example, 2)


def test_segments_have_no_spaces_and_never_mix_two_labels():
    for made in generate_many(Request("receipt"), 20, 6):
        before = made.example
        after = noisy(before, 1, "segments")
        assert len(after.words) < len(before.words)
        merchant = [w.text for w, t in zip(before.words, before.tags, strict=True) if t and t[2:] == "MERCHANT_NAME"]
        joined = "".join(w.text for w, t in zip(after.words, after.tags, strict=True) if t and t[2:] == "MERCHANT_NAME")
        assert len(joined) >= 0.6 * len("".join(merchant)) or after.words[0].box.top > before.words[0].box.top


def test_about_one_letter_in_a_hundred_is_read_wrongly():
    wrong = total = 0
    for made in generate_many(Request("receipt"), 60, 8):
        before = {(w.page, w.line, w.text) for w in made.example.words}
        after = noisy(made.example, 3, "ocr")
        total += sum(len(w.text) for w in after.words)
        wrong += sum((w.page, w.line, w.text) not in before for w in after.words)
    assert 0.005 < wrong / total < 0.04
