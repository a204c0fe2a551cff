"""A file of several documents on the desk: each with its pages, its fields, its checks and its decision."""

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import packet
from tests.support import receipts

from recto.app import Installation, settings

LIT = re.compile(r"\blit\b")


@pytest.fixture
def page(browse, shop):
    return browse(shop.document("packet.pdf"))


def part(page, number):
    return page.locator(".part").nth(number)


def test_each_document_of_a_file_has_its_pages_its_kind_and_its_decision(page):
    expect(page.get_by_text("This file holds 2 documents.")).to_be_visible()
    expect(page.locator(".kind-said")).to_have_text("2 documents")
    heads = page.locator(".part-head").all_inner_texts()
    assert [" ".join(head.split()) for head in heads] == ["Page 1 Receipt To review", "Page 2 Receipt Straight through"]
    expect(part(page, 0)).to_contain_text("9.00")
    expect(part(page, 1)).to_contain_text("8.00")


def test_a_documents_pages_are_turned_to(page):
    part(page, 1).get_by_role("button", name="Page 2").click()
    expect(page.locator(".sheet")).to_have_attribute("data-number", "2")


def test_a_field_of_the_second_document_lights_its_own_words(page):
    total = part(page, 1).locator(".card", has_text="Total").first
    total.click()
    expect(page.locator(".sheet")).to_have_attribute("data-number", "2")
    key = total.get_attribute("data-key")
    lit = page.locator(f'.mark[data-key="{key}"]')
    assert lit.locator("title").all_text_contents() == ["RM · Grand total", "9.00 · Grand total"]
    expect(lit.first).to_have_class(LIT)


def test_a_failed_check_of_a_document_lights_its_words_and_says_what_would_mend_it(page):
    rule = part(page, 1).locator(".rule[data-outcome=fail]")
    expect(rule).to_contain_text("Would hold if: total: 4.50 instead of 8.00, one digit misread")
    rule.click()
    expect(page.locator(".sheet")).to_have_attribute("data-number", "2")
    culprits = page.locator(".mark.culprit")
    assert culprits.locator("title").all_text_contents() == [
        "4.50 · Line total",
        "RM · Grand total",
        "9.00 · Grand total",
    ]
    for mark in culprits.all():
        expect(mark).to_have_class(LIT)
    assert page.locator(".marks").get_attribute("class") == "marks has-lit failing"


def test_what_is_not_vouched_for_is_told(page):
    part(page, 1).get_by_text("1 value is not vouched for").click()
    expect(part(page, 1)).to_contain_text("Total tax: no words on the page carry it")


def test_a_value_of_the_second_document_is_corrected_and_the_first_one_stays(browse, shop):
    app = Installation(settings(home=shop.home))
    _, document_id = packet(app, "corrected.pdf", receipts.paper(12, pages=2))
    page = browse(f"/review/{document_id}")
    second = page.get_by_role("group", name="Page 2: Receipt", exact=True)
    total = second.get_by_label("Total required")
    expect(total).to_have_value("8.00")
    total.focus()
    expect(page.locator(".sheet")).to_have_attribute("data-number", "2")
    page.locator('.mark[data-index="15"]').click()
    expect(total).to_have_value("4.50")
    with page.expect_response(re.compile("/corrections")):
        total.press("Enter")
    expect(page.locator("#said")).to_have_text("Kept")
    expect(second.get_by_label("Total required")).to_have_value("4.50")
    first = page.get_by_role("group", name="Page 1: Receipt", exact=True)
    expect(first.get_by_label("Total required")).to_have_value("9.00")
    told = page.evaluate("async (id) => (await fetch(`/v1/documents/${id}`)).json()", document_id)
    totals = [[f["value"] for f in part["fields"] if f["name"] == "total"] for part in told["parts"]]
    assert totals == [["9.00"], ["4.50"]]
    expect(page.locator(".checked")).to_contain_text("Page 1: Receipt. Items add up: does not hold")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    assert [one["id"] for one in axe.run(page).response["violations"]] == []


def test_sensitive_numbers_of_every_document_are_masked_on_the_page_of_the_whole(page):
    assert "4111111111111111" not in page.content()


def test_two_documents_are_joined_on_the_page_and_parted_again(browse, shop):
    app = Installation(settings(home=shop.home))
    _, document_id = packet(app, "joined.pdf", receipts.paper(13, pages=2))
    page = browse(f"/review/{document_id}")
    expect(page.get_by_role("button", name="Join with the document before")).to_have_count(1)
    with page.expect_navigation():
        page.get_by_role("button", name="Join with the document before").click()
    expect(page.locator(".part-form")).to_have_count(1)
    expect(page.locator(".history")).to_contain_text("joined page 1 with page 2")
    expect(page.get_by_label("Total required")).not_to_have_value("")
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator(".part-form")).to_have_count(2)
    expect(page.get_by_role("group", name="Page 2: Receipt", exact=True).get_by_label("Total required")).to_have_value(
        "8.00"
    )
