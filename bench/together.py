"""Does it pay to do the work of several callers together? Receipts a second and the processor's seconds a receipt.

python -m bench.together --receipts 16 --callers 4
"""

import argparse
import os
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from recto.app import App, build, settings
from recto.submission import File, Submission

DATA = Path(os.environ.get("RECTO_DATA", Path(__file__).parents[2] / "shared" / "data")) / "sroie"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--receipts", type=int, default=16)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 2, 4])
    chosen = parser.parse_args()
    pages = sorted(DATA.rglob("*.jpg"))[: chosen.receipts]
    submissions = [Submission((File(page.read_bytes(), page.name),), kind="receipt") for page in pages]
    print(f"{len(submissions)} receipts, {chosen.callers} callers")
    for size in chosen.sizes:
        with TemporaryDirectory() as home:
            app = build(settings(home=home, batch={"size": size, "delay": 0.02}))
            app.extract(submissions[0])
            print(f"size {size}: {measured(app, submissions, chosen.callers)}")


def measured(app: App, submissions: Sequence[Submission], callers: int) -> str:
    """The pages' own processes are not counted: they are the same for all sizes."""
    start, used = time.perf_counter(), cpu()
    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(app.extract, submissions))
    wall, spent = time.perf_counter() - start, cpu() - used
    return f"{len(submissions) / wall:.2f} receipts/s, {spent / len(submissions):.2f} CPU s a receipt"


def cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


if __name__ == "__main__":
    main()
