"""A long document whose worker is killed goes on at the page where it was; the pages so far can be looked at."""

import hashlib
import io
import os
import signal
import zlib

import httpx2 as httpx
import pytest
import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont
from tests.support.jobs import QUICK, running, until
from tests.support.serving import serving

from recto.app import Settings, install
from recto.document.page import Document
from recto.doors.http.intake import accept
from recto.doors.http.server import build
from recto.doors.worker import Worker
from recto.doors.worker_read import read_handler
from recto.stores.tables import MEMORIES

PAGES = 8


@pytest.fixture
def app(tmp_path):
    pytest.importorskip("recto.engines.ocr.tesseract")
    return install(Settings(home=tmp_path, ocr="tesseract", classifier=["rules"], labeller=["rules"]))


def scanned(words):
    """A TIFF with a word on each page, which only OCR can read."""
    font = ImageFont.load_default(60)
    pages = []
    for word in words:
        page = Image.new("L", (600, 300), 255)
        ImageDraw.Draw(page).text((60, 100), word, font=font, fill=0)
        pages.append(page)
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def seen(app):
    with app.database.reading() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(MEMORIES)) or 0


def test_a_killed_reading_goes_on_where_it_was_and_no_page_is_looked_at_twice(app):
    words = [f"Number {n}{n}{n}" for n in range(1, PAGES + 1)]
    data = scanned(words)
    document = Document(hashlib.sha256(data).hexdigest(), "long.tiff", "image/tiff", PAGES)
    _, job_id = accept(app, document, data, "", {})
    with running(Worker(app.queue, read_handler(app), QUICK)) as worker:
        until(lambda: seen(app) >= 2, 120)
        os.kill(worker.hands[0].process.pid, signal.SIGKILL)
    so_far = app.so_far(document)
    assert 2 <= len(so_far.pages) < PAGES
    assert "111" in [word.text for word in so_far.words]

    change_the_memory_of_page_one(app, "Number", "Remembered")
    with running(Worker(app.queue, read_handler(app), QUICK)):
        until(lambda: app.jobs.job(job_id).state == "done", 120)
    text = [word.text for word in app.records.load(document.id, "").reading.words]
    assert text[:2] == ["Remembered", "111"]
    assert text[1::2] == [word.split()[1] for word in words]


def test_over_http_a_document_that_is_being_read_shows_how_far_it_is_and_what_was_seen(app):
    words = [f"Number {n}{n}{n}" for n in range(1, PAGES + 1)]
    with serving(build(app)) as url, httpx.Client(base_url=url, timeout=60) as api:
        answer = api.post("/v1/documents", files={"file": ("long.tiff", scanned(words))})
        own, job = (answer.json()["documents"][0]["links"][name] for name in ("self", "job"))
        with running(Worker(app.queue, read_handler(app), QUICK)):
            until(lambda: api.get(job).json()["progress"].get("page"), 120)
        worked = api.get(job).json()["progress"]
        shown = api.get(own, params={"words": "true"}).json()
    assert worked["page"] <= worked["pages"] == PAGES
    assert [word["text"] for word in shown["words"]][:2] == ["Number", "111"]


def change_the_memory_of_page_one(app, old, new):
    """So that it can be told from a page that was looked at again."""
    first = MEMORIES.c.key.contains("/1/")
    with app.database.writing() as connection:
        stored = zlib.decompress(connection.scalar(sa.select(MEMORIES.c.answer).where(first))).decode()
        assert old in stored
        changed = zlib.compress(stored.replace(old, new).encode())
        connection.execute(sa.update(MEMORIES).where(first).values(answer=changed))
