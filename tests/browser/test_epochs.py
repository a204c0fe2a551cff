"""A training run on a document's page, epoch by epoch, in a real Chromium."""

import hashlib
import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Shop
from tests.support.labelled import NOON
from tests.support.recto import recto_serve

from recto.app import Installation, settings
from recto.document.page import Document, Page
from recto.document.reading import Guess, Reading, Tag
from recto.document.record import Record
from recto.training.sources.labels import examples
from recto.training.splits import split
from recto.training.synth import generate
from recto.training.truth import labels_from

pytestmark = pytest.mark.train

RECEIPTS, EPOCHS = 24, 12


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A server with labelled receipts and a small run on them; `ids` names one that was held back and one that was not.

    What was said after the first epoch is not there any more.
    """
    pytest.importorskip("torch")
    from recto.training.commands import SMALL, train_bundle
    from recto.training.epochs import key_of
    from recto.training.settings import TrainSettings

    home = tmp_path_factory.mktemp("epochs")
    app = Installation(settings(home=home))
    for seed in range(RECEIPTS):
        keep(app, seed)
    data = examples(app.labels, app.labels, app.records)
    chosen = TrainSettings("of November", home / "run", **{**SMALL, "epochs": EPOCHS})
    train_bundle(chosen, data, [app.runs], lambda epoch: None, blobs=app.blobs)
    (run,) = app.runs.runs()
    app.blobs.delete(key_of(run.id, 0))
    parts = split(data)
    ids = {"held": parts.validation[0].id, "learned": parts.train[0].id, "run": run.id}
    with recto_serve(home, "--no-worker") as served:
        yield Shop(served.url, home, ids)


def keep(app: Installation, seed: int) -> None:
    example = generate("receipt", 8_400_000 + seed, held_out=True).example
    document = Document(hashlib.sha256(f"{seed}".encode()).hexdigest(), f"{seed}.png", "image/png", 1)
    reading = Reading(
        document, (Page(1, 600, 800),), example.words, Guess("receipt", 0.9), (Tag("O"),) * len(example.words)
    )
    app.records.save(Record(document, "read", reading=reading))
    app.labels.write(document.id, "", labels_from(example, "made", NOON))


def figure(page, verdict: str) -> int:
    return int(page.locator(f".totals [data-verdict={verdict}] dd").inner_text())


@pytest.fixture
def page(browse, shop):
    """The held-back document with the run chosen, at its last epoch; the receipts have no image."""
    page = browse(f"/inspect/{shop.ids['held']}", refusing=404)
    page.locator("select.model").select_option(label="of November, done")
    expect(page.locator(".epoch-said")).to_have_text(f"Epoch {EPOCHS - 1} of {EPOCHS - 1}")
    return page


def test_each_epoch_shows_what_was_said_and_how_much_of_it_was_right(page, shop):
    about = f"/v1/inspect/{shop.ids['held']}/runs/{shop.ids['run']}"
    epochs = page.evaluate("async (about) => (await fetch(about)).json()", about)["epochs"]
    slider = page.get_by_role("slider", name=re.compile("^Epoch"))
    for epoch in reversed(epochs[1:]):
        expect(page.locator(".epoch-said")).to_have_text(f"Epoch {epoch['epoch']} of {EPOCHS - 1}")
        expect(page.locator(".epoch-figures")).to_contain_text(f"{epoch['wrong_words']} wrong.")
        answer = page.evaluate("async (one) => (await fetch(one)).json()", f"{about}/epochs/{epoch['epoch']}")
        accuracy = answer["metrics"]["overall_accuracy"]
        expect(page.locator(".totals [data-verdict=accuracy] dd")).to_have_text(f"{accuracy * 100:.1f} %")
        slider.press("ArrowLeft")
    assert len({epoch["wrong_words"] for epoch in epochs}) > 1


def test_an_epoch_whose_predictions_were_not_kept_shows_its_figures_alone(page):
    page.locator(".hits li").first.wait_for()
    page.get_by_role("slider", name=re.compile("^Epoch")).press("Home")
    expect(page.locator(".epoch-figures")).to_contain_text("What it said of each word was not kept.")
    expect(page.locator(".hits li")).to_have_count(0)
    assert (figure(page, "right"), figure(page, "wrong")) == (0, 0)


def test_a_run_of_which_nothing_was_kept_shows_its_figures_alone(browse, shop):
    app = Installation(settings(home=shop.home))
    run = app.runs.run(shop.ids["run"])
    app.runs.save(replace(run, id="older", name="of October"))
    app.runs.add("older", run.epochs[0])
    page = browse(f"/inspect/{shop.ids['held']}?run=older", refusing=404)
    expect(page.locator(".epoch-figures")).to_contain_text("What it said of each word was not kept.")
    expect(page.locator(".totals [data-verdict=right] dd")).to_have_text("0")
    expect(page.locator(".hits li")).to_have_count(0)


def test_an_epoch_is_chosen_by_its_bar_and_stands_beside_a_model(page):
    page.get_by_label("Beside").select_option("default")
    page.locator(".bars [data-at='1']").click()
    expect(page.locator(".epoch-said")).to_have_text(f"Epoch 1 of {EPOCHS - 1}")
    page.get_by_label("Show").select_option("differs")
    expect(page.locator(".hits li").first).to_contain_text("other:")
    page.locator("select.model").select_option("default")
    expect(page.locator(".epochs")).to_be_hidden()
    expect(page.locator(".hits li")).to_have_count(0)


def test_a_run_leads_from_a_document_with_mistakes_to_its_epochs(browse, shop):
    page = browse(f"/models/runs/{shop.ids['run']}", refusing=404)
    page.locator(f"a[href^='/inspect/{shop.ids['held']}']").click()
    expect(page.locator(".epoch-said")).to_have_text(f"Epoch {EPOCHS - 1} of {EPOCHS - 1}")


def test_a_document_that_was_learned_from_offers_no_run(browse, shop):
    page = browse(f"/inspect/{shop.ids['learned']}", refusing=404)
    page.locator(".hits li").first.wait_for()
    expect(page.locator("select.model").locator("optgroup")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(browse, shop, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = browse(f"/inspect/{shop.ids['held']}?run={shop.ids['run']}", refusing=404, color_scheme=scheme)
    expect(page.locator(".epoch-figures")).to_contain_text("When it was judged")
    page.locator(".hits li").first.wait_for()
    found = axe.run(page).response["violations"]
    told = [{"rule": one["id"], "where": [node["html"][:160] for node in one["nodes"][:3]]} for one in found]
    assert told == [], json.dumps(told, indent=1)


def test_nothing_stands_over_the_edge_of_a_phone(browse, shop):
    address = f"/inspect/{shop.ids['held']}?run={shop.ids['run']}"
    page = browse(address, refusing=404, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(page.locator(".epoch-figures")).to_contain_text("When it was judged")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
