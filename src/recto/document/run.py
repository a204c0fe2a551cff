"""A training run as it is kept: what it was told, what it learned from, and how each epoch went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

RunState = Literal["running", "interrupted", "done", "failed"]


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """One epoch: mean loss, seconds, learning rate at its end, steps so far, and how the held-out documents were read.

    `figure` is what early stopping looks at; `validation` all that was measured. None where the epoch was not judged.
    """

    epoch: int
    loss: float
    seconds: float
    learning_rate: float
    steps: int
    validation: dict[str, Any] | None = None
    figure: float | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A training run. Times are aware, in UTC; `updated_at` is when it last said anything.

    `comparable` says whether it was judged on a frozen list. `data` tells of the documents: hashes over their ids, how
    many, by source. `metrics` are the figures of the bundle that came of it, `digest` is that bundle's.
    """

    id: str
    name: str
    state: RunState
    comparable: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    digest: str | None = None
    epochs: tuple[EpochRecord, ...] = ()
    started_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def best(self) -> EpochRecord | None:
        """The epoch with the best figure, the first of several; None where none was judged."""
        judged = [epoch for epoch in self.epochs if epoch.figure is not None]
        return max(judged, key=lambda epoch: epoch.figure or 0.0, default=None)
