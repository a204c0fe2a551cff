"""What an epoch sees, and the loss of what is only partly known."""

import random
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from recto.document.box import Box  # noqa: E402
from recto.document.page import Word  # noqa: E402
from recto.engines.label.space import Space  # noqa: E402
from recto.training.augment import donors, joined, swapped, varied  # noqa: E402
from recto.training.batches import batches_of, collate, samples_of  # noqa: E402
from recto.training.example import Example  # noqa: E402
from recto.training.loss import tag_loss  # noqa: E402
from recto.training.mixture import Mixture  # noqa: E402
from recto.training.vocabulary import learn  # noqa: E402

SPACE = Space({"receipt": ("MERCHANT_NAME", "DATE", "TAX"), "check": ("payee",)})


def receipt(name: str, shop: str, group: str = "g") -> Example:
    lines = [shop.split(), ["DATE", "1/2/18"], ["TAX", "1.20"]]
    words, tags = [], []
    for row, line in enumerate(lines):
        for at, text in enumerate(line):
            words.append(Word(text, Box(0.1 * at, 0.1 * row, 0.1 * at + 0.09, 0.1 * row + 0.05), line=row))
            tags.append((f"{'I' if at else 'B'}-MERCHANT_NAME") if row == 0 else "B-DATE" if text == "1/2/18" else None)
    return Example(name, "receipt", tuple(words), tuple(tags), ("MERCHANT_NAME", "DATE"), group=group, source="s")


def test_an_epoch_is_the_same_each_time_and_another_the_next():
    mixture = Mixture([receipt(str(at), f"SHOP {at}", f"g{at}") for at in range(12)])
    first = [e.words for e in mixture.epoch(0, 7)]
    assert first == [e.words for e in mixture.epoch(0, 7)]
    assert first != [e.words for e in mixture.epoch(1, 7)]


def test_processes_share_an_epoch_between_them():
    mixture = Mixture([receipt(str(at), f"SHOP {at}", f"g{at}") for at in range(12)], vary=False)
    parts = [[e.id for e in mixture.epoch(0, 7, share, 3)] for share in range(3)]
    assert sorted(name for part in parts for name in part) == sorted(str(at) for at in range(12))


def test_a_merchant_of_many_receipts_does_not_fill_the_epoch():
    many = [receipt(f"m{at}", "BIG SHOP", "big") for at in range(54)]
    mixture = Mixture([*many, receipt("one", "SMALL SHOP", "small")], cap=6, vary=False)
    ids = [e.id for e in mixture.epoch(0, 0)]
    assert "one" in ids
    assert len(ids) == 1 + 18


def test_a_swapped_name_keeps_its_label_and_the_other_words():
    pool = donors([receipt("b", "OTHER NAME SDN BHD")])
    for seed in range(10):
        found = swapped(receipt("a", "TAN"), pool, random.Random(seed))
        name = [w.text for w, tag in zip(found.words, found.tags, strict=True) if tag and tag.endswith("MERCHANT_NAME")]
        assert name in (["TAN"], ["OTHER", "NAME", "SDN", "BHD"])
        assert [w.text for w in found.words][-4:] == ["DATE", "1/2/18", "TAX", "1.20"]


def test_words_run_together_only_within_a_label():
    found = joined(receipt("a", "TAN WOON"), random.Random(1))
    assert "TANWOON" in [word.text for word in found.words]
    assert "1/2/18" in [word.text for word in found.words]


def test_batches_hold_all_samples_within_their_budget():
    pieces = learn(["TAN WOON DATE TAX 1.20"] * 3, 100)
    samples = [x for at in range(20) for x in samples_of(receipt(str(at), "TAN " * at), pieces, SPACE, 64, None)]
    batches = batches_of(samples, 100, random.Random(0))
    assert sum(map(len, batches)) == len(samples)
    assert all(len(batch) * max(len(sample) for sample in batch) <= 100 or len(batch) == 1 for batch in batches)


def test_an_unknown_tag_costs_nothing_where_all_that_is_left_is_allowed():
    pieces = learn(["TAN WOON DATE TAX 1.20"] * 3, 100)
    batch = collate(samples_of(receipt("a", "TAN"), pieces, SPACE, 64, None))
    tags = len(SPACE.tags)

    def logits(**high: float) -> torch.Tensor:
        row = torch.full((1, batch.targets.shape[1], tags), -20.0)
        for at, target in enumerate(batch.targets[0].tolist()):
            row[0, at, target if target >= 0 else SPACE.number("B-TAX")] = 20.0
        for tag, value in high.items():
            row[0, -1, SPACE.number(tag.replace("__", "-"))] = value
        return row

    assert float(tag_loss(logits(), batch, None, 0.0)) == pytest.approx(0.0, abs=1e-4)
    assert float(tag_loss(logits(B__DATE=60.0), batch, None, 0.0)) > 1.0


def test_labels_of_another_kind_are_never_possible():
    mask = SPACE.mask_of("check")
    assert np.flatnonzero(mask).tolist() == [0, SPACE.number("B-payee"), SPACE.number("I-payee")]


@pytest.mark.parametrize("seed", range(40))
def test_words_of_which_the_truth_says_nothing_stay_such_however_the_receipt_is_changed(seed):
    texts = ("SHOP", "LTD", *(f"w{n}" for n in range(12)), "TOTAL", "9.00")
    words = tuple(Word(text, Box(0.1, 0.02 * n, 0.3, 0.02 * n + 0.01), line=n) for n, text in enumerate(texts))
    tags = ("B-MERCHANT_NAME", "I-MERCHANT_NAME", *["O"] * 6, *[None] * 6, "O", "B-GRAND_TOTAL")
    hidden = tuple(range(8, 14))
    example = Example("x", "receipt", words, tags, ("MERCHANT_NAME", "GRAND_TOTAL"), ignored=hidden)
    pool = donors([replace(example, words=(replace(words[0], text="LONGER NAME OF A SHOP"), *words[1:]))])
    drawn = varied(example, pool, random.Random(seed))
    lines = {drawn.words[at].line for at in drawn.ignored}
    assert lines <= set(hidden)
    assert all(drawn.tags[at] is None for at in drawn.ignored)
    assert {at for at, word in enumerate(drawn.words) if word.line in hidden} == set(drawn.ignored)
