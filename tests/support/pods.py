"""RunPod's own local server as a process of its own, with our handlers behind it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2 as httpx

READY_SECONDS = 180


@contextmanager
def local_pod(task: str, settings: Mapping[str, str]) -> Iterator[str]:
    """The URL of `python -m recto.doors.runpod <task> --rp_serve_api` with those environment variables."""
    port = free_port()
    command = [sys.executable, "-m", "recto.doors.runpod", task, "--rp_serve_api", "--rp_api_host", "127.0.0.1"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RECTO_", "RUNPOD_"))}
    process = subprocess.Popen(
        [*command, "--rp_api_port", str(port)],
        env={**environment, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def wait_for(url: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            httpx.get(f"{url}/openapi.json", timeout=2)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"the local server did not come up; its status is {process.poll()}")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]
