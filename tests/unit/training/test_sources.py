"""Data sets in and out."""

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from recto.document.box import Box
from recto.document.errors import BadRequest, UnknownLabel
from recto.document.page import Word
from recto.training.example import Example
from recto.training.merge import PRESETS, mapping, merged, only
from recto.training.sources import funsd, jsonlines, reread, sroie, wildreceipt
from recto.training.splits import FOLDS, fold_of, freeze, split, split_by, unique

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[4] / "shared" / "data"))
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the public documents are not at ../shared/data")


def example(name: str, group: str, *texts: str, tags: tuple[str | None, ...] = ()) -> Example:
    words = tuple(Word(text, Box(0.1 * at, 0.1, 0.1 * at + 0.05, 0.12)) for at, text in enumerate(texts))
    plain = tags or ("O",) * len(texts)
    return Example(name, "receipt", words, plain, ("DATE", "TAX", "SUBTOTAL", "GRAND_TOTAL"), group=group)


def test_a_data_set_comes_back_as_it_was_written(tmp_path):
    given = [example("a", "g", "TAX", "1.20", tags=("O", "B-TAX")), example("b", "h", "9.00", tags=(None,))]
    first = jsonlines.write(given, tmp_path / "set.jsonl")
    assert jsonlines.read(tmp_path / "set.jsonl") == given
    assert jsonlines.read(tmp_path) == given
    assert jsonlines.write(given, tmp_path / "again.jsonl") == first


def test_an_unknown_label_is_refused_where_it_stands(tmp_path):
    jsonlines.write([example("a", "g", "X", tags=("B-NONSENSE",))], tmp_path / "set.jsonl")
    with pytest.raises(UnknownLabel, match=r"set\.jsonl, line 1"):
        jsonlines.read(tmp_path / "set.jsonl")


def test_an_alias_is_read_as_the_label_that_it_names(tmp_path):
    jsonlines.write([example("a", "g", "X", tags=("B-BUSINESS_NAME",))], tmp_path / "set.jsonl")
    assert jsonlines.read(tmp_path / "set.jsonl")[0].tags == ("B-MERCHANT_NAME",)


@pytest.mark.parametrize("line", ["{", '{"id": "a"}', '{"id": "a", "kind": "receipt", "words": [], "tags": ["O"]}'])
def test_a_line_that_is_no_document_is_refused(tmp_path, line):
    (tmp_path / "set.jsonl").write_text(line)
    with pytest.raises(BadRequest):
        jsonlines.read(tmp_path / "set.jsonl")


def test_presets_make_labels_coarser():
    given = [example("a", "g", "1", "2", tags=("B-TAX", "B-SUBTOTAL"))]
    assert merged(given, PRESETS["amounts"])[0].tags == ("B-AMOUNT", "B-AMOUNT")
    assert merged(given, PRESETS["amounts"])[0].labelled == ("DATE", "AMOUNT")
    assert only(given, ["TAX"])[0].tags == ("B-TAX", "O")


def test_a_map_of_ones_own_is_read_from_a_file(tmp_path):
    (tmp_path / "map.json").write_text('{"TAX": "MONEY"}')
    assert mapping(str(tmp_path / "map.json")) == {"TAX": "MONEY"}
    with pytest.raises(BadRequest):
        mapping("no such preset")


def test_a_split_never_parts_a_group_and_always_falls_alike():
    given = [example(f"{group}{at}", f"group {group}", str(group), str(at)) for group in range(40) for at in range(3)]
    parts = split(given)
    assert {e.group for e in parts.train}.isdisjoint({e.group for e in parts.validation})
    assert parts.validation
    assert all(fold_of(e.group, FOLDS) == 0 for e in parts.validation)
    assert parts.frozen is False


def test_a_frozen_list_is_kept_and_its_groups_with_it(tmp_path):
    given = [example(f"{group}{at}", f"group {group}", str(group), str(at)) for group in range(40) for at in range(3)]
    freeze(split(given), tmp_path / "list.json")
    again = split_by(given, tmp_path / "list.json")
    assert again.frozen
    assert again.hashes == split(given).hashes
    assert split_by(given[:5], tmp_path / "list.json").frozen is False


def test_a_document_that_stands_twice_is_trained_on_once():
    assert [e.id for e in unique([example("a", "g", "X"), example("b", "h", "X"), example("c", "h", "Y")])] == [
        "a",
        "c",
    ]


def test_the_funsd_form_is_read(tmp_path):
    (tmp_path / "annotations").mkdir()
    (tmp_path / "images").mkdir()
    Image.new("RGB", (200, 100)).save(tmp_path / "images" / "one.png")
    words = [{"text": "12", "box": [20, 10, 40, 20]}, {"text": "May", "box": [45, 10, 70, 20]}]
    form = [{"label": "date", "words": words}, {"label": "other", "words": [{"text": "x", "box": [20, 50, 30, 60]}]}]
    (tmp_path / "annotations" / "one.json").write_text(json.dumps({"form": form}))
    found = funsd.examples(tmp_path)[0]
    assert found.tags == ("B-DATE", "I-DATE", "O")
    assert found.words[0].box == Box(0.1, 0.1, 0.2, 0.2)
    (tmp_path / "annotations" / "one.json").write_text('{"no": "form"}')
    with pytest.raises(BadRequest):
        funsd.examples(tmp_path)


def test_words_that_were_read_once_come_back(tmp_path):
    stated = {"text": "TOTAL", "box": [0.1, 0.1, 0.2, 0.12], "line": 0, "confidence": 0.9}
    (tmp_path / "cache.jsonl").write_text(json.dumps({"id": "a", "words": [stated]}) + "\n")
    name, words = next(iter(reread.read_words(tmp_path / "cache.jsonl")))
    assert (name, words[0].text, words[0].confidence) == ("a", "TOTAL", 0.9)


@pytest.mark.data
@needs_data
def test_nearly_every_value_of_sroie_finds_its_words():
    examples = sroie.examples(DATA / "sroie" / "train")
    assert len(examples) == 626
    missed = sroie.unaligned(examples)
    assert len(missed) <= 10
    assert len({e.group for e in examples}) > 200


@pytest.mark.data
@needs_data
def test_wildreceipt_has_a_label_on_every_box_that_is_scored():
    examples = wildreceipt.examples(DATA / "wildreceipt" / "labels.jsonl")
    assert len(examples) == 288
    assert all(tag is not None for e in examples for tag in e.tags)
    assert sum(len(e.ignored) for e in examples) > 0
