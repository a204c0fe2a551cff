"""Real servers of models on loopback: `transformers serve`, and the start script of a RunPod worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2 as httpx

from tests.support.pods import free_port

READY_SECONDS = 150
BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]


@contextmanager
def transformers_serve(folder: Path) -> Iterator[str]:
    """The base URL of OpenAI's API over the model in the folder."""
    port = free_port()
    command = [str(BIN / "transformers"), "serve", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with running([*command, "--device", "cpu", "--dtype", "float32"], {}) as process:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/v1"


@contextmanager
def runpod_worker(task: str, folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """The URL of RunPod's local server as `deploy/runpod/start.sh` starts it, behind it a server of the model."""
    port = free_port()
    own = {
        "RECTO_TASK": task,
        "MODEL": str(folder),
        "MODEL_PORT": str(free_port()),
        "MODEL_SERVER": "transformers serve --device cpu --dtype float32",
        "MODEL_SECONDS": str(READY_SECONDS),
        **settings,
    }
    script = [str(ROOT / "deploy" / "runpod" / "start.sh"), "--rp_serve_api", "--rp_api_host", "127.0.0.1"]
    with running([*script, "--rp_api_port", str(port)], own) as process:
        wait_for(f"http://127.0.0.1:{port}/openapi.json", process)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: Sequence[str], settings: Mapping[str, str]) -> Iterator[subprocess.Popen]:
    """The command and all that it starts, ended together."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RECTO_", "RUNPOD_"))}
    environment = {**inherited, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HF_HUB_OFFLINE": "1", **settings}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def wait_for(url: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"{url} did not come up; the process's status is {process.poll()}")
