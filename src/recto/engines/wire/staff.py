"""What a place of engines elsewhere says of itself: its work and its workers, asked once and within a moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from recto.document.errors import EngineFailed
from recto.engines.wire.http import Patience

MOMENT: Final = 2.0
"""Seconds that it gets to answer."""
GLANCE: Final = Patience(tries=1, total=MOMENT, timeout=MOMENT)


@dataclass(frozen=True, slots=True)
class Staff:
    """Jobs that wait and run there, workers that are idle and running."""

    waiting: int
    running: int
    idle_workers: int
    running_workers: int


def counted(answer: Any, name: str) -> Mapping[str, int]:
    """The whole numbers of one part of such an answer. Raises EngineFailed where it has no such part."""
    part = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(part, dict):
        raise EngineFailed(f"It does not tell of its {name}.")
    return {key: number for key, number in part.items() if isinstance(number, int)}
