"""All thirteen kinds come from the same generator, with labels of their schema and templates of their own."""

import pytest

from recto.document.errors import UnknownKind
from recto.document.kinds import KINDS
from recto.schemas.catalog import labels_of
from recto.training.synth import Request, generate, generate_many, is_held_out


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_made(kind):
    for made in generate_many(Request(kind), 20, 9):
        example = made.example
        assert example.kind == kind and example.group.startswith(f"{kind}/")
        assert {tag[2:] for tag in example.tags if tag != "O"} <= set(labels_of(kind))
        assert len(example.words) == len(example.tags) > 3
        assert all(
            w.text and 0 <= w.box.left < w.box.right <= 1 and 0 <= w.box.top < w.box.bottom <= 1 for w in example.words
        )


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_document_of_every_kind(kind):
    assert generate(kind, 77).example == generate(kind, 77).example


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_templates_kept_apart(kind):
    groups = {made.draft.group for made in generate_many(Request(kind, held_out=True), 5, 2)}
    assert groups and all(is_held_out(group) for group in groups)


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(UnknownKind, match="passport"):
        generate("passport", 1)


@pytest.mark.parametrize("kind", ["receipt", "W2", "check", "invoice"])
def test_boxes_of_a_photograph_are_not_those_of_the_clean_page(kind):
    clean, photo = generate(kind, 5), generate(kind, 5, quality="photo")
    assert [w.text for w in clean.example.words] == [w.text for w in photo.example.words]
    assert [w.box for w in clean.example.words] != [w.box for w in photo.example.words]
