"""The thirteen kinds and their labels; a user's own kind from a file; what is wrong in a file is named."""

from pathlib import Path

import pytest

from recto.document.errors import BadRequest, BadSettings, UnknownKind, UnknownLabel
from recto.document.kinds import KINDS, RECEIPT_LABELS
from recto.schemas.catalog import add, kinds, labels_of, load, parse, schema_of
from recto.schemas.jsonschema import json_schema
from recto.schemas.labels import imported, merge_of, merged

PLAIN = 'kind = "note"\ntitle = "Note"\n[fields]\ntitle = {}\n'


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_schema_whose_names_mean_one_thing(kind):
    schema = schema_of(kind)
    assert schema.kind == kind
    names = [name for spec in schema.fields for name in (spec.name, *spec.aliases)]
    assert len(names) == len(set(names))
    assert all(schema.spec(path) is spec for path, spec in schema.every_spec())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "receipt"])
def test_the_labels_of_a_kind_are_paths_of_its_fields(kind):
    assert all(schema_of(kind).spec(label) for label in labels_of(kind))


def test_receipt_labels_are_the_set_in_its_order_and_each_feeds_a_field():
    assert labels_of("receipt") == RECEIPT_LABELS
    assert set(schema_of("receipt").labels) == set(RECEIPT_LABELS)


def test_a_box_is_known_by_its_meaning_and_by_its_number():
    assert schema_of("W2").spec("box_1").name == "wages_tips_and_other_compensation"
    assert schema_of("1099-DIV").spec("box_2b").name == "unrecaptured_section_1250_gain"
    assert schema_of("1098").spec("lender.name").name == "recipient.name"


def test_an_unknown_kind_is_refused():
    with pytest.raises(UnknownKind):
        schema_of("passport")


def test_a_kind_of_ones_own_is_known_by_its_name():
    add(parse(PLAIN))
    assert "note" in kinds()
    assert labels_of("note") == ("title",)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (PLAIN + 'colour = { type = "paint" }\n', "fields.colour.type"),
        (PLAIN + "colour = { size = 3 }\n", "fields.colour.size"),
        (PLAIN + '[tables.t]\nanchor = "b"\n[tables.t.columns]\na = {}\n', "tables.t"),
        ('title = "no kind"\n', "kind"),
    ],
)
def test_what_is_wrong_in_a_kind_file_is_named(text, place):
    with pytest.raises(BadSettings, match=place):
        parse(text)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path):
    path = tmp_path / "kind.toml"
    path.write_text("kind = ")
    with pytest.raises(BadSettings, match=r"kind\.toml"):
        load(path)


def test_foreign_label_names_are_understood_and_unknown_ones_refused():
    assert imported("ADDRESS") == "ADDRESS_LINE"
    assert imported("business name") == "MERCHANT_NAME"
    assert imported("CARD_NUMBER") == imported("PAYMENT_TYPE") == "PAYMENT_METHOD"
    assert imported("O") == "O"
    assert imported("employee.name", "W2") == "employee.name"
    with pytest.raises(UnknownLabel):
        imported("SHOE_SIZE")


def test_labels_merge_by_preset_or_by_a_map():
    assert merged("B-SUBTOTAL", merge_of("amounts")) == "B-AMOUNT"
    assert merged("I-TIME", merge_of("date_time")) == "I-DATE"
    assert merged("B-PHONE_NUMBER", merge_of("sroie")) == "B-ADDRESS"
    assert merged("B-TIP", merge_of('{"TIP": "TAX"}')) == "B-TAX"
    assert merged("O", merge_of("sroie")) == "O"
    with pytest.raises(BadRequest):
        merge_of("nonsense")
    with pytest.raises(BadRequest):
        merge_of('["TIP"]')


@pytest.mark.parametrize("kind", KINDS)
def test_the_json_schema_of_a_kind_names_every_field(kind):
    found = json_schema(kind)
    schema = schema_of(kind)
    assert set(found["properties"]) == {spec.name for spec in schema.fields} | {table.name for table in schema.tables}
    assert set(found["required"]) == {spec.name for spec in schema.fields if spec.required}
