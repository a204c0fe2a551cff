"""Memory of an idle server and of its worker after 100 and after 1,000 documents, which must differ by 10 % at most.

The labeller is the debug engine, so that what grows is ours. Proportional set sizes, of the server and of its children.
"""

import argparse
import tempfile
import time
from pathlib import Path

import httpx2 as httpx
from tests.support.debug import debug_engine
from tests.support.papers import text_pdf
from tests.support.recto import Served, recto_serve, until

ALLOWED = 1.10
AT_ONCE = 25


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--counts", type=int, nargs=2, default=(100, 1000))
    counts = asked.parse_args().counts
    found = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        recto_serve(Path(folder), RATE_LIMIT_REQUESTS="0", **debug_engine()) as served,
    ):
        start, brought = time.monotonic(), 0
        for count in counts:
            for first in range(brought, count, AT_ONCE):
                bring(served, range(first, min(first + AT_ONCE, count)))
            brought = count
            found[count] = idle(served)
            server, children = (megabytes / 1e6 for megabytes in found[count])
            print(f"after {count:5} documents: server {server:6.1f} MB, its worker's children {children:6.1f} MB")
        print(f"{counts[1]} documents in {time.monotonic() - start:.0f} s")
    growth = [after / before for before, after in zip(found[counts[0]], found[counts[1]], strict=True)]
    print(f"growth: server {growth[0]:.3f}, children {growth[1]:.3f}; allowed {ALLOWED}")
    return 0 if max(growth) <= ALLOWED else 1


def bring(served: Served, numbers: range) -> None:
    """Uploads them in one request and waits until they are read."""
    papers = [text_pdf([f"STORE NUMBER {number}", "Receipt 2024-05-06", "Total 3.00"]) for number in numbers]
    files = [("file", (f"{number}.pdf", paper)) for number, paper in zip(numbers, papers, strict=True)]
    answer = httpx.post(f"{served.url}/v1/documents", files=files, timeout=120)
    assert answer.status_code == 202, answer.text
    until(lambda: waiting(served) == 0, 600, served.log)


def waiting(served: Served) -> int:
    documents: dict[str, int] = httpx.get(f"{served.url}/health", timeout=60).json()["documents"]
    return documents["waiting"] + documents["reading"]


def idle(served: Served) -> tuple[int, int]:
    """Bytes of the server and of its children."""
    own = served.process.pid
    return share(own), sum(share(child) for child in children(own))


def children(pid: int) -> list[int]:
    found = [int(name) for path in Path(f"/proc/{pid}/task").glob("*/children") for name in path.read_text().split()]
    return [*found, *(deeper for child in found for deeper in children(child))]


def share(pid: int) -> int:
    """Its proportional set size."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    raise SystemExit(main())
