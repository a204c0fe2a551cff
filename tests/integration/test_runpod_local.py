"""Our client, RunPod's own local server, our handler and the shipped engines: nothing scripted between them."""

import os
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx
import pytest
from tests.support.papers import text_pdf
from tests.support.pods import local_pod
from tests.support.serving import serving

from recto.app import Installation, build, settings
from recto.document.errors import EngineFailed
from recto.doors.http import server
from recto.engines.remote import data_uri
from recto.submission import File, Submission

pytest.importorskip("runpod", reason="the extra `runpod` is not installed")

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[3] / "shared" / "data"))
RECEIPT = text_pdf(
    (
        "BOOK CORNER TRADING",
        "DATE: 25/12/2018",
        "MODELLING CLAY 9.00",
        "TOTAL 9.00",
        "CASH 10.00",
        "CHANGE 1.00",
    )
)


@pytest.fixture(scope="module")
def pods(tmp_path_factory):
    own = {"RECTO_HOME": str(tmp_path_factory.mktemp("pod")), "RECTO_CONFIG": os.devnull}
    with local_pod("classify", own) as classify, local_pod("extract", own) as extract:
        yield {"classify": classify, "extract": extract}


@pytest.fixture(scope="module")
def remote(pods, tmp_path_factory):
    """An application that has nothing but RunPod to think with."""
    tables = {
        f"{task}-there": {"engine": "runpod", "endpoint": url, "tries": 1, "timeout": 120.0}
        for task, url in pods.items()
    }
    home = tmp_path_factory.mktemp("here")
    return build(settings(home=home, classify=["classify-there"], extract=["extract-there"], engines=tables))


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return build(settings(home=tmp_path_factory.mktemp("alone")))


def submitted(data: bytes, name: str = "a.pdf", **wishes) -> Submission:
    return Submission((File(data, name),), **wishes)


@contextmanager
def gateway(pods, home):
    """A client of a gateway that has nothing but RunPod to think with, over real HTTP."""
    tables = {name: {"engine": "runpod", "endpoint": url, "tries": 1} for name, url in pods.items()}
    app = Installation(settings(home=home, classify=["classify"], extract=["extract"], engines=tables))
    with serving(server.build(app)) as url, httpx.Client(base_url=url, timeout=120) as client:
        yield client


def told(reading) -> list[tuple]:
    return [
        (field.name, field.value, field.confidence, field.grounding, field.boxes) for field in reading.every_field()
    ]


def test_the_kind_comes_back_from_the_endpoint_with_its_reason_and_its_engine(remote, here):
    there, own = remote.judge(submitted(RECEIPT)), here.judge(submitted(RECEIPT))
    assert (there.guess.kind, there.engine) == (own.guess.kind, own.engine)
    assert there.reasoning


def test_an_extraction_there_is_the_same_as_here(remote, here):
    there, own = remote.extract(submitted(RECEIPT)), here.extract(submitted(RECEIPT))
    assert there.data == own.data and there.data["total"] == "9.00"
    assert told(there.reading) == told(own.reading)
    assert there.engine == own.engine and there.confidence == own.confidence
    assert there.reading.document == own.reading.document


def test_a_document_that_cannot_be_read_comes_back_as_one_sentence(remote):
    with pytest.raises(EngineFailed) as error:
        remote.extract(submitted(b"%PDF-1.7 nothing", kind="receipt"))
    assert "damaged" in str(error.value) and "Traceback" not in str(error.value)


def test_an_endpoint_set_alone_stands_before_the_engines_here(pods, tmp_path, monkeypatch):
    monkeypatch.setenv("RUNPOD_EXTRACT_ENDPOINT", pods["extract"])
    monkeypatch.setenv("RUNPOD_API_KEY", "not needed here")
    chosen = settings(home=tmp_path)
    assert chosen.chain("extract")[0] == "runpod-extract"
    assert chosen.chain("classify") == chosen.classifier
    assert "not needed here" not in repr(chosen)
    assert build(chosen).extract(submitted(RECEIPT)).data["total"] == "9.00"


def test_an_endpoint_that_is_gone_gives_way_to_the_engines_here(tmp_path, monkeypatch):
    monkeypatch.setenv("RUNPOD_CLASSIFY_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("RUNPOD_MAX_RETRIES", "0")
    verdict = build(settings(home=tmp_path)).judge(submitted(RECEIPT))
    assert verdict.engine.name == "layout-kinds"


def test_a_client_of_the_gateway_is_answered_by_the_endpoints(pods, tmp_path):
    with gateway(pods, tmp_path) as api:
        said = api.post("/v1/classify", json={"image_urls": [data_uri(RECEIPT)]}).json()
        found = api.post("/v1/extract", files={"file": ("a.pdf", RECEIPT)}, data={"raw_ocr": "true"}).json()
    assert (said["type"], said["engine"]["name"]) == ("receipt", "layout-kinds")
    assert (found["doc_type"], found["page_count"], found["data"]["total"]) == ("receipt", 1, "9.00")
    assert found["raw_ocr"][0]["words"] and found["fields"][0]["boxes"]


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
@pytest.mark.parametrize("page", ["sroie", "wildreceipt", "tax"])
def test_a_client_of_the_gateway_has_real_pages_read_by_the_endpoints(page, pods, tmp_path):
    files = sorted(path for path in (DATA / page).rglob("*") if path.suffix in (".jpg", ".jpeg", ".png", ".pdf"))
    with gateway(pods, tmp_path) as api:
        said = api.post("/v1/classify", json={"image_urls": [data_uri(files[0].read_bytes())]})
        found = api.post("/v1/extract", files={"file": (files[0].name, files[0].read_bytes())})
    assert said.status_code == found.status_code == 200
    assert said.json()["type"] == found.json()["doc_type"] and found.json()["data"]


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_a_photographed_receipt_is_classified_and_extracted_there(remote):
    page = sorted((DATA / "sroie").rglob("*.jpg"))[0]
    extraction = remote.extract(submitted(page.read_bytes(), page.name))
    assert extraction.kind == "receipt" and extraction.verdict
    assert extraction.data["total"] and extraction.reading.words
    assert extraction.reading.engines["ocr"].name.startswith("rapidocr")
