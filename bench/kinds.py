"""How many real documents are told as what they are, by the model's classifier: reads those not read yet.

    python -m bench.kinds [BUNDLE]

Words that were read stand in `.cache/ocr`; a bench that is broken off goes on where it was.
"""

import os
import sys
from collections import Counter
from pathlib import Path

from recto.engines.classify.layout import LayoutClassifier
from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.upright import Upright
from recto.training.datasets import dataset
from recto.training.sources import documents, reread

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[2] / "shared" / "data"))
CACHE = Path(".cache/ocr/documents.jsonl")


def main() -> None:
    ocr = Upright(RapidOcr())
    documents.read(DATA, [one.path for one in documents.known(DATA)], CACHE, ocr)
    reread.reread(DATA / "wildreceipt", CACHE.with_name("wildreceipt.jsonl"), ocr)
    found = [*documents.examples(DATA, CACHE), *dataset("receipt-kinds", DATA, CACHE.parent)]
    guesses = LayoutClassifier(sys.argv[1] if len(sys.argv) > 1 else "default").classify([e.words for e in found])
    there, right = Counter[str](), Counter[str]()
    for example, guess in zip(found, guesses, strict=True):
        for name in (example.source, example.kind, "all"):
            there[name] += 1
            right[name] += guess.kind == example.kind
        if guess.kind != example.kind:
            print(f"{example.id}: {example.kind}, told as {guess.kind}")
    for name in sorted(there):
        print(f"{name:24} {right[name]:4} of {there[name]:4}  {right[name] / there[name]:.3f}")


if __name__ == "__main__":
    main()
