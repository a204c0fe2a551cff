"""Everything that a training run can be told, in one place; the run keeps it beside its results."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class TrainSettings:
    """The knobs. Sizes in tokens, rates per step; `out` is the run's folder, made where it is missing.

    `base` names weights to begin from (a folder, or a name for transformers' own cache) in the place of a fresh
    network of `hidden` x `layers`; then `learning_rate` is best 5e-5. `made` says how many made-up documents of each
    kind an epoch has. `class_weight_clip` 0 leaves all labels alike; otherwise inverse frequency, at most that much.
    `patience` counts validations without a better figure; 0 never stops early. `minutes` ends the run in good time:
    the learning rate then falls by the clock instead of by the steps.
    """

    name: str
    out: Path
    base: str | None = None
    hidden: int = 256
    layers: int = 4
    heads: int = 4
    vocabulary: int = 6000
    window: int = 512
    epochs: int = 10
    batch_tokens: int = 1200
    accumulate: int = 1
    learning_rate: float = 5e-4
    warmup: float = 0.1
    weight_decay: float = 0.05
    dropout: float = 0.1
    smoothing: float = 0.0
    class_weight_clip: float = 0.0
    kind_weight: float = 0.1
    average: float = 0.995
    patience: int = 2
    validate_every: int = 1
    seed: int = 0
    cap: int = 6
    vary: bool = True
    bfloat16: bool = True
    threads: int = 1
    minutes: float = 0.0
    made: Mapping[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "out": str(self.out), "made": dict(self.made)}

    @property
    def key(self) -> str:
        """A hash of what decides the course of the run: a checkpoint of another key is not resumed."""
        stated = {k: v for k, v in self.as_json().items() if k not in ("out", "threads", "patience", "validate_every")}
        return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()
