"""The whole way of a model on a small scale: train, be interrupted, go on, calibrate, export, load, label."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from recto.document.errors import BadRequest, EngineUnavailable  # noqa: E402
from recto.document.kinds import RECEIPT_LABELS  # noqa: E402
from recto.document.run import EpochRecord  # noqa: E402
from recto.engines.label.bundle import digest_of, open_bundle  # noqa: E402
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx  # noqa: E402
from recto.engines.label.layoutlm_torch import LayoutLmTorch  # noqa: E402
from recto.engines.label.space import Space  # noqa: E402
from recto.schemas.catalog import labels_of  # noqa: E402
from recto.training.build import build  # noqa: E402
from recto.training.finish import Held  # noqa: E402
from recto.training.fit import Run, train  # noqa: E402
from recto.training.models import Models  # noqa: E402
from recto.training.net import config_of  # noqa: E402
from recto.training.settings import TrainSettings  # noqa: E402
from recto.training.splits import Split  # noqa: E402
from recto.training.synth import generate  # noqa: E402

pytestmark = pytest.mark.train

SPACE = Space({"receipt": RECEIPT_LABELS, "check": ("payee",)})


def receipts(count: int, start: int, held_out: bool) -> tuple:
    return tuple(generate("receipt", start + at, held_out=held_out).example for at in range(count))


SPLIT = Split(receipts(24, 0, False), receipts(6, 10_000, True), frozen=False)


def settings(out: Path, **changes: object) -> TrainSettings:
    small = TrainSettings(
        "small", out, hidden=48, layers=2, heads=2, vocabulary=900, epochs=4, learning_rate=2e-3, bfloat16=False
    )
    return replace(small, **changes)


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    return train(settings(tmp_path_factory.mktemp("run")), SPLIT, SPACE)


@pytest.fixture(scope="module")
def bundle(run, tmp_path_factory) -> Path:
    held = Held(calibration=SPLIT.validation, tests={"synthetic": SPLIT.validation})
    return build(run, held, tmp_path_factory.mktemp("bundle") / "small")


def losses(records: tuple[EpochRecord, ...]) -> list[float]:
    return [record.loss for record in records]


def test_training_learns_and_keeps_a_record_of_each_epoch(run):
    assert [record.epoch for record in run.records] == [0, 1, 2, 3]
    assert losses(run.records)[-1] < 0.8 * losses(run.records)[0]
    last = run.records[-1].validation
    assert last["entities"]["by_label"]
    assert {document["id"] for document in last["by_document"]} == {example.id for example in SPLIT.validation}


def test_a_run_without_the_frozen_list_is_not_comparable(run):
    assert run.comparable is False
    assert len(run.hashes["train"]) == 64


def test_an_interrupted_training_goes_on_with_the_same_data_and_the_same_curve(run, tmp_path):
    def interrupt(record: EpochRecord) -> None:
        if record.epoch == 1:
            os.kill(os.getpid(), signal.SIGTERM)

    # The WordPiece trainer breaks ties anew in each process, so both runs have one vocabulary.
    (tmp_path / "tokenizer.json").write_bytes((run.settings.out / "tokenizer.json").read_bytes())
    first = train(settings(tmp_path), SPLIT, SPACE, interrupt)
    assert first.interrupted
    assert len(first.records) == 2
    second = train(settings(tmp_path), SPLIT, SPACE)
    assert not second.interrupted
    assert losses(second.records) == losses(run.records)
    assert torch.equal(second.net.classifier.weight, run.net.classifier.weight)


def test_other_settings_begin_anew(tmp_path):
    one = train(settings(tmp_path, epochs=1), SPLIT, SPACE)
    other = train(settings(tmp_path, epochs=1, learning_rate=1e-3), SPLIT, SPACE)
    assert len(one.records) == len(other.records) == 1
    assert losses(one.records) != losses(other.records)


def test_weights_from_elsewhere_bring_their_own_vocabulary(tmp_path):
    signs = ["[PAD]", "[unused0]", "[unused1]", "[unused2]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,:/-"
    base = tmp_path / "base"
    old = transformers.LayoutLMForTokenClassification(config_of(2, len(signs) + 2 * len(letters), 48, 2, 2))
    old.save_pretrained(base)
    with pytest.raises(BadRequest, match=r"vocab\.txt"):
        train(settings(tmp_path / "none", base=str(base), epochs=1), SPLIT, SPACE)
    (base / "vocab.txt").write_text("\n".join([*signs, *letters, *(f"##{letter}" for letter in letters)]) + "\n")
    run = train(settings(tmp_path / "run", base=str(base), epochs=1, learning_rate=1e-9), SPLIT, SPACE)
    assert run.tokenizer.encode("Tea", add_special_tokens=False).tokens == ["t", "##e", "##a"]
    pieces, before = (net.layoutlm.embeddings.word_embeddings.weight for net in (run.net, old))
    assert torch.allclose(pieces[2], before[5], atol=1e-5)
    assert torch.allclose(pieces[20], before[20], atol=1e-5)


def test_the_bundle_is_whole_measured_and_pinned(bundle):
    names = {path.name for path in bundle.iterdir()}
    assert {"model.onnx", "model.fp16.onnx", "model.int8.onnx", "vocab.txt", "MODEL_CARD.md", "curves.png"} <= names
    metrics = json.loads((bundle / "metrics.json").read_text())
    assert 0.0 <= metrics["synthetic"]["calibration"]["ece"] <= 1.0
    assert metrics["synthetic"]["comparable"] is False
    assert open_bundle(str(bundle)).digest == digest_of(bundle)


def test_onnx_and_torch_agree(bundle, tmp_path):
    documents = [(example.words, "receipt") for example in SPLIT.validation]
    for name in ("model.int8.onnx", "model.fp16.onnx"):
        (bundle / name).rename(tmp_path / name)
    try:
        whole = LayoutLmOnnx(str(bundle), threads=1).label(documents)
        ours = LayoutLmTorch(str(bundle), threads=1).label(documents)
    finally:
        for name in ("model.int8.onnx", "model.fp16.onnx"):
            (tmp_path / name).rename(bundle / name)
    for one, other in zip(whole, ours, strict=True):
        assert [tag.name for tag in one] == [tag.name for tag in other]
        assert max(abs(a.confidence - b.confidence) for a, b in zip(one, other, strict=True)) < 1e-3


def test_int8_gives_nearly_the_same_labels(bundle):
    documents = [(example.words, "receipt") for example in SPLIT.validation]
    narrow = [tag.label for tags in LayoutLmOnnx(str(bundle), threads=1).label(documents) for tag in tags]
    whole = [tag.label for tags in LayoutLmTorch(str(bundle), threads=1).label(documents) for tag in tags]
    assert sum(a == b for a, b in zip(narrow, whole, strict=True)) >= 0.97 * len(whole)


def test_a_kind_without_words_or_labels_is_answered(bundle):
    labeller = LayoutLmOnnx(str(bundle), threads=1)
    assert labeller.label([((), "receipt")]) == [()]
    tags = labeller.label([(SPLIT.validation[0].words, "check")])[0]
    assert {tag.label for tag in tags} <= {"O", *labels_of("check")}


def test_a_bundle_is_pulled_activated_and_rolled_back(bundle, tmp_path):
    models = Models(tmp_path / "models")
    pulled = models.pull(str(bundle), "mine")
    assert not pulled.active
    assert models.activate("mine").path == models.active()
    assert models.roll_back() == "default"


def test_a_bundle_that_was_changed_is_refused(bundle, tmp_path):
    models = Models(tmp_path / "models")
    copy = Path(models.pull(str(bundle), "mine").path)
    (copy / "calibration.json").write_text((copy / "calibration.json").read_text() + " ")
    with pytest.raises(Exception, match="digest"):
        models.pull(str(copy), "other")
    assert [model.name for model in models.list() if model.name == "other"] == []


def test_without_its_network_the_labeller_cannot_run(bundle, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    for path in bundle.glob("*.json"):
        (broken / path.name).write_bytes(path.read_bytes())
    (broken / "digest.txt").write_text("sha256:0\n")
    with pytest.raises(EngineUnavailable):
        LayoutLmOnnx(str(broken)).label([(SPLIT.validation[0].words, "receipt")])
