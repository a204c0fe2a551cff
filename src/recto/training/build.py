"""A finished run to a bundle that can label: its network exported, then finished on documents that it has not seen."""

from pathlib import Path

from recto.engines.label.decode import Habits
from recto.training.export import Fitted, export
from recto.training.finish import Held, finish
from recto.training.fit import Run


def build(run: Run, held: Held, folder: Path, habits: Habits | None = None) -> Path:
    """Write the run's bundle into `folder`, measured on `held`; returns the folder."""
    fitted = Fitted(run.settings.name, run.net, run.tokenizer, run.space, habits or Habits.usual(), tokens=run.window)
    facts = {"comparable": run.comparable, "hashes": run.hashes, "settings": run.settings.as_json()}
    facts["settings"].pop("out")  # type: ignore[attr-defined]
    export(fitted, folder, facts)
    return finish(folder, held, run.records)
