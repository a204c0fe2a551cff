"""Labelling, inspecting and reviewing a document, by keyboard and by mouse, in a real Chromium."""

import json
import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import SHOPS, keep
from tests.support import receipts

from recto.app import Installation, settings

VIEWS = ("/review", "/labels", "/inspect")


@pytest.fixture
def document(shop, request):
    """A receipt of its own for each test, by its id."""
    number = 100 + sum(map(ord, request.node.name)) % 800
    app = Installation(settings(home=shop.home))
    _, document_id = keep(app, f"desk-{number}.pdf", receipts.paper(number), shop=SHOPS[0])
    return document_id


def labels(page, document_id: str) -> dict:
    """What is said of each word, by its text."""
    said = page.evaluate("async (id) => (await fetch(`/v1/documents/${id}/labels`)).json()", document_id)["words"]
    return {word["text"]: word["label"] for word in said}


def test_words_are_labelled_with_the_keyboard_alone(browse, document):
    page = browse(f"/labels/{document}")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".chosen-text")).to_have_text("LOTUS")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator(".chosen-text")).to_have_text("LOTUS CORNER SHOP")
    page.keyboard.press("/")
    page.keyboard.type("address")
    page.keyboard.press("Enter")
    expect(page.locator(".values")).to_contain_text("Address line")
    assert labels(page, document)["CORNER"]["label"] == "ADDRESS_LINE"
    assert labels(page, document)["LOTUS"]["begins"] is True
    page.keyboard.press("z")
    expect(page.locator(".values")).not_to_contain_text("Address line")


def test_words_on_every_page_of_a_pdf_are_labelled_with_the_keyboard_alone(browse, shop):
    page = browse(f"/labels/{shop.ids['two-pages.pdf']}")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".sheet")).to_have_attribute("data-number", "1")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".sheet")).to_have_attribute("data-number", "2")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".chosen-text")).to_have_text("RM")
    page.keyboard.press("o")
    expect(page.locator(".chosen-label")).to_contain_text("nothing")
    assert labels(page, shop.ids["two-pages.pdf"])["RM"]["label"] == "O"


def test_labels_are_suggested_and_those_that_look_wrong_are_marked_from_the_list(browse, document):
    page = browse("/labels")
    page.get_by_role("button", name="Suggest labels on the first").click()
    expect(page.locator("#said")).to_contain_text("Suggested labels on")
    told = page.evaluate("async () => (await fetch('/v1/labels?status=PENDING')).json()")["documents"]
    assert page.locator("#said").inner_text() == f"Suggested labels on {len(told)} documents."
    assert {status for one in told for status in one["counts"]} == {"PENDING"}
    page.get_by_role("button", name="Look for wrong labels").click()
    expect(page.locator("#said")).to_contain_text("look wrong")


def test_what_the_model_says_is_accepted_word_by_word_and_as_a_whole(browse, document):
    page = browse(f"/labels/{document}")
    page.locator('.mark[data-index="3"]').click()
    expect(page.locator(".chosen-label")).to_contain_text("Date")
    page.keyboard.press("Enter")
    expect(page.locator('.mark[data-index="3"]')).to_have_class(re.compile("said"))
    page.get_by_role("button", name="Accept all the rest").click()
    expect(page.locator(".values .held")).to_have_count(page.locator(".values li").count())
    assert {label["status"] for label in labels(page, document).values()} == {"VALID"}


def test_of_two_people_the_slower_one_is_told(browse, document):
    first, second = (browse(f"/labels/{document}", refusing=409) for _ in range(2))
    for page in (first, second):
        page.locator('.mark[data-index="7"]').click()
    first.keyboard.press("o")
    expect(first.locator(".chosen-label")).to_contain_text("nothing")
    second.keyboard.press("x")
    expect(second.get_by_role("alert")).to_contain_text(re.compile("version"))
    assert labels(first, document)["RM"]["label"] == "O"


def test_predictions_are_drawn_over_the_truth(browse, document):
    labelled = browse(f"/labels/{document}")
    labelled.get_by_role("button", name="Accept all the rest").click()
    expect(labelled.locator(".values .held").first).to_be_visible()
    labelled.locator('.mark[data-index="3"]').click()
    labelled.get_by_role("button", name="Time").click()
    expect(labelled.locator(".chosen-label")).to_contain_text("Time")
    page = browse(f"/inspect/{document}")
    metrics = page.evaluate("async (id) => (await fetch(`/v1/inspect/${id}`)).json()", document)["metrics"]
    expect(page.locator(".totals")).to_contain_text(f"{metrics['overall_accuracy'] * 100:.1f} %")
    expect(page.locator(".by-label tbody tr")).to_have_count(len(metrics["per_label_f1"]))
    page.get_by_label("Show").select_option("right")
    assert page.locator(".hits li").count() == page.locator(".mark.right").count() > 0
    page.get_by_label("Show").select_option("")
    cell = page.get_by_role("button", name=re.compile("truth Time, predicted"))
    cell.click()
    expect(page.locator(".hits")).to_contain_text("14/03/2024")
    expect(page.locator('.mark[data-index="3"]')).to_have_class(re.compile("chosen-word"))


def test_the_threshold_leaves_out_what_is_less_sure(browse, document):
    page = browse(f"/inspect/{document}")
    before = page.locator(".hits li").count()
    page.get_by_label("Confidence from").focus()
    page.keyboard.press("End")
    expect(page.locator(".least-said")).to_have_text("100 %")
    assert page.locator(".hits li").count() < before


def test_two_models_beside_each_other_differ_nowhere_when_they_are_the_same(browse, document):
    page = browse(f"/inspect/{document}")
    with page.expect_response(re.compile(r"/v1/inspect/.*model=default")):
        page.get_by_label("Beside").select_option("default")
    page.get_by_label("Show").select_option("differs")
    expect(page.locator(".hits li")).to_have_count(0)


def test_a_value_is_corrected_by_keyboard_and_the_words_of_another_by_mouse(browse, document):
    page = browse(f"/review/{document}")
    total = page.get_by_label("Total required")
    expect(total).to_have_value("9.00")
    total.fill("4.50")
    total.press("Enter")
    expect(page.locator("#said")).to_have_text("Kept")
    address = page.get_by_label("Merchant address")
    address.focus()
    for index in (1, 2):
        page.locator(f'.mark[data-index="{index}"]').click()
    expect(address).to_have_value("CORNER SHOP")
    with page.expect_response(re.compile("/corrections")):
        address.press("Enter")
    reading = page.evaluate("async (id) => (await fetch(`/v1/review/${id}`)).json()", document)
    values = {field["name"]: field.get("value") for field in reading["reading"]["fields"]}
    assert (values["total"], values["merchant_address"]) == ("4.50", "CORNER SHOP")
    assert labels(page, document)["SHOP"]["label"] == "ADDRESS_LINE"
    assert reading["corrections"] == 2 and reading["seconds"] > 0


def test_words_are_given_to_a_value_and_spelled_anew_with_the_keyboard_alone(browse, document):
    page = browse(f"/review/{document}")
    address = page.get_by_label("Merchant address")
    address.focus()
    page.keyboard.press("Escape")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)
    page.keyboard.press("v")
    expect(address).to_have_value("CORNER SHOP")
    with page.expect_response(re.compile("/corrections")):
        page.keyboard.press("Enter")
    expect(page.locator(".entry[data-field=merchant_phone_number] input")).to_be_focused()
    page.keyboard.press("Escape")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("What the chosen word says")).to_have_value("9.00")
    page.keyboard.press("e")
    page.keyboard.type("8.50")
    with page.expect_response(re.compile("/corrections")):
        page.keyboard.press("Enter")
    expect(page.get_by_label("Total required")).to_have_value("8.50")
    expect(page.locator(".spent")).to_contain_text("s so far")
    reading = page.evaluate("async (id) => (await fetch(`/v1/review/${id}`)).json()", document)
    values = {field["name"]: field.get("value") for field in reading["reading"]["fields"]}
    assert (values["total"], values["merchant_address"]) == ("8.50", "CORNER SHOP")
    assert reading["labels"]["words"][8]["text"] == "8.50"


def test_a_step_is_taken_back_and_the_document_is_accepted(browse, document):
    page = browse(f"/review/{document}")
    total = page.get_by_label("Total required")
    total.fill("7.77")
    total.press("Enter")
    expect(page.locator("#said")).to_have_text("Kept")
    page.get_by_role("button", name="Undo").click()
    expect(total).to_have_value("9.00")
    page.get_by_role("button", name="Accept").click()
    asks = page.get_by_role("dialog", name="Accept it all the same?")
    expect(asks).to_contain_text("Items add up: does not hold")
    asks.get_by_role("button", name="Overrule and accept").click()
    expect(asks.get_by_label("Why it is right")).to_be_focused()  # no reason, no overruling
    asks.get_by_role("button", name="Back").click()
    expect(asks).to_be_hidden()
    assert decision(page, document)["outcome"] == "review"
    page.get_by_role("button", name="Accept").click()
    asks.get_by_label("Why it is right").fill("The second line was free.")
    with page.expect_navigation():
        asks.get_by_role("button", name="Overrule and accept").click()
    told = decision(page, document)
    assert told["outcome"] == "straight_through" and told["reasons"][0].endswith("The second line was free.")
    page.goto(page.url.partition("/review")[0] + f"/review/{document}")
    expect(page.locator(".history")).to_contain_text("Accepted, overruling “Items add up”")
    expect(page.locator(".history")).to_contain_text("The second line was free.")


def decision(page, document_id: str) -> dict:
    return page.evaluate("async (id) => (await fetch(`/v1/documents/${id}`)).json()", document_id)["decision"]


def test_a_document_whose_checks_all_hold_is_accepted_without_a_question(browse, document):
    page = browse(f"/review/{document}")
    amount = page.get_by_label("Total price, row 1")
    amount.fill("9.00")
    amount.press("Enter")
    expect(page.locator("#said")).to_have_text("Kept")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert decision(page, document)["outcome"] == "straight_through"


def test_where_words_stand_is_read_again_with_the_keyboard(browse, document):
    page = browse(f"/review/{document}")
    page.keyboard.press("ArrowRight")
    with page.expect_response(re.compile("/region")) as answered:
        page.keyboard.press("r")
    assert answered.value.ok
    expect(page.locator(".region")).to_contain_text(re.compile("It says|Nothing stands there"))


def test_a_part_of_the_page_is_read_again(browse, document):
    page = browse(f"/review/{document}")
    sheet = page.locator(".sheet.drawn").bounding_box()
    page.mouse.move(sheet["x"] + 20, sheet["y"] + sheet["height"] * 0.08)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"] - 20, sheet["y"] + sheet["height"] * 0.14, steps=4)
    page.mouse.up()
    expect(page.locator(".region")).to_contain_text("LOTUS", timeout=30_000)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(browse, document, view, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    for address in (view, f"{view}/{document}"):
        page = browse(address, color_scheme=scheme)
        page.wait_for_load_state("networkidle")
        found = axe.run(page).response["violations"]
        told = [{"rule": one["id"], "where": [node["html"][:160] for node in one["nodes"][:3]]} for one in found]
        assert told == [], json.dumps(told, indent=1)


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_stands_over_the_edge_of_a_phone(browse, document, view):
    for address in (view, f"{view}/{document}"):
        page = browse(address, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("view", VIEWS)
def test_a_document_that_there_is_not_is_a_page_that_says_so(browse, shop, view):
    page = browse(f"{view}/{'0' * 64}", refusing=404)
    expect(page.get_by_text("not_found")).to_be_visible()
