"""Images of made-up documents: ink where the boxes say, the same pixels for the same seed, files that can be read."""

import json

import numpy as np
import pypdfium2
import pytest

from recto.training.synth import Request, generate, generate_many
from recto.training.synth.sample import sample
from recto.training.synth.writing import write


def pixels_of(raster):
    return np.frombuffer(raster.pixels, np.uint8).reshape(raster.height, raster.width, 3)


@pytest.mark.parametrize("quality", ["clean", "scan", "photo"])
@pytest.mark.parametrize("kind", ["receipt", "W2", "check"])
def test_the_words_stand_where_their_boxes_are_in_every_quality(kind, quality):
    document = generate(kind, 12, quality=quality)
    pixels = pixels_of(document.render()[0]).mean(axis=2)
    words = [word for word in document.example.words if word.page == 1 and len(word.text) > 2]
    darker = 0
    for word in words:
        left, right = round(word.box.left * pixels.shape[1]), round(word.box.right * pixels.shape[1])
        top, bottom = round(word.box.top * pixels.shape[0]), round(word.box.bottom * pixels.shape[0])
        inside = pixels[top:bottom, left:right]
        darker += np.percentile(inside, 5) < np.percentile(inside, 80) - 25
    assert darker >= 0.9 * len(words)


def test_the_same_seed_gives_the_same_pixels():
    assert generate("receipt", 3, quality="photo").render() == generate("receipt", 3, quality="photo").render()


def test_the_sample_is_a_photograph_of_a_receipt_with_a_total():
    found = sample(7)
    assert found.quality == "photo" and found.draft.kind == "receipt"
    assert {"merchant_name", "transaction_date", "total"} <= found.example.fields.keys()
    assert any(tag == "B-GRAND_TOTAL" for tag in found.example.tags)


def test_written_documents_can_be_read_again(tmp_path):
    count = write(generate_many(Request("receipt", quality="scan"), 2, 5), tmp_path, "jpeg")
    lines = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert count == len(lines) == 2
    assert all((tmp_path / name).stat().st_size > 5000 for line in lines for name in line["files"])
    assert all({"text", "page", "line", "box"} <= set(word) for line in lines for word in line["words"])


def test_a_pdf_with_text_gives_its_words_back(tmp_path):
    write([generate("bank_statement", 4, rows=120)], tmp_path, "text-pdf")
    (line,) = [json.loads(text) for text in (tmp_path / "labels.jsonl").read_text().splitlines()]
    pdf = pypdfium2.PdfDocument(tmp_path / line["files"][0])
    read = " ".join(page.get_textpage().get_text_range() for page in pdf).split()
    wanted = [word["text"] for word in line["words"]]
    assert len(set(wanted) - set(read)) < 0.03 * len(set(wanted))


def test_the_figures_at_the_foot_of_a_check_are_drawn_in_their_boxes():
    document = generate("check", 1)
    pixels = pixels_of(document.render()[0]).mean(axis=2)
    example = document.example
    labels = ("micr.routing_number", "micr.account_number", "micr.check_number")
    for word, tag in zip(example.words, example.tags, strict=True):
        if tag[2:] in labels:
            left, right = round(word.box.left * pixels.shape[1]), round(word.box.right * pixels.shape[1])
            top, bottom = round(word.box.top * pixels.shape[0]), round(word.box.bottom * pixels.shape[0])
            assert 0.08 < (pixels[top:bottom, left:right] < 128).mean() < 0.6
