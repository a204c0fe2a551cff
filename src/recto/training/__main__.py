"""`python -m recto.training`: trains the model that Recto ships, as `make train-default` does.

`torchrun --nproc-per-node 2 -m recto.training` shares the work between two processes.
"""

import argparse
import os
import sys
from pathlib import Path

from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.upright import Upright
from recto.training.commands import train_default
from recto.training.fit import EpochRecord


def told(record: EpochRecord) -> None:
    """One line an epoch."""
    figure = ((record.validation or {}).get("fields") or {}).get("f1")
    sys.stdout.write(f"epoch {record.epoch} loss {record.loss:.4f} {record.seconds:.0f} s fields F1 {figure}\n")
    sys.stdout.flush()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, default=Path(os.environ.get("RECTO_DATA", "../shared/data")))
    options.add_argument("--cache", type=Path, default=Path(".cache/ocr"))
    options.add_argument("--out", type=Path, default=Path("var/train-default"))
    given = options.parse_args()
    bundle = train_default(given.data, given.cache, given.out, Upright(RapidOcr()), told)
    sys.stdout.write(f"{bundle}\n" if bundle else "Interrupted; run it again to go on.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
