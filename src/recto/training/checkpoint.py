"""Where a run stands, on disk: written whole or not at all, resumed only by a run of the same settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch


@dataclass(frozen=True)
class Checkpoint:
    """One process's checkpoint. `key` tells whether it belongs to the run that asks."""

    path: Path
    key: str

    def write(self, state: dict[str, Any]) -> None:
        new = self.path.with_suffix(".new")
        torch.save({"key": self.key, "state": state}, new)
        new.replace(self.path)

    def read(self) -> dict[str, Any] | None:
        """The state, or None where there is none of this key."""
        if not self.path.is_file():
            return None
        kept = torch.load(self.path, weights_only=True)
        state: dict[str, Any] | None = kept["state"] if kept["key"] == self.key else None
        return state
