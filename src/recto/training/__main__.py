"""`python -m recto.training`: trains the model that Recto ships, as `make train-default` does.

`torchrun --nproc-per-node 2 -m recto.training` shares the work between two processes. Started again, it goes on where
it stopped. `--finish BUNDLE` trains nothing: it calibrates that bundle anew and measures it, as after a change of the
rules. `--tiny` goes the whole way in a minute, to show that it is open.
"""

import argparse
import os
import sys
from pathlib import Path

from recto.document.run import EpochRecord
from recto.engines.ocr.rapid import RapidOcr
from recto.engines.ocr.upright import Upright
from recto.stores.runs import SqlRuns
from recto.stores.sql import connect
from recto.training.commands import finish_default, train_default
from recto.training.crew import Crew
from recto.training.recipe import SHIPPED, TINY


def told(record: EpochRecord) -> None:
    """One line an epoch."""
    figure = "" if record.figure is None else f" F1 {record.figure:.3f}"
    sys.stdout.write(f"epoch {record.epoch} loss {record.loss:.4f} {record.seconds:.0f} s{figure}\n")
    sys.stdout.flush()


def options() -> argparse.Namespace:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--data", type=Path, default=Path(os.environ.get("RECTO_DATA", "../shared/data")))
    given.add_argument("--cache", type=Path, default=Path(".cache/ocr"), help="what our own OCR has read")
    given.add_argument("--out", type=Path, default=Path("var/train-default"), help="stages, checkpoints and bundle")
    given.add_argument("--database", default="", help="write the run down there too: sqlite:///… or postgresql://…")
    given.add_argument("--tiny", action="store_true", help="the whole way in a minute")
    given.add_argument("--finish", metavar="BUNDLE", help="only finish this bundle again")
    return given.parse_args()


def main() -> int:
    given = options()
    if given.finish:
        sys.stdout.write(f"{finish_default(given.finish, given.data, given.cache)}\n")
        return 0
    places = [SqlRuns(connect(given.database))] if given.database else []
    recipe, ocr = TINY if given.tiny else SHIPPED, Upright(RapidOcr())
    bundle = train_default(recipe, given.data, given.cache, given.out, ocr, places, told)
    if Crew.join().first:
        sys.stdout.write(f"{bundle}\n" if bundle else "Interrupted; run it again to go on.\n")
    Crew.join().leave()
    return 0


if __name__ == "__main__":
    sys.exit(main())
