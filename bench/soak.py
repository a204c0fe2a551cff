"""Many callers against two servers that share a database and a Redis, one of which is restarted in the middle.

No answer is a 5xx, the servers' memory stays flat, a greedy owner is granted exactly his limit, and every document that
was answered with 202 is there at the end. `--clients 200 --seconds 60` by default.
"""

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.support.recto import free_port

from bench.load import answer, request_of
from recto.app import Installation, settings
from recto.document.errors import NotFound
from recto.document.key import minted
from recto.doors.http.examples import RECEIPT
from recto.doors.http.sample import LINES, page_of

GREEDY = "greedy"
GREEDY_SHARE = 0.1
UPLOAD_SHARE = 0.1
WINDOW = 86_400


@dataclass
class Soak:
    """What came of it."""

    statuses: Counter[int] = field(default_factory=Counter)
    granted: int = 0
    refused: int = 0
    broken: int = 0
    accepted: set[tuple[str, str]] = field(default_factory=set)
    lost: int = 0
    resident: list[tuple[int, int]] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    restart_seconds: float = 0.0

    @property
    def failures(self) -> int:
        return sum(count for status, count in self.statuses.items() if status >= 500)


@dataclass(frozen=True)
class Caller:
    """Whose he is, by which key, and whether he brings documents."""

    owner: str
    key: str
    brings: bool

    def request(self) -> bytes:
        shown = {"X-API-Key": self.key}
        if not self.brings:
            return request_of("/v1/classify", json.dumps({"image_urls": [RECEIPT]}).encode(), shown)
        paper = page_of([*LINES, uuid.uuid4().hex])
        head = b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        form = {"Content-Type": "multipart/form-data; boundary=xyz", **shown}
        return request_of("/v1/documents", head + paper + b"\r\n--xyz--\r\n", form)


async def call(caller: Caller, ports: list[int], number: int, end: float, soak: Soak) -> None:
    """Asks again and again, at the other server where one is away."""
    turn = number
    while time.monotonic() < end:
        turn += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", ports[turn % len(ports)])
            try:
                while time.monotonic() < end:
                    start = time.perf_counter()
                    writer.write(caller.request())
                    status, body, stays = await answer(reader)
                    soak.latencies.append(time.perf_counter() - start)
                    note(soak, caller, status, body)
                    if status == 429:
                        await asyncio.sleep(0.2)
                    if not stays:
                        break
            finally:
                writer.close()
            continue
        soak.broken += 1
        await asyncio.sleep(0.05)


def note(soak: Soak, caller: Caller, status: int, body: bytes) -> None:
    soak.statuses[status] += 1
    if caller.owner == GREEDY:
        soak.granted += status != 429
        soak.refused += status == 429
    if status == 202:
        soak.accepted |= {(caller.owner, taken["id"]) for taken in json.loads(body)["documents"]}


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    for line in process.stdout:
        if b"Ready to accept" in line:
            break
    try:
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def start(home: Path, port: int, redis_url: str, limit: int) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ,
        "RECTO_HOME": str(home),
        "RECTO_RATE_LIMIT_STORE": redis_url,
        "RATE_LIMIT_REQUESTS": str(limit),
        "RATE_LIMIT_WINDOW": str(WINDOW),
        "LOG_LEVEL": "WARNING",
    }
    with (home / f"{port}.log").open("ab") as log:
        command = [sys.executable, "-m", "bench.gateway_servers", "gateway", str(port)]
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log)


async def ready(port: int) -> None:
    end = time.monotonic() + 90
    while True:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status, _, _ = await answer(reader)
            writer.close()
            if status == 200:
                return
        assert time.monotonic() < end, f"no server on {port}"
        await asyncio.sleep(0.1)


def resident(process: "subprocess.Popen[bytes]") -> int:
    """Bytes."""
    return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def callers(app: Installation, count: int) -> list[Caller]:
    """A tenth brings documents, a tenth is one greedy owner, all others have owners of their own."""
    keys: dict[str, str] = {}
    found = []
    for number in range(count):
        owner = GREEDY if number < count * GREEDY_SHARE else f"owner-{number}"
        if owner not in keys:
            key, keys[owner] = minted(owner, ("read", "write"), datetime.now(UTC))
            app.keys.add(key)
        found.append(Caller(owner, keys[owner], number >= count * (1 - UPLOAD_SHARE)))
    return found


async def soaked(home: Path, redis_url: str, clients: int, seconds: float, limit: int) -> Soak:
    soak = Soak()
    app = Installation(settings(home=home))
    asking = callers(app, clients)
    ports = [free_port(), free_port()]
    servers = [start(home, port, redis_url, limit) for port in ports]
    try:
        await asyncio.gather(*map(ready, ports))
        end = time.monotonic() + seconds
        calls = [asyncio.create_task(call(caller, ports, n, end, soak)) for n, caller in enumerate(asking)]
        await asyncio.sleep(seconds * 0.25)
        before = resident(servers[1])
        await asyncio.sleep(seconds * 0.25)
        servers[0] = await restarted(servers[0], home, ports[0], redis_url, limit, soak)
        await asyncio.gather(*calls)
        soak.resident = [(before, resident(servers[1]))]
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
        for server in servers:
            server.wait(60)
    soak.lost = sum(not kept(app, *one) for one in soak.accepted)
    return soak


async def restarted(
    server: "subprocess.Popen[bytes]", home: Path, port: int, redis_url: str, limit: int, soak: Soak
) -> "subprocess.Popen[bytes]":
    begun = time.monotonic()
    server.send_signal(signal.SIGTERM)
    await asyncio.to_thread(server.wait, 60)
    fresh = start(home, port, redis_url, limit)
    await ready(port)
    soak.restart_seconds = time.monotonic() - begun
    return fresh


def kept(app: Installation, owner: str, document_id: str) -> bool:
    """Whether its record, its bytes and its job are there."""
    try:
        record = app.records.load(document_id, owner)
        return bool(app.blobs.get(record.blob))
    except NotFound:
        return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--limit", type=int, default=1500)
    chosen = parser.parse_args()
    if not shutil.which("redis-server"):
        sys.exit("there is no redis-server here")
    with tempfile.TemporaryDirectory() as folder, redis(Path(folder)) as url:
        soak = asyncio.run(soaked(Path(folder), url, chosen.clients, chosen.seconds, chosen.limit))
    ordered = sorted(soak.latencies)
    print(f"{chosen.clients} clients, {chosen.seconds:g} s, two servers, one restarted in {soak.restart_seconds:.1f} s")
    print(
        f"answers {sum(soak.statuses.values())}: {dict(sorted(soak.statuses.items()))}; connections lost {soak.broken}"
    )
    print(f"p50 {1000 * ordered[len(ordered) // 2]:.0f} ms, p99 {1000 * ordered[int(len(ordered) * 0.99)]:.0f} ms")
    print(f"5xx: {soak.failures}; greedy owner granted {soak.granted} of {chosen.limit}, refused {soak.refused}")
    print(f"documents accepted {len(soak.accepted)}, lost {soak.lost}")
    print("resident MB at a quarter and at the end: " + ", ".join(f"{a >> 20} to {b >> 20}" for a, b in soak.resident))
    wrong = soak.failures or soak.lost or (soak.granted != chosen.limit and soak.refused)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
