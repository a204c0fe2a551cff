"""A real Chromium before a real `recto serve`, with documents that were read, failed, and wait for a password."""

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.support import receipts
from tests.support.papers import encrypted_pdf
from tests.support.recto import recto_serve

from recto.app import Installation, settings
from recto.document.page import Page
from recto.document.reading import Fault, Reading
from recto.document.record import Record

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SHOPS = ("LOTUS CORNER SHOP", "HARBOUR BOOKS", "GREEN TEA HOUSE")


@dataclass(frozen=True)
class Shop:
    """The address of the server, the folder of its data, and the ids of its documents by their names."""

    url: str
    home: Path
    ids: dict[str, str]

    def document(self, name: str) -> str:
        return f"{self.url}/documents/{self.ids[name]}"


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip("there is no Chromium here")
    with playwright.sync_playwright() as started:
        playwright.expect.set_options(timeout=30_000)  # a slow machine is no fault of the page's
        browser = started.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    home = tmp_path_factory.mktemp("shop")
    app = Installation(settings(home=home))
    ids = dict(seeded(app))
    with recto_serve(home) as served:
        yield Shop(served.url, home, ids)


def seeded(app):
    """Documents as a worker would have left them."""
    for number in range(3):
        yield keep(app, f"receipt-{number}.pdf", receipts.paper(number), shop=SHOPS[number])
    yield keep(app, "two-pages.pdf", receipts.paper(7, pages=2), second_page=True)
    yield keep(app, "<img src=x onerror=alert(1)>.pdf", receipts.paper(8))
    yield keep(app, "doomed.pdf", receipts.paper(9))
    yield packet(app, "packet.pdf", receipts.paper(11, pages=2))
    for name, data, code, title in [
        ("damaged.pdf", b"%PDF-1.7 damaged", "damaged", "The file is damaged beyond repair."),
        ("locked.pdf", encrypted_pdf("Date: 14/03/2024", "sesame"), "encrypted", "The file is encrypted."),
    ]:
        document_id = hashlib.sha256(data).hexdigest()
        reading = receipts.reading(document_id, name, data)
        failed = Reading(replace(reading.document, pages=0), errors=(Fault(code, title, ""),))
        app.blobs.put(f"documents/{document_id}", data)
        app.records.save(Record(failed.document, "failed", "", None, failed))
        yield name, document_id


def keep(app, name: str, data: bytes, shop: str = SHOPS[0], second_page: bool = False) -> tuple[str, str]:
    document_id = hashlib.sha256(data).hexdigest()
    reading = receipts.reading(document_id, name, data)
    merchant, *others = reading.fields
    reading = replace(reading, fields=(replace(merchant, value=shop), *others))
    if second_page:
        reading = with_total_overleaf(reading)
    app.blobs.put(f"documents/{document_id}", data)
    app.records.save(Record(reading.document, "read", "", None, reading))
    return name, document_id


def packet(app, name: str, data: bytes) -> tuple[str, str]:
    document_id = hashlib.sha256(data).hexdigest()
    reading = receipts.packet(document_id, name, data)
    app.blobs.put(f"documents/{document_id}", data)
    app.records.save(Record(reading.document, "read", "", None, reading))
    return name, document_id


def with_total_overleaf(reading: Reading) -> Reading:
    """The same on two pages, with the total on the second one."""
    words = tuple(replace(word, page=2) if word.line == 3 else word for word in reading.words)
    fields = tuple(replace(one, page=2) if one.name == "total" else one for one in reading.fields)
    document = replace(reading.document, pages=2)
    pages = (Page(1, 612, 792), Page(2, 612, 792))
    return replace(reading, document=document, pages=pages, words=words, fields=fields)


@pytest.fixture
def browse(chromium, shop):
    """Opens a page; whatever it complains of, and whichever other host it asks for something, fails the test."""
    contexts, wrong = [], []

    def opened(address: str = "/", refusing: int = 0, **options):
        context = chromium.new_context(**{"viewport": {"width": 1360, "height": 860}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if complains(said, refusing) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(own(shop)) else wrong.append(asked.url))
        page.goto(address if address.startswith("http") else shop.url + address)
        page.locator("[aria-busy=true]").wait_for(state="detached")  # a desk hears nothing before its values are here
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def complains(said, refusing: int) -> bool:
    """Chromium writes a line for every answer that is no success: the status in `refusing` is meant."""
    return said.type in ("error", "warning") and f"status of {refusing} " not in said.text


def own(shop: Shop) -> tuple[str, ...]:
    return (shop.url, "data:", "blob:")
