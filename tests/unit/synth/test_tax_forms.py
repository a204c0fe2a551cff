"""Made-up tax forms: captions in their places, values with labels of the schema, taxes that follow from the income."""

from decimal import Decimal

import pytest

from recto.schemas.catalog import labels_of
from recto.training.synth import generate

KINDS = ("W2", "1099-INT", "1099-DIV", "1099-MISC", "1099-NEC", "1099-R", "1098")


@pytest.mark.parametrize("kind", KINDS)
def test_every_tag_is_a_label_of_the_kinds_schema(kind):
    for seed in range(25):
        example = generate(kind, seed).example
        assert {tag[2:] for tag in example.tags if tag != "O"} <= set(labels_of(kind))
        assert all(0 <= word.box.left < word.box.right <= 1 for word in example.words)


@pytest.mark.parametrize("kind", KINDS)
def test_the_form_says_its_year_and_who_is_who(kind):
    for seed in range(10):
        example = generate(kind, seed).example
        labels = {tag[2:] for tag in example.tags if tag != "O"}
        assert len([name for name in labels if name.endswith(".name")]) >= 2
        assert any(example.fields["tax_year"] in word.text for word in example.words)


def test_the_taxes_of_a_w2_follow_from_its_wages():
    for seed in range(20):
        fields = generate("W2", seed).example.fields
        wages = Decimal(fields["social_security_wages"])
        assert abs(wages * Decimal("0.062") - Decimal(fields["social_security_tax_withheld"])) <= Decimal("0.01")


def test_a_wrong_withholding_is_named():
    example = generate("W2", 4, wrong="withholding").example
    assert example.altered == ("social_security_tax_withheld",)
    wages = Decimal(example.fields["social_security_wages"])
    assert abs(wages * Decimal("0.062") - Decimal(example.fields["social_security_tax_withheld"])) > 1
