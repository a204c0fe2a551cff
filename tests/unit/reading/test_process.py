"""What happens in the reading process stays there."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from tests.support import papers

from recto.document.errors import OutOfMemory, TimedOut
from recto.document.limits import Limits
from recto.reading.paper import opened

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")


def children():
    """Our own child processes."""
    return {
        int(child) for task in Path("/proc/self/task").iterdir() for child in (task / "children").read_text().split()
    }


def test_a_page_that_takes_too_long_is_given_up_and_the_next_is_read():
    limits = Limits(page_seconds=1.0)
    with opened(papers.form_bomb(), "bomb.pdf", limits) as paper:
        begin = time.monotonic()
        with pytest.raises(TimedOut, match="1 s"):
            paper.raster(1, 500)
        assert time.monotonic() - begin < 60  # the bomb would take for ever
        (sheet,) = paper.sheets(start=2)
        assert [word.text for word in sheet.page.words] == ["after", "the", "bomb"]


def test_a_page_that_needs_too_much_memory_is_given_up_and_the_next_is_read():
    large = Image.new("1", (12_000, 8_000))
    data = papers.file(large, "TIFF", save_all=True, append_images=[papers.marked()])
    with opened(data, "a.tif", Limits(child_bytes=128 << 20)) as paper:
        with pytest.raises(OutOfMemory):
            paper.raster(1, 500)
        assert paper.raster(2, 500).width == 60


@linux
def test_no_process_is_left_behind():
    before = children()
    with opened(papers.pdf([b""]), "a.pdf") as paper:
        assert len(children() - before) == 1
        list(paper.sheets())
    with pytest.raises(TimedOut), opened(papers.form_bomb(), "bomb.pdf", Limits(page_seconds=0.5)) as paper:
        paper.raster(1, 500)
    assert children() == before


@linux
def test_no_secret_of_ours_is_within_reach_of_a_document(monkeypatch):
    monkeypatch.setenv("GATEWAY_API_KEY", "a-key-of-ours")
    before = children()
    with opened(papers.pdf([b""]), "a.pdf"):
        (child,) = children() - before
        assert b"a-key-of-ours" not in Path(f"/proc/{child}/environ").read_bytes()


@linux
def test_a_killed_process_is_an_error_of_its_page_alone():
    before = children()
    with opened(papers.pdf([papers.text("one"), papers.text("two")]), "a.pdf") as paper:
        sheets = paper.sheets()
        next(sheets)
        (child,) = children() - before
        os.kill(child, 9)
        with pytest.raises(OutOfMemory):
            next(sheets)
        (sheet,) = paper.sheets(start=2)
        assert sheet.page.words[0].text == "two"


def test_many_threads_open_documents_at_once():
    data = papers.pdf([papers.text(f"page {number}") for number in range(5)])

    def read(_):
        with opened(data, "a.pdf") as paper:
            return [sheet.page.words[1].text for sheet in paper.sheets()]

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(read, range(12))) == [["0", "1", "2", "3", "4"]] * 12


def test_threads_that_share_a_document_each_get_their_own_page():
    data = papers.pdf([b""] * 4, page=b"/MediaBox [0 0 100 100]")
    with opened(data, "a.pdf") as paper, ThreadPoolExecutor(4) as pool:
        sides = [50 + 10 * index for index in range(40)]
        rasters = list(pool.map(lambda side: paper.raster(side % 4 + 1, side), sides))
    assert [raster.width for raster in rasters] == sides
