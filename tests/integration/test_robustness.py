"""Every file of `robustness` ends as its manifest expects: read, refused by name, or asking for its password."""

import json
import os
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from recto.document.errors import Encrypted, RectoError, WrongPassword
from recto.reading.paper import opened

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[3] / "shared" / "data")) / "robustness"
MANIFEST = json.loads((DATA / "manifest.json").read_text()) if DATA.is_dir() else []

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not MANIFEST, reason="../shared/data/robustness is not here (RECTO_DATA names another place)"),
]

PAGES = 3
"""Pages of each document that are drawn; the rest is more of the same."""

SECONDS = 60
MOST_BYTES = 2 << 30

READ = {"good", "ocr", "blank"}
REFUSED = {"damaged", "unsupported_media_type", "empty"}
ALLOWED = {
    "open": READ,
    "ocr": {"ocr"},
    "repair": READ,
    "guard": READ | {"too_many_pixels"},
    "empty": {"blank", "empty"},
    "password": {"encrypted"},
    "fail": REFUSED,
    "repair_or_fail": READ | REFUSED,
    "open_or_fail": READ | REFUSED,
    "ocr_or_unsupported": {"ocr", "unsupported_media_type"},
}
"""What a file may end as, by what its manifest expects."""

BEYOND_PDFIUM = {"pdfjs__bug1782186.pdf": "its producer computed the key in a way that PDFium does not know"}


@dataclass(frozen=True)
class End:
    """How a file ended: what its pages are, or the code of the error, and what it took."""

    what: str
    seconds: float
    peak_bytes: int


def ended(path, password=None):
    """Opens the file and draws its first pages, as far as that goes."""
    begin = time.monotonic()
    peak, layers, blank = 0, [], True
    try:
        with opened(path.read_bytes(), path.name, password=password) as paper:
            for sheet in islice(paper.sheets(), PAGES):
                raster = sheet.raster(1600)
                assert len(raster.pixels) == 3 * raster.width * raster.height > 0
                layers.append(sheet.page.text_layer)
                blank = blank and not sheet.page.words and is_blank(raster)
                peak = paper.peak_bytes()
        what = "blank" if blank else "good" if layers[0] == "good" else "ocr"
    except RectoError as error:
        what = error.code
    return End(what, time.monotonic() - begin, peak)


def is_blank(raster):
    return max(raster.pixels) - min(raster.pixels) < 16


@pytest.mark.parametrize("entry", MANIFEST, ids=lambda entry: entry["file"])
def test_a_nasty_file_ends_as_expected_within_its_time_and_memory(entry):
    end = ended(DATA / entry["file"])
    assert end.what in ALLOWED[entry["expect"]]
    assert end.seconds < SECONDS
    assert end.peak_bytes < MOST_BYTES


LOCKED = [entry for entry in MANIFEST if entry["expect"] == "password"]


@pytest.mark.parametrize("entry", LOCKED, ids=lambda entry: entry["file"])
def test_a_locked_file_opens_with_its_password_and_with_no_other(entry):
    path = DATA / entry["file"]
    assert ended(path).what == Encrypted.code
    assert ended(path, "certainly not this one").what == WrongPassword.code
    if entry["file"] in BEYOND_PDFIUM:
        pytest.xfail(BEYOND_PDFIUM[entry["file"]])
    if entry["password"]:
        assert ended(path, entry["password"]).what in READ
