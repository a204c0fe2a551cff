"""Fitting the recogniser: strips with their truth, the network as a torch module, a few steps that learn."""

from pathlib import Path
from random import Random

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.strip import Strip
from recto.training.graph_net import GraphNet
from recto.training.lighter_ocr import alphabet, latin
from recto.training.strips import Line, Sample, cut_out, in_print, made_up, share_inside, text_on
from recto.training.synth.generator import generate
from recto.training.tune_ocr import Alphabet, Tuning, batches, distance, errors, loss_of, tune

STRIP = Strip(x=100, y=20, width=200, height=20)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return latin(tmp_path_factory.mktemp("latin"))


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    document = generate("receipt", 5, quality="scan", rows=2)
    page, lines = next(iter(made_up(document)))
    return list(cut_out(RapidOcr(threads=1), page, lines, Random(1)))[:24]


def test_the_network_in_torch_answers_as_the_graph_does(start: Path) -> None:
    pixels = np.random.default_rng(1).uniform(-1, 1, (2, 3, 48, 160)).astype(np.float32)
    (expected,) = onnxruntime.InferenceSession(str(start)).run(None, {"x": pixels})
    answer = GraphNet(start)(torch.from_numpy(pixels)).detach().numpy()
    assert np.abs(answer - expected).max() < 1e-4


def test_saved_weights_are_those_of_the_module(start: Path, tmp_path: Path) -> None:
    net = GraphNet(start)
    name = net.names[0]
    with torch.no_grad():
        net.weights[name.replace(".", "__")].mul_(2.0)
    net.save(tmp_path / "other.onnx")
    assert torch.equal(GraphNet(tmp_path / "other.onnx").weights[name.replace(".", "__")], 2 * before(start, name))


def before(start: Path, name: str) -> torch.Tensor:
    return GraphNet(start).weights[name.replace(".", "__")]


def test_a_strip_carries_its_lines_from_left_to_right() -> None:
    lines = [Line("9.00", (150, 12, 198, 29)), Line("TOTAL", (2, 11, 140, 28)), Line("CASH", (2, 40, 60, 56))]
    assert text_on(STRIP, lines) == "TOTAL 9.00"


def test_a_strip_that_cuts_a_line_in_two_is_not_learnt_from() -> None:
    assert text_on(STRIP, [Line("TOTAL", (2, 11, 140, 28)), Line("GST REG NO 00123", (150, 12, 330, 29))]) is None


def test_a_strip_over_two_lines_is_not_learnt_from() -> None:
    tall = Strip(x=100, y=30, width=200, height=40)
    assert text_on(tall, [Line("TOTAL", (2, 11, 190, 28)), Line("CASH", (2, 32, 190, 48))]) is None


def test_the_share_inside_is_of_the_box() -> None:
    assert share_inside((0, 0, 10, 10), (5, 0, 100, 100)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("truth", "read", "learnt"),
    [
        ("TOTAL", "Total", "Total"),
        ("TOTAL", "Totai", "Total"),
        ("NO.53", "NO.58", "NO.53"),
        ("JALAN SAGU", "12.50", None),
    ],
)
def test_the_truth_is_learnt_in_the_case_that_is_printed(truth: str, read: str, learnt: str | None) -> None:
    assert in_print(truth, read) == learnt


def test_a_few_steps_learn_the_strips(start: Path, samples: list[Sample], tmp_path: Path) -> None:
    run = Tuning(start, Alphabet(alphabet(onnx.load(start))), steps=8, highest=3e-4)
    first = sum(loss_of(run.net, batch).item() for batch in batches(samples, run.alphabet, 0, spoil=False))
    tune(run, samples, tmp_path / "run.pt")
    last = sum(loss_of(run.net, batch).item() for batch in batches(samples, run.alphabet, 0, spoil=False))
    assert last < first
    assert errors(run.averaged(), samples[:6], run.alphabet) < 0.2


def test_an_interrupted_run_goes_on_with_the_step_it_was_at(start: Path, samples: list[Sample], tmp_path: Path) -> None:
    letters = Alphabet(alphabet(onnx.load(start)))
    whole = Tuning(start, letters, steps=4, highest=3e-4)
    tune(whole, samples, tmp_path / "whole.pt")
    half = Tuning(start, letters, steps=4, highest=3e-4)
    first = next(iter(batches(samples, letters, 0, spoil=True)))
    half.learn(first)
    half.keep(tmp_path / "half.pt")
    rest = Tuning(start, letters, steps=4, highest=3e-4)
    tune(rest, samples, tmp_path / "half.pt")
    for name, weight in whole.net.weights.items():
        assert torch.allclose(weight, rest.net.weights[name], atol=1e-6), name


def test_distance_counts_changes() -> None:
    assert distance("150.00", "150 0") == 2
    assert distance("", "abc") == 3
