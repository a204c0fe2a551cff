"""Memory and time of reading a PDF of 10 and of 500 pages, made on the spot: all words, and every tenth page drawn.

Each document is read by a process of its own, so that its peak is its own. What is measured is Linux's VmHWM, of the
process that reads and of the one that renders for it. Memory that grew with the pages would show in the last column.
"""

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from tests.support import papers

from recto.reading.paper import opened

SIZES: Final = (10, 500)
LONG_SIDE: Final = 2000
DRAWN: Final = 10
"""Every so many pages one is drawn, as it is for OCR."""

WORDS: Final = (
    "the seller delivers goods",
    "to the buyer",
    "invoice",
    "total amount due",
    "thirty days",
    "order no. 7",
)


def main() -> int:
    if len(sys.argv) > 1:
        print(json.dumps(measured(int(sys.argv[1]))))
        return 0
    found = [measured_apart(pages) for pages in SIZES]
    print(" pages  file MB  words/s  text ms/page  draw ms/page  reader MB  child MB")
    for row in found:
        print(
            f"{row['pages']:>6} {row['bytes'] / 1e6:>8.1f} {row['words'] / row['text']:>8.0f} "
            f"{1000 * row['text'] / row['pages']:>13.1f} {1000 * row['draw'] / row['drawn']:>13.1f} "
            f"{row['reader'] / 1e6:>10.0f} {row['child'] / 1e6:>9.0f}"
        )
    few, many = found
    more = [1e-6 * (many[who] - few[who]) for who in ("reader", "child")]
    print(f"50 times the pages: {more[0]:+.0f} MB in the reader, {more[1]:+.0f} MB in its child.")
    return 0


def measured_apart(pages: int) -> dict[str, float]:
    run = subprocess.run([sys.executable, "-m", "bench.pages", str(pages)], capture_output=True, text=True, check=True)
    return dict(json.loads(run.stdout))


def measured(pages: int) -> dict[str, float]:
    """Bytes and seconds of one document."""
    data = made(pages)
    words, drawn, text, draw = 0, 0, 0.0, 0.0
    with opened(data, "made.pdf") as paper:
        begin = time.perf_counter()
        for sheet in paper.sheets():
            words += len(sheet.page.words)
            text += time.perf_counter() - begin
            begin = time.perf_counter()
            if sheet.page.number % DRAWN == 0:
                sheet.raster(LONG_SIDE)
                draw, drawn = draw + time.perf_counter() - begin, drawn + 1
            begin = time.perf_counter()
        child = paper.peak_bytes()
    took = {"text": text, "draw": draw, "drawn": drawn}
    return {"pages": pages, "bytes": len(data), "words": words, **took, "reader": peak(), "child": child}


def made(pages: int) -> bytes:
    """Pages of 52 lines, each page with its own."""
    chance = random.Random(1)
    return papers.pdf([b"".join(line(chance, number) for number in range(52)) for _ in range(pages)])


def line(chance: random.Random, number: int) -> bytes:
    return papers.text(" ".join(chance.choices(WORDS, k=4)), y=740 - 13 * number, size=10)


def peak() -> int:
    """The most memory that this process ever held, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main())
