"""Words read beside Tesseract on held-out receipts: recall, precision, F1 and seconds a page, in one run.

    python -m bench.ocr [--count 100] [--layouts 3 6] [--threads 1] [--misses] [--memory]

Truth is the bag of words of the receipt's true lines, without case; `alphanumeric` leaves out all but letters and
digits. Engines take turns on each receipt, so that whatever else the machine does slows both.
"""

import argparse
import hashlib
import json
import re
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from bench.kinds import DATA
from recto.document.page import Raster
from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.tesseract import TesseractOcr
from recto.engines.ocr.upright import Upright
from recto.ports import Ocr
from recto.training.strips import held_out

RECEIPTS = DATA / "sroie" / "train"


@dataclass(frozen=True, slots=True)
class Score:
    """Words in both, words in the truth, words read."""

    hits: int
    true: int
    read: int

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.true)

    @property
    def precision(self) -> float:
        return self.hits / max(1, self.read)

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, self.true + self.read)


@dataclass(frozen=True, slots=True)
class Trial:
    """One engine on one receipt."""

    exact: Score
    alphanumeric: Score
    seconds: float


def main() -> int:
    options = arguments()
    if not RECEIPTS.exists():
        print("The receipts are not there (RECTO_DATA).")
        return 1
    names = names_held_out()[: options.count]
    if options.memory:
        return memory(names[:30])
    engines: dict[str, Ocr] = {
        "rapid": RapidOcr(threads=options.threads),
        "upright rapid": Upright(RapidOcr(threads=options.threads)),
    }
    for layout in options.layouts:
        engines[f"tesseract psm {layout}"] = TesseractOcr(layout=layout, threads=options.threads)
    trials: dict[str, list[Trial]] = {engine: [] for engine in engines}
    for engine in engines.values():
        engine.read([raster(image_path(names[0]))])  # models load before the clock runs
    for name in names:
        for engine, ocr in engines.items():
            trials[engine].append(tried(ocr, name, options.misses))
    report(trials)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="how many receipts")
    parser.add_argument(
        "--layouts", type=int, nargs="+", default=[3, 6], help="Tesseract's page segmentation modes (3 and 6 read best)"
    )
    parser.add_argument("--threads", type=int, default=1, help="cores for each engine; 0 for its own choice")
    parser.add_argument("--misses", action="store_true", help="print words missed and words made up")
    parser.add_argument("--memory", action="store_true", help="print the peak resident memory of RapidOCR instead")
    return parser.parse_args()


def names_held_out() -> list[str]:
    """Names of the receipts that the engine was not fitted to, in an order that says nothing of their content."""
    named = [(hashlib.sha256(name.encode()).hexdigest(), name) for name in held_out(RECEIPTS)]
    return [name for _, name in sorted(named, key=lambda one: (one[0] < "8", one[0]))]


def tried(ocr: Ocr, name: str, misses: bool) -> Trial:
    page = raster(image_path(name))
    started = time.perf_counter()
    (sight,) = ocr.read([page])
    seconds = time.perf_counter() - started
    true, read = list(true_words(name)), [word.text for word in sight.words]
    if misses:
        print(name, "missed:", *(bag(true) - bag(read)).elements(), "| made up:", *(bag(read) - bag(true)).elements())
    return Trial(score(bag(true), bag(read)), score(bag(plain(true)), bag(plain(read))), seconds)


def true_words(name: str) -> Iterator[str]:
    for line in json.loads((RECEIPTS / "box" / f"{name}.json").read_text()):
        yield from line["text"].split()


def plain(words: Iterable[str]) -> list[str]:
    return [word for word in (re.sub(r"[^0-9a-z]", "", word.lower()) for word in words) if word]


def bag(words: Iterable[str]) -> Counter[str]:
    return Counter(word.lower() for word in words)


def score(true: Counter[str], read: Counter[str]) -> Score:
    return Score((true & read).total(), true.total(), read.total())


def report(trials: dict[str, list[Trial]]) -> None:
    print(f"{'engine':18}{'words':20}{'recall':>8}{'precision':>11}{'F1':>7}{'median s':>10}{'mean s':>8}")
    for engine, ones in trials.items():
        for kind in ("exact", "alphanumeric"):
            whole = total(getattr(trial, kind) for trial in ones)
            times = [trial.seconds for trial in ones]
            print(
                f"{engine:18}{kind:20}{whole.recall:8.3f}{whole.precision:11.3f}{whole.f1:7.3f}"
                f"{statistics.median(times):10.2f}{statistics.mean(times):8.2f}"
            )
    for engine, peer in ((one, other) for one in trials for other in trials if "rapid" in one and "rapid" not in other):
        pairs = list(zip(trials[engine], trials[peer], strict=True))
        better = sum(mine.exact.f1 > other.exact.f1 for mine, other in pairs)
        ratio = sum(mine.seconds for mine, _ in pairs) / sum(other.seconds for _, other in pairs)
        middle = statistics.median(mine.seconds / other.seconds for mine, other in pairs)
        print(
            f"{engine}: better F1 than {peer} on {better} of {len(pairs)}; time ratio {ratio:.2f} (median {middle:.2f})"
        )


def total(scores: Iterable[Score]) -> Score:
    ones = list(scores)
    return Score(sum(one.hits for one in ones), sum(one.true for one in ones), sum(one.read for one in ones))


def memory(names: list[str]) -> int:
    """Peak resident memory so far after loading, one receipt, many at once, and a page of forty megapixels."""
    ocr = RapidOcr()
    print(f"before the models  {peak():6.0f} MB")
    ocr.read([raster(image_path(names[0]))])
    print(f"one receipt        {peak():6.0f} MB")
    for name in names:
        ocr.read([raster(image_path(name))])
    print(f"{len(names)} one by one      {peak():6.0f} MB")
    ocr.read([raster(image_path(name)) for name in names])
    print(f"{len(names)} in one batch    {peak():6.0f} MB")
    with Image.open(image_path(names[0])) as image:
        ocr.read([as_raster(image.resize((4500, 9000)))])
    print(f"one of 40 MP       {peak():6.0f} MB")
    return 0


def peak() -> float:
    """In megabytes; Linux counts kilobytes, macOS bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 if sys.platform == "linux" else 1024 * 1024)


def image_path(name: str) -> Path:
    return next((RECEIPTS / "img").glob(f"{name}.*"))


def raster(path: Path) -> Raster:
    with Image.open(path) as image:
        return as_raster(image)


def as_raster(image: Image.Image) -> Raster:
    return Raster(image.width, image.height, image.convert("RGB").tobytes())


if __name__ == "__main__":
    sys.exit(main())
