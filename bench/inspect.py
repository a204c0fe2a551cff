"""The cached answer of /layoutlm_inference under load beside the same bytes from nginx; one on demand, by stage.

python -m bench.inspect [--seconds 4] [--clients 8]
"""

import argparse
import asyncio
import hashlib
import shutil
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx2 as httpx
from tests.support.recto import free_port, recto_serve

from bench.load import Run, client
from recto.app import Installation
from recto.app import settings as recto_settings
from recto.document.page import Document, Page
from recto.document.reading import Guess, Reading
from recto.document.record import Record
from recto.doors.inspecting import refreshed
from recto.training.synth import generate
from recto.training.truth import labels_from

ROUNDS = 3
NGINX = """
worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 1000000; types {{ application/json json; }}
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  server {{
    listen 127.0.0.1:{port}; root {folder};
    add_header Cache-Control "private, max-age=60, stale-while-revalidate=600";
  }}
}}
"""


def prepared(home: Path) -> str:
    """An installation with one labelled receipt whose answer is in the pool; the receipt's id."""
    app = Installation(recto_settings(home=home))
    example = generate("receipt", 8_200_000, held_out=True).example
    document = Document(hashlib.sha256(b"bench").hexdigest(), "bench.png", "image/png", 1)
    reading = Reading(document, (Page(1, 600, 800),), example.words, Guess("receipt", 0.9))
    app.records.save(Record(document, "read", reading=reading))
    app.labels.write(document.id, "", labels_from(example, "made", datetime.now(UTC)))
    refreshed(app, [""], 1, 1)
    app.database.close()
    return document.id


@contextmanager
def nginx(folder: Path) -> Iterator[int]:
    """nginx on a free port, serving the files of the folder."""
    port = free_port()
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port))
    process = subprocess.Popen(["nginx", "-c", str(config), "-p", str(folder), "-g", "daemon off;"])
    try:
        until_open(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def until_open(port: int) -> None:
    for _ in range(100):
        try:
            httpx.get(f"http://127.0.0.1:{port}/answer.json")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise SystemExit("nginx does not answer")


def load(port: int, path: str, clients: int, seconds: float) -> Run:
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    run = Run()

    async def all_of_them() -> None:
        start = time.perf_counter()
        each = (client(("127.0.0.1", port), request, start + seconds, run) for _ in range(clients))
        await asyncio.gather(*each)
        run.seconds = time.perf_counter() - start

    asyncio.run(all_of_them())
    assert set(run.statuses) == {200}, run.statuses
    return run


def side_by_side(url: str, folder: Path, clients: int, seconds: float) -> None:
    """In turns, so that both meet the same machine."""
    runs: dict[str, list[Run]] = defaultdict(list)
    with nginx(folder) as port:
        for _ in range(ROUNDS):
            runs["nginx"].append(load(port, "/answer.json", clients, seconds))
            runs["recto"].append(load(int(url.rpartition(":")[2]), "/layoutlm_inference", clients, seconds))
    print(f"cached answer, {clients} connections, {ROUNDS} rounds of {seconds:g} s each, median of the rounds:")
    p99 = {}
    for name, each in runs.items():
        p50, p99[name] = (median(run.percentile(share) for run in each) for share in (0.5, 0.99))
        print(
            f"  {name:6} p50 {p50:7.2f} ms   p99 {p99[name]:7.2f} ms   {median(run.rate for run in each):7.0f} a second"
        )
    print(f"  ratio of p99: {p99['recto'] / p99['nginx']:.1f}")


def on_demand(url: str, document_id: str, times: int = 25) -> None:
    stages: dict[str, list[float]] = defaultdict(list)
    with httpx.Client(base_url=url, timeout=60) as api:
        for number in range(times + 1):
            start = time.perf_counter()
            timing = api.get(f"/v1/inspect/{document_id}").headers["server-timing"]
            if number:  # the first one loads the model
                stages["whole request"].append(1000 * (time.perf_counter() - start))
                for stage in timing.split(", "):
                    name, _, value = stage.partition(";dur=")
                    stages[name].append(float(value))
    print(f"on demand, median of {times}, in ms:")
    print("  " + ", ".join(f"{name} {median(values):.2f}" for name, values in stages.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    if shutil.which("nginx") is None:
        raise SystemExit("nginx is not installed (apt-get install nginx)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        document_id = prepared(folder / "home")
        with recto_serve(folder / "home", RATE_LIMIT_REQUESTS="0", RECTO_INSPECT__MINUTES="0") as served:
            body = httpx.get(f"{served.url}/layoutlm_inference").content
            (folder / "answer.json").write_bytes(body)
            print(f"{len(body):,} bytes")
            side_by_side(served.url, folder, given.clients, given.seconds)
            on_demand(served.url, document_id)


if __name__ == "__main__":
    main()
