"""Models and training runs, as a person meets them."""

import json
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from recto.app import App, settings
from recto.document.run import EpochRecord, RunRecord
from recto.engines.label.bundle import folder_of
from recto.training.models import Models

RECEIPT = ("GRAND_TOTAL", "DATE", "MERCHANT_NAME", "ADDRESS_LINE")


def measured(f1: float) -> dict:
    """What is kept of a validation whose labels all have this F1."""
    scores = {label: {"precision": f1, "recall": f1, "f1": f1, "support": 40} for label in RECEIPT}
    whole = {"precision": f1, "recall": f1, "f1": f1, "support": 160, "by_label": scores}
    return {
        **dict.fromkeys(("fields", "entities", "words"), whole),
        "calibration": {"words": 900, "accuracy": f1, "ece": 0.02, "reliability": [[0.5, 0.4, 30], [0.95, 0.97, 870]]},
        "confusions": [["GRAND_TOTAL", "O", 6], ["O", "DATE", 3]],
        "by_document": [
            {"id": "X1", "entities": [3, 4, 4], "words": [9, 10, 10], "fields": [3, 4, 4], "wrong_words": 2},
            {"id": "X2", "entities": [4, 4, 4], "words": [10, 10, 10], "fields": [4, 4, 4], "wrong_words": 0},
        ],
    }


def epochs(best: float) -> tuple[EpochRecord, ...]:
    points = [(number, 2.5 / (number + 1), best * (number + 1) / 4) for number in range(4)]
    return tuple(EpochRecord(n, loss, 12.0, 5e-4, 10 * (n + 1), measured(f1), f1) for n, loss, f1 in points)


FIRST = RunRecord(
    "first",
    "receipts of spring",
    "done",
    True,
    {"epochs": 4, "learning_rate": 0.0005},
    {"torch": "2.13.0"},
    {"hashes": {"validation": "ab"}, "train": {"documents": 300}},
    {"held-out": {"documents": 65, "calibration": {"ece": 0.014, "auroc": 0.91}}},
    "sha256:0123456789abcdef",
    epochs(0.8),
)
SECOND = replace(
    FIRST,
    id="second",
    name="receipts of summer",
    state="interrupted",
    settings={"epochs": 4, "learning_rate": 0.001},
    metrics={},
    digest=None,
    epochs=epochs(0.9),
)


@pytest.fixture(scope="module")
def trained(shop):
    runs = App(settings(home=shop.home)).runs
    for run in (FIRST, SECOND):
        runs.save(run)
        for epoch in run.epochs:
            runs.add(run.id, epoch)
    return shop


def cells(page, row: str) -> list[str]:
    return page.get_by_role("row", name=re.compile(row)).first.get_by_role("cell").all_inner_texts()


def test_the_list_shows_each_run_with_its_state_and_its_best_figure(browse, trained):
    page = browse("/models")
    assert [text.strip() for text in cells(page, "receipts of spring")[:4]] == ["done", "4", "0.6250", "0.800"]
    assert cells(page, "receipts of summer")[0].strip() == "interrupted"
    expect(page.get_by_role("link", name="Models")).to_have_attribute("aria-current", "page")


def test_a_run_shows_its_curves_its_labels_its_confusions_and_its_worst_documents(browse, trained):
    page = browse("/models")
    page.get_by_role("link", name="receipts of spring").click()
    loss = page.get_by_role("img", name="Training loss by epoch")
    assert loss.locator("circle title").all_text_contents()[1] == "epoch 1: 1.25"
    expect(page.get_by_role("img", name="F1 on held-out documents by epoch")).to_be_visible()
    assert cells(page, "GRAND_TOTAL")[:4] == ["0.800", "0.800", "0.800", "40"]
    row = page.locator(".matrix tr", has=page.locator("th", has_text="GRAND_TOTAL")).last
    assert row.locator("td").all_inner_texts().count("6") == 1
    assert row.locator("td.right").inner_text() == "32"
    assert page.get_by_role("row", name=re.compile("X1")).count() == 1
    assert page.get_by_role("row", name=re.compile("X2")).count() == 0
    expect(page.get_by_text("version of torch")).to_have_count(0)


def test_two_runs_are_compared_label_by_label_and_by_what_they_were_told(browse, trained):
    page = browse("/models")
    page.get_by_role("radio", name="receipts of spring as A").check()
    page.get_by_role("radio", name="receipts of summer as B").check()
    page.get_by_role("button", name="Compare A and B").click()
    assert cells(page, "GRAND_TOTAL") == ["0.800", "0.900", "+0.100", "40"]
    assert cells(page, "learning_rate") == ["0.0005", "0.001"]
    assert page.get_by_role("row", name=re.compile("^epochs")).count() == 0
    assert page.locator(".chart-legend").first.locator("li").all_inner_texts() == [
        "A: receipts of spring",
        "B: receipts of summer",
    ]


def test_a_model_is_taken_into_use_unjudged_with_a_reason_that_is_kept_and_the_one_before_comes_back(browse, trained):
    Models(trained.home / "models").pull(str(folder_of("default")), "mine")
    page = browse("/models")
    shipped, mine = (page.locator(f"tr[data-model={name}]") for name in ("default", "mine"))
    expect(shipped).to_contain_text("in use")
    page.get_by_role("button", name="Use mine unjudged").click()
    page.get_by_role("button", name="Use it unjudged").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_label("Reason").fill("The labels are few, and I have looked at it")
    page.get_by_label("Reason").press("Enter")
    expect(mine).to_contain_text("in use")
    page.get_by_role("button", name="Back to the one before").click()
    expect(shipped).to_contain_text("in use")
    said = page.locator("#history tbody tr").all_inner_texts()
    assert "went back" in said[0] and "default" in said[0]
    assert "used unjudged" in said[1] and "I have looked at it" in said[1]
    expect(page.get_by_role("button", name="Back to the one before")).to_have_count(0)  # there is none any more


def test_the_api_tells_the_same(browse, trained):
    page = browse("/models")
    listed = page.evaluate("async () => (await fetch('/v1/runs')).json()")["runs"]
    assert {run["name"] for run in listed} == {FIRST.name, SECOND.name}
    assert "validation" not in listed[0]["epochs"][0]
    whole = page.evaluate("async () => (await fetch('/v1/runs/first')).json()")
    assert whole["epochs"][3]["validation"]["entities"]["f1"] == 0.8
    assert page.evaluate("async () => (await fetch('/v1/bundles')).json()")["bundles"][0]["active"] is True


def test_a_run_that_there_is_not_is_not_found(browse, trained):
    page = browse("/models/runs/nowhere", refusing=404)
    expect(page.get_by_text("not_found")).to_be_visible()


def test_leaving_the_dialog_leaves_the_model_alone(browse, trained):
    Models(trained.home / "models").pull(str(folder_of("default")), "other")
    page = browse("/models")
    page.get_by_role("button", name="Use other unjudged").click()
    page.get_by_label("Reason").fill("Nothing")
    page.get_by_role("button", name="Leave it").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("tr[data-model=other]")).not_to_contain_text("in use")


@pytest.mark.parametrize("address", ["/models", "/models/runs/first", "/models/compare?one=first&other=second"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(browse, trained, address, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = browse(address, color_scheme=scheme)
    found = axe.run(page).response["violations"]
    told = [{"rule": one["id"], "where": [node["html"][:160] for node in one["nodes"][:3]]} for one in found]
    assert told == [], json.dumps(told, indent=1)


@pytest.mark.parametrize("address", ["/models", "/models/runs/first", "/models/compare?one=first&other=second"])
def test_nothing_stands_over_the_edge_of_a_phone(browse, trained, address):
    page = browse(address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_runs_are_read_on_a_phone_without_scrolling_sideways(browse, trained):
    page = browse("/models", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    row = page.locator('.runs [data-run="first"]')
    assert row.evaluate("row => row.closest('.scroll').scrollWidth - row.closest('.scroll').clientWidth") == 0
    for said in (row.get_by_role("link", name="receipts of spring"), row.get_by_label("receipts of spring as A")):
        said.scroll_into_view_if_needed()
        expect(said).to_be_in_viewport(ratio=1)
    expect(row).to_contain_text("0.800")
