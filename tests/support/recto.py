"""`recto serve` as a process of its own, which a test may kill."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx

READY_SECONDS = 180
CODE = "from recto.doors.cli import main; main()"


@dataclass
class Served:
    """A server that runs, its address, and what it has written so far."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    def kill(self) -> None:
        """As `kill -9` does."""
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def recto_serve(home: Path, *arguments: str, port: int = 0, **settings: str) -> Iterator[Served]:
    """`recto serve` on that port of loopback, or a free one, with its data under `home`, until the block ends."""
    port = port or free_port()
    home.mkdir(parents=True, exist_ok=True)
    log = home / "serve.log"
    environment = {**os.environ, "RECTO_HOME": str(home), "LOG_LEVEL": "WARNING", **settings}
    with log.open("ab") as out:
        command = [sys.executable, "-c", CODE, "serve", "--port", str(port), *arguments]
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=out, stderr=out)
    served = Served(process, f"http://127.0.0.1:{port}", log)
    try:
        until(lambda: answers(served), READY_SECONDS, log)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            served.kill()


def answers(served: Served) -> bool:
    assert served.process.poll() is None, served.log.read_text()
    try:
        return httpx.get(f"{served.url}/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def until(true: Callable[[], bool], seconds: float, log: Path) -> None:
    """Looks again until it is true; what the server said is shown where it never is."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"not within {seconds} s\n{log.read_text()[-4000:]}"
        time.sleep(0.1)
