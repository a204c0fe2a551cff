"""From a person's corrections to another model in use, in a real Chromium; a worse model is refused."""

import hashlib
import shutil

import pytest
from playwright.sync_api import expect
from tests.support.labelled import NOON
from tests.support.recto import recto_serve

from recto.app import Installation, settings
from recto.document.page import Document, Page
from recto.document.reading import Guess, Reading, Tag
from recto.document.record import Record
from recto.engines.label.bundle import SHIPPED, digest_of
from recto.training.synth import generate
from recto.training.truth import labels_from

RECEIPTS = 50


@pytest.fixture(scope="module")
def confused(tmp_path_factory):
    """A server whose model calls totals taxes, with labelled receipts and one that nobody labelled: its address, id."""
    home = tmp_path_factory.mktemp("confused")
    worse = home / "models" / "confused"
    shutil.copytree(SHIPPED / "default", worse)
    text = (worse / "label_map.json").read_text()
    for old, new in (("GRAND_TOTAL", "?"), ("TAX", "GRAND_TOTAL"), ("?", "TAX")):
        text = text.replace(f'"{old}"', f'"{new}"')
    (worse / "label_map.json").write_text(text)
    (worse / "digest.txt").write_text(digest_of(worse) + "\n")
    app = Installation(settings(home=home))
    ids = [keep(app, seed, labelled=seed > 0) for seed in range(RECEIPTS)]
    app.models.activate("confused")
    with recto_serve(home) as served:
        yield served.url, ids[0]


def keep(app: Installation, seed: int, labelled: bool) -> str:
    example = generate("receipt", 8_300_000 + seed, held_out=True).example
    document = Document(hashlib.sha256(f"{seed}".encode()).hexdigest(), f"{seed}.png", "image/png", 1)
    tags = tuple(Tag("O", 0.9) for _ in example.tags)
    reading = Reading(document, (Page(1, 600, 800),), example.words, Guess("receipt", 0.9), tags)
    app.records.save(Record(document, "read", reading=reading))
    if labelled:
        app.labels.write(document.id, "", labels_from(example, "made", NOON))
    return document.id


def test_ten_words_are_corrected_a_better_model_comes_into_use_and_a_worse_one_does_not(chromium, confused):
    address, document = confused
    page = chromium.new_context(viewport={"width": 1360, "height": 860}).new_page()
    page.goto(f"{address}/labels/{document}")
    page.locator(".mark").first.wait_for(state="attached")
    page.keyboard.press("ArrowRight")
    for _ in range(9):
        page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("button", name="Merchant name").click()
    expect(page.locator(".mark.said")).to_have_count(10)

    before = predictions(page, document)
    page.goto(f"{address}/models")
    page.get_by_role("button", name="Use default if it is better").click()
    expect(page.get_by_role("heading", name="default is better and is in use now")).to_be_visible(timeout=60_000)
    expect(page.locator("tr[data-model=default]")).to_contain_text("in use")
    after = predictions(page, document)
    assert before != after
    assert after.count("GRAND_TOTAL") > 0

    page.get_by_role("button", name="Use confused if it is better").click()
    expect(page.get_by_role("heading", name="confused is not better and is not used")).to_be_visible(timeout=60_000)
    expect(page.locator("#verdict tbody tr", has_text="GRAND_TOTAL")).to_contain_text("-")
    expect(page.locator("tr[data-model=default]")).to_contain_text("in use")


def predictions(page, document: str) -> list[str]:
    told = page.evaluate("async (id) => (await fetch(`/v1/inspect/${id}`)).json()", document)
    return [word["predicted_label_base"] for word in told["original"]["predictions"]]
