"""The classifier of kinds: fitted, kept, and sure of itself in measure."""

import pytest

pytest.importorskip("torch")

from recto.document.errors import EngineUnavailable
from recto.engines.classify.layout import LayoutClassifier, Scales, features
from recto.training.kinds import fit_kinds, with_temperature
from recto.training.synth import generate

KINDS = ("receipt", "check", "W2")


def drawn(start: int, held_out: bool) -> list:
    return [generate(kind, start + at, held_out=held_out).example for kind in KINDS for at in range(8)]


@pytest.fixture(scope="module")
def scales() -> Scales:
    return with_temperature(fit_kinds(drawn(0, False), KINDS, steps=60), drawn(5_000, True))


def test_kinds_of_templates_never_seen_are_told(scales):
    held = drawn(9_000, True)
    chances = scales.chances([example.words for example in held])
    told = [scales.kinds[row.argmax()] for row in chances]
    assert sum(a == e.kind for a, e in zip(told, held, strict=True)) >= len(held) - 1
    assert chances.sum(axis=1) == pytest.approx(1.0)


def test_what_is_kept_answers_alike(scales, tmp_path):
    scales.save(tmp_path / "kinds.npz")
    again = Scales.load(tmp_path / "kinds.npz")
    words = drawn(9_000, True)[0].words
    assert again.chances([words]) == pytest.approx(scales.chances([words]), abs=0.01)
    assert again.chances([]).shape == (0, 3)


def test_features_have_one_length_with_and_without_words():
    assert features(()).shape == features(drawn(1, False)[0].words).shape


def test_without_its_weights_the_classifier_cannot_run(tmp_path):
    with pytest.raises(EngineUnavailable):
        Scales.load(tmp_path / "kinds.npz")


def test_the_shipped_bundle_tells_kinds_with_a_confidence():
    examples = drawn(9_100, True)
    guesses = LayoutClassifier().classify([example.words for example in examples])
    assert sum(g.kind == e.kind for g, e in zip(guesses, examples, strict=True)) >= len(examples) - 1
    assert all(g.confidence is not None and 0 < g.confidence <= 1 for g in guesses)
    assert LayoutClassifier().classify([()])[0].confidence is None
