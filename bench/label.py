"""The model's figures: accuracy, calibration, speed against LayoutLM-base in PyTorch float32, memory that it adds.

    python -m bench.label [BUNDLE]

Speed: the median over receipts of one run, one thread and two; both sides get the same words. LayoutLM-base has random
weights: the arithmetic is the same. It reads its own tokens, which are counted here by a WordPiece of digits apart.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from recto.document.page import Words
from recto.engines.classify.layout import LayoutClassifier
from recto.engines.label.bundle import folder_of
from recto.engines.label.layoutlm_onnx import LayoutLmOnnx
from recto.training.sources import sroie
from recto.training.vocabulary import learn

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[2] / "shared" / "data"))

_MEMORY = """
import resource, sys, json
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


def main() -> None:
    bundle = sys.argv[1] if len(sys.argv) > 1 else "default"
    folder = DATA / "sroie" / "train"
    receipts = [sroie.words_of(folder, name) for name in sorted(sroie.read_keys(folder))[::60]]
    metrics = json.loads((folder_of(bundle) / "metrics.json").read_text())
    print(json.dumps({name: _short(table) for name, table in metrics.items()}))
    for threads in (1, 2):
        ours = _median(_ours(bundle, threads), receipts)
        base = _median(_base(receipts, threads), receipts)
        print(f"{threads} threads: LayoutLM-base {base * 1e3:.1f} ms, ours {ours * 1e3:.2f} ms, {base / ours:.1f} x")
    added = subprocess.run([sys.executable, "-c", _MEMORY, bundle], capture_output=True, text=True, check=True)
    print(f"resident memory that the model adds: {float(added.stdout):.1f} MiB")
    _kinds(bundle)


def _short(table: dict[str, object]) -> dict[str, object]:
    if "accuracy" in table:
        return {"accuracy": table["accuracy"]}
    parts = {name: part["f1"] for name, part in table.items() if isinstance(part, dict) and "f1" in part}
    sure = table.get("calibration", {})
    return {**parts, **{key: sure[key] for key in ("ece", "auroc") if isinstance(sure, dict) and key in sure}}


def _median(run: Callable[[Words], object], receipts: Sequence[Words]) -> float:
    """Seconds a receipt: the median over receipts of the best of three."""
    seconds = []
    for words in receipts:
        tries = []
        for _ in range(3):
            start = time.perf_counter()
            run(words)
            tries.append(time.perf_counter() - start)
        seconds.append(min(tries))
    return statistics.median(seconds)


def _ours(bundle: str, threads: int) -> Callable[[Words], object]:
    labeller = LayoutLmOnnx(bundle, threads)
    return lambda words: labeller.label([(words, "receipt")])


def _base(receipts: Sequence[Words], threads: int) -> Callable[[Words], object]:
    import torch
    from transformers import LayoutLMConfig, LayoutLMForTokenClassification

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


def _kinds(bundle: str) -> None:
    """The classifier on every real document whose words a cache of this machine holds: see `bench.kinds`."""
    if not (folder_of(bundle) / "kinds.npz").is_file():
        print("this bundle tells no kinds")
        return
    folder = DATA / "sroie" / "train"
    receipts = [sroie.words_of(folder, name) for name in sorted(sroie.read_keys(folder))]
    guesses = LayoutClassifier(bundle).classify(receipts)
    print(f"receipts of SROIE told as receipts: {sum(g.kind == 'receipt' for g in guesses)} of {len(guesses)}")


if __name__ == "__main__":
    main()
