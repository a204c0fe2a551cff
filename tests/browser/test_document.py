"""One document on its desk: what was read, and where it stands."""

import re

import pytest
from playwright.sync_api import expect

LIT = re.compile(r"\blit\b")


@pytest.fixture
def page(browse, shop):
    return browse(shop.document("receipt-0.pdf"))


def card(page, label):
    return page.locator(".card", has=page.locator(".card-label", has_text=re.compile(f"^{label}$")))


def marks(page, owner):
    return page.locator(f'.mark[data-key="{owner.get_attribute("data-key")}"]')


def test_pointing_at_a_field_lights_its_words_and_no_others(page):
    total, merchant = card(page, "Total"), card(page, "Merchant name")
    total.hover()
    assert marks(page, total).count() == 2
    for mark in marks(page, total).all():
        expect(mark).to_have_class(LIT)
    for mark in marks(page, merchant).all():
        expect(mark).not_to_have_class(LIT)
    page.mouse.move(5, 5)
    expect(marks(page, total).first).not_to_have_class(LIT)


def test_pointing_at_a_word_lights_its_field(page):
    merchant = card(page, "Merchant name")
    marks(page, merchant).first.hover()
    expect(merchant).to_have_class(LIT)
    expect(card(page, "Total")).not_to_have_class(LIT)


def test_a_word_that_is_chosen_holds_its_field_and_a_second_choice_lets_it_go(page):
    total = card(page, "Total")
    marks(page, total).first.click()
    expect(total).to_have_attribute("aria-pressed", "true")
    page.mouse.move(5, 5)
    expect(marks(page, total).first).to_have_class(LIT)
    total.click()
    expect(total).to_have_attribute("aria-pressed", "false")


def test_fields_are_walked_by_keyboard(page):
    steps = [("n", "Merchant name"), ("n", "Transaction date"), ("ArrowDown", "Total"), ("p", "Transaction date")]
    for key, label in steps:
        page.keyboard.press(key)
        expect(card(page, label)).to_have_attribute("aria-pressed", "true")
        expect(card(page, label)).to_be_focused()
        expect(marks(page, card(page, label)).first).to_have_class(LIT)
    page.keyboard.press("Escape")
    expect(page.locator(".lit")).to_have_count(0)


def test_a_check_that_fails_shows_what_was_added_up_and_lights_the_words_that_went_into_it(page):
    rule = page.locator(".rule[data-outcome=fail]")
    expect(rule).to_contain_text("4.50 (items) = 4.50, is not 9.00 (total)")
    culprits = page.locator(".mark.culprit")
    words = culprits.locator("title").all_text_contents()
    assert words == ["4.50 · Line total", "RM · Grand total", "9.00 · Grand total"]
    rule.hover()
    for mark in culprits.all():
        expect(mark).to_have_class(LIT)
    assert page.locator(".marks").get_attribute("class") == "marks has-lit failing"


def test_confidence_is_told_by_words_and_by_a_legend_and_never_made_up(page):
    told = {"Merchant name": "97 %", "Transaction date": "86 %", "Total": "41 %", "Total tax": "not measured"}
    for label, words in told.items():
        expect(card(page, label).locator(".meter-words")).to_contain_text(words)
    expect(card(page, "Total tax")).to_contain_text("not found on the page")
    page.keyboard.press("c")
    expect(page.locator(".legend-confidence")).to_be_visible()
    expect(page.locator(".legend-label")).to_be_hidden()
    assert page.locator(".legend-confidence li").all_inner_texts()[-1] == "not measured"
    levels = [marks(page, card(page, label)).first.get_attribute("data-level") for label in ("Merchant name", "Total")]
    assert levels == ["high", "low"]


def test_the_decision_gives_its_reasons_and_missing_rows_are_told(page):
    expect(page.get_by_role("region", name="Decision")).to_contain_text("Total: confidence 0.41 is under 0.80")
    expect(page.get_by_text("The page seems to hold 2 rows: 1 may be missing.")).to_be_visible()


def test_what_grows_keeps_the_chosen_field_in_sight(page):
    card(page, "Total").click()
    lit = page.locator(".halo.lit").first
    expect(lit).to_be_in_viewport()
    for _ in range(6):
        page.keyboard.press("+")
    expect(page.locator(".zoom-said")).to_have_text("400 %")
    expect(lit).to_be_in_viewport()


def test_a_document_is_a_click_away_from_its_review_its_labels_and_its_inspection(page):
    for view in ("Review", "Labels", "Inspect", "Reading"):
        page.get_by_role("navigation", name="Views of the document").get_by_role("link", name=view).click()
        expect(page.locator(".views [aria-current]")).to_have_text(view)


def test_the_page_grows_and_shrinks_by_keyboard(page):
    width = lambda: page.locator(".sheet").bounding_box()["width"]  # noqa: E731
    fit = width()
    page.keyboard.press("+")
    assert width() == pytest.approx(fit * 1.25, abs=2)
    page.keyboard.press("-")
    page.keyboard.press("-")
    assert width() == pytest.approx(fit * 0.75, abs=2)
    page.keyboard.press("0")
    assert width() == pytest.approx(fit, abs=2)


def test_the_image_of_the_page_is_there_and_has_its_shape(page):
    expect(page.locator(".sheet.drawn")).to_be_visible()
    image = page.locator(".sheet-image")
    assert image.evaluate("image => image.naturalWidth") > 600
    shape = image.evaluate("image => image.naturalHeight / image.naturalWidth")
    frame = page.locator(".marks").bounding_box()
    assert frame["height"] / frame["width"] == pytest.approx(shape, rel=0.01)


def test_choosing_a_field_turns_to_its_page(browse, shop):
    page = browse(shop.document("two-pages.pdf"))
    expect(page.locator(".sheet")).to_have_attribute("data-number", "1")
    card(page, "Total").click()
    expect(page.locator(".sheet")).to_have_attribute("data-number", "2")
    expect(marks(page, card(page, "Total")).first).to_have_class(LIT)
    expect(page).to_have_url(re.compile(r"\?page=2$"))
    page.keyboard.press("[")
    expect(page.locator(".sheet")).to_have_attribute("data-number", "1")
    page.get_by_label("Page", exact=True).fill("2")
    page.keyboard.press("Enter")
    expect(page.locator(".sheet")).to_have_attribute("data-number", "2")


def test_text_and_json_stand_beside_the_fields(page):
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("TOTAL RM 9.00")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="JSON")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_contain_text('"value": "9.00"')
    assert "4111111111111111" not in page.content()


def test_documents_follow_each_other_in_the_order_of_the_list(browse, shop):
    page = browse()
    order = page.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.id)")
    page.goto(f"{shop.url}/documents/{order[1]}")
    page.keyboard.press("k")
    expect(page).to_have_url(f"{shop.url}/documents/{order[0]}")
    page.wait_for_load_state()
    page.keyboard.press("j")
    expect(page).to_have_url(f"{shop.url}/documents/{order[1]}")


def test_a_document_that_cannot_be_read_says_why(browse, shop):
    page = browse(shop.document("damaged.pdf"))
    expect(page.get_by_role("heading", name="The file is damaged beyond repair.")).to_be_visible()


def test_an_encrypted_document_is_read_once_its_password_is_given(browse, shop):
    page = browse(shop.document("locked.pdf"))
    page.get_by_label("Its password").fill("sesame")
    page.get_by_role("button", name="Read it again").click()
    expect(page.get_by_role("tab", name="Text")).to_be_visible(timeout=180_000)
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_role("tabpanel")).to_contain_text("14/03/2024")


def test_a_document_is_deleted_only_after_it_was_asked_for_twice(browse, shop):
    page = browse(shop.document("doomed.pdf"))
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(f"{shop.url}/")
    expect(page.get_by_text("doomed.pdf")).to_have_count(0)
