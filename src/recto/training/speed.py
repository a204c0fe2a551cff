"""What the model costs beside LayoutLM-base: time of labelling one receipt, resident memory that it adds.

LayoutLM-base in PyTorch float32 has random weights, for the arithmetic is the same. It reads as many tokens as a
WordPiece with digits apart makes of the receipt's words.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import LayoutLMConfig, LayoutLMForTokenClassification

from recto.document.page import Words
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.training.vocabulary import learn

_MEMORY = """
import sys, resource
import onnxruntime, numpy, tokenizers
from recto.document.box import Box
from recto.document.page import Word
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
words = tuple(Word("12.50", Box(0.1, i / 200, 0.2, i / 200 + 0.004), line=i) for i in range(150))
before = resident()
LayoutLmOnnx(sys.argv[1], 1).label([(words, "receipt")])
print(resident() - before)
"""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds to label one receipt: the median over receipts of the best of three, both sides in turn."""

    ours: float
    base: float

    @property
    def ratio(self) -> float:
        return self.base / self.ours


def times(bundle: str, receipts: Sequence[Words], threads: int) -> Times:
    """The bundle's int8 network and all that stands around it, beside LayoutLM-base alone, on so many threads."""
    sides = _ours(bundle, threads), _base(receipts, threads)
    seconds = [[_best(side, words) for side in sides] for words in receipts]
    return Times(*(statistics.median(column) for column in zip(*seconds, strict=True)))


def memory(bundle: str) -> float:
    """MiB of resident memory that the bundle adds to a process that has its libraries loaded (Linux)."""
    asked = [sys.executable, "-c", _MEMORY, bundle]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603  our own code, no shell
    return float(done.stdout)


def costs(bundle: str, receipts: Sequence[Words]) -> Mapping[str, float]:
    """Everything above: `ratio_1`, `ours_ms_1`, `base_ms_1` on one thread, the same on two, and `memory_mib`."""
    found = {}
    for threads in (1, 2):
        measured = times(bundle, receipts, threads)
        found[f"ratio_{threads}"] = measured.ratio
        found[f"ours_ms_{threads}"] = 1e3 * measured.ours
        found[f"base_ms_{threads}"] = 1e3 * measured.base
    return {**found, "memory_mib": memory(bundle)}


def _best(run: Callable[[Words], object], words: Words) -> float:
    tries = []
    for _ in range(3):
        start = time.perf_counter()
        run(words)
        tries.append(time.perf_counter() - start)
    return min(tries)


def _ours(bundle: str, threads: int) -> Callable[[Words], object]:
    labeller = LayoutLmOnnx(bundle, threads)
    return lambda words: labeller.label([(words, "receipt")])


def _base(receipts: Sequence[Words], threads: int) -> Callable[[Words], object]:
    torch.set_num_threads(threads)
    net = LayoutLMForTokenClassification(LayoutLMConfig(num_labels=45)).eval()
    pieces = learn((word.text for words in receipts for word in words), 8000, digits_apart=True)

    def run(words: Words) -> object:
        count = min(512, sum(len(piece.ids) for piece in pieces.encode_batch([word.text for word in words])) + 2)
        ids = torch.from_numpy(np.random.default_rng(0).integers(5, 30_000, (1, count)))
        boxes = torch.tensor([100, 100, 200, 120]).expand(1, count, 4)
        with torch.inference_mode():
            return net(input_ids=ids, bbox=boxes).logits

    return run
