"""From a person's corrections to a model that was trained on them and labels here, in a real Chromium."""

import hashlib
import re
import shutil

import pytest
from playwright.sync_api import expect
from tests.support.labelled import NOON
from tests.support.recto import recto_serve

from recto.app import Installation, settings
from recto.document.page import Document, Page
from recto.document.reading import Guess, Reading
from recto.document.record import Record
from recto.engines.label.bundle import SHIPPED, digest_of
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.schemas.catalog import labels_of
from recto.training.synth import generate
from recto.training.truth import labels_from

pytestmark = pytest.mark.train

RECEIPTS, WORDS = 40, 10
TRAINED, JUDGED = 150_000, 60_000
"""Milliseconds that a small training run and a judgement may take."""


@pytest.fixture(scope="module")
def muddled(tmp_path_factory):
    """A server whose model calls everything something else; labelled receipts, and one that it read: address, id."""
    pytest.importorskip("torch")
    home = tmp_path_factory.mktemp("muddled")
    folder = home / "models" / "muddled"
    shutil.copytree(SHIPPED / "default", folder)
    label_map, labels = folder / "label_map.json", labels_of("receipt")
    others = dict(zip(labels, (*labels[1:], labels[0]), strict=True))
    label_map.write_text(re.sub(r'"([A-Z_]+)"', lambda one: f'"{others.get(one[1], one[1])}"', label_map.read_text()))
    (folder / "digest.txt").write_text(digest_of(folder) + "\n")
    app = Installation(settings(home=home))
    app.models.activate("muddled")
    labeller = LayoutLmOnnx(str(folder))
    ids = [keep(app, labeller, seed, labelled=seed > 0) for seed in range(RECEIPTS + 1)]
    with recto_serve(home) as served:
        yield served.url, ids[0]


def keep(app: Installation, labeller: LayoutLmOnnx, seed: int, labelled: bool) -> str:
    example = receipt(seed)
    document = Document(hashlib.sha256(f"{seed}".encode()).hexdigest(), f"{seed}.png", "image/png", 1)
    (tags,) = labeller.label([(example.words, "receipt")])
    reading = Reading(document, (Page(1, 600, 800),), example.words, Guess("receipt", 0.9), tags)
    app.records.save(Record(document, "read", reading=reading))
    if labelled:
        app.labels.write(document.id, "", labels_from(example, "made", NOON))
    return document.id


def receipt(seed: int):
    return generate("receipt", 8_300_000 + seed, held_out=True).example


def test_ten_words_are_corrected_a_model_is_trained_on_them_takes_the_place_and_a_worse_one_does_not(chromium, muddled):
    address, document = muddled
    page = chromium.new_context(viewport={"width": 1360, "height": 860}).new_page()
    before = predictions(page, address, document)
    truth = [(tag or "O")[2:] or "O" for tag in receipt(0).tags]
    wrong = [at for at, label in enumerate(truth) if label not in ("O", before[at])][:WORDS]
    assert len(wrong) == WORDS
    page.goto(f"{address}/labels/{document}")
    page.locator("[aria-busy=true]").wait_for(state="detached")
    for at, came_from in zip(wrong, [-1, *wrong], strict=False):
        for _ in range(at - came_from):
            page.keyboard.press("ArrowRight")
        correct(page, at, truth[at])
    assert shown_right(page, address, document, "muddled") == 0

    page.goto(f"{address}/models")
    expect(page.get_by_text(f"On the {RECEIPTS + 1} documents with labels that hold")).to_be_visible()
    train(page, "corrected", epochs=20)
    judge(page, "corrected")
    expect(page.get_by_role("heading", name="corrected is better and is in use now")).to_be_visible(timeout=JUDGED)
    expect(page.locator("tr[data-model=corrected]")).to_contain_text("in use")
    expect(page.locator(".canaries summary")).to_have_text(
        re.compile(r"\d+ of the newest 20 documents say something else")
    )

    after = predictions(page, address, document)
    assert sum(after[at] == truth[at] for at in wrong) >= WORDS // 2
    assert shown_right(page, address, document, "corrected") >= WORDS // 2

    page.goto(f"{address}/models")
    train(page, "hasty", epochs=1)
    judge(page, "hasty")
    expect(page.get_by_role("heading", name="hasty is not better and is not used")).to_be_visible(timeout=JUDGED)
    expect(page.locator("#verdict tbody tr", has_text="PRODUCT_NAME")).to_contain_text("-")
    expect(page.locator("tr[data-model=corrected]")).to_contain_text("in use")
    expect(page.locator("#history tbody tr").nth(0)).to_contain_text(re.compile(r"hasty\s*refused"))
    expect(page.locator("#history tbody tr").nth(1)).to_contain_text(re.compile(r"corrected\s*promoted"))


def correct(page, index: int, label: str) -> None:
    """Gives the chosen word its label, by keyboard."""
    page.keyboard.press("/")
    page.keyboard.type(label.replace("_", " ").lower())
    page.keyboard.press("Enter")
    expect(page.locator(f'.mark[data-index="{index}"]')).to_have_class(re.compile("said"))


def train(page, name: str, epochs: int) -> None:
    """Orders a run on the labels and waits until its model is there."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Epochs").fill(str(epochs))
    page.get_by_label("Small").check()
    page.get_by_role("button", name="Train on labels").click()
    expect(page.get_by_text(f"{name} is trained. Judge it above.")).to_be_visible(timeout=TRAINED)
    row = page.locator("#run-list tr", has=page.get_by_role("link", name=name))
    expect(row.get_by_role("cell").nth(0)).to_contain_text("done")
    expect(row.get_by_role("cell").nth(1)).to_have_text(str(epochs))


def judge(page, name: str) -> None:
    page.get_by_role("button", name=f"Use {name} if it is better").click()


def shown_right(page, address: str, document: str, model: str) -> int:
    """How many words of the document the page says that model, which is in use, has right."""
    page.goto(f"{address}/inspect/{document}")
    page.locator("[aria-busy=true]").wait_for(state="detached")
    expect(page.locator(".pickers option:checked").first).to_have_text(f"{model} (in use)")
    return int(page.locator(".totals [data-verdict=right] dd").inner_text())


def predictions(page, address: str, document: str) -> list[str]:
    """What the model in use says of each word."""
    told = page.request.get(f"{address}/v1/inspect/{document}").json()
    return [word["predicted_label_base"] for word in told["original"]["predictions"]]
