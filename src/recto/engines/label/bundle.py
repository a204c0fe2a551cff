"""A model as a folder: network, tokenizer, what its outputs mean, how sure to be of them, and a digest over all."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from recto.document.assurance import Assurance
from recto.document.errors import EngineUnavailable
from recto.engines.label.calibration import Calibration
from recto.engines.label.decode import Habits
from recto.engines.label.space import Space

SHIPPED: Final = Path(__file__).parent / "bundles"
"""Where the bundles lie that come with the package."""

NETWORKS: Final = ("model.int8.onnx", "model.fp16.onnx", "model.onnx")
"""The network in the order of preference on a CPU; a bundle has at least one."""


PINNED: Final = (
    "model.int8.onnx",
    "tokenizer.json",
    "config.json",
    "label_map.json",
    "calibration.json",
    "recto.json",
    "kinds.npz",
    "thresholds.json",
)
"""The files whose hashes make the digest: what decides an answer."""


@dataclass(frozen=True)
class Bundle:
    """An opened bundle, its network not loaded yet. `tokens` is the longest window, special tokens included."""

    folder: Path
    name: str
    digest: str
    space: Space
    habits: Habits
    calibration: Calibration
    tokens: int = 512
    kinds: Calibration = field(default_factory=Calibration)
    assurance: Mapping[str, Assurance] = field(default_factory=dict)

    @property
    def network(self) -> Path:
        """The network's file; raises EngineUnavailable where there is none."""
        for name in NETWORKS:
            if (self.folder / name).is_file():
                return self.folder / name
        raise EngineUnavailable(f"the model bundle {self.name!r} has no network file ({', '.join(NETWORKS)})")

    @property
    def tokenizer(self) -> Path:
        return self.folder / "tokenizer.json"


def folder_of(name: str) -> Path:
    """The folder of a bundle: a shipped one by its name, any other by its path."""
    shipped = SHIPPED / name
    return shipped if "/" not in name and shipped.is_dir() else Path(name).expanduser()


def open_bundle(name: str) -> Bundle:
    """The bundle of this name or path; raises EngineUnavailable where it is not there or not whole."""
    folder = folder_of(name)
    try:
        labels = json.loads((folder / "label_map.json").read_text())
        recto = json.loads((folder / "recto.json").read_text())
        calibration = json.loads((folder / "calibration.json").read_text())
    except (OSError, ValueError) as wrong:
        raise EngineUnavailable(f"the model bundle {name!r} cannot be opened: {wrong}") from wrong
    return Bundle(
        folder=folder,
        name=recto["name"],
        digest=recto_digest(folder),
        space=Space({kind: tuple(of_kind) for kind, of_kind in labels["kinds"].items()}),
        habits=habits_from(recto["decoding"]),
        calibration=Calibration.from_json(calibration["words"]),
        kinds=Calibration.from_json(calibration["kinds"]),
        tokens=int(recto["tokens"]),
        assurance=assurance_in(folder),
    )


def assurance_in(folder: Path) -> Mapping[str, Assurance]:
    """How sure to be of the fields of each kind, as `thresholds.json` states it; none where it was never measured."""
    path = folder / "thresholds.json"
    stated = json.loads(path.read_text()) if path.is_file() else {"kinds": {}}
    weights, letters = stated.get("weights", {}), stated.get("letters", {})
    common = weights.get("*", {})
    return {
        kind: Assurance(thresholds, {**common, **weights.get(kind, {})}, letters, stated.get("ocr"))
        for kind, thresholds in stated["kinds"].items()
    }


def habits_from(stated: Mapping[str, Any]) -> Habits:
    """The decoding habits as `recto.json` states them."""
    return Habits(
        cells=float(stated["cells"]),
        wholes=tuple(stated["wholes"]),
        lifts={str(label): float(least) for label, least in stated["lifts"].items()},
        singles=tuple(stated["singles"]),
        trust={str(label): float(share) for label, share in stated.get("trust", {}).items()},
    )


def recto_digest(folder: Path) -> str:
    """What the folder's `digest.txt` says: `sha256:` and the hash over its files' hashes."""
    try:
        return (folder / "digest.txt").read_text().split()[0]
    except (OSError, IndexError) as wrong:
        raise EngineUnavailable(f"the model bundle {folder.name!r} has no digest") from wrong


def digest_of(folder: Path, names: tuple[str, ...] = PINNED) -> str:
    """`sha256:` and the hash over name and hash of each of these files that is there, in the order of their names."""
    whole = hashlib.sha256()
    for name in sorted(names):
        path = folder / name
        if path.is_file():
            whole.update(f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return f"sha256:{whole.hexdigest()}"
