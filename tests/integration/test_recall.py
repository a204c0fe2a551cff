"""The same bytes are never read twice, and what is new asks its own stage again and no other."""

import io
import json
import shutil
from dataclasses import replace

import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.support.jobs import QUICK, running, until
from tests.support.papers import text_pdf

from recto.app import Settings, install
from recto.document.errors import EngineUnavailable
from recto.document.job import Order
from recto.doors.learning import handlers, keep_time
from recto.doors.worker import Worker
from recto.doors.worker_tidy import TIDY
from recto.engines.chain import ClassifierChain, LabellerChain
from recto.engines.classify.layout import LayoutClassifier
from recto.engines.classify.rules import RulesClassifier
from recto.engines.label.bundle import SHIPPED
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.engines.label.rules import RulesLabeller
from recto.engines.ocr.rapid import RapidOcr
from recto.pipeline import Plugs, Reader, Wish
from recto.schemas import catalog
from recto.settings import MemorySettings
from recto.stores.memory import SqlMemory
from recto.stores.sql import connect

RECEIPT = text_pdf(["CORNER STORE", "Receipt 2024-05-06", "Tea 3.00", "Total 3.00", "Cash 5.00"])
KIND = """
kind = "parking_stub"
title = "Parking stub"
[fields.total]
type = "money"
captions = ["{caption}"]
"""


class Watched:
    """A real engine that counts how often it is asked, under a version that a test chooses."""

    def __init__(self, plug, version="1"):
        self.plug = plug
        self.version = version
        self.asked = 0

    @property
    def engine(self):
        return replace(self.plug.engine, version=self.version)

    def counted(self, answer):
        self.asked += 1
        return answer

    def read(self, pages):
        return self.counted(self.plug.read(pages))

    def classify(self, documents):
        return self.counted(self.plug.classify(documents))

    def label(self, documents):
        return self.counted(self.plug.label(documents))

    def assurance(self, kind):
        return self.plug.assurance(kind)


class Bench:
    """Readers over one memory: each reading says which stages were asked."""

    def __init__(self, memory):
        self.memory = memory

    def read(self, data=RECEIPT, wish=Wish(), ocr="1", classifier="1", labeller="1"):
        plugs = [
            Watched(OCR, ocr),
            Watched(RulesClassifier(), classifier),
            Watched(RulesLabeller(), labeller),
        ]
        reading = Reader(Plugs(*plugs, self.memory)).read(data, "a.pdf", wish)
        names = ("ocr", "classifier", "labeller")
        return replace(reading, seconds={}), [name for name, plug in zip(names, plugs, strict=True) if plug.asked]


OCR = RapidOcr(threads=1)
"""Its models are loaded when it is first asked, and once for all tests."""


@pytest.fixture
def memory(tmp_path):
    database = connect(f"sqlite:///{tmp_path / 'recto.db'}")
    yield SqlMemory(database)
    database.close()


@pytest.fixture
def bench(memory):
    return Bench(memory)


def scan():
    """A picture of a receipt, which only OCR can read."""
    page = Image.new("L", (700, 400), 255)
    font = ImageFont.load_default(40)
    for number, line in enumerate(("CORNER STORE", "Tea 3.00", "Total 3.00", "Cash 5.00")):
        ImageDraw.Draw(page).text((60, 40 + 80 * number), line, font=font, fill=0)
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def test_the_same_bytes_ask_no_engine_twice_and_are_read_as_before(bench):
    first, asked = bench.read(scan())
    again, then_asked = bench.read(scan())
    assert asked == ["ocr", "classifier", "labeller"]
    assert then_asked == []
    assert again == first


def test_the_pages_of_several_documents_in_one_file_are_classified_once(bench):
    stack = text_pdf(["CORNER STORE", "Receipt 2024-05-06", "Tea 3.00", "Total 3.00", "Cash 5.00"], pages=3)
    first, asked = bench.read(stack)
    again, then_asked = bench.read(stack)
    assert len(first.parts) == 3
    assert asked == ["classifier", "labeller"]
    assert then_asked == []
    assert again == first


def test_a_new_labeller_asks_neither_ocr_nor_the_classifier_again(bench):
    bench.read(scan())
    reading, asked = bench.read(scan(), labeller="2")
    assert asked == ["labeller"]
    assert reading.engines["labeller"].version == "2"


def test_a_new_classifier_of_the_same_opinion_asks_neither_ocr_nor_the_labeller_again(bench):
    bench.read(scan())
    assert bench.read(scan(), classifier="2")[1] == ["classifier"]


def test_a_new_ocr_that_sees_the_same_words_asks_nobody_else(bench):
    bench.read(scan())
    assert bench.read(scan(), ocr="2")[1] == ["ocr"]


def test_a_setting_of_the_ocr_that_changes_its_words_is_part_of_its_key():
    keys = {RapidOcr(least=least, script=script).engine.key for least in (0.5, 0.7) for script in ("latin", "all")}
    assert len(keys) == 4
    assert RapidOcr(threads=1).engine == RapidOcr(threads=2).engine


def test_an_engine_that_was_away_for_a_while_is_recalled_under_its_own_name(bench):
    first, _ = bench.read(labeller="1")
    bench.read(labeller="2")
    again, asked = bench.read(labeller="1")
    assert asked == []
    assert again == first


def test_another_kind_by_a_persons_word_is_labelled_by_its_own_schema(bench):
    bench.read()
    reading, asked = bench.read(wish=Wish("invoice"))
    assert asked == ["labeller"]
    assert reading.kind.kind == "invoice"


def test_a_changed_schema_asks_for_labels_again(bench):
    wish = Wish("parking_stub")
    catalog.add(catalog.parse(KIND.format(caption="Total")))
    assert bench.read(wish=wish)[1] == ["labeller"]
    assert bench.read(wish=wish)[1] == []
    catalog.add(catalog.parse(KIND.format(caption="To pay")))
    assert bench.read(wish=wish)[1] == ["labeller"]


def test_a_forgotten_document_is_read_anew(bench, memory):
    reading, _ = bench.read(scan())
    memory.forget(reading.document.id)
    assert bench.read(scan())[1] == ["ocr", "classifier", "labeller"]


def test_a_worker_keeps_the_memory_within_the_bounds_of_the_settings(tmp_path):
    app = install(Settings(home=tmp_path, memory=MemorySettings(days=90, megabytes=0)))
    app.memory.keep("a/1/e", {"x": 1})
    job = app.queue.order(Order(TIDY, {}))
    with running(Worker(app.queue, handlers(app), QUICK)):
        until(lambda: app.jobs.job(job.id).state == "done", 120)
    assert app.jobs.job(job.id).result == {"forgotten": 1}
    assert app.memory.recall("a/1/e") is None
    app.database.close()


def test_a_server_and_a_worker_see_to_it_that_the_memory_is_tidied_each_night(tmp_path):
    app = install(Settings(home=tmp_path))
    keep_time(app)
    assert TIDY in [schedule.name for schedule in app.schedules.schedules()]
    app.database.close()


@pytest.fixture
def bundle(tmp_path):
    """A copy of the shipped model, to be changed."""
    return shutil.copytree(SHIPPED / "default", tmp_path / "bundle")


def chained(folder, memory):
    """A reader by that model, and by rules where it is not there."""
    classifier = ClassifierChain([LayoutClassifier(str(folder)), RulesClassifier()])
    labeller = LabellerChain([LayoutLmOnnx(str(folder), 1), RulesLabeller()])
    return Reader(Plugs(OCR, classifier, labeller, memory))


def test_what_a_stand_in_said_is_not_taken_for_the_word_of_the_engine_that_was_away(memory, bundle, tmp_path):
    bundle.rename(tmp_path / "away")
    stood_in = chained(bundle, memory).read(RECEIPT, "a.pdf")
    (tmp_path / "away").rename(bundle)
    reading = chained(bundle, memory).read(RECEIPT, "a.pdf")
    assert stood_in.engines["labeller"].name == stood_in.engines["classifier"].name == "rules"
    assert reading.engines["labeller"].name == "layoutlm-onnx"
    assert reading.engines["classifier"].name == "layout-kinds"
    assert chained(bundle, memory).read(RECEIPT, "a.pdf").fields == reading.fields


def test_a_model_that_cannot_be_opened_is_no_obstacle_to_what_it_was_not_asked_for(memory, tmp_path):
    with pytest.raises(EngineUnavailable):
        assert LayoutLmOnnx(str(tmp_path / "nothing")).engine
    assert chained(tmp_path / "nothing", memory).read(RECEIPT, "a.pdf").kind.kind == "receipt"


def test_a_new_labelling_network_leaves_the_classifier_as_it_was(bundle):
    before = LayoutClassifier(str(bundle)).engine, LayoutLmOnnx(str(bundle)).engine
    (bundle / "digest.txt").write_text("sha256:another\n")
    after = LayoutClassifier(str(bundle)).engine, LayoutLmOnnx(str(bundle)).engine
    assert before[0] == after[0]
    assert before[1] != after[1]
    calibration = json.loads((bundle / "calibration.json").read_text())
    calibration["kinds"]["temperature"] *= 2
    (bundle / "calibration.json").write_text(json.dumps(calibration))
    assert LayoutClassifier(str(bundle)).engine != before[0]
