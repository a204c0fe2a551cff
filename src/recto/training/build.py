"""A finished run to a bundle that can label: its network exported, then finished on documents that it has not seen."""

import shutil
from pathlib import Path
from typing import Final

from recto.engines.label.bundle import SHIPPED
from recto.engines.label.decode import Habits
from recto.training.export import Fitted, export
from recto.training.finish import Held, finish
from recto.training.fit import Run

KINDS: Final = "kinds.npz"
"""The classifier of kinds, which knows nothing of the network."""


def build(run: Run, held: Held, folder: Path, habits: Habits | None = None) -> Path:
    """Write the run's bundle into `folder`, measured on `held`; returns the folder.

    Without documents to learn kinds from it tells them as the shipped bundle does.
    """
    fitted = Fitted(run.settings.name, run.net, run.tokenizer, run.space, habits or Habits.usual(), tokens=run.window)
    facts = {"comparable": run.comparable, "hashes": run.hashes, "settings": run.settings.as_json()}
    facts["settings"].pop("out")  # type: ignore[attr-defined]
    export(fitted, folder, facts)
    if not held.kinds_train:
        shutil.copyfile(SHIPPED / "default" / KINDS, folder / KINDS)
    return finish(folder, held, run.records)
