"""Requests a second of `/v1/classify` through the gateway, beside bare Starlette and LitServe, with an instant engine.

One server process each (LitServe has a second one for its model), 16 connections, rounds by turns so that other work on
the machine troubles all alike. The processor's milliseconds a request tell more than the rate where others compute too.
`--profile` shows by package where the gateway's time goes.
"""

import argparse
import asyncio
import json
import os
import pstats
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.recto import free_port

from bench.load import Run, load, request_of
from recto.doors.http.examples import RECEIPT

CLIENTS = 16
KEY = "bench-key"
BODY = json.dumps({"image_urls": [RECEIPT]}).encode()
REQUEST = request_of("/v1/classify", BODY, {"X-API-Key": KEY})


@dataclass
class Served:
    """A server, where it is, and its process."""

    name: str
    port: int
    process: "subprocess.Popen[bytes]"

    def cpu(self) -> float:
        """Seconds that it and its children have computed."""
        return sum(map(cpu_of, [self.process.pid, *children(self.process.pid)]))


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    found = [int(each) for task in tasks.iterdir() for each in (task / "children").read_text().split()]
    return [*found, *(below for each in found for below in children(each))]


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(name: str, home: Path, *more: str) -> Iterator[Served]:
    port = free_port()
    environment = {**os.environ, "RECTO_HOME": str(home), "GATEWAY_API_KEY": KEY, "RATE_LIMIT_REQUESTS": "100000000"}
    with (home / f"{name}.log").open("wb") as log:
        command = [sys.executable, "-m", "bench.gateway_servers", name, str(port), *more]
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for(port, process, home / f"{name}.log")
        yield Served(name, port, process)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 90
    while True:
        try:
            run = asyncio.run(load([("127.0.0.1", port)], [REQUEST], 1, 0.2))
            if run.statuses[200]:
                return
        except OSError:
            pass
        assert process.poll() is None and time.monotonic() < end, log.read_text()[-2000:]


def measured(server: Served, seconds: float) -> tuple[Run, float]:
    """A round, and the processor's milliseconds a request."""
    before = server.cpu()
    run = asyncio.run(load([("127.0.0.1", server.port)], [REQUEST], CLIENTS, seconds))
    assert set(run.statuses) == {200}, run.statuses
    return run, 1000 * (server.cpu() - before) / len(run.latencies)


def compare(home: Path, seconds: float, rounds: int) -> None:
    names = ("starlette", "gateway", "litserve")
    with ExitStack() as stack:
        servers = [stack.enter_context(served(name, home)) for name in names]
        for server in servers:
            measured(server, 1.0)
        found = {name: [] for name in names}  # type: dict[str, list[tuple[Run, float]]]
        for _ in range(rounds):
            for server in servers:
                found[server.name].append(measured(server, seconds))
    print(f"{rounds} rounds of {seconds:g} s, {CLIENTS} connections; medians of the rounds")
    print(f"{'':12}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms/req':>12}{'of Starlette':>14}{'by cpu':>9}")
    bare = statistics.median(run.rate for run, _ in found["starlette"])
    bare_cpu = statistics.median(cpu for _, cpu in found["starlette"])
    for name in names:
        rate = statistics.median(run.rate for run, _ in found[name])
        cpu = statistics.median(each for _, each in found[name])
        p50, p99 = (statistics.median(run.percentile(share) for run, _ in found[name]) for share in (0.5, 0.99))
        share = f"{rate / bare:>13.0%} {bare_cpu / cpu:>8.0%}"
        print(f"{name:12}{rate:9.0f}{p50:9.2f}{p99:9.2f}{cpu:12.3f}{share}")


def profile(home: Path, seconds: float) -> None:
    """The time of the gateway's loop by package, and its costliest functions."""
    stats_file = home / "profile"
    with served("gateway", home, str(stats_file)) as server:
        run, _ = measured(server, seconds)
    stats = pstats.Stats(str(stats_file))
    spent: Counter[str] = Counter()
    single: Counter[str] = Counter()
    for (file, line, function), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        spent[package_of(file, function)] += own
        single[f"{Path(file).name}:{line} {function}"] += own
    total = sum(spent.values()) - spent["(waiting)"]
    print(f"\nwhere the gateway's time goes ({len(run.latencies)} requests under the profiler)")
    for name, own in spent.most_common(14):
        if name != "(waiting)":
            print(f"  {own / total:6.1%}  {name}")
    for name, own in single.most_common(26):
        print(f"      {1e6 * own / len(run.latencies):7.1f} us  {name}")


def package_of(file: str, function: str) -> str:
    if "select" in function or "poll" in function or "uvloop" in function:
        return "(waiting)"
    if "site-packages/" in file:
        return file.split("site-packages/")[1].split("/")[0]
    if "/recto/" in file:
        return "recto"
    return "python" if file != "~" else "builtins"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.profile:
            profile(Path(folder), chosen.seconds)
        else:
            compare(Path(folder), chosen.seconds, chosen.rounds)


if __name__ == "__main__":
    main()
