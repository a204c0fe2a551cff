"""The list of documents, as a person meets it."""

import hashlib
import json
import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import keep
from tests.support import receipts
from tests.support.papers import invoice_pdf, xrechnung

from recto.app import Installation, settings
from recto.document.page import Document
from recto.document.record import Record

READ_MILLISECONDS = 180_000


def names(page):
    return page.locator("tbody .title").all_inner_texts()


def test_a_receipt_is_uploaded_read_and_each_field_lights_up_its_place(browse):
    page = browse()
    page.locator("#files").set_input_files({"name": "lunch.png", "mimeType": "image/png", "buffer": receipts.image(31)})
    row = page.locator("tr[data-id]", has_text="lunch.png")
    expect(row).to_be_visible()
    expect(row).to_have_attribute("data-state", "read", timeout=READ_MILLISECONDS)
    row.get_by_role("link").click()
    card = page.locator(".card", has=page.locator(".card-label", has_text=re.compile("^Total$")))
    expect(card.locator(".card-value")).to_contain_text("19.10")
    key = card.get_attribute("data-key")
    assert page.locator(f'.halo[data-key="{key}"]').count() == 1
    expect(page.locator(f'.halo[data-key="{key}"]')).not_to_have_class(re.compile("lit"))
    card.hover()
    expect(page.locator(f'.halo[data-key="{key}"]')).to_have_class(re.compile("lit"))
    expect(page.locator(f'.halo[data-key="{key}"]')).to_be_in_viewport()
    assert page.locator(f'.halo[data-key="{key}"]').evaluate("halo => getComputedStyle(halo).stroke") != "none"


def test_a_document_that_is_opened_while_it_waits_shows_its_fields_when_it_is_read(browse, shop):
    page = browse(f"/documents/{shop.ids['receipt-0.pdf']}")
    page.locator("#files").set_input_files(
        {"name": "later.pdf", "mimeType": "application/pdf", "buffer": receipts.paper(41)}
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("later.pdf")
    expect(page.locator(".card", has_text="LOTUS CORNER SHOP")).to_be_visible(timeout=READ_MILLISECONDS)


def test_a_document_that_is_being_read_shows_its_page_too_small_to_be_read(browse, shop):
    app = Installation(settings(home=shop.home))
    data = receipts.paper(51)
    document = Document(hashlib.sha256(data).hexdigest(), "slow.pdf", "application/pdf", 0)
    app.blobs.put(f"documents/{document.id}", data)
    app.records.save(Record(document, "reading"))
    page = browse()
    page.goto(f"{shop.url}/documents/{document.id}")
    expect(page.locator(".sheet.drawn .unread-image")).to_be_visible()
    width, height, shown = page.locator(".unread-image").evaluate("i => [i.naturalWidth, i.naturalHeight, i.width]")
    assert max(width, height) <= 48 and shown > 500
    app.records.delete(document.id, "")


def test_what_is_not_vouched_for_looks_so_in_the_list_until_a_person_accepts_it(browse, shop):
    app = Installation(settings(home=shop.home))
    _, document_id = keep(app, "vouched.pdf", receipts.paper(52))
    page = browse()
    title = page.locator(f"#d-{document_id} .title")
    slant = "title => getComputedStyle(title).fontStyle"
    assert (title.evaluate(slant), title.get_attribute("title")) == ("italic", "Not vouched for")
    assert page.request.post(f"{shop.url}/v1/review/{document_id}/decision", data={"version": 0, "accept": True}).ok
    page.reload()
    assert (title.evaluate(slant), title.get_attribute("title")) == ("normal", None)
    assert page.locator(f"#d-{document_id} .unsure").count() == 0
    app.records.delete(document_id, "")


DROP = """async (files) => {
  const transfer = new DataTransfer();
  for (const [name, bytes] of files) transfer.items.add(new File([new Uint8Array(bytes)], name));
  const fire = (kind) => document.body.dispatchEvent(
    new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true}));
  fire("dragenter");
  const veil = !document.querySelector(".drop").hidden;
  fire("dragover");
  fire("drop");
  return veil;
}"""


def test_a_file_may_be_dropped_anywhere_and_says_why_it_is_refused(browse):
    page = browse(refusing=415)
    assert page.evaluate(DROP, [["notes.txt", list(b"no document")]])
    item = page.locator(".tray-item", has_text="notes.txt")
    expect(item).to_contain_text("The file is not of a type that Recto reads.")
    expect(page.locator(".drop")).to_be_hidden()
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".tray")).to_be_hidden()


def test_an_e_invoice_that_is_dropped_with_its_document_is_held_against_it(browse):
    page = browse()
    paper, xml = invoice_pdf("119.00", "DROP-1"), xrechnung("191.00", "DROP-1").encode()
    page.evaluate(DROP, [["bill.xml", list(xml)], ["bill.pdf", list(paper)]])
    expect(page.locator(".tray-name")).to_have_text("bill.pdf + bill.xml")
    row = page.locator("tr[data-id]", has_text="bill.pdf")
    expect(row).to_have_attribute("data-state", "read", timeout=READ_MILLISECONDS)
    row.get_by_role("link").click()
    expect(page.locator(".card", has_text="Invoice total").locator(".card-value")).to_contain_text("191.00")
    expect(page.get_by_role("link", name="The XML that came beside it")).to_be_visible()
    assert page.request.delete(page.url.replace("/documents/", "/v1/documents/")).ok  # others count the invoices


def test_the_list_narrows_as_one_types_and_its_address_keeps_what_was_asked(browse):
    page = browse()
    page.get_by_role("searchbox").press_sequentially("harbour boo")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert names(page) == ["HARBOUR BOOKS"]
    expect(page).to_have_url(re.compile(r"\?text=harbour\+boo$"))
    page.reload()
    assert names(page) == ["HARBOUR BOOKS"]
    page.get_by_role("searchbox").fill("nothing of the kind")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    page.get_by_role("link", name="Show all documents").click()
    expect(page.locator("tbody tr")).not_to_have_count(0)


def test_kind_state_and_decision_narrow_the_list(browse):
    page = browse()
    page.get_by_label("State", exact=True).select_option("failed")
    expect(page.locator("tbody tr[data-state=read]")).to_have_count(0)
    assert "damaged.pdf" in names(page)
    page.get_by_label("State", exact=True).select_option("")
    page.get_by_label("Kind", exact=True).select_option("invoice")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    page.get_by_label("Kind", exact=True).select_option("receipt")
    page.get_by_label("Decision", exact=True).select_option("review")
    expect(page.locator("tbody tr", has_text="To review")).not_to_have_count(0)
    expect(page.locator("tbody tr", has_text="Not readable")).to_have_count(0)


def test_the_list_is_walked_and_opened_by_keyboard(browse):
    page = browse("/?text=green%20tea%20house")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="GREEN TEA HOUSE")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("searchbox").blur()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="GREEN TEA HOUSE")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("receipt-2.pdf")
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_a_name_is_shown_as_it_is_written_and_never_runs(browse):
    page = browse()
    expect(page.get_by_text("<img src=x onerror=alert(1)>.pdf")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_dark_follows_the_system_and_the_toggle_is_remembered(browse):
    def background(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light, dark = browse(color_scheme="light"), browse(color_scheme="dark")
    assert background(light) != background(dark)
    light.get_by_role("button", name="Light or dark").click()
    assert background(light) == background(dark)
    light.reload()
    assert background(light) == background(dark)
    assert light.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize("address", ["/", "/docs", "receipt-0.pdf", "two-pages.pdf", "damaged.pdf"])
def test_nothing_stands_over_the_edge_of_a_phone(browse, shop, address):
    page = browse(
        shop.document(address) if address in shop.ids else address,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/", "/?text=nothing%20fits", "/docs", "receipt-0.pdf", "damaged.pdf"])
def test_axe_finds_nothing_to_mend(browse, shop, address, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = browse(shop.document(address) if address in shop.ids else address, color_scheme=scheme)
    page.wait_for_load_state("networkidle")
    found = axe.run(page).response["violations"]
    told = [{"rule": one["id"], "where": [node["html"][:160] for node in one["nodes"][:3]]} for one in found]
    assert told == [], json.dumps(told, indent=1)
