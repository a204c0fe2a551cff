"""Runs every bench of this folder, each in a process of its own, and ends with 1 where one of them could not run."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
OWN = {"__init__", "__main__", "gateway_servers", "litserve_peer", "load"}
"""What is no bench, but a part of one."""


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("*.py") if path.stem not in OWN)
    failed = []
    for name in names:
        print(f"\n=== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        print(f"\nCould not run: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
