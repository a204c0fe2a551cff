"""What the model costs: time beside LayoutLM-base in PyTorch float32, on one thread and on two, and memory.

    python -m bench.label [BUNDLE]

Its figures on documents are `recto evaluate BUNDLE`'s.
"""

import os
import sys
from pathlib import Path

from recto.training.sources import sroie
from recto.training.speed import memory, times

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[2] / "shared" / "data"))


def main() -> None:
    bundle = sys.argv[1] if len(sys.argv) > 1 else "default"
    folder = DATA / "sroie" / "train"
    receipts = [sroie.words_of(folder, name) for name in sorted(sroie.read_keys(folder))[::60]]
    for threads in (1, 2):
        found = times(bundle, receipts, threads)
        sides = f"LayoutLM-base {found.base * 1e3:.1f} ms, ours {found.ours * 1e3:.2f} ms"
        print(f"{threads} threads: {sides}, {found.ratio:.1f} x")
    print(f"resident memory that the model adds: {memory(bundle):.1f} MiB")


if __name__ == "__main__":
    main()
